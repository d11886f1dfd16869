/// How a document is laid out, so that what is put in looks as if its author had written it.
struct SourceEditLayout: Hashable, Sendable {
    /// The line break: `\n` or `\r\n`.
    var newline = "\n"
    /// Spaces that a mapping stands further to the right than the key it belongs to.
    var indentation = 2
    /// Spaces that the dashes of a list stand further to the right than its key; often none.
    var sequenceIndentation = 0
    /// The white space of one level in a flow collection that is spread over lines.
    var flowIndentation = "  "

    /// Looks how a document is laid out; what it does not show keeps the usual.
    init(of root: YAMLNode) {
        let source = root.source
        let bytes = source.bytes
        newline = Self.newline(of: source)
        var hasIndentation = false
        var hasSequence = false
        for index in root.tree.records.indices where !(hasIndentation && hasSequence) {
            let node = root.tree.node(UInt32(index))
            guard node.style == .block, !node.isAlias, let parent = node.parent, parent.isMapping,
                parent.style == .block,
                let parentFirst = parent.entries.first, let first = node.firstChild
            else { continue }
            let step =
                source.byteColumn(of: first.range.lowerBound) - source.byteColumn(of: parentFirst.key.range.lowerBound)
            if node.isMapping, !hasIndentation, step > 0, step <= 8 {
                indentation = step
                hasIndentation = true
            } else if node.isSequence, !hasSequence {
                let dash = source.byteColumn(of: node.range.lowerBound)
                let step = dash - source.byteColumn(of: parentFirst.key.range.lowerBound)
                if step >= 0, step <= 8, bytes[node.range.lowerBound] == UInt8(ascii: "-") {
                    sequenceIndentation = step
                    hasSequence = true
                }
            }
        }
        if root.style == .flow, let first = root.firstChild,
            let space = source.leadingSpace(before: first.range.lowerBound),
            !space.isEmpty
        {
            flowIndentation = space
        }
    }

    /// The usual layout.
    init() {}

    private static func newline(of source: SourceFile) -> String {
        guard let first = source.bytes.firstIndex(of: UInt8(ascii: "\n")), first > 0 else { return "\n" }
        return source.bytes[first - 1] == UInt8(ascii: "\r") ? "\r\n" : "\n"
    }
}

extension YAMLNode {
    /// The first key of a mapping or the first element of a sequence.
    var firstChild: YAMLNode? { isMapping ? entries.first?.key : elements.first }
}

extension SourceFile {
    /// The number of bytes between the start of the line and a byte.
    func byteColumn(of place: Int) -> Int { place - lineRange(lineIndex(of: place)).lowerBound }

    /// The white space between the start of the line and a byte, or nil where there is something else.
    func leadingSpace(before place: Int) -> String? {
        let start = lineRange(lineIndex(of: place)).lowerBound
        guard start <= place, bytes[start..<place].allSatisfy({ $0 == 0x20 || $0 == 0x09 }) else { return nil }
        return text(start..<place)
    }

    /// The start of the line that follows the last character before a byte: where something that belongs behind it
    /// goes. Blank lines and comment lines in between stay behind. At the end of the text, its length.
    func nextLineStart(after place: Int) -> Int {
        var last = place
        while last > 0, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[last - 1]) { last -= 1 }
        while last < bytes.count, bytes[last] != UInt8(ascii: "\n") { last += 1 }
        return min(last + 1, bytes.count)
    }

    /// Whether the text before a byte is whole lines.
    func isLineStart(_ place: Int) -> Bool { place == 0 || bytes[place - 1] == UInt8(ascii: "\n") }
}
