/// The numbers that a metric's conditions compare the result with, for charts to draw as lines.
public struct ConditionThreshold: Hashable, Sendable {
    /// The number.
    public var value: Double
    /// Whether the comparison makes a measurement fail when it holds, as in `failureCondition`.
    public var isFailure: Bool

    /// The thresholds in the conditions of a metric, each number once; conditions that cannot be read have none.
    public static func all(successCondition: String?, failureCondition: String?) -> [ConditionThreshold] {
        var found: [ConditionThreshold] = []
        for (condition, isFailure) in [(successCondition, false), (failureCondition, true)] {
            guard let condition, let expression = try? Expression.condition(condition) else { continue }
            var numbers: [Double] = []
            collect(expression.root, &numbers)
            for number in numbers where !found.contains(where: { $0.value == number }) {
                found.append(ConditionThreshold(value: number, isFailure: isFailure))
            }
        }
        return found
    }

    private static let comparisons: Set<String> = ["<", "<=", ">", ">=", "==", "!="]

    private static func collect(_ node: ExpressionNode, _ numbers: inout [Double]) {
        switch node.kind {
        case .binary(let sign, let left, let right) where comparisons.contains(sign):
            if let number = number(right), isMeasured(left) { numbers.append(number) }
            if let number = number(left), isMeasured(right) { numbers.append(number) }
        case .binary(_, let left, let right):
            collect(left, &numbers)
            collect(right, &numbers)
        case .unary(_, let inner), .chain(let inner), .predicate(let inner): collect(inner, &numbers)
        case .builtin(_, let inner), .sequence(let inner): inner.forEach { collect($0, &numbers) }
        case .conditional(let condition, let first, let second):
            [condition, first, second].forEach { collect($0, &numbers) }
        case .variable(_, _, let body): collect(body, &numbers)
        default: break
        }
    }

    private static func number(_ node: ExpressionNode) -> Double? {
        switch node.kind {
        case .integer(let value): Double(value)
        case .float(let value): value
        case .unary("-", let inner): number(inner).map { -$0 }
        default: nil
        }
    }

    /// Whether a part is the result, an element of it, or the same as another type of number; not its length.
    private static func isMeasured(_ node: ExpressionNode) -> Bool {
        switch node.kind {
        case .identifier(let name): name == "result"
        case .pointer: true
        case .member(let base, _, _), .chain(let base): isMeasured(base)
        case .call(let callee, let arguments):
            if case .identifier(let name) = callee.kind, ["asFloat", "asInt", "default"].contains(name) {
                arguments.first.map { isMeasured($0) } ?? false
            } else {
                false
            }
        case .builtin(let name, let arguments):
            ["first", "last", "float", "int", "max", "min", "mean", "sum", "abs", "round", "ceil", "floor"]
                .contains(name) && arguments.first.map { isMeasured($0) } ?? false
        default: false
        }
    }
}
