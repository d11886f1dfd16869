/// What times, lengths of time and time zones can do in expressions and in templates of notifications.
enum ExpressionTimes {
    /// `time` as conditions and templates of notifications know it.
    static let functions = ExpressionValue.map([
        .init(key: .string("Now"), value: .function("time.Now")),
        .init(key: .string("Parse"), value: .function("time.Parse")),
    ])

    /// The forms of times that `date` tries where no layout is given.
    private static let layouts = [
        "2006-01-02", "15:04:05", "2006-01-02 15:04:05", GoTimeLayout.standard, "02 Jan 06 15:04 MST",
        "Monday, 02-Jan-06 15:04:05 MST", "Mon, 02 Jan 2006 15:04:05 MST",
    ]

    /// The outcome of `date`: of a text alone, or with a layout and the name of a time zone; a zone can also be the
    /// first argument.
    static func date(
        _ arguments: [ExpressionValue], _ present: PresentMoment
    ) throws(FunctionProblem) -> ExpressionValue {
        var zone: TimeZoneRules?
        var rest = arguments[...]
        if case .location(let first) = rest.first {
            zone = first
            rest.removeFirst()
        }
        var texts: [String] = []
        for argument in rest {
            guard case .string(let text) = argument else {
                throw FunctionProblem("date does not take \(argument.type.name)")
            }
            texts.append(text)
        }
        guard (1...3).contains(texts.count) else {
            throw FunctionProblem("date takes a text, a layout and a time zone, not \(texts.count) texts")
        }
        if texts.count == 3 { zone = try present.zones.zone(texts[2]) }
        guard texts.count > 1 else {
            let found = layouts.lazy.compactMap { GoTimeReader.instant(from: texts[0], layout: $0, in: zone) }.first
            if let found { return .time(found) }
            throw FunctionProblem("\(texts[0]) is no date in a form that is known here")
        }
        if let found = GoTimeReader.instant(from: texts[0], layout: texts[1], in: zone) { return .time(found) }
        throw FunctionProblem("\(texts[0]) is no date that looks like \(texts[1])")
    }

    /// The outcome of `now`, with a zone or without.
    static func now(
        _ arguments: [ExpressionValue], _ present: PresentMoment
    ) throws(FunctionProblem) -> ExpressionValue {
        switch (arguments.first, arguments.count) {
        case (nil, _): return .time(present.instant)
        case (.location(let zone), 1): return .time(present.instant.shown(in: zone))
        default: throw FunctionProblem("now takes nothing, or a time zone")
        }
    }

    /// The outcome of a function of `time`; nil for another function.
    static func call(
        _ name: String, _ arguments: [ExpressionValue], _ present: PresentMoment
    ) throws(FunctionProblem) -> ExpressionValue? {
        switch name {
        case "time.Now":
            guard arguments.isEmpty else { throw FunctionProblem("Now takes no argument") }
            return .time(present.instant)
        case "time.Parse":
            guard case .string(let text) = arguments.first, arguments.count == 1 else {
                throw FunctionProblem("Parse takes one argument, a text such as \"2006-01-02T15:04:05Z\"")
            }
            guard let instant = GoTimeReader.instant(from: text, layout: GoTimeLayout.standard) else {
                throw FunctionProblem("\"\(text)\" is no time such as \"2006-01-02T15:04:05Z\"")
            }
            return .time(instant)
        default: return nil
        }
    }

    // MARK: Methods

    private static let methodsWithArguments: Set = [
        "Format", "Sub", "Before", "After", "Equal", "Compare", "Add", "AddDate", "In", "Truncate",
    ]

    /// The outcome of a method of a time, a length of time or a time zone; nil where there is none of that name.
    static func method(
        _ name: String, of object: ExpressionValue, _ arguments: [ExpressionValue]
    ) throws(FunctionProblem) -> ExpressionValue? {
        if arguments.isEmpty {
            switch object {
            case .time(let instant): return ExpressionEvaluator.part(name, of: instant)
            case .duration(let length): return ExpressionEvaluator.part(name, of: length)
            case .location(let zone): return name == "String" ? .string(zone.name) : nil
            default: return nil
            }
        }
        guard case .time(let instant) = object else { return nil }
        if name == "AddDate" { return .time(try instant.adding(date: arguments)) }
        guard arguments.count == 1 else { return nil }
        switch (name, arguments[0]) {
        case ("Format", .string(let layout)): return .string(instant.text(layout: layout))
        case ("Sub", .time(let other)): return .duration(instant.nanoseconds(since: other))
        case ("Before", .time(let other)): return .boolean(instant < other)
        case ("After", .time(let other)): return .boolean(other < instant)
        case ("Equal", .time(let other)): return .boolean(instant == other)
        case ("Compare", .time(let other)): return .integer(instant < other ? -1 : instant == other ? 0 : 1)
        case ("Add", .duration(let length)), ("Add", .integer(let length)): return .time(instant.adding(length))
        case ("In", .location(let zone)): return .time(instant.shown(in: zone))
        case ("Truncate", .duration(let length)): return .time(instant.truncated(to: length))
        default:
            guard methodsWithArguments.contains(name) else { return nil }
            throw FunctionProblem("\(name) of a time does not take \(arguments[0].type.name)")
        }
    }
}

extension ExpressionValue.Instant {
    /// The point in time a number of years, months and days later on the same clocks; a date that a month does not have
    /// lies in the next one.
    fileprivate func adding(date arguments: [ExpressionValue]) throws(FunctionProblem) -> ExpressionValue.Instant {
        var numbers: [Int64] = []
        for argument in arguments {
            guard case .integer(let number) = argument, (-100_000...100_000).contains(number) else {
                throw FunctionProblem("AddDate takes whole numbers from -100000 to 100000")
            }
            numbers.append(number)
        }
        guard numbers.count == 3 else { throw FunctionProblem("AddDate takes years, months and days") }
        let date = ExpressionCalendar(self)
        let months = date.month - 1 + numbers[1]
        let year = date.year + numbers[0] + ExpressionCalendar.floorDivide(months, 12)
        let month = months - ExpressionCalendar.floorDivide(months, 12) * 12 + 1
        let days = (ExpressionCalendar.days(year: year, month: month, day: 1) ?? 0) + date.day - 1 + numbers[2]
        let local = days * 86_400 + date.second
        return .init(seconds: zone?.moment(showing: local) ?? local, nanoseconds: nanoseconds, in: zone)
    }

    /// The last multiple of a length of time since the year 1, in UTC, that is not later.
    fileprivate func truncated(to length: Int64) -> ExpressionValue.Instant {
        guard length > 0 else { return self }
        let (year1, whole) = (Int64(-62_135_596_800), Int64(1_000_000_000))
        // The rest of the seconds since then, times a milliard, would not fit into 64 bits.
        let (high, low) = (seconds &- year1).multipliedFullWidth(by: whole)
        let sum = low.addingReportingOverflow(UInt64(nanoseconds))
        guard high >= 0, high + (sum.overflow ? 1 : 0) < length else { return self }
        let rest = UInt64(length).dividingFullWidth((UInt64(high) + (sum.overflow ? 1 : 0), sum.partialValue)).remainder
        return adding(-Int64(rest))
    }
}
