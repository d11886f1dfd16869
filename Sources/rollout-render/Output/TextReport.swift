import ManifestKit

/// Findings for people: where, what, the line with the place underlined, and what to do.
enum TextReport: ReportFormat {
    static let name = "text"

    static func text(of report: ValidationReport, isColored: Bool) -> String {
        let paint = Paint(isColored: isColored)
        return report.diagnostics.map { text(of: $0, paint) }.joined(separator: "\n")
    }

    private static func text(of diagnostic: Diagnostic, _ paint: Paint) -> String {
        let kind = diagnostic.severity.rawValue
        let color = Self.color(of: diagnostic.severity)
        var text = paint.text(place(diagnostic.span) + ":", .bold) + " "
        text += paint.text("\(kind) \(diagnostic.rule):", color) + " "
        text += paint.text(PlainText.shown(diagnostic.message), .bold) + "\n"
        text += excerpt(of: diagnostic, color, paint)
        let margin = String(repeating: " ", count: String(diagnostic.span.start.line).count + 3)
        if let hint = diagnostic.hint { text += note("hint", hint, margin, paint) }
        for related in diagnostic.related {
            text += note("see", "\(place(related.span)): \(related.message)", margin, paint)
        }
        if let origin = diagnostic.origin { text += note("from", origin, margin, paint) }
        return text
    }

    private static func place(_ span: SourceSpan) -> String {
        "\(PlainText.shown(span.file)):\(span.start.line):\(span.start.column)"
    }

    private static func note(_ title: String, _ text: String, _ margin: String, _ paint: Paint) -> String {
        "\(margin)\(paint.text("= " + title + ":", .blue)) \(PlainText.shown(text))\n"
    }

    /// The source line, with the part of the span that is on it underlined.
    private static func excerpt(of diagnostic: Diagnostic, _ color: Paint.Color, _ paint: Paint) -> String {
        let span = diagnostic.span
        guard !diagnostic.line.isEmpty else { return "" }
        // A span that goes on is underlined to the end of its first line's text.
        let lastColumn = span.end.line == span.start.line ? span.end.column : columnAfterText(diagnostic.line)
        let columns = span.start.column..<max(lastColumn, span.start.column + 1)
        let excerpt = SourceExcerpt(line: diagnostic.line, columns: columns)
        let number = String(span.start.line)
        let gutter = String(repeating: " ", count: number.count)
        let underline = String(repeating: " ", count: excerpt.indent) + paint.text(
            String(repeating: "^", count: excerpt.width), color)
        return """
              \(paint.text(number + " |", .blue)) \(excerpt.text)
              \(paint.text(gutter + " |", .blue)) \(underline)

            """
    }

    private static func columnAfterText(_ line: String) -> Int {
        var column = 1
        var last = 1
        for scalar in line.unicodeScalars {
            column += 1
            if scalar != " ", scalar != "\t" { last = column }
        }
        return last
    }

    private static func color(of severity: Severity) -> Paint.Color {
        switch severity {
        case .error: .red
        case .warning: .yellow
        case .note, .off: .cyan
        }
    }
}

/// Colours text, or leaves it alone.
struct Paint {
    /// What text can look like; the raw value is the terminal's number for it.
    enum Color: Int {
        case bold = 1
        case red = 31
        case green = 32
        case yellow = 33
        case blue = 34
        case cyan = 36
    }

    /// Whether to colour at all.
    let isColored: Bool

    /// The text between the codes that colour it.
    func text(_ text: String, _ color: Color) -> String {
        guard isColored else { return text }
        let codes = color == .bold ? "1" : "1;\(color.rawValue)"
        return "\u{1B}[\(codes)m\(text)\u{1B}[0m"
    }
}
