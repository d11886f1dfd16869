/// A regular expression in the RE2 syntax that Go's `regexp` package reads, which the controller matches with.
///
/// There are no look-arounds and no backreferences, so matching takes time in proportion to the text.
public struct RegularExpression: Sendable {
    /// Why a text is no regular expression.
    public struct Malformation: Error, Hashable, Sendable {
        /// What is wrong, in a few words.
        public var message: String
    }

    private let program: RegularExpressionProgram

    /// Reads a pattern, or says why it is none.
    public init(_ pattern: String) throws(Malformation) {
        var parser = RegularExpressionParser(pattern)
        program = RegularExpressionProgram(try parser.parse())
    }

    /// Whether a pattern is a regular expression, and if not, why.
    public static func malformation(of pattern: String) -> Malformation? {
        do throws(Malformation) {
            _ = try RegularExpression(pattern)
            return nil
        } catch {
            return error
        }
    }

    /// Whether it matches anywhere in a text.
    public func matches(_ text: String) -> Bool { program.matches(Array(text.unicodeScalars)) }
}

/// The characters that one place of a pattern stands for.
struct RegularExpressionClass: Sendable {
    /// One part of a class.
    enum Item: Sendable {
        case range(UInt32, UInt32)
        /// A Unicode general category by its short name, `L` or `Lu`.
        case category(String)
        /// Every character.
        case any
        case not(RegularExpressionClass)
    }

    var items: [Item] = []
    var isNegated = false
    var foldsCase = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        let found = items.contains { $0.contains(scalar) }
            || foldsCase && Self.variants(of: scalar).contains { variant in items.contains { $0.contains(variant) } }
        return found != isNegated
    }

    /// The other cases of a letter.
    private static func variants(of scalar: Unicode.Scalar) -> [Unicode.Scalar] {
        let properties = scalar.properties
        return [properties.lowercaseMapping, properties.uppercaseMapping].compactMap { mapped in
            let scalars = mapped.unicodeScalars
            return scalars.count == 1 ? scalars.first : nil
        }
    }
}

extension RegularExpressionClass.Item {
    func contains(_ scalar: Unicode.Scalar) -> Bool {
        switch self {
        case .range(let low, let high): scalar.value >= low && scalar.value <= high
        case .category(let name): RegularExpressionCategories.name(of: scalar).hasPrefix(name)
        case .any: true
        case .not(let other): !other.contains(scalar)
        }
    }
}

/// What a part of a pattern matches.
indirect enum RegularExpressionNode: Sendable {
    case empty
    case one(RegularExpressionClass)
    /// A place between characters.
    case anchor(Anchor)
    case sequence([RegularExpressionNode])
    case choice([RegularExpressionNode])
    case repetition(RegularExpressionNode, minimum: Int, maximum: Int?)

    /// A condition on the place between two characters.
    enum Anchor: Sendable {
        case textStart, textEnd, lineStart, lineEnd, wordBoundary, noWordBoundary
    }

    /// Whether all repetitions together stay within what Go allows.
    func repeats(atMost limit: Int) -> Bool {
        switch self {
        case .empty, .one, .anchor: return true
        case .sequence(let nodes), .choice(let nodes): return nodes.allSatisfy { $0.repeats(atMost: limit) }
        case .repetition(let node, let minimum, let maximum):
            var inner = limit
            let count = maximum ?? minimum
            if maximum == nil && minimum <= 1 || maximum == 1 && minimum <= 1 { return node.repeats(atMost: limit) }
            guard count <= limit else { return false }
            if count > 0 { inner = limit / count }
            return node.repeats(atMost: inner)
        }
    }
}

/// A pattern as instructions for a machine that follows all ways through it at once.
struct RegularExpressionProgram: Sendable {
    private enum Instruction: Sendable {
        case one(RegularExpressionClass)
        case anchor(RegularExpressionNode.Anchor)
        case jump(Int)
        case split(Int, Int)
        case match
    }

    private var instructions: [Instruction] = []

    init(_ node: RegularExpressionNode) {
        compile(node)
        instructions.append(.match)
    }

    private mutating func compile(_ node: RegularExpressionNode) {
        switch node {
        case .empty: break
        case .one(let characters): instructions.append(.one(characters))
        case .anchor(let anchor): instructions.append(.anchor(anchor))
        case .sequence(let nodes): for node in nodes { compile(node) }
        case .choice(let nodes):
            var exits: [Int] = []
            for (position, node) in nodes.enumerated() {
                guard position + 1 < nodes.count else {
                    compile(node)
                    break
                }
                let split = instructions.count
                instructions.append(.match)
                compile(node)
                exits.append(instructions.count)
                instructions.append(.match)
                instructions[split] = .split(split + 1, instructions.count)
            }
            for exit in exits { instructions[exit] = .jump(instructions.count) }
        case .repetition(let node, let minimum, let maximum):
            for _ in 0..<minimum { compile(node) }
            guard let maximum else { return compileLoop(node) }
            var splits: [Int] = []
            for _ in minimum..<max(minimum, maximum) {
                splits.append(instructions.count)
                instructions.append(.match)
                compile(node)
            }
            for split in splits { instructions[split] = .split(split + 1, instructions.count) }
        }
    }

    private mutating func compileLoop(_ node: RegularExpressionNode) {
        let split = instructions.count
        instructions.append(.match)
        compile(node)
        instructions.append(.jump(split))
        instructions[split] = .split(split + 1, instructions.count)
    }

    func matches(_ text: [Unicode.Scalar]) -> Bool {
        var current: [Int] = []
        var next: [Int] = []
        var marks = [Int](repeating: -1, count: instructions.count)
        for position in 0...text.count {
            // An unanchored search begins anew at every place.
            if add(0, position, text, &current, &marks) { return true }
            guard position < text.count else { break }
            next.removeAll(keepingCapacity: true)
            for state in current {
                guard case .one(let characters) = instructions[state], characters.contains(text[position]) else {
                    continue
                }
                if add(state + 1, position + 1, text, &next, &marks) { return true }
            }
            swap(&current, &next)
        }
        return false
    }

    /// Adds a state and all that is reached from it without a character; true where the match is reached.
    private func add(
        _ start: Int, _ position: Int, _ text: [Unicode.Scalar], _ states: inout [Int], _ marks: inout [Int]
    ) -> Bool {
        var pending = [start]
        while let state = pending.popLast() {
            guard marks[state] != position else { continue }
            marks[state] = position
            switch instructions[state] {
            case .match: return true
            case .jump(let target): pending.append(target)
            case .split(let first, let second):
                pending.append(second)
                pending.append(first)
            case .anchor(let anchor):
                if Self.holds(anchor, position, text) { pending.append(state + 1) }
            case .one: states.append(state)
            }
        }
        return false
    }

    private static func holds(
        _ anchor: RegularExpressionNode.Anchor, _ position: Int, _ text: [Unicode.Scalar]
    ) -> Bool {
        switch anchor {
        case .textStart: return position == 0
        case .textEnd: return position == text.count
        case .lineStart: return position == 0 || text[position - 1] == "\n"
        case .lineEnd: return position == text.count || text[position] == "\n"
        case .wordBoundary, .noWordBoundary:
            let before = position > 0 && isWord(text[position - 1])
            let after = position < text.count && isWord(text[position])
            return (before != after) == (anchor == .wordBoundary)
        }
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        default: false
        }
    }
}
