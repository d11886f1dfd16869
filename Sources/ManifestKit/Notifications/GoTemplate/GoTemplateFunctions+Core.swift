extension GoTemplateFunctions {
    // MARK: text/template

    static func core(_ a: GoTemplateArguments) throws(FunctionProblem) -> ExpressionValue? {
        switch a.name {
        case "not": return .boolean(!GoFormat.isTrue(a[0]))
        case "len": return .integer(Int64(try length(a)))
        case "index": return try index(a)
        case "slice": return try slice(a)
        case "call":
            guard case .function(let name) = a[0] else { throw a.wrong(0, "a function") }
            guard let value = try ExpressionTimes.call(name, Array(a.values.dropFirst()), a.now) else {
                throw FunctionProblem("there is no function \(name)")
            }
            return value
        case "print": return .string(joined(a.values, spacesAll: false))
        case "println": return .string(joined(a.values, spacesAll: true) + "\n")
        case "printf": return .string(GoPrintf.text(try a.string(0), Array(a.values.dropFirst())))
        case "html": return .string(escaped(joined(a.values, spacesAll: false), htmlEscapes))
        case "js": return .string(escaped(joined(a.values, spacesAll: false), scriptEscapes))
        case "urlquery": return .string(WebForm.escaped(joined(a.values, spacesAll: false)))
        default: return nil
        }
    }

    private static func length(_ a: GoTemplateArguments) throws(FunctionProblem) -> Int {
        switch a[0] {
        case .string(let text): return text.utf8.count
        case .map(let entries): return entries.count
        case .null: throw FunctionProblem("what is counted is not there")
        default:
            guard let elements = a[0].elements else { throw FunctionProblem("\(a[0].type.name) has no length") }
            return elements.count
        }
    }

    private static func index(_ a: GoTemplateArguments) throws(FunctionProblem) -> ExpressionValue {
        var value = a[0]
        for key in a.values.dropFirst() {
            switch value {
            case .null: throw FunctionProblem("what is looked into is not there")
            case .map:
                guard case .string = key else { throw FunctionProblem("the key of a map is a text") }
                value = value.value(forKey: key) ?? .null
            case .string(let text):
                let bytes = Array(text.utf8)
                value = .integer(Int64(bytes[try place(key, bytes.count, isEnd: false)]))
            default:
                guard let elements = value.elements else {
                    throw FunctionProblem("\(value.type.name) has no elements")
                }
                value = elements[try place(key, elements.count, isEnd: false)]
            }
        }
        return value
    }

    /// A place in a list.
    private static func place(
        _ key: ExpressionValue, _ count: Int, isEnd: Bool
    ) throws(FunctionProblem) -> Int {
        guard case .integer(let number) = key else {
            throw FunctionProblem("an index is a whole number, not \(key.type.name); write `int`")
        }
        guard number >= 0, number < Int64(count) + (isEnd ? 1 : 0) else {
            throw FunctionProblem("index out of range: \(number)")
        }
        return Int(number)
    }

    private static func slice(_ a: GoTemplateArguments) throws(FunctionProblem) -> ExpressionValue {
        func bounds(_ count: Int) throws(FunctionProblem) -> Range<Int> {
            let low = a.count > 1 ? try place(a[1], count, isEnd: true) : 0
            let high = a.count > 2 ? try place(a[2], count, isEnd: true) : count
            guard low <= high else { throw FunctionProblem("invalid slice index: \(low) > \(high)") }
            return low..<high
        }
        if case .string(let text) = a[0] {
            let bytes = Array(text.utf8)
            return .string(String(decoding: bytes[try bounds(bytes.count)], as: UTF8.self))
        }
        let elements = try a.list(0)
        return .array(Array(elements[try bounds(elements.count)]))
    }

    /// Values as Go's `Sprint` joins them: with blanks between two that are no texts, or between all.
    private static func joined(_ values: [ExpressionValue], spacesAll: Bool) -> String {
        var result = ""
        var wasText = true
        for (position, value) in values.enumerated() {
            var isText = false
            if case .string = value { isText = true }
            if position > 0, spacesAll || !isText && !wasText { result += " " }
            result += GoFormat.text(value)
            wasText = isText
        }
        return result
    }

    private static let htmlEscapes: [Unicode.Scalar: String] = [
        "<": "&lt;", ">": "&gt;", "&": "&amp;", "'": "&#39;", "\"": "&#34;", "\0": "\u{FFFD}",
    ]
    private static let scriptEscapes: [Unicode.Scalar: String] = [
        "\\": "\\\\", "'": "\\'", "\"": "\\\"", "<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "=": "\\u003D",
        "\n": "\\u000A", "\r": "\\u000D", "\t": "\\u0009",
    ]

    private static func escaped(_ text: String, _ escapes: [Unicode.Scalar: String]) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            if let escape = escapes[scalar] { result += escape } else { result.unicodeScalars.append(scalar) }
        }
        return result
    }

    // MARK: Comparisons

    static func comparison(_ a: GoTemplateArguments) throws(FunctionProblem) -> ExpressionValue? {
        switch a.name {
        case "eq":
            guard a.count > 1 else { throw FunctionProblem("there is nothing to compare with") }
            for other in a.values.dropFirst() where try isEqual(a[0], other) { return .boolean(true) }
            return .boolean(false)
        case "ne": return .boolean(!(try isEqual(a[0], a[1])))
        case "lt": return .boolean(try isLess(a[0], a[1]))
        case "le": return .boolean(try isAtMost(a[0], a[1]))
        case "gt": return .boolean(!(try isAtMost(a[0], a[1])))
        case "ge": return .boolean(!(try isLess(a[0], a[1])))
        default: return nil
        }
    }

    /// Go compares values of one kind only; what is not there equals nothing but itself.
    private static func isEqual(_ left: ExpressionValue, _ right: ExpressionValue) throws(FunctionProblem) -> Bool {
        switch (left, right) {
        case (.null, .null): return true
        case (.null, _), (_, .null): return false
        case (.integer(let left), .integer(let right)), (.duration(let left), .duration(let right)),
            (.integer(let left), .duration(let right)), (.duration(let left), .integer(let right)):
            return left == right
        case (.float(let left), .float(let right)): return left == right
        case (.boolean, .boolean), (.string, .string), (.time, .time): return left.equals(right)
        case (.map, _), (_, .map), (.array, _), (_, .array):
            throw FunctionProblem("lists and maps cannot be compared")
        default: throw incompatible(left, right)
        }
    }

    private static func isLess(_ left: ExpressionValue, _ right: ExpressionValue) throws(FunctionProblem) -> Bool {
        switch (left, right) {
        case (.integer(let left), .integer(let right)), (.duration(let left), .duration(let right)),
            (.integer(let left), .duration(let right)), (.duration(let left), .integer(let right)):
            return left < right
        case (.float(let left), .float(let right)): return left < right
        case (.string(let left), .string(let right)): return left.utf8.lexicographicallyPrecedes(right.utf8)
        default: throw incompatible(left, right)
        }
    }

    private static func isAtMost(
        _ left: ExpressionValue, _ right: ExpressionValue
    ) throws(FunctionProblem) -> Bool {
        if try isLess(left, right) { return true }
        return try isEqual(left, right)
    }

    private static func incompatible(_ left: ExpressionValue, _ right: ExpressionValue) -> FunctionProblem {
        let isMixed = left.number != nil && right.number != nil
        let hint = isMixed ? "; numbers of an object have a fraction, so write `5.0` for 5, or `int` before it" : ""
        return FunctionProblem(
            "incompatible types for comparison, \(GoPrintf.typeName(left)) and \(GoPrintf.typeName(right))\(hint)")
    }

    // MARK: Choices

    static func choice(_ a: GoTemplateArguments) throws(FunctionProblem) -> ExpressionValue? {
        switch a.name {
        case "default": return GoFormat.isTrue(a[1]) ? a[1] : a[0]
        case "empty": return .boolean(!GoFormat.isTrue(a[0]))
        case "coalesce": return a.values.first(where: GoFormat.isTrue) ?? .null
        case "all": return .boolean(a.values.allSatisfy(GoFormat.isTrue))
        case "any": return .boolean(a.values.contains(where: GoFormat.isTrue))
        case "ternary":
            guard case .boolean(let condition) = a[2] else { throw a.wrong(2, "a boolean") }
            return condition ? a[0] : a[1]
        case "fail": throw FunctionProblem(try a.string(0))
        case "kindOf": return .string(kind(of: a[0]))
        case "kindIs": return .boolean(kind(of: a[1]) == (try a.string(0)))
        case "typeOf": return .string(GoPrintf.typeName(a[0]))
        case "typeIs": return .boolean(GoPrintf.typeName(a[1]) == (try a.string(0)))
        default: return nil
        }
    }

    private static func kind(of value: ExpressionValue) -> String {
        switch value {
        case .null: "invalid"
        case .boolean: "bool"
        case .integer: "int"
        case .float: "float64"
        case .string: "string"
        case .bytes, .array: "slice"
        case .map: "map"
        case .time: "struct"
        case .duration: "int64"
        case .location: "ptr"
        case .function: "func"
        }
    }
}
