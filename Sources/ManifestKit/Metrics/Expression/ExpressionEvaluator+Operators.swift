extension ExpressionEvaluator {
    func unary(
        _ operation: String, _ value: ExpressionValue, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue {
        switch (operation, value) {
        case ("!", .boolean(let answer)), ("not", .boolean(let answer)): return .boolean(!answer)
        case ("+", _): return value
        case ("-", .integer(let number)): return .integer(0 &- number)
        case ("-", .float(let number)): return .float(-number)
        default: throw ExpressionFailure("\"\(operation)\" cannot be applied to \(value.type.name)", node.range)
        }
    }

    mutating func binary(
        _ operation: String, _ left: ExpressionNode, _ right: ExpressionNode, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue {
        switch operation {
        // The right side of `&&` and `||` is the outcome as it is; only the left one has to be a boolean.
        case "&&", "and": return try boolean(left) ? try value(of: right) : .boolean(false)
        case "||", "or": return try boolean(left) ? .boolean(true) : try value(of: right)
        case "??":
            let first = try value(of: left)
            return first.isNull ? try value(of: right) : first
        default: break
        }
        let first = try value(of: left)
        let second = try value(of: right)
        switch operation {
        case "==": return .boolean(first.equals(second))
        case "!=": return .boolean(!first.equals(second))
        case "<", ">", "<=", ">=": return .boolean(try compare(operation, first, second, node))
        case "in": return .boolean(try isMember(first, of: second, node))
        case "matches", "contains", "startsWith", "endsWith":
            return .boolean(try compareTexts(operation, first, second, node))
        case "..": return try range(first, second, node)
        default: return try arithmetic(operation, first, second, node)
        }
    }

    private func mismatch(
        _ operation: String, _ left: ExpressionValue, _ right: ExpressionValue, _ node: ExpressionNode
    ) -> ExpressionFailure {
        ExpressionFailure("\"\(operation)\" does not go between \(left.type.name) and \(right.type.name)", node.range)
    }

    // MARK: Comparisons

    func compare(
        _ operation: String, _ left: ExpressionValue, _ right: ExpressionValue, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> Bool {
        func ordered<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
            switch operation {
            case "<": left < right
            case ">": left > right
            case "<=": left <= right
            default: left >= right
            }
        }
        switch (left, right) {
        case (.integer(let left), .integer(let right)): return ordered(left, right)
        case (.string(let left), .string(let right)):
            if left.utf8.elementsEqual(right.utf8) { return operation == "<=" || operation == ">=" }
            return left.utf8.lexicographicallyPrecedes(right.utf8) == operation.hasPrefix("<")
        case (.time(let left), .time(let right)): return ordered(left, right)
        case (.duration(let left), .duration(let right)): return ordered(left, right)
        default:
            guard let left = left.number, let right = right.number else { throw mismatch(operation, left, right, node) }
            return ordered(left, right)
        }
    }

    private func isMember(
        _ needle: ExpressionValue, of collection: ExpressionValue, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> Bool {
        switch collection {
        case .null: return false
        case .array, .bytes: return (collection.elements ?? []).contains { $0.equals(needle) }
        case .map:
            if needle.isNull { return collection.value(forKey: .string("")) != nil }
            return collection.value(forKey: needle) != nil
        default: throw mismatch("in", needle, collection, node)
        }
    }

    private mutating func compareTexts(
        _ operation: String, _ left: ExpressionValue, _ right: ExpressionValue, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> Bool {
        if left.isNull || right.isNull { return false }
        var subject: String?
        if case .string(let text) = left { subject = text }
        if case .bytes(let bytes) = left, operation == "matches" { subject = String(decoding: bytes, as: UTF8.self) }
        guard let subject, case .string(let wanted) = right else { throw mismatch(operation, left, right, node) }
        try spend(subject.utf8.count / 16, node)
        switch operation {
        case "contains": return ExpressionText.position(of: wanted, in: subject) != nil
        case "startsWith": return subject.utf8.starts(with: wanted.utf8)
        case "endsWith": return subject.utf8.reversed().starts(with: wanted.utf8.reversed())
        default:
            do throws(RegularExpression.Malformation) {
                return try RegularExpression(wanted).matches(subject)
            } catch {
                throw ExpressionFailure("\"\(wanted)\" is no regular expression: \(error.message)", node.range)
            }
        }
    }

    private mutating func range(
        _ left: ExpressionValue, _ right: ExpressionValue, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue {
        guard let low = left.whole, let high = right.whole else { throw mismatch("..", left, right, node) }
        guard low <= high else { return .array([]) }
        let (count, overflow) = high.subtractingReportingOverflow(low)
        try spend(overflow || count > 1_000_000 ? .max : Int(count), node)
        return .array((low...high).map { .integer($0) })
    }

    // MARK: Arithmetic

    func arithmetic(
        _ operation: String, _ left: ExpressionValue, _ right: ExpressionValue, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue {
        if case .integer(let first) = left, case .integer(let second) = right {
            return try wholeNumbers(operation, first, second, node)
        }
        if let first = left.number, let second = right.number {
            switch operation {
            case "+": return .float(first + second)
            case "-": return .float(first - second)
            case "*": return .float(first * second)
            case "/": return .float(first / second)
            case "^", "**": return .float(ExpressionPower.power(first, second))
            default: throw mismatch(operation, left, right, node)
            }
        }
        switch (operation, left, right) {
        case ("+", .string(let first), .string(let second)): return .string(first + second)
        case ("+", .duration(let first), .duration(let second)): return .duration(first &+ second)
        case ("-", .duration(let first), .duration(let second)): return .duration(first &- second)
        case ("*", .duration(let first), .duration(let second)): return .duration(first &* second)
        case ("*", .duration(let length), .integer(let factor)), ("*", .integer(let factor), .duration(let length)):
            return .duration(length &* factor)
        case ("*", .duration(let length), .float(let factor)), ("*", .float(let factor), .duration(let length)):
            return .duration(Int64(exactly: (Double(length) * factor).rounded(.towardZero)) ?? .max)
        case ("+", .time(let time), .duration(let length)), ("+", .duration(let length), .time(let time)):
            return .time(time.adding(length))
        case ("-", .time(let time), .duration(let length)): return .time(time.adding(0 &- length))
        case ("-", .time(let first), .time(let second)): return .duration(first.nanoseconds(since: second))
        default: throw mismatch(operation, left, right, node)
        }
    }

    private func wholeNumbers(
        _ operation: String, _ left: Int64, _ right: Int64, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue {
        switch operation {
        case "+": return .integer(left &+ right)
        case "-": return .integer(left &- right)
        case "*": return .integer(left &* right)
        case "/": return .float(Double(left) / Double(right))
        case "%":
            guard right != 0 else { throw ExpressionFailure("this divides by zero", node.range) }
            return .integer(right == -1 ? 0 : left % right)
        default: return .float(ExpressionPower.power(Double(left), Double(right)))
        }
    }
}

extension ExpressionValue.Instant {
    /// The point in time a length later.
    func adding(_ length: Int64) -> ExpressionValue.Instant {
        let sum = nanoseconds + length % 1_000_000_000
        let carry: Int64 = sum < 0 ? -1 : sum >= 1_000_000_000 ? 1 : 0
        return .init(
            seconds: seconds &+ length / 1_000_000_000 &+ carry, nanoseconds: sum - carry * 1_000_000_000, in: zone)
    }

    /// The length of time from another point, at most what 64 bits hold.
    func nanoseconds(since other: ExpressionValue.Instant) -> Int64 {
        let (whole, first) = seconds.subtractingReportingOverflow(other.seconds)
        let (product, second) = whole.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, third) = product.addingReportingOverflow(nanoseconds - other.nanoseconds)
        return first || second || third ? (self < other ? .min : .max) : sum
    }
}
