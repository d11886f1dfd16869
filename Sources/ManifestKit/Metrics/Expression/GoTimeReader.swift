/// Reads times by a layout that shows how Go's reference time would look.
struct GoTimeReader {
    private var rest: Substring
    private var year: Int64 = 0
    private var month: Int64 = 1
    private var day: Int64 = 1
    private var dayOfYear: Int64?
    private var hour: Int64 = 0
    private var isAfternoon: Bool?
    private var minute: Int64 = 0
    private var second: Int64 = 0
    private var nanoseconds: Int64 = 0
    private var isUniversal = false
    private var offset: Int64?
    private var abbreviation: String?

    private init(_ text: String) { rest = Substring(text) }

    /// The time that a text stands for, or nil where it does not look as the layout says.
    ///
    /// A text that says nothing of a zone is what the clocks of `zone` show, or of UTC where it is nil.
    static func instant(
        from text: String, layout: String, in zone: TimeZoneRules? = nil
    ) -> ExpressionValue.Instant? {
        var reader = GoTimeReader(text)
        guard reader.read(by: layout), reader.rest.isEmpty else { return nil }
        return reader.instant(in: zone)
    }

    private func instant(in zone: TimeZoneRules?) -> ExpressionValue.Instant? {
        var hour = hour
        if let isAfternoon {
            guard hour <= 12 else { return nil }
            hour = hour % 12 + (isAfternoon ? 12 : 0)
        }
        guard hour < 24, minute < 60, second < 60 else { return nil }
        var days = ExpressionCalendar.days(year: year, month: month, day: day)
        if let dayOfYear {
            days = ExpressionCalendar.days(year: year, month: 1, day: 1).map { $0 + dayOfYear - 1 }
        }
        guard let days else { return nil }
        let local = days * 86_400 + hour * 3600 + minute * 60 + second
        if isUniversal { return .init(seconds: local, nanoseconds: nanoseconds) }
        if let offset {
            // A zone whose clocks show that offset then is meant; otherwise it is one without a name.
            let isOfZone = (zone?.period(at: local - offset).offset ?? 0) == offset
            let shown = isOfZone ? zone : TimeZoneRules(offset: offset, abbreviation: abbreviation ?? "")
            return .init(seconds: local - offset, nanoseconds: nanoseconds, in: shown)
        }
        if let abbreviation {
            if let zone, let offset = zone.offset(ofAbbreviation: abbreviation, showing: local) {
                return .init(seconds: local - offset, nanoseconds: nanoseconds, in: zone)
            }
            // Of an abbreviation alone nobody knows how far it is from UTC, and Go takes it for UTC.
            return .init(
                seconds: local, nanoseconds: nanoseconds, in: TimeZoneRules(offset: 0, abbreviation: abbreviation))
        }
        return .init(seconds: zone?.moment(showing: local) ?? local, nanoseconds: nanoseconds, in: zone)
    }

    private mutating func read(by layout: String) -> Bool {
        var layout = Substring(layout)
        while !layout.isEmpty {
            if let fraction = GoTimeLayout.fraction(in: layout, behindNumber: true) {
                guard take(fraction: fraction.last == "0" ? fraction.count - 1 : nil) else { return false }
                layout = layout.dropFirst(fraction.count)
            } else if let mark = GoTimeLayout.marks.first(where: { layout.hasPrefix($0) }) {
                guard take(mark) else { return false }
                layout = layout.dropFirst(mark.count)
                // A fraction may follow the seconds though the layout has none.
                let hasFraction = GoTimeLayout.fraction(in: layout, behindNumber: true) != nil
                if mark.hasSuffix("5"), mark != "15", !hasFraction, !take(fraction: nil) { return false }
            } else {
                guard let character = layout.popFirst(), rest.popFirst() == character else { return false }
            }
        }
        return true
    }

    private mutating func take(_ mark: String) -> Bool {
        switch mark {
        case "January": return take(GoTimeLayout.months, whole: true).map { month = $0 + 1 } != nil
        case "Jan": return take(GoTimeLayout.months, whole: false).map { month = $0 + 1 } != nil
        case "Monday": return take(GoTimeLayout.weekdays, whole: true) != nil
        case "Mon": return take(GoTimeLayout.weekdays, whole: false) != nil
        case "2006": return number(4...4).map { year = $0 } != nil
        case "06": return number(2...2).map { year = $0 + ($0 < 69 ? 2000 : 1900) } != nil
        case "01": return number(2...2).map { month = $0 } != nil
        case "1": return number(1...2).map { month = $0 } != nil
        case "02": return number(2...2).map { day = $0 } != nil
        case "_2", "2":
            if mark == "_2", rest.first == " " { rest.removeFirst() }
            return number(1...2).map { day = $0 } != nil
        case "002": return number(3...3).map { dayOfYear = $0 } != nil && (1...366).contains(dayOfYear ?? 0)
        case "15", "03": return number(2...2).map { hour = $0 } != nil
        case "3": return number(1...2).map { hour = $0 } != nil
        case "04": return number(2...2).map { minute = $0 } != nil
        case "4": return number(1...2).map { minute = $0 } != nil
        case "05": return number(2...2).map { second = $0 } != nil
        case "5": return number(1...2).map { second = $0 } != nil
        case "PM", "pm":
            let word = rest.prefix(2)
            guard word == (mark == "PM" ? "AM" : "am") || word == Substring(mark) else { return false }
            isAfternoon = word == Substring(mark)
            rest = rest.dropFirst(2)
            return true
        default: return takeZone(mark)
        }
    }

    private mutating func takeZone(_ mark: String) -> Bool {
        if mark == "MST" {
            let name = rest.prefix { ("A"..."Z").contains($0) }
            rest = rest.dropFirst(name.count)
            if name == "UTC" { isUniversal = true } else { abbreviation = String(name) }
            return (3...4).contains(name.count)
        }
        if mark.hasPrefix("Z"), rest.first == "Z" {
            rest.removeFirst()
            isUniversal = true
            return true
        }
        guard let sign = rest.popFirst(), sign == "+" || sign == "-", let hours = number(2...2), hours <= 24 else {
            return false
        }
        var minutes: Int64 = 0
        if mark != "-07" {
            if mark.contains(":"), rest.popFirst() != ":" { return false }
            guard let number = number(2...2), number < 60 else { return false }
            minutes = number
        }
        offset = (hours * 3600 + minutes * 60) * (sign == "-" ? -1 : 1)
        return true
    }

    private mutating func number(_ widths: ClosedRange<Int>) -> Int64? {
        let digits = rest.prefix(widths.upperBound).prefix { ("0"..."9").contains($0) }
        guard digits.count >= widths.lowerBound else { return nil }
        rest = rest.dropFirst(digits.count)
        return Int64(digits)
    }

    /// Takes the fraction of a second: of so many digits, or of any number of them and none.
    private mutating func take(fraction count: Int?) -> Bool {
        guard let point = rest.first, point == "." || point == "," else { return count == nil }
        let digits = rest.dropFirst().prefix { ("0"..."9").contains($0) }
        guard !digits.isEmpty, count.map({ $0 == digits.count }) ?? true else { return false }
        rest = rest.dropFirst(1 + digits.count)
        let nine = String(digits.prefix(9))
        nanoseconds = Int64(nine + String(repeating: "0", count: 9 - nine.count)) ?? 0
        return true
    }

    /// Takes one of several names, or their first three letters, whatever their case.
    private mutating func take(_ names: [String], whole: Bool) -> Int64? {
        for (index, name) in names.enumerated() {
            let wanted = whole ? name : String(name.prefix(3))
            guard rest.prefix(wanted.count).lowercased() == wanted.lowercased() else { continue }
            rest = rest.dropFirst(wanted.count)
            return Int64(index)
        }
        return nil
    }
}
