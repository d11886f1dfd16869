/// The functions of the expr language, by what they take and return.
enum ExpressionBuiltins {
    /// The names of all functions.
    static let names: Set<String> = predicateNames.union(signatures.keys).union(checkedByHand)

    /// Functions that apply a predicate to a list.
    static let predicateNames: Set<String> = [
        "all", "none", "any", "one", "filter", "map", "find", "findIndex", "findLast", "findLastIndex", "count", "sum",
        "groupBy", "sortBy", "reduce",
    ]

    private static let checkedByHand: Set<String> = [
        "len", "abs", "ceil", "floor", "round", "int", "float", "max", "min", "mean", "median", "now", "date", "first",
        "last", "get", "take", "keys", "values", "toPairs", "fromPairs", "reverse", "uniq", "concat", "flatten",
    ]

    /// Functions with one or several fixed signatures.
    static let signatures: [String: [ExpressionType.Signature]] = {
        let textToText = ExpressionType.Signature([.string], .string)
        let twoTexts = ExpressionType.Signature([.string, .string], .string)
        let position = ExpressionType.Signature([.string, .string], .integer)
        let test = ExpressionType.Signature([.string, .string], .boolean)
        let parts: [ExpressionType.Signature] = [
            .init([.string, .string], .stringArray), .init([.string, .string, .integer], .stringArray),
        ]
        let bits = ExpressionType.Signature([.integer, .integer], .integer)
        let lists: [ExpressionType] = [.anyArray, .array(.integers, .integer), .array(.floats, .float), .stringArray]
        var table: [String: [ExpressionType.Signature]] = [
            "type": [.init([.unknown], .string)], "string": [.init([.unknown], .string)],
            "trim": [textToText, twoTexts], "trimPrefix": [twoTexts, textToText], "trimSuffix": [twoTexts, textToText],
            "upper": [textToText], "lower": [textToText], "split": parts, "splitAfter": parts,
            "replace": [
                .init([.string, .string, .string, .integer], .string), .init([.string, .string, .string], .string),
            ],
            "repeat": [.init([.string, .integer], .string)],
            "join": [
                .init([.stringArray, .string], .string), .init([.anyArray, .string], .string),
                .init([.anyArray], .string), .init([.stringArray], .string),
            ],
            "indexOf": [position], "lastIndexOf": [position], "hasPrefix": [test], "hasSuffix": [test],
            "toJSON": [.init([.unknown], .string)], "fromJSON": [.init([.string], .unknown)],
            "toBase64": [textToText], "fromBase64": [textToText],
            "duration": [.init([.string], .duration)], "timezone": [.init([.string], .location)],
            "sort": lists.map { .init([$0, .string], .anyArray) } + lists.map { .init([$0], .anyArray) },
            "bitnot": [.init([.integer], .integer)],
        ]
        for name in ["bitand", "bitor", "bitxor", "bitnand", "bitshl", "bitshr", "bitushr"] { table[name] = [bits] }
        return table
    }()
}

extension ExpressionChecker {
    /// The type of a call of a function of the language.
    mutating func checkBuiltin(
        _ name: String, _ arguments: [ExpressionNode], _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionType {
        if ExpressionBuiltins.predicateNames.contains(name) { return try checkOverList(name, arguments, node) }
        if let signatures = ExpressionBuiltins.signatures[name] {
            return try checkOverloads(signatures, arguments, name: name, node)
        }
        if name == "get" { return try checkGet(arguments, node) }
        var types: [ExpressionType] = []
        for argument in arguments { types.append(try check(argument)) }
        if name == "now" || name == "date" { return try checkTime(name, types, node) }
        if ["max", "min", "mean", "median"].contains(name) { return try checkAggregate(name, types, arguments, node) }
        if name == "concat" {
            guard !types.isEmpty else { throw ExpressionFailure("concat takes at least 1 argument", node.range) }
            for (type, argument) in zip(types, arguments) where !type.isUnknown && !type.isArray {
                throw wrong(name, type, argument)
            }
            return .anyArray
        }
        let count = name == "take" ? 2 : 1
        guard types.count == count else {
            throw ExpressionFailure("\(name) takes \(count) argument\(count == 1 ? "" : "s"), not "
                + "\(types.count)", node.range)
        }
        if name == "take", !types[1].isUnknown, !types[1].isInteger { throw wrong(name, types[1], arguments[1]) }
        guard let outcome = Self.outcome(of: name, types[0]) else { throw wrong(name, types[0], arguments[0]) }
        return outcome
    }

    private func wrong(_ name: String, _ type: ExpressionType, _ argument: ExpressionNode) -> ExpressionFailure {
        ExpressionFailure("\(name) does not take \(type.name)", argument.range)
    }

    /// What a function of one value returns for a type, or nil where it does not take it.
    private static func outcome(of name: String, _ type: ExpressionType) -> ExpressionType? {
        let isList = type.isArray || type.isUnknown
        var isMap = type.isUnknown
        if case .map = type { isMap = true }
        switch name {
        case "len": return isList || isMap || type == .string ? .integer : nil
        case "abs": return type.isUnknown ? .arithmetic : type.isNumber || type == .duration ? type : nil
        case "ceil", "floor", "round": return type.isUnknown || type.isNumber || type == .duration ? .float : nil
        case "int": return type.isUnknown || type.isNumber || type == .string || type == .duration ? .integer : nil
        case "float": return type.isUnknown || type.isNumber || type == .string || type == .duration ? .float : nil
        case "first", "last": return isList ? reflected(type).element : nil
        case "take": return isList ? reflected(type) : nil
        case "keys", "values", "toPairs": return isMap ? .anyArray : nil
        case "fromPairs": return isList ? .map(hasTextKeys: false, .unknown) : nil
        case "reverse", "uniq", "flatten": return isList ? .anyArray : nil
        default: return .unknown
        }
    }

    /// What Go's reflection knows of a list: of one that holds anything it does not know what it holds.
    private static func reflected(_ type: ExpressionType) -> ExpressionType {
        if case .array(.any, _) = type { return .anyArray }
        return type
    }

    private mutating func checkOverloads(
        _ signatures: [ExpressionType.Signature], _ arguments: [ExpressionNode], name: String, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionType {
        var failure: ExpressionFailure?
        for signature in signatures {
            do throws(ExpressionFailure) {
                return try check(arguments, against: signature, name: name, node)
            } catch {
                // The failure of an overload with the right number of arguments says most.
                if failure == nil || signature.parameters.count == arguments.count { failure = error }
            }
        }
        throw failure ?? ExpressionFailure("\(name) does not take these arguments", node.range)
    }

    private func checkTime(
        _ name: String, _ types: [ExpressionType], _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionType {
        if name == "now" {
            guard types.isEmpty || types == [.location] else {
                throw ExpressionFailure("now takes nothing, or a time zone", node.range)
            }
            return .time
        }
        let count = types.first == .location ? types.count - 1 : types.count
        guard !types.isEmpty, count <= 3 else {
            throw ExpressionFailure("date takes 1 to 3 arguments, not \(types.count)", node.range)
        }
        return .time
    }

    private func checkAggregate(
        _ name: String, _ types: [ExpressionType], _ arguments: [ExpressionNode], _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionType {
        guard let first = types.first else { throw ExpressionFailure("\(name) takes at least 1 argument", node.range) }
        for (type, argument) in zip(types, arguments) {
            // From the first list on, only the values themselves can tell.
            if type.isUnknown || type.isArray { return .unknown }
            guard type.isNumber || type == .duration else { throw wrong(name, type, argument) }
        }
        return first
    }

    private mutating func checkGet(
        _ arguments: [ExpressionNode], _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionType {
        guard arguments.count == 2 else {
            throw ExpressionFailure("get takes 2 arguments, not \(arguments.count)", node.range)
        }
        let base = try check(arguments[0])
        let property = try check(arguments[1])
        if case .identifier("$env") = arguments[0].kind {
            if case .string(let name) = arguments[1].kind { return environment.names[name] ?? .unknown }
            return .unknown
        }
        switch base {
        case .unknown, .arithmetic: return .unknown
        case .array, .bytes:
            guard property.isInteger || property.isUnknown else { throw wrong("get", property, arguments[1]) }
            return base.element
        case .map(let hasTextKeys, let value):
            guard property.isUnknown || property == .string || !hasTextKeys else {
                throw wrong("get", property, arguments[1])
            }
            return value
        default: throw wrong("get", base, arguments[0])
        }
    }

    // MARK: Functions with a predicate

    private mutating func checkOverList(
        _ name: String, _ arguments: [ExpressionNode], _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionType {
        guard let first = arguments.first else { return .unknown }
        let collection = try check(first)
        guard collection.isArray || collection.isUnknown else {
            throw ExpressionFailure("\(name) takes a list, not \(collection.name)", first.range)
        }
        guard arguments.count > 1 else { return name == "count" ? .integer : Self.summed(collection.element) }
        var names: [String: ExpressionType] = [:]
        if name == "map" || name == "reduce" { names["index"] = .integer }
        if name == "reduce" { names["acc"] = .unknown }
        let body = try checkPredicate(arguments[1], over: collection, names: names)
        if arguments.count > 2 {
            let third = try check(arguments[2])
            if name == "sortBy", third != .string, !third.isUnknown { throw wrong(name, third, arguments[2]) }
        }
        guard body != .null else {
            throw ExpressionFailure("the predicate of \(name) returns nothing", arguments[1].range)
        }
        switch name {
        case "map": return .array(.any, body)
        case "sum": return Self.summed(body)
        case "groupBy": return .map(hasTextKeys: false, .array(.any, collection.element))
        case "sortBy": return collection.isUnknown ? .unknown : collection
        case "reduce": return body
        default: break
        }
        guard body == .boolean || body.isUnknown else {
            throw ExpressionFailure("the predicate of \(name) is \(body.name) and not a boolean", arguments[1].range)
        }
        switch name {
        case "filter": return collection.isUnknown ? .anyArray : .array(.any, collection.element)
        case "count", "findIndex", "findLastIndex": return .integer
        case "find", "findLast": return collection.element
        default: return .boolean
        }
    }

    /// What adding up values of a type gives; a sum is never a boolean.
    private static func summed(_ type: ExpressionType) -> ExpressionType { type == .unknown ? .arithmetic : type }
}
