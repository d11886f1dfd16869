/// Finds what an expression cannot mean: unknown names, wrong numbers of arguments, operands that do not go together.
///
/// What it refuses the controller refuses for every result of the metric; where the result decides, it says nothing.
struct ExpressionChecker {
    private struct Scope {
        var collection: ExpressionType
        var names: [String: ExpressionType]
    }

    let environment: ExpressionEnvironment
    private var variables: [(name: String, type: ExpressionType)] = []
    private var scopes: [Scope] = []

    init(_ environment: ExpressionEnvironment) { self.environment = environment }

    /// The type of a part, or why it has none.
    mutating func check(_ node: ExpressionNode) throws(ExpressionFailure) -> ExpressionType {
        switch node.kind {
        case .null: return .null
        case .boolean: return .boolean
        case .integer: return .integer
        case .float: return .float
        case .string: return .string
        case .bytes: return .bytes
        case .identifier(let name): return try checkName(name, node)
        case .unary(let operation, let operand): return try checkUnary(operation, operand, node)
        case .binary(let operation, let left, let right): return try checkBinary(operation, left, right, node)
        case .chain(let inner): return try check(inner)
        case .member(let base, let property, let isOptional):
            return try checkMember(base, property, isOptional: isOptional, node)
        case .slice(let base, let from, let end): return try checkSlice(base, from, end, node)
        case .call(let callee, let arguments): return try checkCall(callee, arguments, node)
        case .builtin(let name, let arguments): return try checkBuiltin(name, arguments, node)
        case .predicate(let body): return try check(body)
        case .pointer(let name): return try checkPointer(name, node)
        case .variable(let name, let value, let body): return try checkVariable(name, value, body, node)
        case .sequence(let nodes):
            var last = ExpressionType.unknown
            for part in nodes { last = try check(part) }
            return last
        case .conditional(let condition, let first, let second):
            return try checkConditional(condition, first, second)
        case .array(let nodes): return try checkArray(nodes)
        case .map(let entries):
            for entry in entries {
                _ = try check(entry.key)
                _ = try check(entry.value)
            }
            return .map(hasTextKeys: true, .unknown)
        }
    }

    // MARK: Names

    private func checkName(_ name: String, _ node: ExpressionNode) throws(ExpressionFailure) -> ExpressionType {
        if let variable = variables.last(where: { $0.name == name }) { return variable.type }
        if name == "$env" { return .unknown }
        if let type = environment.names[name] { return type }
        if ExpressionBuiltins.names.contains(name) { return .function(.init([.unknown], isVariadic: true, .unknown)) }
        throw ExpressionFailure("there is no variable \"\(name)\"\(suggestion(for: name))", node.range)
    }

    /// What a wrong name was probably meant to be.
    private func suggestion(for name: String) -> String {
        let known = Array(environment.names.keys) + ExpressionBuiltins.names
        let lower = name.lowercased()
        let found = known.filter { $0.lowercased() == lower || $0.hasPrefix(name) && name.utf8.count > 2 }.min()
        return found.map { "; did you mean \"\($0)\"?" } ?? ""
    }

    private func checkPointer(_ name: String, _ node: ExpressionNode) throws(ExpressionFailure) -> ExpressionType {
        guard let scope = scopes.last else {
            throw ExpressionFailure("\"#\" has a meaning only inside a predicate", node.range)
        }
        if name.isEmpty { return scope.collection.element }
        if let type = scope.names[name] { return type }
        throw ExpressionFailure("there is no \"#\(name)\" in this predicate", node.range)
    }

    private mutating func checkVariable(
        _ name: String, _ value: ExpressionNode, _ body: ExpressionNode, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionType {
        let isTaken = environment.names[name] != nil || ExpressionBuiltins.names.contains(name)
            || variables.contains { $0.name == name }
        if isTaken { throw ExpressionFailure("the name \"\(name)\" is already taken", node.range) }
        let type = try check(value)
        variables.append((name, type))
        let result = try check(body)
        variables.removeLast()
        return result
    }

    // MARK: Operators

    private mutating func checkUnary(
        _ operation: String, _ operand: ExpressionNode, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionType {
        let type = try check(operand)
        switch operation {
        case "!", "not":
            if type == .boolean || type.isUnknown { return .boolean }
        default:
            if type.isNumber { return type }
            // A plus sign changes nothing, not even a boolean.
            if type.isUnknown { return operation == "-" ? .arithmetic : type }
        }
        throw ExpressionFailure("\"\(operation)\" cannot be applied to \(type.name)", node.range)
    }

    private mutating func checkBinary(
        _ operation: String, _ left: ExpressionNode, _ right: ExpressionNode, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionType {
        let leftType = try check(left)
        let rightType = try check(right)
        if operation == "matches", case .string(let pattern) = right.kind,
            let malformation = RegularExpression.malformation(of: pattern) {
            throw ExpressionFailure(
                "\"\(pattern)\" is no regular expression: \(malformation.message)", right.range)
        }
        if operation == "%", case .integer = left.kind, case .integer(0) = right.kind {
            throw ExpressionFailure("this divides by zero", node.range)
        }
        if let type = ExpressionOperands(operation, leftType, rightType).outcome { return type }
        throw ExpressionFailure(
            "\"\(operation)\" does not go between \(leftType.name) and \(rightType.name)", node.range)
    }

    private mutating func checkConditional(
        _ condition: ExpressionNode, _ first: ExpressionNode, _ second: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionType {
        let type = try check(condition)
        guard type == .boolean || type.isUnknown else {
            throw ExpressionFailure("the question before \"?\" is \(type.name) and not a boolean", condition.range)
        }
        return Self.common(try check(first), try check(second))
    }

    /// The type of what is one of two values.
    static func common(_ first: ExpressionType, _ second: ExpressionType) -> ExpressionType {
        if first == .null { return second }
        if second == .null { return first }
        if first.isAssignable(to: second) {
            if case .array(_, let left) = first, case .array(_, let right) = second {
                return left.isAssignable(to: right) && right.isAssignable(to: left) ? first : .anyArray
            }
            return first
        }
        return first.isSurelyNotBoolean && second.isSurelyNotBoolean ? .arithmetic : .unknown
    }

    private mutating func checkArray(_ nodes: [ExpressionNode]) throws(ExpressionFailure) -> ExpressionType {
        var types: [ExpressionType] = []
        for node in nodes { types.append(try check(node)) }
        guard let last = types.last else { return .anyArray }
        let isUniform = types.allSatisfy { $0 == last && !$0.isUnknown }
        return isUniform ? .array(.any, last) : .anyArray
    }

    // MARK: Fields, indexes, slices

    private mutating func checkMember(
        _ base: ExpressionNode, _ property: ExpressionNode, isOptional: Bool, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionType {
        if case .identifier("$env") = base.kind {
            guard case .string(let name) = property.kind else { return .unknown }
            if let type = environment.names[name] { return type }
            guard !isOptional else { return .unknown }
            throw ExpressionFailure("there is no variable \"\(name)\"", property.range)
        }
        let baseType = try check(base)
        let propertyType = try check(property)
        switch baseType {
        case .unknown, .arithmetic: return .unknown
        // Their methods are many, and all of them are Go's.
        case .time, .duration, .location: return .unknown
        case .map(let hasTextKeys, let value):
            let fits = propertyType.isUnknown || propertyType == .string || !hasTextKeys
            if fits { return value }
        case .array, .bytes:
            if propertyType.isInteger || propertyType.isUnknown { return baseType.element }
        default: break
        }
        if case .string(let name) = property.kind {
            throw ExpressionFailure("\(baseType.name) has no field \"\(name)\"", node.range)
        }
        throw ExpressionFailure("\(baseType.name) has no element at \(propertyType.name)", node.range)
    }

    private mutating func checkSlice(
        _ base: ExpressionNode, _ from: ExpressionNode?, _ end: ExpressionNode?, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionType {
        let type = try check(base)
        if type.isUnknown { return .unknown }
        guard type == .string || type.isArray else {
            throw ExpressionFailure("\(type.name) has no part to cut out", node.range)
        }
        for bound in [from, end] {
            guard let bound else { continue }
            let boundType = try check(bound)
            guard boundType.isInteger || boundType.isUnknown else {
                throw ExpressionFailure("a slice begins and ends at whole numbers, not at "
                    + "\(boundType.name)", bound.range)
            }
        }
        return type
    }

    // MARK: Calls

    private mutating func checkCall(
        _ callee: ExpressionNode, _ arguments: [ExpressionNode], _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionType {
        var name = "function"
        if case .identifier(let identifier) = callee.kind {
            name = identifier
            guard name != "$env" else { throw ExpressionFailure("$env is no function", callee.range) }
            let isKnown = environment.names[name] != nil || variables.contains { $0.name == name }
            guard isKnown else {
                throw ExpressionFailure("there is no function \"\(name)\"\(suggestion(for: name))", callee.range)
            }
        }
        let type = try check(callee)
        guard !type.isUnknown else { return .unknown }
        guard case .function(let signature) = type else {
            throw ExpressionFailure("\"\(name)\" is \(type.name) and no function", callee.range)
        }
        return try check(arguments, against: signature, name: name, node)
    }

    /// Checks arguments against what a function takes.
    mutating func check(
        _ arguments: [ExpressionNode], against signature: ExpressionType.Signature, name: String, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionType {
        let count = signature.parameters.count
        let fits = signature.isVariadic ? arguments.count >= count - 1 : arguments.count == count
        guard fits else {
            let wanted = count == 1 ? "1 argument" : "\(count) arguments"
            throw ExpressionFailure("\(name) takes \(wanted), not \(arguments.count)", node.range)
        }
        for (position, argument) in arguments.enumerated() {
            let given = try check(argument)
            let wanted = signature.parameters[min(position, count - 1)]
            guard Self.accepts(wanted, given) else {
                throw ExpressionFailure("\(name) takes \(wanted.name) here, not \(given.name)", argument.range)
            }
        }
        return signature.result
    }

    /// Whether a parameter of a type takes an argument of another.
    static func accepts(_ wanted: ExpressionType, _ given: ExpressionType) -> Bool {
        if wanted == .unknown || given.isUnknown { return true }
        if wanted == .float, given.isInteger { return true }
        if wanted.isInteger, given.isInteger { return true }
        // A nil argument fits only an interface or a pointer.
        if given == .null { return wanted == .location }
        return given.isAssignable(to: wanted)
    }

    /// Checks a body with `#` standing for the elements of a list.
    mutating func checkPredicate(
        _ predicate: ExpressionNode, over collection: ExpressionType, names: [String: ExpressionType] = [:]
    ) throws(ExpressionFailure) -> ExpressionType {
        scopes.append(Scope(collection: collection, names: names))
        defer { scopes.removeLast() }
        return try check(predicate)
    }
}
