/// Reads an expression into its syntax tree.
///
/// The grammar is that of expr 1.17, the version in the Argo Rollouts controller: comparisons chain (`1 < x < 5`),
/// `not`
/// goes before `in` and the text operators, and `??` does not mix with others without parentheses.
struct ExpressionParser {
    /// What a function with a predicate takes at a position.
    enum Argument { case expression, predicate }

    var tokens: [ExpressionToken]
    var position = 0
    /// How many predicates stand around the current place; `#` has a meaning only inside one.
    var predicateDepth = 0
    private var nodeCount = 0
    private var nesting = 0

    /// The controller refuses expressions with more parts.
    static let nodeLimit = 10_000
    /// Deeper nesting would need more stack than a thread has.
    static let nestingLimit = 200
    /// What is worked out one part inside the other needs stack too: a long chain of `||` is as deep as it is long.
    static let depthLimit = 500

    private init(_ tokens: [ExpressionToken]) { self.tokens = tokens }

    /// The syntax tree of a text, or why it has none.
    static func parse(_ text: String) throws(ExpressionFailure) -> ExpressionNode {
        var parser = ExpressionParser(ExpressionLexer.tokens(of: text))
        try parser.refuseMalformed()
        let node = try parser.parseSequence()
        guard parser.current.kind == .end else { throw parser.unexpected() }
        return node
    }

    // MARK: Tokens

    var current: ExpressionToken { tokens[position] }

    mutating func advance() throws(ExpressionFailure) {
        guard position + 1 < tokens.count else {
            throw ExpressionFailure("the expression ends too early", current.range)
        }
        position += 1
        try refuseMalformed()
    }

    private func refuseMalformed() throws(ExpressionFailure) {
        if current.kind == .malformed { throw ExpressionFailure(current.text, current.range) }
    }

    func unexpected() -> ExpressionFailure {
        if current.kind == .end { return ExpressionFailure("the expression ends too early", current.range) }
        return ExpressionFailure("\(current.shown) is not expected here", current.range)
    }

    mutating func expect(operation: String) throws(ExpressionFailure) {
        guard current.isOperator(operation) else { throw expected(operation) }
        try advance()
    }

    mutating func expect(bracket: String) throws(ExpressionFailure) {
        guard current.isBracket(bracket) else { throw expected(bracket) }
        try advance()
    }

    private func expected(_ mark: String) -> ExpressionFailure {
        ExpressionFailure("\"\(mark)\" is expected here instead of \(current.shown)", current.range)
    }

    mutating func expectIdentifier() throws(ExpressionFailure) -> ExpressionToken {
        let token = current
        guard token.kind == .identifier else {
            throw ExpressionFailure("a name is expected here instead of \(token.shown)", token.range)
        }
        try advance()
        return token
    }

    /// Makes a node that reaches from a byte to the last token that was taken.
    mutating func make(
        _ kind: ExpressionNode.Kind, from start: Int
    ) throws(ExpressionFailure) -> ExpressionNode {
        let end = position > 0 ? tokens[position - 1].range.upperBound : start
        nodeCount += 1
        guard nodeCount <= Self.nodeLimit else {
            throw ExpressionFailure("the expression has more than \(Self.nodeLimit) parts", start..<max(start, end))
        }
        let node = ExpressionNode(kind, start..<max(start, end))
        guard node.depth <= Self.depthLimit else { throw ExpressionFailure("the expression is nested too "
            + "deeply", node.range) }
        return node
    }

    // MARK: Expressions

    mutating func parseSequence() throws(ExpressionFailure) -> ExpressionNode {
        var nodes = [try parseExpression(0)]
        while current.isOperator(";") {
            try advance()
            if current.kind == .end { break }
            nodes.append(try parseExpression(0))
        }
        return nodes.count == 1 ? nodes[0] : try make(.sequence(nodes), from: nodes[0].range.lowerBound)
    }

    mutating func parseExpression(_ precedence: Int) throws(ExpressionFailure) -> ExpressionNode {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= Self.nestingLimit else {
            throw ExpressionFailure("the expression is nested too deeply", current.range)
        }
        if precedence == 0, current.isOperator("let") { return try parseVariable() }
        if precedence == 0, current.isOperator("if") { return try parseIf() }
        var left = try parsePrimary()
        var previous = ""
        while current.kind == .operation {
            var operation = current
            let isNegated = operation.isOperator("not")
            if isNegated {
                try advance()
                guard ExpressionOperator.canBeNegated(current.text) else { throw unexpected() }
                guard ExpressionOperator.comparisonPrecedence >= precedence else {
                    position -= 1
                    break
                }
                operation = current
            }
            guard let binary = ExpressionOperator.binary[operation.text], binary.precedence >= precedence else { break }
            try advance()
            left = try parseBinary(left, operation, binary, isNegated: isNegated, previous: previous)
            previous = operation.text
        }
        return precedence == 0 ? try parseConditional(left) : left
    }

    private mutating func parseBinary(
        _ left: ExpressionNode, _ operation: ExpressionToken, _ binary: ExpressionOperator, isNegated: Bool,
        previous: String
    ) throws(ExpressionFailure) -> ExpressionNode {
        let start = left.range.lowerBound
        if operation.text == "|" {
            let name = try expectIdentifier()
            return try parseCall(name, piped: left)
        }
        if previous == "??", operation.text != "??" {
            throw ExpressionFailure(
                "\"\(operation.text)\" and \"??\" cannot be mixed; put one of them in parentheses", operation.range)
        }
        if ExpressionOperator.isOrdering(operation.text) {
            return try parseComparison(left, operation.text, binary.precedence)
        }
        let right = try parseExpression(binary.isRightAssociative ? binary.precedence : binary.precedence + 1)
        let node = try make(.binary(operation.text, left, right), from: start)
        return isNegated ? try make(.unary("not", node), from: start) : node
    }

    /// A chain of comparisons: `a < b < c` is `a < b && b < c`.
    private mutating func parseComparison(
        _ first: ExpressionNode, _ operation: String, _ precedence: Int
    ) throws(ExpressionFailure) -> ExpressionNode {
        let start = first.range.lowerBound
        var left = first
        var operation = operation
        var root: ExpressionNode?
        while true {
            let right = try parseExpression(precedence + 1)
            let comparison = try make(.binary(operation, left, right), from: left.range.lowerBound)
            if let soFar = root {
                root = try make(.binary("&&", soFar, comparison), from: start)
            } else {
                root = comparison
            }
            left = right
            guard current.kind == .operation, ExpressionOperator.isOrdering(current.text) else {
                return root ?? comparison
            }
            operation = current.text
            try advance()
        }
    }

    private mutating func parseVariable() throws(ExpressionFailure) -> ExpressionNode {
        let start = current.range.lowerBound
        try expect(operation: "let")
        let name = try expectIdentifier()
        try expect(operation: "=")
        let value = try parseExpression(0)
        try expect(operation: ";")
        let body = try parseSequence()
        return try make(.variable(name.text, value, body), from: start)
    }

    private mutating func parseIf() throws(ExpressionFailure) -> ExpressionNode {
        nesting += 1
        defer { nesting -= 1 }
        guard nesting <= Self.nestingLimit else {
            throw ExpressionFailure("the expression is nested too deeply", current.range)
        }
        let start = current.range.lowerBound
        try advance()
        let condition = try parseExpression(0)
        let first = try parseBlock()
        try expect(operation: "else")
        let second = current.isOperator("if") ? try parseIf() : try parseBlock()
        return try make(.conditional(condition, first, second), from: start)
    }

    private mutating func parseBlock() throws(ExpressionFailure) -> ExpressionNode {
        try expect(bracket: "{")
        let body = try parseSequence()
        try expect(bracket: "}")
        return body
    }

    private mutating func parseConditional(_ node: ExpressionNode) throws(ExpressionFailure) -> ExpressionNode {
        var node = node
        while current.isOperator("?") {
            try advance()
            let first: ExpressionNode
            if current.isOperator(":") {
                first = node
            } else {
                first = try parseExpression(0)
            }
            try expect(operation: ":")
            let second = try parseExpression(0)
            node = try make(.conditional(node, first, second), from: node.range.lowerBound)
        }
        return node
    }
}

/// How tightly an operator between two operands binds.
struct ExpressionOperator: Sendable {
    var precedence: Int
    var isRightAssociative = false

    /// The precedence of `==`, `<`, `in`, `matches` and the like.
    static let comparisonPrecedence = 20

    static let unary = ["not": 50, "!": 50, "-": 90, "+": 90]

    static let binary: [String: ExpressionOperator] = {
        var table: [String: ExpressionOperator] = [:]
        let levels: [(Int, [String])] = [
            (0, ["|"]), (10, ["or", "||"]), (15, ["and", "&&"]),
            (comparisonPrecedence, [
                "==", "!=", "<", ">", ">=", "<=", "in", "matches", "contains", "startsWith", "endsWith",
            ]),
            (25, [".."]), (30, ["+", "-"]), (60, ["*", "/", "%"]), (500, ["??"]),
        ]
        for (precedence, names) in levels {
            for name in names { table[name] = ExpressionOperator(precedence: precedence) }
        }
        for name in ["**", "^"] { table[name] = ExpressionOperator(precedence: 100, isRightAssociative: true) }
        return table
    }()

    static func isOrdering(_ name: String) -> Bool { name == "<" || name == ">" || name == "<=" || name == ">=" }

    static func canBeNegated(_ name: String) -> Bool {
        switch name {
        case "contains", "matches", "startsWith", "endsWith", "in": true
        default: false
        }
    }
}
