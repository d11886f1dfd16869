/// A word, number, text or mark of an expression.
struct ExpressionToken: Sendable {
    /// What a token is. Words such as `in` and `matches` are operators.
    enum Kind: Sendable {
        case identifier, number, string, bytes, operation, bracket, end
        /// The lexer could not go on here; the token's text says why.
        case malformed
    }

    var kind: Kind
    /// The word or mark as written; for texts, the escapes undone.
    var text: String
    /// The value of a literal of bytes.
    var bytes: [UInt8] = []
    /// Where it stands in the expression's bytes.
    var range: Range<Int>

    /// Whether this is a given operator.
    func isOperator(_ wanted: String) -> Bool { kind == .operation && text == wanted }
    /// Whether this is a given bracket.
    func isBracket(_ wanted: String) -> Bool { kind == .bracket && text == wanted }

    /// How a message names the token.
    var shown: String {
        switch kind {
        case .end: "the end"
        case .string: "the text \"\(text)\""
        case .bytes: "a literal of bytes"
        default: "\"\(text)\""
        }
    }
}
