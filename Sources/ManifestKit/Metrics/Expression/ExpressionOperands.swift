/// What an operator makes of two types.
struct ExpressionOperands {
    private let operation: String
    private let left: ExpressionType
    private let right: ExpressionType

    init(_ operation: String, _ left: ExpressionType, _ right: ExpressionType) {
        self.operation = operation
        self.left = left
        self.right = right
    }

    /// The type of the outcome, or nil where the operator does not go between the two.
    var outcome: ExpressionType? {
        switch operation {
        case "==", "!=": left.isComparable(to: right) ? .boolean : nil
        case "or", "||", "and", "&&":
            // Behind a known left side the right one is the outcome, and it may be anything until it is there.
            both(.boolean) || mayBe { $0 == .boolean } ? .boolean : nil
        case "<", ">", ">=", "<=":
            bothNumbers || both(.string) || both(.time) || both(.duration) || mayBe(Self.isOrdered) ? .boolean : nil
        case "+": sum
        case "-": difference
        case "*": product
        case "/", "**", "^": bothNumbers || mayBe(\.isNumber) ? .float : nil
        case "%": left.isInteger && right.isInteger || mayBe(\.isInteger) ? .integer : nil
        case "in": membership
        case "matches":
            (left == .string || left == .bytes) && right == .string || mayBe { $0 == .string } ? .boolean : nil
        case "contains", "startsWith", "endsWith": both(.string) || mayBe { $0 == .string } ? .boolean : nil
        case "..": left.isInteger && right.isInteger || mayBe(\.isInteger) ? .array(.any, .integer) : nil
        case "??": coalesced
        default: nil
        }
    }

    private var bothNumbers: Bool { left.isNumber && right.isNumber }

    private func both(_ type: ExpressionType) -> Bool { left == type && right == type }

    /// Whether at least one side is unknown and the other is unknown too or of a type that would do.
    private func mayBe(_ wouldDo: (ExpressionType) -> Bool) -> Bool {
        left.isUnknown && (right.isUnknown || wouldDo(right)) || right.isUnknown && wouldDo(left)
    }

    private static func isOrdered(_ type: ExpressionType) -> Bool {
        type.isNumber || type == .string || type == .time || type == .duration
    }

    private var sum: ExpressionType? {
        if bothNumbers { return left.promoted(with: right) }
        switch (left, right) {
        case (.string, .string): return .string
        case (.time, .duration), (.duration, .time): return .time
        case (.duration, .duration): return .duration
        default: return mayBe(Self.isOrdered) ? .arithmetic : nil
        }
    }

    private var difference: ExpressionType? {
        if bothNumbers { return left.promoted(with: right) }
        switch (left, right) {
        case (.time, .time), (.duration, .duration): return .duration
        case (.time, .duration): return .time
        default: return mayBe { $0.isNumber || $0 == .time || $0 == .duration } ? .arithmetic : nil
        }
    }

    private var product: ExpressionType? {
        if bothNumbers { return left.promoted(with: right) }
        if left.isNumber && right == .duration || left == .duration && right.isNumber || both(.duration) {
            return .duration
        }
        return mayBe { $0.isNumber || $0 == .duration } ? .arithmetic : nil
    }

    private var membership: ExpressionType? {
        switch right {
        case .map(let hasTextKeys, _):
            return left.isUnknown || left == .string || !hasTextKeys ? .boolean : nil
        case .array, .bytes:
            return left.isComparable(to: right.element) ? .boolean : nil
        case .unknown, .arithmetic: return .boolean
        case .string: return left.isUnknown ? .boolean : nil
        default: return nil
        }
    }

    private var coalesced: ExpressionType {
        if left == .null { return right }
        if right == .null { return left }
        if right.isAssignable(to: left) { return left }
        return left.isSurelyNotBoolean && right.isSurelyNotBoolean ? .arithmetic : .unknown
    }
}
