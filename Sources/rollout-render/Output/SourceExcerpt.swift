/// A source line as a terminal shows it, cut to what matters, and the cells in it that a span covers.
struct SourceExcerpt {
    /// What to print.
    private(set) var text = ""
    /// The cells before the span.
    private(set) var indent = 0
    /// The cells of the span; at least one.
    private(set) var width = 1

    /// The most cells of a line.
    static let limit = 110
    /// The cells shown before the span where a line is cut.
    private static let lead = 40
    private static let tabStop = 4

    /// Lays a line out.
    ///
    /// - Parameters:
    ///   - line: The line without its line break.
    ///   - columns: The span's columns from 1, counted in scalars; it may end behind the line's end.
    init(line: String, columns: Range<Int>) {
        var cells: [(text: String, width: Int)] = []
        var start = 0
        var end = 0
        var position = 0
        var column = 1
        // A line of megabytes (minified JSON) is not laid out whole.
        let first = max(columns.lowerBound - 4 * Self.limit, 1)
        let last = columns.lowerBound + 4 * Self.limit
        for scalar in line.unicodeScalars {
            defer { column += 1 }
            if column < first { continue }
            if column > last { break }
            if column == columns.lowerBound { start = position }
            let width = CharacterWidth.cells(scalar)
            let cell = Self.shown(scalar, at: position, width: width)
            cells.append(cell)
            position += cell.width
            if column < columns.upperBound { end = position }
        }
        if columns.lowerBound >= column { start = position }
        lay(cells, total: position, start: start, end: max(end, start + 1), isCutBefore: first > 1, isCutAfter: column > last)
    }

    private mutating func lay(
        _ cells: [(text: String, width: Int)], total: Int, start: Int, end: Int, isCutBefore: Bool, isCutAfter: Bool
    ) {
        let fits = total <= Self.limit && !isCutBefore && !isCutAfter
        let from = fits ? 0 : max(0, min(start - Self.lead, total - Self.limit))
        let to = fits ? total : from + Self.limit
        var position = 0
        if from > 0 || isCutBefore { text = "…" }
        var before = from > 0 || isCutBefore ? 1 : 0
        var covered = 0
        for cell in cells {
            defer { position += cell.width }
            guard position >= from, position + cell.width <= to else { continue }
            text += cell.text
            if position < start { before += cell.width } else if position < end { covered += cell.width }
        }
        if to < total || isCutAfter { text += "…" }
        indent = before
        width = max(covered, 1)
    }

    private static func shown(_ scalar: Unicode.Scalar, at position: Int, width: Int) -> (text: String, width: Int) {
        if scalar == "\t" {
            let count = tabStop - position % tabStop
            return (String(repeating: " ", count: count), count)
        }
        return (PlainText.shown(scalar), width)
    }
}

/// How many cells of a terminal a character takes.
enum CharacterWidth {
    /// 0 for marks that combine with what is before them, 2 for wide characters, else 1.
    static func cells(_ scalar: Unicode.Scalar) -> Int {
        guard scalar.value >= 0x300 else { return 1 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        case .format where scalar.value != 0xAD && !PlainText.isHidden(scalar): return 0
        default: break
        }
        return wide.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    /// The wide and full-width ranges of Unicode's East Asian Width, joined where gaps are unassigned.
    private static let wide: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x231A...0x231B, 0x23E9...0x23EC, 0x25FD...0x25FE, 0x2614...0x2615, 0x2648...0x2653,
        0x26A1...0x26A1, 0x26D4...0x26D4, 0x2705...0x2705, 0x270A...0x270B, 0x2728...0x2728, 0x274C...0x274C,
        0x2753...0x2755, 0x2757...0x2757, 0x2795...0x2797, 0x2B1B...0x2B1C, 0x2B50...0x2B50, 0x2E80...0x303E,
        0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
        0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x16FE0...0x18CFF, 0x1B000...0x1B2FF, 0x1F004...0x1F004,
        0x1F0CF...0x1F0CF, 0x1F18E...0x1F18E, 0x1F191...0x1F19A, 0x1F200...0x1F320, 0x1F32D...0x1F64F,
        0x1F680...0x1F6FF, 0x1F7E0...0x1F7EB, 0x1F90C...0x1F9FF, 0x1FA70...0x1FAFF, 0x20000...0x3FFFD,
    ]
}

/// Makes text of users safe for a terminal: what would move its cursor, colour it or turn its direction is shown.
enum PlainText {
    /// Text with every such character replaced by a picture of it.
    static func shown(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { isControl($0) || isHidden($0) }) else { return text }
        return text.unicodeScalars.map { shown($0) }.joined()
    }

    /// One character.
    static func shown(_ scalar: Unicode.Scalar) -> String {
        if scalar.value < 0x20, let picture = Unicode.Scalar(0x2400 + scalar.value) { return String(picture) }
        if scalar.value == 0x7F { return "␡" }
        return isControl(scalar) || isHidden(scalar) ? "\u{FFFD}" : String(scalar)
    }

    /// Whether a character turns the direction of what follows, so that text reads as what it is not.
    static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }
}
