import ManifestKit

/// Findings as workflow commands, which GitHub shows beside the lines of a pull request.
enum GitHubReport: ReportFormat {
    static let name = "github"

    static func text(of report: ValidationReport, isColored: Bool) -> String {
        var lines = report.diagnostics.map(command)
        lines += report.unreadable.map { "::error title=rollout-render::" + data($0.description) }
        return lines.map { $0 + "\n" }.joined()
    }

    private static func command(_ diagnostic: Diagnostic) -> String {
        let span = diagnostic.span
        var properties: [(String, String)] = []
        if span.file != "-" { properties.append(("file", property(span.file))) }
        properties.append(("line", String(span.start.line)))
        properties.append(("endLine", String(span.end.line)))
        // GitHub takes columns only within one line.
        if span.start.line == span.end.line {
            properties.append(("col", String(span.start.column)))
            properties.append(("endColumn", String(span.end.column)))
        }
        properties.append(("title", property(title(of: diagnostic))))
        var text = diagnostic.message
        if let hint = diagnostic.hint { text += "\nhint: " + hint }
        if let origin = diagnostic.origin { text += "\nfrom: " + origin }
        let list = properties.map { "\($0.0)=\($0.1)" }.joined(separator: ",")
        return "::\(level(of: diagnostic.severity)) \(list)::\(data(text))"
    }

    private static func title(of diagnostic: Diagnostic) -> String {
        diagnostic.path.isEmpty ? diagnostic.rule.description : "\(diagnostic.rule) \(diagnostic.path)"
    }

    private static func level(of severity: Severity) -> String {
        switch severity {
        case .error: "error"
        case .warning: "warning"
        case .note, .off: "notice"
        }
    }

    private static func data(_ text: String) -> String { escaped(text, []) }
    private static func property(_ text: String) -> String { escaped(text, [":", ","]) }

    private static func escaped(_ text: String, _ more: Set<Unicode.Scalar>) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            case ":" where more.contains(scalar): result += "%3A"
            case "," where more.contains(scalar): result += "%2C"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
