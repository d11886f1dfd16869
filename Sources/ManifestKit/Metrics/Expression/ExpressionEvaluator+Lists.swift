extension ExpressionEvaluator {
    /// A function of the language.
    mutating func builtin(
        _ name: String, _ arguments: [ExpressionNode], _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue {
        if ExpressionBuiltins.predicateNames.contains(name) { return try overList(name, arguments, node) }
        var values: [ExpressionValue] = []
        for argument in arguments { values.append(try value(of: argument)) }
        return try call(name, values, node)
    }

    private mutating func overList(
        _ name: String, _ arguments: [ExpressionNode], _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue {
        guard let first = arguments.first else { return .null }
        let collection = try value(of: first)
        guard let elements = collection.elements else {
            throw ExpressionFailure("\(name) takes a list, not \(collection.type.name)", first.range)
        }
        let body = arguments.count > 1 ? arguments[1] : nil
        let third = arguments.count > 2 ? try value(of: arguments[2]) : nil
        scopes.append(Scope(elements: elements))
        defer { scopes.removeLast() }
        switch name {
        case "all", "none", "any", "one", "count", "filter": return try select(name, elements, body, node)
        case "find", "findIndex", "findLast", "findLastIndex": return try find(name, elements, body)
        case "sum", "reduce": return try fold(name, elements, body, third, node)
        default: return try transform(name, elements, body, third, node)
        }
    }

    private mutating func moveTo(_ index: Int) { scopes[scopes.count - 1].index = index }

    /// Whether the predicate holds for the element at a position; without one, the element itself.
    private mutating func holds(_ body: ExpressionNode?, at index: Int) throws(ExpressionFailure) -> Bool {
        moveTo(index)
        if let body { return try boolean(body) }
        let scope = scopes[scopes.count - 1]
        guard case .boolean(let answer) = scope.elements[index] else {
            throw ExpressionFailure("an element of the list is no boolean", 0..<0)
        }
        return answer
    }

    private mutating func select(
        _ name: String, _ elements: [ExpressionValue], _ body: ExpressionNode?, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue {
        var kept: [ExpressionValue] = []
        for index in elements.indices {
            let answer = try holds(body, at: index)
            switch (name, answer) {
            case ("all", false): return .boolean(false)
            case ("any", true): return .boolean(true)
            case ("none", true): return .boolean(false)
            default: break
            }
            if answer { kept.append(elements[index]) }
        }
        switch name {
        case "all", "none": return .boolean(true)
        case "any": return .boolean(false)
        case "one": return .boolean(kept.count == 1)
        case "count": return .integer(Int64(kept.count))
        default: return .array(kept)
        }
    }

    private mutating func find(
        _ name: String, _ elements: [ExpressionValue], _ body: ExpressionNode?
    ) throws(ExpressionFailure) -> ExpressionValue {
        let isBackwards = name.hasPrefix("findLast")
        for place in elements.indices {
            let index = isBackwards ? elements.count - 1 - place : place
            guard try holds(body, at: index) else { continue }
            return name.hasSuffix("Index") ? .integer(Int64(index)) : elements[index]
        }
        return .null
    }

    private mutating func fold(
        _ name: String, _ elements: [ExpressionValue], _ body: ExpressionNode?, _ initial: ExpressionValue?,
        _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue {
        var accumulator = initial ?? .integer(0)
        var start = 0
        if name == "reduce", initial == nil {
            guard let first = elements.first else {
                throw ExpressionFailure("reduce of an empty list needs an initial value", node.range)
            }
            accumulator = first
            start = 1
        }
        for index in start..<max(start, elements.count) {
            moveTo(index)
            scopes[scopes.count - 1].accumulator = accumulator
            let item = try body.map { node throws(ExpressionFailure) in try value(of: node) } ?? elements[index]
            accumulator = name == "reduce" ? item : try arithmetic("+", item, accumulator, node)
        }
        return accumulator
    }

    private mutating func transform(
        _ name: String, _ elements: [ExpressionValue], _ body: ExpressionNode?, _ order: ExpressionValue?,
        _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue {
        var results: [ExpressionValue] = []
        for index in elements.indices {
            moveTo(index)
            results.append(try body.map { node throws(ExpressionFailure) in try value(of: node) } ?? elements[index])
        }
        switch name {
        case "map": return .array(results)
        case "sortBy":
            let isDescending = try descends(order ?? .string("asc"), node)
            let places = try sorted(results, isDescending: isDescending, node)
            return .array(places.map { elements[$0] })
        default:
            var groups: [ExpressionValue.Entry] = []
            for (key, element) in zip(results, elements) {
                try spend(groups.count, node)
                if let place = groups.firstIndex(where: { $0.key.equals(key) }) {
                    groups[place].value = .array((groups[place].value.elements ?? []) + [element])
                } else {
                    groups.append(.init(key: key, value: .array([element])))
                }
            }
            return .map(groups)
        }
    }

    // MARK: Sorting

    func descends(_ order: ExpressionValue, _ node: ExpressionNode) throws(ExpressionFailure) -> Bool {
        switch order {
        case .string("asc"): return false
        case .string("desc"): return true
        default: throw ExpressionFailure("the order is asc or desc, not \(order.text)", node.range)
        }
    }

    /// The positions of values in their order.
    mutating func sorted(
        _ values: [ExpressionValue], isDescending: Bool, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> [Int] {
        try spend(values.count * 8, node)
        if let first = values.first {
            for value in values { _ = try compare("<", first, value, node) }
        }
        return values.indices.sorted { left, right in
            let first = values[isDescending ? right : left]
            let second = values[isDescending ? left : right]
            // All were seen to be comparable with each other.
            return (try? compare("<", first, second, node)) ?? false
        }
    }
}
