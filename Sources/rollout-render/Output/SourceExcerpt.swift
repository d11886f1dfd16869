import ManifestKit

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
        let covered = start..<max(end, start + 1)
        lay(cells, total: position, covered, isCutBefore: first > 1, isCutAfter: column > last)
    }

    private mutating func lay(
        _ cells: [(text: String, width: Int)], total: Int, _ span: Range<Int>, isCutBefore: Bool, isCutAfter: Bool
    ) {
        let (start, end) = (span.lowerBound, span.upperBound)
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
