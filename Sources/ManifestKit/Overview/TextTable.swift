/// Rows of cells, one below the other, that give way where a terminal is narrow.
struct TextTable {
    /// A column.
    struct Column {
        /// What stands above it.
        var title: String
        /// Whether its cells end at one line, as numbers do.
        var isRightAligned = false
        /// Which columns go first where there is no room: those with the greatest number; nil never goes.
        var expendability: Int?
        /// The least width that it may be cut to; nil where it is never cut.
        var leastWidth: Int?
        /// The width that it has even where its cells are shorter, so that it stays where it is when they change.
        var usualWidth: Int

        init(
            _ title: String, isRightAligned: Bool = false, expendability: Int? = nil, leastWidth: Int? = nil,
            usualWidth: Int = 0
        ) {
            self.title = title
            self.isRightAligned = isRightAligned
            self.expendability = expendability
            self.leastWidth = leastWidth
            self.usualWidth = usualWidth
        }
    }

    /// What stands on a line: a row of cells, or text that goes over all columns.
    enum Row {
        case cells([StyledLine])
        /// A text behind an indent; it is broken, and every line of it is indented.
        case note(indent: StyledLine, text: String, style: TextStyle)
    }

    /// The columns.
    var columns: [Column]
    /// The rows.
    var rows: [Row] = []
    /// The most lines of a note.
    var noteLines = 4

    private static let gap = 2

    /// The lines, each within a number of cells; nil is as wide as it gets. Columns without any text are left out.
    func lines(width: Int?) -> [StyledLine] {
        var used = columns.indices.filter { column in
            columns[column].expendability == nil || cells.contains { column < $0.count && !$0[column].isEmpty }
        }
        var widths = columns.indices.map { column in
            cells.reduce(max(columns[column].usualWidth, CharacterWidth.cells(columns[column].title))) {
                max($0, column < $1.count ? $1[column].width : 0)
            }
        }
        if let width { fit(&used, &widths, to: width) }
        var lines = [line(columns.map { StyledLine($0.title, .dim) }, used, widths, width)]
        for row in rows {
            switch row {
            case .cells(let cells): lines.append(line(cells, used, widths, width))
            case .note(let indent, let text, let style):
                let room = width.map { $0 - indent.width }
                for part in StyledText.wrapped(text, width: room, atMost: noteLines) {
                    var line = indent
                    line.append(part, style)
                    lines.append(width.map { line.cut(to: $0) } ?? line)
                }
            }
        }
        return lines
    }

    /// The width at which no cell is cut.
    var naturalWidth: Int {
        var table = self
        table.rows = rows.filter { if case .cells = $0 { true } else { false } }
        return table.lines(width: nil).reduce(0) { max($0, $1.width) }
    }

    private var cells: [[StyledLine]] {
        rows.compactMap { if case .cells(let cells) = $0 { cells } else { nil } }
    }

    /// Drops columns and cuts others until all fit.
    private func fit(_ used: inout [Int], _ widths: inout [Int], to width: Int) {
        let all = used
        drop(&used, &widths, to: width)
        // A wide column that had to go in the end leaves room for others that went before it.
        for column in all.sorted(by: { columns[$0].expendability ?? 0 < columns[$1].expendability ?? 0 })
        where !used.contains(column) && excess(used + [column], widths, over: width) <= 0 {
            used = (used + [column]).sorted()
        }
    }

    private func excess(_ used: [Int], _ widths: [Int], over width: Int) -> Int {
        used.reduce(0) { $0 + widths[$1] } + Self.gap * (used.count - 1) - width
    }

    private func drop(_ used: inout [Int], _ widths: inout [Int], to width: Int) {
        while true {
            let excess = excess(used, widths, over: width)
            guard excess > 0 else { return }
            let yielding = used.filter { column in columns[column].leastWidth.map { widths[column] > $0 } ?? false }
            let room = yielding.reduce(0) { $0 + widths[$1] - (columns[$1].leastWidth ?? 0) }
            if room >= excess {
                cut(yielding, &widths, by: excess)
                return
            }
            let droppable = used.filter { columns[$0].expendability != nil }
            let next = droppable.max { columns[$0].expendability ?? 0 < columns[$1].expendability ?? 0 }
            guard let next else {
                cut(yielding, &widths, by: room)
                return
            }
            used.removeAll { $0 == next }
        }
    }

    /// Takes cells from the widest of some columns, one after the other.
    private func cut(_ yielding: [Int], _ widths: inout [Int], by excess: Int) {
        for _ in 0..<max(0, excess) {
            let open = yielding.filter { widths[$0] > columns[$0].leastWidth ?? 0 }
            guard let widest = open.max(by: { widths[$0] < widths[$1] }) else { return }
            widths[widest] -= 1
        }
    }

    private func line(_ cells: [StyledLine], _ used: [Int], _ widths: [Int], _ width: Int?) -> StyledLine {
        var line = StyledLine()
        for column in used where column < cells.count {
            if column != used.first { line.append(String(repeating: " ", count: Self.gap)) }
            let cell = cells[column].cut(to: widths[column])
            line.append(cell.padded(to: widths[column], isRightAligned: columns[column].isRightAligned))
        }
        return width.map { line.cut(to: max(1, $0)) } ?? line
    }
}
