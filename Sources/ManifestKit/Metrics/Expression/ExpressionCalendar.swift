/// Dates of the Gregorian calendar in UTC.
struct ExpressionCalendar {
    var year: Int64
    var month: Int64
    var day: Int64
    /// The second of the day.
    var second: Int64

    /// The date of a point in time.
    init(_ instant: ExpressionValue.Instant) {
        let days = Self.floorDivide(instant.seconds, 86_400)
        second = instant.seconds - days * 86_400
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

    private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
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

    /// A point in time as RFC 3339 writes it.
    static func text(of instant: ExpressionValue.Instant) -> String {
        let date = ExpressionCalendar(instant)
        func padded(_ number: Int64, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        let clock = [date.second / 3600, date.second / 60 % 60, date.second % 60].map { padded($0, 2) }
        let day = [padded(date.year, 4), padded(date.month, 2), padded(date.day, 2)]
        return "\(day.joined(separator: "-"))T\(clock.joined(separator: ":"))Z"
    }

    /// Reads `2006-01-02`, `15:04:05`, `2006-01-02 15:04:05` and RFC 3339; nil for anything else.
    static func instant(from text: String) -> ExpressionValue.Instant? {
        var rest = Array(text.utf8)[...]
        func number(_ width: Int) -> Int64? {
            let digits = rest.prefix(width)
            guard digits.count == width, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
            rest = rest.dropFirst(width)
            return digits.reduce(0) { $0 * 10 + Int64($1 & 0x0F) }
        }
        func take(_ mark: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: mark) else { return false }
            rest = rest.dropFirst()
            return true
        }
        func clock() -> Int64? {
            guard let hour = number(2), hour < 24, take(":"), let minute = number(2), minute < 60, take(":"),
                let second = number(2), second < 60
            else { return nil }
            return hour * 3600 + minute * 60 + second
        }
        if text.utf8.count == 8, let seconds = clock() {
            return days(year: 0, month: 1, day: 1).map { .init(seconds: $0 * 86_400 + seconds) }
        }
        rest = Array(text.utf8)[...]
        guard let year = number(4), take("-"), let month = number(2), take("-"), let day = number(2),
            let days = days(year: year, month: month, day: day)
        else { return nil }
        if rest.isEmpty { return .init(seconds: days * 86_400) }
        let isBlank = take(" ")
        guard isBlank || take("T"), let seconds = clock() else { return nil }
        if isBlank { return rest.isEmpty ? .init(seconds: days * 86_400 + seconds) : nil }
        var nanoseconds: Int64 = 0
        if take(".") {
            let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
            rest = rest.dropFirst(digits.count)
            var scale: Int64 = 100_000_000
            for digit in digits {
                nanoseconds += Int64(digit & 0x0F) * scale
                scale /= 10
            }
        }
        if take("Z") { return rest.isEmpty ? .init(seconds: days * 86_400 + seconds, nanoseconds: nanoseconds) : nil }
        let isEast = take("+")
        guard isEast || take("-"), let hours = number(2), take(":"), let minutes = number(2), rest.isEmpty else {
            return nil
        }
        let offset = (hours * 3600 + minutes * 60) * (isEast ? 1 : -1)
        return .init(seconds: days * 86_400 + seconds - offset, nanoseconds: nanoseconds)
    }
}
