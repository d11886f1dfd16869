/// How a zone's clocks go on behind what the zone database lists: the rule of POSIX for `TZ`, such as
/// `CET-1CEST,M3.5.0,M10.5.0/3`.
struct TimeZoneContinuation: Sendable {
    /// A day of every year, and the second of that day at which the clocks are changed.
    private struct Change {
        enum Day {
            /// A day from 1 to 365 of a year whose 29 February is not counted.
            case withoutLeapDay(Int64)
            /// A day from 0 to 365.
            case fromZero(Int64)
            /// A day of the week, from 0 for Sunday, of a week from 1 to 5, which is the last, of a month.
            case weekday(month: Int64, week: Int64, weekday: Int64)
        }

        var day: Day
        /// Can be below zero or above a day.
        var second: Int64 = 7200

        /// The second, on the zone's clocks as if they were UTC.
        func local(in year: Int64) -> Int64 {
            let first = ExpressionCalendar.days(year: year, month: 1, day: 1) ?? 0
            let isLeapYear = ExpressionCalendar.days(year: year, month: 2, day: 29) != nil
            let days: Int64
            switch day {
            case .withoutLeapDay(let number): days = first + number - 1 + (isLeapYear && number >= 60 ? 1 : 0)
            case .fromZero(let number): days = first + number
            case .weekday(let month, let week, let weekday):
                let begin = ExpressionCalendar.days(year: year, month: month, day: 1) ?? first
                let beginWeekday = ((begin + 4) % 7 + 7) % 7
                var dayOfMonth = 1 + (weekday - beginWeekday + 7) % 7 + (week - 1) * 7
                if ExpressionCalendar.days(year: year, month: month, day: dayOfMonth) == nil { dayOfMonth -= 7 }
                days = begin + dayOfMonth - 1
            }
            return days * 86_400 + second
        }
    }

    private let standard: TimeZoneRules.Period
    /// Daylight saving time, and when it begins and ends.
    private let saving: (period: TimeZoneRules.Period, begin: Change, end: Change)?

    /// Reads a rule; nil where it is none.
    init?(_ text: String) {
        var reader = Reader(rest: text.utf8[...])
        guard let name = reader.name(), let west = reader.time() else { return nil }
        standard = .init(offset: -west, abbreviation: name)
        guard !reader.rest.isEmpty else {
            saving = nil
            return
        }
        guard let savingName = reader.name() else { return nil }
        var offset = standard.offset + 3600
        if reader.rest.first != UInt8(ascii: ",") {
            guard let west = reader.time() else { return nil }
            offset = -west
        }
        guard let begin = reader.change(), let end = reader.change(), reader.rest.isEmpty else { return nil }
        saving = (.init(offset: offset, abbreviation: savingName, isDaylightSaving: true), begin, end)
    }

    /// What holds at a moment, in seconds since 1970.
    func period(at seconds: Int64) -> TimeZoneRules.Period {
        guard let saving else { return standard }
        // Beyond these years nobody knows what clocks will show, and the arithmetic must not overflow.
        let year = ExpressionCalendar(.init(seconds: min(max(seconds, -(1 << 50)), 1 << 50))).year
        var changes: [(moment: Int64, begins: Bool)] = []
        for year in year - 1...year + 1 {
            changes.append((saving.begin.local(in: year) - standard.offset, true))
            changes.append((saving.end.local(in: year) - saving.period.offset, false))
        }
        // Where one year's saving ends as the next begins, it goes on.
        changes.sort { ($0.moment, $0.begins ? 1 : 0) < ($1.moment, $1.begins ? 1 : 0) }
        guard let next = changes.firstIndex(where: { $0.moment > seconds }), next > 0 else { return standard }
        var period = changes[next - 1].begins ? saving.period : standard
        period.range = changes[next - 1].moment..<changes[next].moment
        return period
    }

    /// Takes a rule apart.
    private struct Reader {
        var rest: Substring.UTF8View

        mutating func take(_ mark: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: mark) else { return false }
            rest.removeFirst()
            return true
        }

        /// An abbreviation: letters, or anything between angle brackets.
        mutating func name() -> String? {
            let isQuoted = take("<")
            let end = isQuoted
                ? rest.firstIndex(of: UInt8(ascii: ">"))
                : rest.firstIndex { !(0x41...0x5A).contains($0) && !(0x61...0x7A).contains($0) } ?? rest.endIndex
            guard let end, end != rest.startIndex else { return nil }
            let name = String(Substring(rest[..<end]))
            rest = rest[end...]
            if isQuoted { rest.removeFirst() }
            return name
        }

        mutating func number(_ range: ClosedRange<Int64>) -> Int64? {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard digits.count <= 3, let number = Int64(Substring(digits)), range.contains(number) else { return nil }
            rest = rest[digits.endIndex...]
            return number
        }

        /// Hours with minutes and seconds, and a sign.
        mutating func time() -> Int64? {
            let isNegative = take("-")
            if !isNegative { _ = take("+") }
            guard var seconds = number(0...167).map({ $0 * 3600 }) else { return nil }
            for unit: Int64 in [60, 1] {
                guard take(":") else { break }
                guard let part = number(0...59) else { return nil }
                seconds += part * unit
            }
            return isNegative ? -seconds : seconds
        }

        mutating func change() -> Change? {
            guard take(",") else { return nil }
            let day: Change.Day
            if take("M") {
                guard let month = number(1...12), take("."), let week = number(1...5), take("."),
                    let weekday = number(0...6)
                else { return nil }
                day = .weekday(month: month, week: week, weekday: weekday)
            } else if take("J") {
                guard let number = number(1...365) else { return nil }
                day = .withoutLeapDay(number)
            } else {
                guard let number = number(0...365) else { return nil }
                day = .fromZero(number)
            }
            guard take("/") else { return Change(day: day) }
            return time().map { Change(day: day, second: $0) }
        }
    }
}
