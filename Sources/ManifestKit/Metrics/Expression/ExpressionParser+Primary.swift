extension ExpressionParser {
    /// An operand: a literal, a name, a call, a bracket, or one of these behind a sign.
    mutating func parsePrimary() throws(ExpressionFailure) -> ExpressionNode {
        let token = current
        let start = token.range.lowerBound
        if token.kind == .operation, let precedence = ExpressionOperator.unary[token.text] {
            try advance()
            let operand = try parseExpression(precedence)
            return try parsePostfix(try make(.unary(token.text, operand), from: start))
        }
        if token.isBracket("(") {
            try advance()
            let node = try parseSequence()
            try expect(bracket: ")")
            return try parsePostfix(node)
        }
        if predicateDepth > 0, token.isOperator("#") || token.isOperator(".") {
            return try parsePostfix(try parsePointer())
        }
        if token.isOperator("::") {
            try advance()
            let name = try expectIdentifier()
            return try parsePostfix(try parseCall(name, piped: nil))
        }
        return try parseOperand()
    }

    /// `#`, `#name`, or nothing before a `.` that reads a field of the current element.
    private mutating func parsePointer() throws(ExpressionFailure) -> ExpressionNode {
        let start = current.range.lowerBound
        guard current.isOperator("#") else { return ExpressionNode(.pointer(""), start..<start) }
        try advance()
        var name = ""
        if current.kind == .identifier {
            name = current.text
            try advance()
        }
        return try make(.pointer(name), from: start)
    }

    private mutating func parseOperand() throws(ExpressionFailure) -> ExpressionNode {
        let token = current
        let start = token.range.lowerBound
        switch token.kind {
        case .identifier:
            try advance()
            switch token.text {
            case "true": return try make(.boolean(true), from: start)
            case "false": return try make(.boolean(false), from: start)
            case "nil": return try make(.null, from: start)
            default: break
            }
            let node = current.isBracket("(")
                ? try parseCall(token, piped: nil) : try make(.identifier(token.text), from: start)
            return try parsePostfix(node)
        case .number:
            let kind = try ExpressionNumber.kind(of: token)
            try advance()
            return try make(kind, from: start)
        case .string:
            try advance()
            return try parsePostfix(try make(.string(token.text), from: start))
        case .bytes:
            try advance()
            return try parsePostfix(try make(.bytes(token.bytes), from: start))
        default:
            if token.isBracket("[") { return try parsePostfix(try parseArray()) }
            if token.isBracket("{") { return try parsePostfix(try parseMap()) }
            throw unexpected()
        }
    }

    // MARK: Calls

    /// The functions that take a predicate, with what stands at each position and how many must be there.
    private static let predicateFunctions: [String: (arguments: [Argument], required: Int)] = {
        var table: [String: (arguments: [Argument], required: Int)] = [:]
        let plain = [
            "all", "none", "any", "one", "filter", "map", "find", "findIndex", "findLast", "findLastIndex", "groupBy",
        ]
        for name in plain { table[name] = ([.expression, .predicate], 2) }
        for name in ["count", "sum"] { table[name] = ([.expression, .predicate], 1) }
        for name in ["sortBy", "reduce"] { table[name] = ([.expression, .predicate, .expression], 2) }
        return table
    }()

    /// The arguments of a call whose name was taken, and the call; `piped` is what stands before `|`.
    mutating func parseCall(
        _ name: ExpressionToken, piped: ExpressionNode?
    ) throws(ExpressionFailure) -> ExpressionNode {
        let start = piped?.range.lowerBound ?? name.range.lowerBound
        let given = piped.map { [$0] } ?? []
        if let function = Self.predicateFunctions[name.text] {
            let arguments = try parsePredicateArguments(name, function.arguments, function.required, given)
            return try make(.builtin(name.text, arguments), from: start)
        }
        if ExpressionBuiltins.names.contains(name.text) {
            return try make(.builtin(name.text, try parseArguments(given)), from: start)
        }
        let callee = ExpressionNode(.identifier(name.text), name.range)
        return try make(.call(callee, try parseArguments(given)), from: start)
    }

    private mutating func parsePredicateArguments(
        _ name: ExpressionToken, _ kinds: [Argument], _ required: Int, _ given: [ExpressionNode]
    ) throws(ExpressionFailure) -> [ExpressionNode] {
        var arguments = given
        try expect(bracket: "(")
        for position in given.count..<kinds.count {
            if current.isBracket(")") {
                guard position < required else { break }
                throw ExpressionFailure(
                    "\(name.text) takes at least \(required) "
                        + "arguments", name.range.lowerBound..<current.range.upperBound)
            }
            if position > given.count { try expect(operation: ",") }
            arguments.append(kinds[position] == .predicate ? try parsePredicate() : try parseExpression(0))
        }
        if current.isOperator(",") { try advance() }
        try expect(bracket: ")")
        return arguments
    }

    private mutating func parsePredicate() throws(ExpressionFailure) -> ExpressionNode {
        let start = current.range.lowerBound
        let isBraced = current.isBracket("{")
        if isBraced { try advance() }
        predicateDepth += 1
        let body = isBraced ? try parseSequence() : try parseExpression(0)
        predicateDepth -= 1
        if isBraced {
            try expect(bracket: "}")
        } else if current.isOperator(";") {
            throw ExpressionFailure("a predicate of several parts has to stand between { and }", current.range)
        }
        return try make(.predicate(body), from: start)
    }

    mutating func parseArguments(_ given: [ExpressionNode]) throws(ExpressionFailure) -> [ExpressionNode] {
        var arguments = given
        try expect(bracket: "(")
        while !current.isBracket(")") {
            if arguments.count > given.count { try expect(operation: ",") }
            if current.isBracket(")") { break }
            arguments.append(try parseExpression(0))
        }
        try expect(bracket: ")")
        return arguments
    }

    // MARK: Collections

    private mutating func parseArray() throws(ExpressionFailure) -> ExpressionNode {
        let start = current.range.lowerBound
        var nodes: [ExpressionNode] = []
        try expect(bracket: "[")
        while !current.isBracket("]") {
            if !nodes.isEmpty {
                try expect(operation: ",")
                if current.isBracket("]") { break }
            }
            nodes.append(try parseExpression(0))
        }
        try expect(bracket: "]")
        return try make(.array(nodes), from: start)
    }

    private mutating func parseMap() throws(ExpressionFailure) -> ExpressionNode {
        let start = current.range.lowerBound
        var entries: [ExpressionNode.Entry] = []
        try expect(bracket: "{")
        while !current.isBracket("}") {
            if !entries.isEmpty {
                try expect(operation: ",")
                if current.isBracket("}") { break }
            }
            let key: ExpressionNode
            switch current.kind {
            case .number, .string, .identifier:
                key = ExpressionNode(.string(current.text), current.range)
                try advance()
            case .bracket where current.text == "(":
                key = try parseExpression(0)
            default:
                throw ExpressionFailure(
                    "a key of a map is a text, a number, a name or an expression in parentheses, not \(current.shown)",
                    current.range)
            }
            try expect(operation: ":")
            entries.append(ExpressionNode.Entry(key: key, value: try parseExpression(0)))
        }
        try expect(bracket: "}")
        return try make(.map(entries), from: start)
    }

    // MARK: What follows an operand

    /// Fields, indexes, slices and calls of methods behind an operand.
    mutating func parsePostfix(_ operand: ExpressionNode) throws(ExpressionFailure) -> ExpressionNode {
        var node = operand
        while true {
            if current.isOperator(".") {
                try advance()
                node = try parseField(of: node, isOptional: false)
            } else if current.isOperator("?.") {
                try advance()
                node = current.isBracket("[")
                    ? try parseIndex(of: node, isOptional: true) : try parseField(of: node, isOptional: true)
            } else if current.isBracket("[") {
                node = try parseIndex(of: node, isOptional: false)
            } else {
                return node
            }
        }
    }

    private mutating func parseField(
        of operand: ExpressionNode, isOptional: Bool
    ) throws(ExpressionFailure) -> ExpressionNode {
        let start = operand.range.lowerBound
        let name = current
        // Operators that are words can be names of fields too.
        guard name.kind == .identifier || name.kind == .operation && ExpressionLexer.isWord(name.text) else {
            throw ExpressionFailure("the name of a field is expected here instead of \(name.shown)", name.range)
        }
        try advance()
        let property = ExpressionNode(.string(name.text), name.range)
        var base = operand
        var isChained = isOptional
        if case .chain(let inner) = operand.kind {
            base = inner
            isChained = true
        }
        var node = try make(.member(base, property, isOptional: isOptional), from: start)
        if current.isBracket("(") { node = try make(.call(node, try parseArguments([])), from: start) }
        return isChained ? try make(.chain(node), from: start) : node
    }

    private mutating func parseIndex(
        of operand: ExpressionNode, isOptional: Bool
    ) throws(ExpressionFailure) -> ExpressionNode {
        let start = operand.range.lowerBound
        try expect(bracket: "[")
        var from: ExpressionNode?
        if !current.isOperator(":") {
            let index = try parseExpression(0)
            if !current.isOperator(":") {
                try expect(bracket: "]")
                let node = try make(.member(operand, index, isOptional: isOptional), from: start)
                return isOptional ? try make(.chain(node), from: start) : node
            }
            from = index
        }
        try expect(operation: ":")
        let end = current.isBracket("]") ? nil : try parseExpression(0)
        try expect(bracket: "]")
        return try make(.slice(operand, from, end), from: start)
    }
}
