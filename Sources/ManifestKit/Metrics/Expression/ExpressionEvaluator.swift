/// Works an expression out.
struct ExpressionEvaluator {
    struct Scope {
        var elements: [ExpressionValue]
        var index = 0
        var accumulator: ExpressionValue = .null
    }

    let variables: [String: ExpressionValue]
    /// What `now()` returns, and the time zones.
    let present: PresentMoment
    /// How many more steps may be taken.
    private var budget: Int
    private var locals: [(name: String, value: ExpressionValue)] = []
    var scopes: [Scope] = []

    init(variables: [String: ExpressionValue], now present: PresentMoment, budget: Int) {
        self.variables = variables
        self.present = present
        self.budget = budget
    }

    /// Pays for work; throws where the budget is used up.
    mutating func spend(_ steps: Int, _ node: ExpressionNode) throws(ExpressionFailure) {
        budget -= max(steps, 1)
        guard budget >= 0 else { throw ExpressionFailure("the expression takes too many steps", node.range) }
    }

    mutating func value(of node: ExpressionNode) throws(ExpressionFailure) -> ExpressionValue {
        try spend(1, node)
        switch node.kind {
        case .null: return .null
        case .boolean(let value): return .boolean(value)
        case .integer(let value): return .integer(value)
        case .float(let value): return .float(value)
        case .string(let value): return .string(value)
        case .bytes(let value): return .bytes(value)
        case .identifier(let name): return lookUp(name)
        case .unary(let operation, let operand): return try unary(operation, try value(of: operand), node)
        case .binary(let operation, let left, let right): return try binary(operation, left, right, node)
        case .chain(let inner): return try chained(inner) ?? .null
        case .member, .call: return try chained(node) ?? .null
        case .slice(let base, let from, let end): return try slice(base, from, end, node)
        case .builtin(let name, let arguments): return try builtin(name, arguments, node)
        case .predicate(let body): return try value(of: body)
        case .pointer(let name): return try pointer(name, node)
        case .variable(let name, let value, let body):
            locals.append((name, try self.value(of: value)))
            defer { locals.removeLast() }
            return try self.value(of: body)
        case .sequence(let nodes):
            var last = ExpressionValue.null
            for part in nodes { last = try value(of: part) }
            return last
        case .conditional(let condition, let first, let second):
            return try value(of: try boolean(condition) ? first : second)
        case .array(let nodes):
            var elements: [ExpressionValue] = []
            for part in nodes { elements.append(try value(of: part)) }
            return .array(elements)
        case .map(let entries): return try map(entries)
        }
    }

    // MARK: Names

    private func lookUp(_ name: String) -> ExpressionValue {
        if let local = locals.last(where: { $0.name == name }) { return local.value }
        if name == "$env" {
            return .map(variables.sorted { $0.key < $1.key }.map { .init(key: .string($0.key), value: $0.value) })
        }
        return variables[name] ?? (ExpressionBuiltins.names.contains(name) ? .function(name) : .null)
    }

    private func pointer(_ name: String, _ node: ExpressionNode) throws(ExpressionFailure) -> ExpressionValue {
        guard let scope = scopes.last, scope.index < scope.elements.count else {
            throw ExpressionFailure("\"#\" has a meaning only inside a predicate", node.range)
        }
        switch name {
        case "index": return .integer(Int64(scope.index))
        case "acc": return scope.accumulator
        default: return scope.elements[scope.index]
        }
    }

    /// A value that has to be a boolean.
    mutating func boolean(_ node: ExpressionNode) throws(ExpressionFailure) -> Bool {
        let value = try value(of: node)
        guard case .boolean(let answer) = value else {
            throw ExpressionFailure("a boolean is needed here, and this is \(value.type.name)", node.range)
        }
        return answer
    }

    private mutating func map(_ entries: [ExpressionNode.Entry]) throws(ExpressionFailure) -> ExpressionValue {
        var result: [ExpressionValue.Entry] = []
        for entry in entries {
            let key = try value(of: entry.key)
            guard case .string = key else { throw ExpressionFailure("a key of a map has to be a "
                + "text", entry.key.range) }
            let value = try value(of: entry.value)
            result.removeAll { $0.key.equals(key) }
            result.append(.init(key: key, value: value))
        }
        return .map(result)
    }

    // MARK: Fields, indexes, slices

    /// The value of a chain of fields and calls; nil where a `?.` met nil.
    private mutating func chained(_ node: ExpressionNode) throws(ExpressionFailure) -> ExpressionValue? {
        switch node.kind {
        case .member(let base, let property, let isOptional):
            guard let object = try chained(base) else { return nil }
            if isOptional, object.isNull { return nil }
            return try fetch(try value(of: property), from: object, node)
        case .call(let callee, let arguments):
            if case .member(let base, let property, let isOptional) = callee.kind,
                case .string(let name) = property.kind {
                guard let object = try chained(base) else { return nil }
                if isOptional, object.isNull { return nil }
                return try callMethod(name, of: object, arguments, node)
            }
            return try callFunction(callee, arguments, node)
        default: return try value(of: node)
        }
    }

    private func fetch(
        _ key: ExpressionValue, from object: ExpressionValue, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue {
        switch object {
        case .map:
            if case .string = key { return object.value(forKey: key) ?? .null }
            if let found = object.value(forKey: key) { return found }
            throw ExpressionFailure("a map has no element at \(key.type.name)", node.range)
        case .string(let text):
            let bytes = Array(text.utf8)
            return .integer(Int64(bytes[try position(key, count: bytes.count, node)]))
        case .array, .bytes:
            let elements = object.elements ?? []
            return elements[try position(key, count: elements.count, node)]
        default:
            throw ExpressionFailure("\(object.type.name) has no \(key.text)", node.range)
        }
    }

    private func position(
        _ key: ExpressionValue, count: Int, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> Int {
        guard let whole = key.whole, let index = Int(exactly: whole) else {
            throw ExpressionFailure("an index is a whole number, not \(key.type.name)", node.range)
        }
        let place = index < 0 ? index.addingReportingOverflow(count).partialValue : index
        guard place >= 0, place < count else {
            throw ExpressionFailure("the index \(index) is outside a list of \(count)", node.range)
        }
        return place
    }

    private mutating func slice(
        _ base: ExpressionNode, _ from: ExpressionNode?, _ end: ExpressionNode?, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue {
        let object = try value(of: base)
        let upper = try end.map { node throws(ExpressionFailure) in try bound(node) }
        let lower = try from.map { node throws(ExpressionFailure) in try bound(node) }
        func range(_ count: Int) -> Range<Int> {
            var low = lower ?? 0
            var high = upper ?? count
            if low < 0 { low = max(0, low + count) }
            if high < 0 { high = max(0, high + count) }
            high = min(high, count)
            return min(low, high)..<high
        }
        switch object {
        case .string(let text):
            let bytes = Array(text.utf8)
            return .string(String(decoding: bytes[range(bytes.count)], as: UTF8.self))
        case .bytes(let bytes): return .bytes(Array(bytes[range(bytes.count)]))
        case .array(let elements): return .array(Array(elements[range(elements.count)]))
        default: throw ExpressionFailure("\(object.type.name) has no part to cut out", node.range)
        }
    }

    private mutating func bound(_ node: ExpressionNode) throws(ExpressionFailure) -> Int {
        guard let whole = try value(of: node).whole, let bound = Int(exactly: whole), bound > .min / 2 else {
            throw ExpressionFailure("a slice begins and ends at whole numbers", node.range)
        }
        return bound
    }
}
