/// The methods of times and lengths of time that take arguments, and the functions of `time` in notifications.
enum ExpressionTimes {
    /// `time` as conditions and templates of notifications know it.
    static let functions = ExpressionValue.map([
        .init(key: .string("Now"), value: .function("time.Now")),
        .init(key: .string("Parse"), value: .function("time.Parse")),
    ])

    /// The forms of times that `date` tries where no layout is given, beside those of RFC 3339.
    private static let layouts = [
        "02 Jan 06 15:04 MST", "Monday, 02-Jan-06 15:04:05 MST", "Mon, 02 Jan 2006 15:04:05 MST",
    ]

    /// The outcome of `date`: of a text alone, or with a layout and the name of a time zone.
    static func date(_ text: String, _ further: [String]) throws(FunctionProblem) -> ExpressionValue.Instant {
        if further.count > 1, !["", "UTC", "Local"].contains(further[1]) {
            throw FunctionProblem("the time zone \(further[1]) is not known here, only UTC")
        }
        guard let layout = further.first else {
            let time = ExpressionCalendar.instant(from: text)
                ?? layouts.lazy.compactMap { GoTimeReader.instant(from: text, layout: $0) }.first
            if let time { return time }
            throw FunctionProblem("\(text) is no date in a form that is known here")
        }
        if let time = GoTimeReader.instant(from: text, layout: layout) { return time }
        throw FunctionProblem("\(text) is no date that looks like \(layout)")
    }

    /// The outcome of a function of `time`; nil for another function.
    static func call(
        _ name: String, _ arguments: [ExpressionValue], now: ExpressionValue.Instant
    ) throws(FunctionProblem) -> ExpressionValue? {
        switch name {
        case "time.Now":
            guard arguments.isEmpty else { throw FunctionProblem("Now takes no argument") }
            return .time(now)
        case "time.Parse":
            guard case .string(let text) = arguments.first, arguments.count == 1 else {
                throw FunctionProblem("Parse takes one argument, a text such as \"2006-01-02T15:04:05Z\"")
            }
            guard text.contains("T"), let instant = ExpressionCalendar.instant(from: text) else {
                throw FunctionProblem("\"\(text)\" is no time such as \"2006-01-02T15:04:05Z\"")
            }
            return .time(instant)
        default: return nil
        }
    }

    /// The outcome of a method of a time or a length of time; nil where there is none of that name.
    static func method(
        _ name: String, of object: ExpressionValue, _ arguments: [ExpressionValue]
    ) throws(FunctionProblem) -> ExpressionValue? {
        if arguments.isEmpty {
            switch object {
            case .time(let instant): return ExpressionEvaluator.part(name, of: instant)
            case .duration(let length): return ExpressionEvaluator.part(name, of: length)
            default: return nil
            }
        }
        guard case .time(let instant) = object, arguments.count == 1 else { return nil }
        switch (name, arguments[0]) {
        case ("Format", .string(let layout)): return .string(GoTimeLayout.text(of: instant, layout: layout))
        case ("Sub", .time(let other)): return .duration(instant.nanoseconds(since: other))
        case ("Before", .time(let other)): return .boolean(instant < other)
        case ("After", .time(let other)): return .boolean(other < instant)
        case ("Equal", .time(let other)): return .boolean(instant == other)
        case ("Add", .duration(let length)): return .time(instant.adding(length))
        case ("Add", .integer(let length)): return .time(instant.adding(length))
        default:
            guard ["Format", "Sub", "Before", "After", "Equal", "Add"].contains(name) else { return nil }
            throw FunctionProblem("\(name) of a time does not take \(arguments[0].type.name)")
        }
    }
}
