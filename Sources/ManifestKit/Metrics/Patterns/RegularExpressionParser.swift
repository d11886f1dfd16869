/// Reads a pattern in RE2 syntax with the Perl extensions that Go turns on.
struct RegularExpressionParser {
    typealias Malformation = RegularExpression.Malformation

    let scalars: [Unicode.Scalar]
    var position = 0
    private var flags = Flags()
    private var names: Set<String> = []
    private var depth = 0

    private struct Flags {
        var foldsCase = false
        var isMultiline = false
        var dotMatchesNewline = false
    }

    init(_ pattern: String) { scalars = Array(pattern.unicodeScalars) }

    var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }
    var foldsCase: Bool { flags.foldsCase }

    mutating func take(_ wanted: Unicode.Scalar) -> Bool {
        guard next == wanted else { return false }
        position += 1
        return true
    }

    mutating func take(_ wanted: String) -> Bool {
        let count = wanted.unicodeScalars.count
        guard position + count <= scalars.count,
            scalars[position..<position + count].elementsEqual(wanted.unicodeScalars)
        else { return false }
        position += count
        return true
    }

    mutating func parse() throws(Malformation) -> RegularExpressionNode {
        let node = try parseChoice()
        guard next == nil else { throw Malformation(message: "a \")\" has no \"(\"") }
        guard node.repeats(atMost: 1000) else { throw Malformation(message: "it repeats more than 1000 times") }
        return node
    }

    private mutating func parseChoice() throws(Malformation) -> RegularExpressionNode {
        var choices = [try parseSequence()]
        while take("|") { choices.append(try parseSequence()) }
        return choices.count == 1 ? choices[0] : .choice(choices)
    }

    private mutating func parseSequence() throws(Malformation) -> RegularExpressionNode {
        var nodes: [RegularExpressionNode] = []
        var lastWasRepetition = false
        while let scalar = next, scalar != "|", scalar != ")" {
            if let (minimum, maximum) = try takeRepetition() {
                _ = take("?")
                guard !lastWasRepetition else { throw Malformation(message: "one repetition follows another") }
                guard let operand = nodes.popLast() else {
                    throw Malformation(message: "there is nothing to repeat before \"\(scalar)\"")
                }
                nodes.append(.repetition(operand, minimum: minimum, maximum: maximum))
                lastWasRepetition = true
            } else if take("\\Q") {
                while next != nil, !take("\\E") {
                    nodes.append(literal(scalars[position]))
                    position += 1
                }
                lastWasRepetition = false
            } else {
                // A group that only sets flags leaves nothing that could be repeated.
                if let node = try parseAtom() { nodes.append(node) }
                lastWasRepetition = false
            }
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    private func literal(_ scalar: Unicode.Scalar) -> RegularExpressionNode {
        .one(RegularExpressionClass(items: [.range(scalar.value, scalar.value)], foldsCase: flags.foldsCase))
    }

    // MARK: Repetition

    private mutating func takeRepetition() throws(Malformation) -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = position
        guard take("{"), let minimum = takeCount() else {
            position = start
            return nil
        }
        var maximum: Int? = minimum
        if take(",") {
            maximum = nil
            if next != "}" {
                guard let count = takeCount() else {
                    position = start
                    return nil
                }
                maximum = count
            }
        }
        guard take("}") else {
            position = start
            return nil
        }
        guard minimum <= 1000, (maximum ?? 0) <= 1000, maximum.map({ $0 >= minimum }) ?? true else {
            throw Malformation(message: "a repetition counts up to 1000, the smaller number first")
        }
        return (minimum, maximum)
    }

    private mutating func takeCount() -> Int? {
        let digits = scalars[position...].prefix { ("0"..."9").contains($0) }
        guard let first = digits.first, first != "0" || digits.count == 1 else { return nil }
        position += digits.count
        return digits.count > 8 ? 1_000_000 : digits.reduce(0) { $0 * 10 + Int($1.value - 48) }
    }

    // MARK: Atoms

    private mutating func parseAtom() throws(Malformation) -> RegularExpressionNode? {
        guard let scalar = next else { return nil }
        switch scalar {
        case "(": return try parseGroup()
        case "[": return .one(try parseClass())
        case "\\": return try parseEscapedAtom()
        default: position += 1
        }
        switch scalar {
        case ".":
            if flags.dotMatchesNewline { return .one(RegularExpressionClass(items: [.any])) }
            return .one(RegularExpressionClass(items: [.range(10, 10)], isNegated: true))
        case "^": return .anchor(flags.isMultiline ? .lineStart : .textStart)
        case "$": return .anchor(flags.isMultiline ? .lineEnd : .textEnd)
        default: return literal(scalar)
        }
    }

    private mutating func parseEscapedAtom() throws(Malformation) -> RegularExpressionNode {
        let anchors: [(String, RegularExpressionNode.Anchor)] = [
            ("\\A", .textStart), ("\\z", .textEnd), ("\\b", .wordBoundary), ("\\B", .noWordBoundary),
        ]
        for (text, anchor) in anchors where take(text) { return .anchor(anchor) }
        if let item = try takeClassEscape() {
            return .one(RegularExpressionClass(items: [item], foldsCase: flags.foldsCase))
        }
        return literal(try takeEscape())
    }

    /// A group; nil for one that only sets flags.
    private mutating func parseGroup() throws(Malformation) -> RegularExpressionNode? {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 200 else { throw Malformation(message: "it is nested too deeply") }
        let outer = flags
        position += 1
        if take("?P<") || take("?<") {
            try takeGroupName()
        } else if take("?") {
            guard try takeFlags() else { return nil }
        }
        let node = try parseChoice()
        guard take(")") else { throw Malformation(message: "a \"(\" has no \")\"") }
        flags = outer
        return node
    }

    private mutating func takeGroupName() throws(Malformation) {
        var name = ""
        while let scalar = next, scalar != ">" {
            let properties = scalar.properties
            guard scalar.isASCII, scalar == "_" || properties.isAlphabetic || properties.numericType != nil
            else { throw Malformation(message: "a group has a name that is no word") }
            name.unicodeScalars.append(scalar)
            position += 1
        }
        guard take(">"), !name.isEmpty else { throw Malformation(message: "a group has no whole name") }
        guard names.insert(name).inserted else { throw Malformation(message: "two groups are named \"\(name)\"") }
    }

    /// Flags up to `:` or `)`; false where no group follows them.
    private mutating func takeFlags() throws(Malformation) -> Bool {
        var isNegative = false
        var hasFlag = false
        while let scalar = next {
            position += 1
            switch scalar {
            case "i": flags.foldsCase = !isNegative
            case "m": flags.isMultiline = !isNegative
            case "s": flags.dotMatchesNewline = !isNegative
            case "U": break
            case "-" where !isNegative:
                isNegative = true
                hasFlag = false
                continue
            case ":", ")":
                guard !isNegative || hasFlag else { throw Malformation(message: "a \"-\" has no flag behind it") }
                return scalar == ":"
            default:
                throw Malformation(message: "\"(?\(scalar)\" begins no group; there are no look-arounds")
            }
            hasFlag = true
        }
        throw Malformation(message: "a \"(\" has no \")\"")
    }
}
