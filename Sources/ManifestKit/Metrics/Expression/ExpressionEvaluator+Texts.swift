extension ExpressionEvaluator {
    /// The functions for texts; nil for the name of another.
    mutating func callOnTexts(
        _ name: String, _ values: [ExpressionValue], _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue? {
        switch name {
        case "upper", "lower":
            return .string(ExpressionText.recased(try text(values, 0, name, node), upper: name == "upper"))
        case "trim":
            let set = values.count > 1 ? try text(values, 1, name, node) : nil
            return .string(ExpressionText.trim(try text(values, 0, name, node), set))
        case "trimPrefix", "trimSuffix":
            let whole = Array(try text(values, 0, name, node).utf8)
            let part = Array((values.count > 1 ? try text(values, 1, name, node) : " ").utf8)
            let isPrefix = name == "trimPrefix"
            let has = isPrefix ? whole.starts(with: part) : whole.reversed().starts(with: part.reversed())
            guard has else { return .string(String(decoding: whole, as: UTF8.self)) }
            let rest = isPrefix ? whole.dropFirst(part.count) : whole.dropLast(part.count)
            return .string(String(decoding: Array(rest), as: UTF8.self))
        case "split", "splitAfter":
            let limit = values.count > 2 ? try number(values, 2, name, node) : -1
            let parts = ExpressionText.split(
                try text(values, 0, name, node), by: try text(values, 1, name, node), limit: limit,
                keepsSeparator: name == "splitAfter")
            try spend(parts.count, node)
            return .array(parts.map { .string($0) })
        case "replace":
            let limit = values.count > 3 ? try number(values, 3, name, node) : -1
            return .string(ExpressionText.replace(
                try text(values, 1, name, node), with: try text(values, 2, name, node),
                in: try text(values, 0, name, node), limit: limit))
        case "repeat": return try repeated(values, node)
        case "indexOf", "lastIndexOf":
            let (whole, part) = (try text(values, 0, name, node), try text(values, 1, name, node))
            let place = name == "indexOf"
                ? ExpressionText.position(of: part, in: whole) : ExpressionText.lastPosition(of: part, in: whole)
            return .integer(Int64(place ?? -1))
        case "hasPrefix", "hasSuffix":
            let (whole, part) = (try text(values, 0, name, node), try text(values, 1, name, node))
            return .boolean(
                name == "hasPrefix"
                    ? whole.utf8.starts(with: part.utf8) : whole.utf8.reversed().starts(with: part.utf8.reversed()))
        case "toBase64": return .string(Base64.encoded(Array(try text(values, 0, name, node).utf8)))
        case "fromBase64":
            guard let bytes = Base64.decoded(try text(values, 0, name, node)) else {
                throw ExpressionFailure("this is no base 64", node.range)
            }
            return .string(String(decoding: bytes, as: UTF8.self))
        case "fromJSON":
            let source = try text(values, 0, name, node)
            do throws(JSONReader.Failure) {
                return ExpressionValue(try JSONReader.value(source))
            } catch {
                throw ExpressionFailure("\(error)", node.range)
            }
        default: return nil
        }
    }

    private func text(
        _ values: [ExpressionValue], _ position: Int, _ name: String, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> String {
        guard position < values.count else { throw ExpressionFailure("\(name) takes more arguments", node.range) }
        guard case .string(let text) = values[position] else { throw wrong(name, values[position], node) }
        return text
    }

    private func number(
        _ values: [ExpressionValue], _ position: Int, _ name: String, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> Int {
        guard let whole = values[position].whole, let number = Int(exactly: whole) else {
            throw wrong(name, values[position], node)
        }
        return number
    }

    private mutating func repeated(
        _ values: [ExpressionValue], _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue {
        let part = try text(values, 0, "repeat", node)
        let count = values.count > 1 ? try number(values, 1, "repeat", node) : 0
        guard count >= 0, count <= 1_000_000 else {
            throw ExpressionFailure("a text cannot be repeated \(count) times", node.range)
        }
        try spend(part.utf8.count * count, node)
        return .string(String(repeating: part, count: count))
    }

    // MARK: Lists and maps

    /// The functions for lists and maps; nil for the name of another.
    mutating func callOnLists(
        _ name: String, _ values: [ExpressionValue], _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue? {
        let first = values.first ?? .null
        switch name {
        case "len":
            if case .string(let text) = first { return .integer(Int64(text.unicodeScalars.count)) }
            if case .map(let entries) = first { return .integer(Int64(entries.count)) }
            return .integer(Int64(try list(first, name, node).count))
        case "first": return first.elements?.first ?? .null
        case "last": return first.elements?.last ?? .null
        case "take":
            let count = values.count > 1 ? try number(values, 1, name, node) : 0
            guard count >= 0 else { throw ExpressionFailure("take takes no negative number", node.range) }
            return .array(Array(try list(first, name, node).prefix(count)))
        case "reverse": return .array(try list(first, name, node).reversed())
        case "uniq":
            var kept: [ExpressionValue] = []
            for element in try list(first, name, node) {
                try spend(kept.count, node)
                if !kept.contains(where: { $0.equals(element) }) { kept.append(element) }
            }
            return .array(kept)
        case "concat":
            var all: [ExpressionValue] = []
            for value in values { all += try list(value, name, node) }
            try spend(all.count, node)
            return .array(all)
        case "flatten":
            var all: [ExpressionValue] = []
            try flatten(try list(first, name, node), &all, node)
            return .array(all)
        case "sort":
            let elements = try list(first, name, node)
            let isDescending = values.count > 1 ? try descends(values[1], node) : false
            let places = try sorted(elements, isDescending: isDescending, node)
            return .array(places.map { elements[$0] })
        case "join":
            let glue = values.count > 1 ? try text(values, 1, name, node) : ""
            var parts: [String] = []
            for element in try list(first, name, node) {
                guard case .string(let text) = element else { throw wrong(name, element, node) }
                parts.append(text)
            }
            return .string(parts.joined(separator: glue))
        case "keys", "values", "toPairs": return try mapParts(name, first, node)
        case "fromPairs": return try fromPairs(try list(first, name, node), node)
        default: return nil
        }
    }

    private func list(
        _ value: ExpressionValue, _ name: String, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> [ExpressionValue] {
        guard let elements = value.elements else { throw wrong(name, value, node) }
        return elements
    }

    private mutating func flatten(
        _ elements: [ExpressionValue], _ all: inout [ExpressionValue], _ node: ExpressionNode
    ) throws(ExpressionFailure) {
        for element in elements {
            try spend(1, node)
            if let inner = element.elements { try flatten(inner, &all, node) } else { all.append(element) }
        }
    }

    private func mapParts(
        _ name: String, _ value: ExpressionValue, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue {
        guard case .map(let entries) = value else { throw wrong(name, value, node) }
        switch name {
        case "keys": return .array(entries.map(\.key))
        case "values": return .array(entries.map(\.value))
        default: return .array(entries.map { .array([$0.key, $0.value]) })
        }
    }

    private func fromPairs(
        _ pairs: [ExpressionValue], _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue {
        var entries: [ExpressionValue.Entry] = []
        for pair in pairs {
            guard let parts = pair.elements, parts.count == 2 else {
                throw ExpressionFailure("fromPairs takes lists of two elements", node.range)
            }
            entries.removeAll { $0.key.equals(parts[0]) }
            entries.append(.init(key: parts[0], value: parts[1]))
        }
        return .map(entries)
    }
}
