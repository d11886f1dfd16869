/// The differences between two texts, line by line.
struct LineDiff {
    /// What became of a line.
    enum Change: Sendable {
        case same, removed, added
        /// Lines that are the same and left out here; their number.
        case skipped(Int)
    }

    /// A line and what became of it.
    struct Line: Sendable {
        var change: Change
        var text: Substring
    }

    /// The lines with their changes, and a few unchanged lines around each.
    let lines: [Line]

    /// The number of lines that were added.
    var additions: Int { lines.count { if case .added = $0.change { true } else { false } } }
    /// The number of lines that were removed.
    var removals: Int { lines.count { if case .removed = $0.change { true } else { false } } }

    /// Compares two texts.
    ///
    /// - Parameter context: The number of unchanged lines to keep on either side of a change.
    init(from old: String, to new: String, context: Int = 3) {
        let old = Self.lines(of: old)
        let new = Self.lines(of: new)
        lines = Self.folded(Self.compared(old[...], new[...]), context: context)
    }

    private static func lines(of text: String) -> [Substring] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    private static func compared(_ old: ArraySlice<Substring>, _ new: ArraySlice<Substring>) -> [Line] {
        let prefix = zip(old, new).prefix { $0 == $1 }.count
        let oldRest = old.dropFirst(prefix)
        let newRest = new.dropFirst(prefix)
        let suffix = zip(oldRest.reversed(), newRest.reversed()).prefix { $0 == $1 }.count
        let middle = changed(Array(oldRest.dropLast(suffix)), Array(newRest.dropLast(suffix)))
        return old.prefix(prefix).map { Line(change: .same, text: $0) } + middle
            + old.suffix(suffix).map { Line(change: .same, text: $0) }
    }

    /// Texts of more lines than this are shown as replaced whole, so that time stays bounded.
    private static let limit = 2000

    /// The lines between a common beginning and end, along their longest common subsequence.
    private static func changed(_ old: [Substring], _ new: [Substring]) -> [Line] {
        guard !old.isEmpty, !new.isEmpty, old.count <= limit, new.count <= limit else {
            return old.map { Line(change: .removed, text: $0) } + new.map { Line(change: .added, text: $0) }
        }
        let width = new.count + 1
        var lengths = [Int32](repeating: 0, count: (old.count + 1) * width)
        for row in old.indices.reversed() {
            for column in new.indices.reversed() {
                lengths[row * width + column] = old[row] == new[column]
                    ? lengths[(row + 1) * width + column + 1] + 1
                    : max(lengths[(row + 1) * width + column], lengths[row * width + column + 1])
            }
        }
        var lines: [Line] = []
        var row = 0
        var column = 0
        while row < old.count || column < new.count {
            if row < old.count, column < new.count, old[row] == new[column] {
                lines.append(Line(change: .same, text: old[row]))
                row += 1
                column += 1
            } else if column == new.count
                || row < old.count && lengths[(row + 1) * width + column] >= lengths[row * width + column + 1] {
                lines.append(Line(change: .removed, text: old[row]))
                row += 1
            } else {
                lines.append(Line(change: .added, text: new[column]))
                column += 1
            }
        }
        return lines
    }

    /// Leaves out unchanged lines that are far from every change.
    private static func folded(_ lines: [Line], context: Int) -> [Line] {
        var isNear = [Bool](repeating: false, count: lines.count)
        for (position, line) in lines.enumerated() {
            if case .same = line.change { continue }
            for near in max(0, position - context)..<min(lines.count, position + context + 1) { isNear[near] = true }
        }
        var folded: [Line] = []
        var skipped = 0
        for (position, line) in lines.enumerated() {
            if !isNear[position] {
                skipped += 1
                continue
            }
            if skipped > 0 { folded.append(Line(change: .skipped(skipped), text: "")) }
            skipped = 0
            folded.append(line)
        }
        if skipped > 0 { folded.append(Line(change: .skipped(skipped), text: "")) }
        return folded
    }
}
