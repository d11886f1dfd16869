/// Writes times by a layout that shows how Go's reference time `2006-01-02 15:04:05` would look.
enum GoTimeLayout {
    static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
    static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]

    /// How times look in RFC 3339.
    static let standard = "2006-01-02T15:04:05Z07:00"
    /// How Go prints a time.
    static let plain = "2006-01-02 15:04:05.999999999 -0700 MST"
    /// How a time stands in JSON.
    static let json = "2006-01-02T15:04:05.999999999Z07:00"

    /// The parts of a layout; where two begin alike the longer stands first.
    static let marks = [
        "January", "Jan", "Monday", "Mon", "MST", "2006", "Z07:00", "Z0700", "-07:00", "-0700", "-07", "002", "01",
        "02", "03", "04", "05", "06", "15", "PM", "pm", "_2", "1", "2", "3", "4", "5",
    ]

    /// A time by a layout.
    static func text(of instant: ExpressionValue.Instant, layout: String) -> String {
        let date = ExpressionCalendar(instant)
        var result = ""
        var rest = Substring(layout)
        while !rest.isEmpty {
            if let fraction = fraction(in: rest, behindNumber: result.last?.isNumber == true) {
                result += text(ofFraction: fraction, instant)
                rest = rest.dropFirst(fraction.count)
            } else if let mark = marks.first(where: { rest.hasPrefix($0) }) {
                result += part(mark, date)
                rest = rest.dropFirst(mark.count)
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result
    }

    /// `.000` or `.999` behind a number, which the seconds are.
    static func fraction(in rest: Substring, behindNumber: Bool) -> Substring? {
        guard let point = rest.first, point == "." || point == ",", behindNumber,
            let digit = rest.dropFirst().first, digit == "0" || digit == "9"
        else { return nil }
        let digits = rest.dropFirst().prefix { $0 == digit }
        guard digits.count <= 9, rest.dropFirst(1 + digits.count).first?.isNumber != true else { return nil }
        return rest.prefix(1 + digits.count)
    }

    private static func text(ofFraction fraction: Substring, _ instant: ExpressionValue.Instant) -> String {
        var digits = padded(instant.nanoseconds, 9).prefix(fraction.count - 1)
        if fraction.last == "9" { while digits.hasSuffix("0") { digits.removeLast() } }
        return digits.isEmpty ? "" : String(fraction.prefix(1) + digits)
    }

    private static func padded(_ number: Int64, _ width: Int, with mark: Character = "0") -> String {
        let digits = String(number)
        return String(repeating: mark, count: max(0, width - digits.count)) + digits
    }

    private static func part(_ mark: String, _ date: ExpressionCalendar) -> String {
        let hour = date.second / 3600
        let shortHour = hour % 12 == 0 ? 12 : hour % 12
        switch mark {
        case "January": return months[Int(date.month) - 1]
        case "Jan": return String(months[Int(date.month) - 1].prefix(3))
        case "Monday": return weekdays[Int(date.weekday)]
        case "Mon": return String(weekdays[Int(date.weekday)].prefix(3))
        case "MST":
            let name = date.period.abbreviation
            return name.isEmpty ? offset(date.period.offset, hasMinutes: true) : name
        case "2006": return padded(date.year, 4)
        case "06": return padded(date.year % 100, 2)
        case "01": return padded(date.month, 2)
        case "1": return String(date.month)
        case "02": return padded(date.day, 2)
        case "_2": return padded(date.day, 2, with: " ")
        case "2": return String(date.day)
        case "002": return padded(date.dayOfYear, 3)
        case "15": return padded(hour, 2)
        case "03": return padded(shortHour, 2)
        case "3": return String(shortHour)
        case "04": return padded(date.second / 60 % 60, 2)
        case "4": return String(date.second / 60 % 60)
        case "05": return padded(date.second % 60, 2)
        case "5": return String(date.second % 60)
        case "PM": return hour < 12 ? "AM" : "PM"
        case "pm": return hour < 12 ? "am" : "pm"
        case "Z07:00", "Z0700":
            if date.period.offset == 0 { return "Z" }
            return offset(date.period.offset, hasMinutes: true, mark == "Z0700" ? "" : ":")
        case "-07:00", "-0700": return offset(date.period.offset, hasMinutes: true, mark == "-0700" ? "" : ":")
        default: return offset(date.period.offset, hasMinutes: false)
        }
    }

    /// How far clocks are from UTC, in hours and minutes.
    private static func offset(_ seconds: Int64, hasMinutes: Bool, _ separator: String = "") -> String {
        let minutes = abs(seconds / 60)
        return (seconds < 0 ? "-" : "+") + padded(minutes / 60, 2)
            + (hasMinutes ? separator + padded(minutes % 60, 2) : "")
    }
}

extension ExpressionValue.Instant {
    /// The point in time by a layout.
    func text(layout: String) -> String { GoTimeLayout.text(of: self, layout: layout) }

    /// The same point in time on the clocks of a zone.
    func shown(in zone: TimeZoneRules?) -> ExpressionValue.Instant {
        .init(seconds: seconds, nanoseconds: nanoseconds, in: zone)
    }
}
