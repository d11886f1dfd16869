/// A part of an expression: what it is, and where it stands in the text.
public struct ExpressionNode: Sendable {
    /// What a part is.
    public indirect enum Kind: Sendable {
        case null
        case boolean(Bool)
        case integer(Int64)
        case float(Double)
        case string(String)
        case bytes([UInt8])
        /// A variable, or a function that is not called.
        case identifier(String)
        /// `not x`, `!x`, `-x`, `+x`.
        case unary(String, ExpressionNode)
        case binary(String, ExpressionNode, ExpressionNode)
        /// The stretch over which a nil before `?.` makes everything nil.
        case chain(ExpressionNode)
        /// `x.name`, `x[index]`, `x?.name`.
        case member(ExpressionNode, ExpressionNode, isOptional: Bool)
        /// `x[from:to]`.
        case slice(ExpressionNode, ExpressionNode?, ExpressionNode?)
        /// A call of a function of the environment or of a method.
        case call(ExpressionNode, [ExpressionNode])
        /// A call of a function of the language.
        case builtin(String, [ExpressionNode])
        /// The test that `all`, `filter` and the like apply to each element.
        case predicate(ExpressionNode)
        /// `#`, or `#index` and `#acc` by their names.
        case pointer(String)
        /// `let name = value; body`.
        case variable(String, ExpressionNode, ExpressionNode)
        /// `a; b`.
        case sequence([ExpressionNode])
        /// `c ? a : b`, `if c { a } else { b }`.
        case conditional(ExpressionNode, ExpressionNode, ExpressionNode)
        case array([ExpressionNode])
        case map([Entry])
    }

    /// A key and its value in a map.
    public struct Entry: Sendable {
        /// The key.
        public var key: ExpressionNode
        /// The value.
        public var value: ExpressionNode
    }

    /// What it is.
    public let kind: Kind
    /// Where it stands in the bytes of the text.
    public let range: Range<Int>

    init(_ kind: Kind, _ range: Range<Int>) {
        self.kind = kind
        self.range = range
    }
}
