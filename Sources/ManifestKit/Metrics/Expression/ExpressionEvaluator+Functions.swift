extension ExpressionEvaluator {
    /// A function of the language that takes plain values.
    mutating func call(
        _ name: String, _ values: [ExpressionValue], _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue {
        if let result = try callOnTexts(name, values, node) { return result }
        if let result = try callOnLists(name, values, node) { return result }
        let first = values.first ?? .null
        switch name {
        case "type": return .string(first.typeName)
        case "string": return .string(first.text)
        case "abs", "ceil", "floor", "round": return try round(name, first, node)
        case "int", "float": return try convert(name, first, node)
        case "max", "min":
            return try extreme(name, values, node) ?? .null
        case "mean", "median":
            var numbers: [Double] = []
            for value in values { try collect(value, &numbers, name, node) }
            return .float(name == "mean" ? Self.mean(numbers) : Self.median(numbers))
        case "toJSON": return .string(JSONWriter.text(first.json, layout: .pretty, sortsKeys: true))
        case "duration":
            guard case .string(let text) = first, let length = GoDuration(text) else { throw wrong(name, first, node) }
            return .duration(length.nanoseconds)
        case "now", "date", "timezone":
            do throws(FunctionProblem) {
                if name == "now" { return try ExpressionTimes.now(values, present) }
                if name == "date" { return try ExpressionTimes.date(values, present) }
                guard case .string(let text) = first else { throw FunctionProblem("timezone takes the name of one") }
                return .location(try present.zones.zone(text))
            } catch {
                throw ExpressionFailure(error.message, node.range)
            }
        case "get": return get(first, values.count > 1 ? values[1] : .null)
        case _ where name.hasPrefix("bit"): return try bits(name, values, node)
        default: throw ExpressionFailure("the function \(name) is not available here", node.range)
        }
    }

    func wrong(_ name: String, _ value: ExpressionValue, _ node: ExpressionNode) -> ExpressionFailure {
        ExpressionFailure("\(name) does not take \(value.type.name)", node.range)
    }

    // MARK: Numbers

    private func round(
        _ name: String, _ value: ExpressionValue, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue {
        if name == "abs" {
            if case .integer(let number) = value { return .integer(number < 0 ? 0 &- number : number) }
            guard let number = value.number else { throw wrong(name, value, node) }
            return .float(number < 0 ? -number : number)
        }
        guard let number = value.number else { throw wrong(name, value, node) }
        switch name {
        case "ceil": return .float(number.rounded(.up))
        case "floor": return .float(number.rounded(.down))
        default: return .float(number.rounded(.toNearestOrAwayFromZero))
        }
    }

    private func convert(
        _ name: String, _ value: ExpressionValue, _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue {
        if case .string(let text) = value {
            if name == "int", let number = Int64(text) { return .integer(number) }
            if name == "float", let number = ExpressionNumber.float(text) { return .float(number) }
            throw ExpressionFailure("\"\(text)\" is no number", node.range)
        }
        if name == "int", case .duration(let length) = value { return .integer(length) }
        guard let number = value.number, let whole = value.whole else { throw wrong(name, value, node) }
        return name == "int" ? .integer(whole) : .float(number)
    }

    private func extreme(
        _ name: String, _ values: [ExpressionValue], _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue? {
        var best: ExpressionValue?
        for value in values {
            var candidate: ExpressionValue? = value
            if let elements = value.elements {
                candidate = try extreme(name, elements, node)
            } else if value.number == nil {
                throw wrong(name, value, node)
            }
            guard let candidate else { continue }
            if let soFar = best, try !compare(name == "max" ? "<" : ">", soFar, candidate, node) { continue }
            best = candidate
        }
        return best
    }

    private mutating func collect(
        _ value: ExpressionValue, _ numbers: inout [Double], _ name: String, _ node: ExpressionNode
    ) throws(ExpressionFailure) {
        try spend(1, node)
        if let elements = value.elements {
            for element in elements { try collect(element, &numbers, name, node) }
        } else if let number = value.number {
            numbers.append(number)
        } else {
            throw wrong(name, value, node)
        }
    }

    private static func mean(_ numbers: [Double]) -> Double {
        numbers.isEmpty ? 0 : numbers.reduce(0, +) / Double(numbers.count)
    }

    private static func median(_ numbers: [Double]) -> Double {
        guard !numbers.isEmpty else { return 0 }
        // Go puts values that are no numbers first.
        let sorted = numbers.sorted { $0 < $1 || $0.isNaN && !$1.isNaN }
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    private func bits(
        _ name: String, _ values: [ExpressionValue], _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue {
        var numbers: [Int64] = []
        for value in values {
            guard case .integer(let number) = value else { throw wrong(name, value, node) }
            numbers.append(number)
        }
        if name == "bitnot", numbers.count == 1 { return .integer(~numbers[0]) }
        guard numbers.count == 2 else { throw ExpressionFailure("\(name) takes 2 arguments", node.range) }
        let (left, right) = (numbers[0], numbers[1])
        switch name {
        case "bitand": return .integer(left & right)
        case "bitor": return .integer(left | right)
        case "bitxor": return .integer(left ^ right)
        case "bitnand": return .integer(left & ~right)
        default: break
        }
        guard right >= 0 else { throw ExpressionFailure("a shift cannot be negative", node.range) }
        switch name {
        case "bitshl": return .integer(left << right)
        case "bitshr": return .integer(left >> right)
        default: return .integer(Int64(bitPattern: UInt64(bitPattern: left) >> UInt64(right)))
        }
    }

    private func get(_ object: ExpressionValue, _ key: ExpressionValue) -> ExpressionValue {
        if case .map = object { return object.value(forKey: key) ?? .null }
        var elements = object.elements
        if case .string(let text) = object { elements = text.utf8.map { .integer(Int64($0)) } }
        guard let elements, let whole = key.whole, let index = Int(exactly: whole) else { return .null }
        let place = index < 0 ? index.addingReportingOverflow(elements.count).partialValue : index
        return elements.indices.contains(place) ? elements[place] : .null
    }

    // MARK: Functions of the environment

    /// `asInt`, `isNaN` and the others that the controller adds.
    mutating func callFunction(
        _ callee: ExpressionNode, _ arguments: [ExpressionNode], _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue {
        var values: [ExpressionValue] = []
        for argument in arguments { values.append(try value(of: argument)) }
        guard case .function(let name) = try value(of: callee) else {
            throw ExpressionFailure("what is called here is no function", callee.range)
        }
        let first = values.first ?? .null
        switch name {
        case "asInt":
            if case .string(let text) = first, let number = Int64(text) { return .integer(number) }
            guard let whole = first.whole else { throw ExpressionFailure("\(first.text) is no whole "
                + "number", node.range) }
            return .integer(whole)
        case "asFloat":
            if case .string(let text) = first, let number = ExpressionNumber.float(text) { return .float(number) }
            guard let number = first.number else { throw ExpressionFailure("\(first.text) is no number", node.range) }
            return .float(number)
        case "isNaN", "isInf":
            guard let number = first.number else { throw wrong(name, first, node) }
            return .boolean(name == "isNaN" ? number.isNaN : number.isInfinite)
        // These two look at the result itself, whatever they are given.
        case "isNil": return .boolean((variables["result"] ?? .null).isNull)
        case "default":
            let result = variables["result"] ?? .null
            return result.isNull ? (values.count > 1 ? values[1] : .null) : result
        default: return try call(name, values, node)
        }
    }

    /// The methods of times and lengths of time, and the functions that a map holds.
    mutating func callMethod(
        _ name: String, of object: ExpressionValue, _ arguments: [ExpressionNode], _ node: ExpressionNode
    ) throws(ExpressionFailure) -> ExpressionValue {
        var values: [ExpressionValue] = []
        for argument in arguments { values.append(try value(of: argument)) }
        do throws(FunctionProblem) {
            switch object {
            case .duration, .time, .location:
                if let value = try ExpressionTimes.method(name, of: object, values) { return value }
            case .map:
                if case .function(let function) = object.value(forKey: .string(name)),
                    let value = try ExpressionTimes.call(function, values, present) {
                    return value
                }
            default: break
            }
        } catch {
            throw ExpressionFailure(error.message, node.range)
        }
        throw ExpressionFailure("\(object.type.name) has no method \(name)", node.range)
    }

    /// A part of a length of time, or the length in a unit.
    static func part(_ name: String, of length: Int64) -> ExpressionValue? {
        let seconds = GoDuration(nanoseconds: length).seconds
        switch name {
        case "Seconds": return .float(seconds)
        case "Minutes": return .float(seconds / 60)
        case "Hours": return .float(seconds / 3600)
        case "Milliseconds": return .integer(length / 1_000_000)
        case "Microseconds": return .integer(length / 1000)
        case "Nanoseconds": return .integer(length)
        case "String": return .string(ExpressionValue.duration(length).text)
        default: return nil
        }
    }

    /// A part of a moment.
    static func part(_ name: String, of instant: ExpressionValue.Instant) -> ExpressionValue? {
        let date = ExpressionCalendar(instant)
        switch name {
        case "Unix": return .integer(instant.seconds)
        case "UnixMilli": return .integer(instant.seconds &* 1000 &+ instant.nanoseconds / 1_000_000)
        case "UnixNano": return .integer(instant.seconds &* 1_000_000_000 &+ instant.nanoseconds)
        case "Year": return .integer(date.year)
        case "Month": return .integer(date.month)
        case "Day": return .integer(date.day)
        case "YearDay": return .integer(date.dayOfYear)
        case "Weekday": return .integer(date.weekday)
        case "Hour": return .integer(date.second / 3600)
        case "Minute": return .integer(date.second / 60 % 60)
        case "Second": return .integer(date.second % 60)
        case "Nanosecond": return .integer(instant.nanoseconds)
        case "UnixMicro": return .integer(instant.seconds &* 1_000_000 &+ instant.nanoseconds / 1000)
        // The controller's own clock is in UTC.
        case "UTC", "Local": return .time(instant.shown(in: nil))
        case "Location": return .location(instant.zone ?? TimeZoneRules(name: "UTC", offset: 0, abbreviation: "UTC"))
        case "IsDST": return .boolean(date.period.isDaylightSaving)
        case "IsZero": return .boolean(instant == .init(seconds: -62_135_596_800))
        case "String": return .string(ExpressionValue.time(instant).text)
        default: return nil
        }
    }
}
