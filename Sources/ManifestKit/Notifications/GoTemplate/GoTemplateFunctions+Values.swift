extension GoTemplateFunctions {
    // MARK: Numbers

    static func number(_ a: GoTemplateArguments) throws(FunctionProblem) -> ExpressionValue? {
        let numbers = { a.values.indices.map { a.integer($0) } }
        let floats = { a.values.indices.map { a.float($0) } }
        switch a.name {
        case "add": return .integer(numbers().reduce(0, &+))
        case "add1": return .integer(a.integer(0) &+ 1)
        case "sub": return .integer(a.integer(0) &- a.integer(1))
        case "mul": return .integer(numbers().reduce(1, &*))
        case "div", "mod":
            guard a.integer(1) != 0 else { throw FunctionProblem("division by zero") }
            if a.integer(1) == -1 { return .integer(a.name == "div" ? 0 &- a.integer(0) : 0) }
            return .integer(a.name == "div" ? a.integer(0) / a.integer(1) : a.integer(0) % a.integer(1))
        case "max": return .integer(numbers().max() ?? 0)
        case "min": return .integer(numbers().min() ?? 0)
        case "maxf": return .float(floats().max() ?? 0)
        case "minf": return .float(floats().min() ?? 0)
        case "addf": return .float(floats().reduce(0, +))
        case "mulf": return .float(floats().reduce(1, *))
        case "subf": return .float(floats().dropFirst().reduce(a.float(0), -))
        case "divf": return .float(floats().dropFirst().reduce(a.float(0), /))
        case "floor": return .float(a.float(0).rounded(.down))
        case "ceil": return .float(a.float(0).rounded(.up))
        case "round":
            let scale = power(of: try a.count(1))
            // Halves go up, and a third argument says what counts as a half.
            let half = a.count > 2 ? a.float(2) : 0.5
            let scaled = a.float(0) * scale
            let rest = scaled - scaled.rounded(.towardZero)
            let rounded = rest.magnitude >= half ? scaled.rounded(rest < 0 ? .down : .up) : scaled.rounded(.towardZero)
            return .float(rounded / scale)
        case "until": return .array(try steps(a, from: 0, to: a.integer(0), by: a.integer(0) < 0 ? -1 : 1))
        case "untilStep": return .array(try steps(a, from: a.integer(0), to: a.integer(1), by: a.integer(2)))
        case "seq":
            let start = a.count > 1 ? a.integer(0) : 1
            let end = a.integer(a.count - 1)
            let step = a.count > 2 ? a.integer(1) : (end < start ? -1 : 1)
            let numbers = try steps(a, from: start, to: end &+ step.signum(), by: step)
            return .string(numbers.map { GoFormat.text($0) }.joined(separator: " "))
        default: return nil
        }
    }

    private static func power(of places: Int) -> Double {
        (0..<min(max(places, 0), 300)).reduce(1.0) { result, _ in result * 10 }
    }

    private static func steps(
        _ a: GoTemplateArguments, from start: Int64, to end: Int64, by step: Int64
    ) throws(FunctionProblem) -> [ExpressionValue] {
        guard step != 0, (end > start) == (step > 0) else { return [] }
        let (distance, overflows) = end.subtractingReportingOverflow(start)
        guard !overflows, distance / step < 100_000 else { throw FunctionProblem("there are too many numbers") }
        return stride(from: start, to: end, by: Int64.Stride(step)).map { .integer($0) }
    }

    // MARK: Lists

    static func list(_ a: GoTemplateArguments) throws(FunctionProblem) -> ExpressionValue? {
        switch a.name {
        case "list", "tuple": return .array(a.values)
        case "first", "last":
            let elements = try a.list(0)
            return (a.name == "first" ? elements.first : elements.last) ?? .null
        case "rest": return .array(Array(try a.list(0).dropFirst()))
        case "initial": return .array(Array(try a.list(0).dropLast()))
        case "append", "push": return .array(try a.list(0) + [a[1]])
        case "prepend": return .array([a[1]] + (try a.list(0)))
        case "concat":
            var all: [ExpressionValue] = []
            for position in a.values.indices { all += try a.list(position) }
            return .array(all)
        case "reverse": return .array(try a.list(0).reversed())
        case "uniq":
            var distinct: [ExpressionValue] = []
            for element in try a.list(0) where !distinct.contains(where: { $0.equals(element) }) {
                guard distinct.count < 2_000 else { throw FunctionProblem("the list is too long") }
                distinct.append(element)
            }
            return .array(distinct)
        case "without":
            let others = a.values.dropFirst()
            return .array(try a.list(0).filter { element in !others.contains { $0.equals(element) } })
        case "has": return .boolean(a[1].isNull ? false : try a.list(1).contains { $0.equals(a[0]) })
        case "compact": return .array(try a.list(0).filter(GoFormat.isTrue))
        case "sortAlpha":
            let texts = (a[0].elements ?? [a[0]]).filter { !$0.isNull }.map { plain($0) }
            return .array(texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { .string($0) })
        case "chunk":
            let (size, elements) = (try a.count(0), try a.list(1))
            guard size > 0 else { throw FunctionProblem("a chunk has at least one element") }
            return .array(stride(from: 0, to: elements.count, by: size).map {
                .array(Array(elements[$0..<min($0 + size, elements.count)]))
            })
        default: return nil
        }
    }

    // MARK: Maps

    static func map(_ a: GoTemplateArguments) throws(FunctionProblem) -> ExpressionValue? {
        switch a.name {
        case "dict":
            var entries: [ExpressionValue.Entry] = []
            for position in stride(from: 0, to: a.count, by: 2) {
                let key = ExpressionValue.string(plain(a[position]))
                entries.removeAll { $0.key.equals(key) }
                entries.append(.init(key: key, value: position + 1 < a.count ? a[position + 1] : .string("")))
            }
            return .map(entries)
        case "get":
            _ = try a.map(0)
            return a[0].value(forKey: .string(try a.string(1))) ?? .string("")
        case "hasKey":
            _ = try a.map(0)
            return .boolean(a[0].value(forKey: .string(try a.string(1))) != nil)
        case "keys":
            var keys: [ExpressionValue] = []
            // Go gives them in any order; one that stays the same is one of those.
            for position in a.values.indices { keys += sorted(try a.map(position)).map(\.key) }
            return .array(keys)
        case "values": return .array(sorted(try a.map(0)).map(\.value))
        case "pick", "omit":
            let keys = a.values.dropFirst()
            return .map(try a.map(0).filter { entry in
                keys.contains { $0.equals(entry.key) } == (a.name == "pick")
            })
        case "merge":
            var entries = try a.map(0)
            for position in a.values.indices.dropFirst() {
                for entry in try a.map(position) where !entries.contains(where: { $0.key.equals(entry.key) }) {
                    entries.append(entry)
                }
            }
            return .map(entries)
        case "pluck":
            return .array(a.values.dropFirst().compactMap { $0.value(forKey: a[0]) })
        case "dig":
            var value = a[a.count - 1]
            for key in a.values.dropLast(2) {
                guard case .map = value, let next = value.value(forKey: key) else { return a[a.count - 2] }
                value = next
            }
            return value
        default: return nil
        }
    }

    private static func sorted(_ entries: [ExpressionValue.Entry]) -> [ExpressionValue.Entry] {
        entries.sorted { plain($0.key).utf8.lexicographicallyPrecedes(plain($1.key).utf8) }
    }

    // MARK: Times

    static func time(_ a: GoTemplateArguments) throws(FunctionProblem) -> ExpressionValue? {
        switch a.name {
        case "now": return .time(a.now.instant)
        case "date": return .string(instant(a, 1).shown(in: nil).text(layout: try a.string(0)))
        case "dateInZone", "date_in_zone":
            return .string(instant(a, 1).shown(in: zone(a, 2)).text(layout: try a.string(0)))
        case "htmlDate": return .string(instant(a, 0).shown(in: nil).text(layout: "2006-01-02"))
        case "htmlDateInZone":
            return .string(instant(a, 0).shown(in: zone(a, 1)).text(layout: "2006-01-02"))
        case "unixEpoch": return .string(String(instant(a, 0).seconds))
        case "ago":
            let length = a.now.instant.nanoseconds(since: instant(a, 0))
            return .string(GoDuration(nanoseconds: length / 1_000_000_000 * 1_000_000_000).description)
        case "duration":
            return .string(GoDuration(nanoseconds: a.integer(0).multipliedReportingOverflow(by: 1_000_000_000)
                .partialValue).description)
        case "durationRound": return .string(rounded(a))
        case "toDate", "mustToDate":
            let (layout, text) = (try a.string(0), try a.string(1))
            if let instant = GoTimeReader.instant(from: text, layout: layout) { return .time(instant) }
            throw FunctionProblem("\"\(text)\" is no time such as \(layout)")
        case "dateModify":
            let text = try a.string(0)
            guard let length = GoDuration(text) else { throw FunctionProblem("\"\(text)\" is no length of time") }
            return .time(instant(a, 1).adding(length.nanoseconds))
        default: return nil
        }
    }

    /// A moment, from a time or the seconds since 1970; anything else is now.
    private static func instant(_ a: GoTemplateArguments, _ position: Int) -> ExpressionValue.Instant {
        switch a[position] {
        case .time(let instant): instant
        // From the year 1 to the year 9999.
        case .integer(let seconds): .init(seconds: min(max(seconds, -62_135_596_800), 253_402_300_799))
        default: a.now.instant
        }
    }

    /// A time zone by its name; UTC where there is none, as sprig has it, so that a message is sent all the same.
    private static func zone(_ a: GoTemplateArguments, _ position: Int) -> TimeZoneRules? {
        guard case .string(let name) = a[position] else { return nil }
        return try? a.now.zones.zone(name)
    }

    /// A length of time as its greatest unit that it is longer than, as sprig has it: `2h`, `60s` for one minute, and
    /// `0s` for a second or less; a length below zero goes without its sign.
    private static func rounded(_ a: GoTemplateArguments) -> String {
        let length: Int64 = switch a[0] {
        case .string(let text): GoDuration(text)?.nanoseconds ?? 0
        case .duration(let length), .integer(let length): length
        case .time(let instant): a.now.instant.nanoseconds(since: instant)
        default: 0
        }
        let second: UInt64 = 1_000_000_000
        let units: [(String, UInt64)] = [
            ("y", 31_536_000), ("mo", 2_592_000), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1),
        ]
        for (unit, seconds) in units where length.magnitude > seconds * second {
            return "\(length.magnitude / (seconds * second))\(unit)"
        }
        return "0s"
    }
}
