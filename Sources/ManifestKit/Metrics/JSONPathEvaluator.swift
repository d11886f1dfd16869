/// Follows a JSONPath through a value.
struct JSONPathEvaluator {
    typealias Failure = JSONPath.Failure
    typealias Node = JSONPath.Node

    /// How many values may be visited; a path with several `..` could visit very many.
    private var budget = 100_000

    /// The values that each part of a template finds.
    mutating func results(of nodes: ArraySlice<Node>, in document: JSONValue) throws(Failure) -> [[JSONValue]] {
        var results: [[JSONValue]] = []
        var rest = nodes
        while let node = rest.popFirst() {
            if let values = try rangeStart(node, document) {
                guard let end = Self.matchingEnd(rest) else {
                    for value in values { results += try self.results(of: rest, in: value) }
                    return results
                }
                let body = rest[rest.startIndex..<end]
                for value in values { results += try self.results(of: body, in: value) }
                rest = rest[(end + 1)...]
                continue
            }
            if Self.isEnd(node) { throw failure("there is no range that \"end\" could end") }
            results.append(try walk([document], node))
        }
        return results
    }

    private func failure(_ message: String) -> Failure { Failure(message: message, range: 0..<0) }

    // MARK: Loops

    private mutating func rangeStart(_ node: Node, _ document: JSONValue) throws(Failure) -> [JSONValue]? {
        guard case .list(let steps) = node, case .identifier("range")? = steps.first else { return nil }
        return try walk([document], .list(Array(steps.dropFirst())))
    }

    private static func isEnd(_ node: Node) -> Bool {
        guard case .list(let steps) = node, case .identifier("end")? = steps.first else { return false }
        return true
    }

    private static func matchingEnd(_ nodes: ArraySlice<Node>) -> Int? {
        var depth = 0
        for (position, node) in zip(nodes.indices, nodes) {
            if case .list(let steps) = node, case .identifier("range")? = steps.first { depth += 1 }
            if isEnd(node) {
                if depth == 0 { return position }
                depth -= 1
            }
        }
        return nil
    }

    // MARK: Steps

    private mutating func walk(_ input: [JSONValue], _ node: Node) throws(Failure) -> [JSONValue] {
        budget -= 1 + input.count
        guard budget > 0 else { throw failure("the path visits too many values") }
        switch node {
        case .list(let steps):
            var values = input
            for step in steps { values = try walk(values, step) }
            return values
        case .text(let text): return [.string(text)]
        case .value(let value): return input.map { _ in value }
        case .field(let name): return try field(name, of: input)
        case .wildcard: return input.flatMap(Self.children)
        case .recursive: return try descend(input)
        case .slice(let slice):
            var values: [JSONValue] = []
            for value in input where !value.isNull { values += try cut(slice, value) }
            return values
        case .union(let lists):
            var values: [JSONValue] = []
            for list in lists { values += try walk(input, .list(list)) }
            return values
        case .filter(let left, let right, let operation): return try filter(input, left, right, operation)
        case .identifier(let name): throw failure("\"\(name)\" has no meaning in a path")
        }
    }

    private func field(_ name: String, of input: [JSONValue]) throws(Failure) -> [JSONValue] {
        if input.isEmpty { return [] }
        let values = input.compactMap { $0[name] }
        guard !values.isEmpty else { throw failure("there is no field \"\(name)\"") }
        return values
    }

    private static func children(_ value: JSONValue) -> [JSONValue] {
        switch value {
        case .object(let object): object.fields.map(\.value)
        case .array(let elements): elements
        default: []
        }
    }

    private mutating func descend(_ input: [JSONValue]) throws(Failure) -> [JSONValue] {
        var found: [JSONValue] = []
        for value in input {
            let children = Self.children(value)
            guard !children.isEmpty else { continue }
            budget -= children.count
            guard budget > 0 else { throw failure("the path visits too many values") }
            found.append(value)
            found += try descend(children)
        }
        return found
    }

    private func cut(_ slice: JSONPath.Slice, _ value: JSONValue) throws(Failure) -> [JSONValue] {
        guard let elements = value.array else { throw failure("an index was applied to what is no list") }
        var from = slice.from ?? 0
        if from < 0 { from += elements.count }
        var end = slice.end ?? elements.count
        if end < 0 || end == 0 && slice.isIndex { end += elements.count }
        guard from != end else { return [] }
        guard from >= 0, from < elements.count, end >= 0, end <= elements.count, from <= end else {
            throw failure("the index \(from) is outside a list of \(elements.count)")
        }
        let step = slice.step ?? 1
        guard step > 0 else { throw failure("a step has to be above 0") }
        return stride(from: from, to: end, by: step).map { elements[$0] }
    }

    // MARK: Filters

    private mutating func filter(
        _ input: [JSONValue], _ left: [Node], _ right: [Node], _ operation: String
    ) throws(Failure) -> [JSONValue] {
        var kept: [JSONValue] = []
        for value in input {
            guard let elements = value.array else { throw failure("a filter was applied to what is no list") }
            for element in elements {
                if operation == "exists" {
                    do throws(Failure) {
                        if try !walk([element], .list(left)).isEmpty { kept.append(element) }
                    } catch {
                        guard budget > 0 else { throw error }
                    }
                    continue
                }
                let lefts = try walk([element], .list(left))
                guard let first = lefts.first else { continue }
                let rights = try walk([element], .list(right))
                guard let second = rights.first else { continue }
                guard lefts.count == 1, rights.count == 1 else { throw failure("a filter compares one value at a "
                    + "time") }
                if try compare(first, operation, second) { kept.append(element) }
            }
        }
        return kept
    }

    private func compare(_ left: JSONValue, _ operation: String, _ right: JSONValue) throws(Failure) -> Bool {
        let order: Int
        switch (left, right) {
        case (.string(let left), .string(let right)):
            let isLess = left.utf8.lexicographicallyPrecedes(right.utf8)
            order = isLess ? -1 : left == right ? 0 : 1
        case (.boolean(let left), .boolean(let right)) where operation == "==" || operation == "!=":
            return (left == right) == (operation == "==")
        default:
            guard let left = left.number, let right = right.number else {
                throw failure("a filter compares a \(Self.name(left)) with a \(Self.name(right))")
            }
            order = left < right ? -1 : left == right ? 0 : 1
        }
        switch operation {
        case "<": return order < 0
        case ">": return order > 0
        case "==": return order == 0
        case "!=": return order != 0
        case "<=": return order <= 0
        case ">=": return order >= 0
        default: throw failure("\"\(operation)\" is no operator of a filter")
        }
    }

    private static func name(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .boolean: "boolean"
        case .integer, .double: "number"
        case .string: "text"
        case .array: "list"
        case .object: "map"
        }
    }
}
