/// A change of a text: some of its bytes, and what takes their place.
///
/// Every byte that no edit names stays as it is. That is how comments, order, quotes and blank lines survive.
public struct SourceEdit: Hashable, Sendable {
    /// The bytes that are replaced; empty where text is only put in.
    public var range: Range<Int>
    /// What takes their place.
    public var replacement: [UInt8]

    /// Makes a change.
    public init(_ range: Range<Int>, _ replacement: some StringProtocol) {
        self.range = range
        self.replacement = Array(replacement.utf8)
    }

    /// Makes a change that puts text in before a byte.
    public init(at place: Int, _ text: some StringProtocol) { self.init(place..<place, text) }

    /// The edits in the order of their places; those at one place stay in their order, insertions before what
    /// replaces the bytes there. Nil where two of them claim the same byte.
    public static func ordered(_ edits: [SourceEdit]) -> [SourceEdit]? {
        let sorted = edits.enumerated().sorted { left, right in
            let (a, b) = (left.element.range, right.element.range)
            return (a.lowerBound, a.upperBound, left.offset) < (b.lowerBound, b.upperBound, right.offset)
        }.map(\.element)
        for (earlier, later) in zip(sorted, sorted.dropFirst())
        where later.range.lowerBound < earlier.range.upperBound { return nil }
        return sorted
    }

    /// The bytes of a range with the edits made in it, all at once; nil where edits overlap or reach outside.
    public static func apply(_ edits: [SourceEdit], to bytes: [UInt8], in range: Range<Int>) -> [UInt8]? {
        guard let edits = ordered(edits), range.upperBound <= bytes.count else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(range.count + edits.reduce(0) { $0 + $1.replacement.count })
        var place = range.lowerBound
        for edit in edits {
            guard edit.range.lowerBound >= place, edit.range.upperBound <= range.upperBound else { return nil }
            result.append(contentsOf: bytes[place..<edit.range.lowerBound])
            result.append(contentsOf: edit.replacement)
            place = edit.range.upperBound
        }
        result.append(contentsOf: bytes[place..<range.upperBound])
        return result
    }

    /// All of a text's bytes with the edits made.
    public static func apply(_ edits: [SourceEdit], to bytes: [UInt8]) -> [UInt8]? {
        apply(edits, to: bytes, in: 0..<bytes.count)
    }
}
