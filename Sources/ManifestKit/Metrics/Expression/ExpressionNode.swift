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
    /// How many parts stand inside one another, this one included.
    let depth: Int

    init(_ kind: Kind, _ range: Range<Int>) {
        self.kind = kind
        self.range = range
        depth = 1 + kind.greatestDepth
    }
}

extension ExpressionNode.Kind {
    /// The depth of the deepest part inside.
    fileprivate var greatestDepth: Int {
        switch self {
        case .null, .boolean, .integer, .float, .string, .bytes, .identifier, .pointer: 0
        case .unary(_, let node), .chain(let node), .predicate(let node): node.depth
        case .binary(_, let left, let right), .member(let left, let right, _), .variable(_, let left, let right):
            max(left.depth, right.depth)
        case .slice(let base, let from, let end): max(base.depth, from?.depth ?? 0, end?.depth ?? 0)
        case .call(let callee, let arguments): max(callee.depth, Self.depth(of: arguments))
        case .builtin(_, let nodes), .sequence(let nodes), .array(let nodes): Self.depth(of: nodes)
        case .conditional(let condition, let first, let second): max(condition.depth, first.depth, second.depth)
        case .map(let entries): entries.reduce(0) { max($0, $1.key.depth, $1.value.depth) }
        }
    }

    private static func depth(of nodes: [ExpressionNode]) -> Int { nodes.reduce(0) { max($0, $1.depth) } }
}
