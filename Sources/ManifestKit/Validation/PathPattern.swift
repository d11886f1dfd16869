/// A pattern for paths, as `.gitignore` has them: `*`, `?`, `[a-z]` within a name, and `**` for any folders.
///
/// With a slash before its end it counts from the folder of the configuration; without one it fits at any depth. What
/// fits a folder fits all that is in it.
public struct PathPattern: Hashable, Sendable {
    private enum Token: Hashable {
        case byte(UInt8)
        /// `?`
        case any
        /// `*`
        case name
        /// `**/`
        case folders
        /// `**` at the end
        case rest
        case set([ClosedRange<UInt8>], isNegated: Bool)
    }

    /// The pattern as written.
    public let text: String
    private let tokens: [Token]

    /// Reads a pattern.
    public init(_ text: String) {
        self.text = text
        var bytes = Array(text.utf8)[...]
        if bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
        var tokens: [Token] = []
        if !bytes.contains(UInt8(ascii: "/")) { tokens.append(.folders) }
        if bytes.starts(with: Array("./".utf8)) { bytes = bytes.dropFirst(2) }
        if bytes.first == UInt8(ascii: "/") { bytes.removeFirst() }
        while let token = Self.token(&bytes) { tokens.append(token) }
        self.tokens = tokens
    }

    private static func token(_ bytes: inout ArraySlice<UInt8>) -> Token? {
        guard let first = bytes.popFirst() else { return nil }
        switch first {
        case UInt8(ascii: "?"): return .any
        case UInt8(ascii: "*"):
            guard bytes.first == UInt8(ascii: "*") else { return .name }
            bytes = bytes.drop { $0 == UInt8(ascii: "*") }
            if bytes.isEmpty { return .rest }
            guard bytes.first == UInt8(ascii: "/") else { return .name }
            bytes.removeFirst()
            return .folders
        case UInt8(ascii: "\\"): return .byte(bytes.popFirst() ?? first)
        case UInt8(ascii: "["): return set(&bytes) ?? .byte(first)
        default: return .byte(first)
        }
    }

    private static func set(_ bytes: inout ArraySlice<UInt8>) -> Token? {
        guard let close = bytes.dropFirst().firstIndex(of: UInt8(ascii: "]")) else { return nil }
        var inside = bytes[..<close]
        bytes = bytes[(close + 1)...]
        let isNegated = inside.first == UInt8(ascii: "!") || inside.first == UInt8(ascii: "^")
        if isNegated { inside.removeFirst() }
        var ranges: [ClosedRange<UInt8>] = []
        while let low = inside.popFirst() {
            if inside.first == UInt8(ascii: "-"), let high = inside.dropFirst().first {
                inside = inside.dropFirst(2)
                if low <= high { ranges.append(low...high) }
            } else {
                ranges.append(low...low)
            }
        }
        return .set(ranges, isNegated: isNegated)
    }

    /// Whether the pattern fits a path, or a folder that the path is in.
    ///
    /// - Parameter path: Counted from the folder that the pattern belongs to, without a leading slash.
    public func matches(_ path: String) -> Bool {
        var states = [Bool](repeating: false, count: tokens.count + 1)
        enter(0, &states, atName: true)
        var previous: UInt8?
        for byte in path.utf8 {
            if byte == UInt8(ascii: "/"), states[tokens.count] { return true }
            var next = [Bool](repeating: false, count: tokens.count + 1)
            for index in tokens.indices where states[index] { advance(index, byte, &next) }
            states = next
            previous = byte
        }
        return states[tokens.count] && previous != nil
    }

    private func advance(_ index: Int, _ byte: UInt8, _ next: inout [Bool]) {
        let isSlash = byte == UInt8(ascii: "/")
        switch tokens[index] {
        case .byte(let wanted):
            if byte == wanted { enter(index + 1, &next, atName: isSlash) }
        case .any:
            if !isSlash { enter(index + 1, &next, atName: false) }
        case .name:
            if !isSlash { enter(index, &next, atName: false) }
        case .folders:
            next[index] = true
            if isSlash { enter(index + 1, &next, atName: true) }
        case .rest:
            enter(index, &next, atName: false)
        case .set(let ranges, let isNegated):
            if !isSlash, ranges.contains(where: { $0.contains(byte) }) != isNegated {
                enter(index + 1, &next, atName: false)
            }
        }
    }

    /// Marks a state and those that follow without a byte.
    private func enter(_ index: Int, _ states: inout [Bool], atName: Bool) {
        states[index] = true
        guard index < tokens.count else { return }
        switch tokens[index] {
        case .name, .rest: enter(index + 1, &states, atName: false)
        case .folders where atName: enter(index + 1, &states, atName: true)
        default: break
        }
    }
}
