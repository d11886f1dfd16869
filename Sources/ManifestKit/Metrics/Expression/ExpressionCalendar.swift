/// Dates of the Gregorian calendar, as the clocks of a time zone show them.
struct ExpressionCalendar {
    var year: Int64
    var month: Int64
    var day: Int64
    /// The second of the day.
    var second: Int64
    /// How far the clocks are from UTC then, and what that is called.
    var period: TimeZoneRules.Period

    /// The date of a point in time.
    init(_ instant: ExpressionValue.Instant) {
        period = instant.zone?.period(at: instant.seconds) ?? .init(offset: 0, abbreviation: "UTC")
        let local = instant.seconds &+ period.offset
        let days = Self.floorDivide(local, 86_400)
        second = local - days * 86_400
        // Counted from 1 March 0000, leap days come last.
        let shifted = days + 719_468
        let era = Self.floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
    }

    /// The days from 1970-01-01 to a date, or nil where there is no such date.
    static func days(year: Int64, month: Int64, day: Int64) -> Int64? {
        guard (1...12).contains(month), day >= 1, day <= length(ofMonth: month, year: year) else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = floorDivide(shifted, 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    private static func length(ofMonth month: Int64, year: Int64) -> Int64 {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The day of the year, from 1.
    var dayOfYear: Int64 {
        let first = Self.days(year: year, month: 1, day: 1) ?? 0
        return (Self.days(year: year, month: month, day: day) ?? 0) - first + 1
    }

    /// The day of the week, Sunday being 0.
    var weekday: Int64 {
        let days = (Self.days(year: year, month: month, day: day) ?? 0) + 4
        return days - Self.floorDivide(days, 7) * 7
    }
}
