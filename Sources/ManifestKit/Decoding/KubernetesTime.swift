/// A moment as Kubernetes writes it: RFC 3339, cut to whole seconds, in UTC.
public struct KubernetesTime: Hashable, Comparable, Sendable {
    /// Seconds since the start of 1970, UTC.
    public var seconds: Int64

    /// Makes a moment from the seconds since the start of 1970.
    public init(seconds: Int64) { self.seconds = seconds }

    /// Reads `2026-11-23T09:30:00Z`, with an offset or a fraction of a second if there is one; else nil.
    public init?(_ text: String) {
        var text = text
        guard let seconds = text.withUTF8({ Self.seconds(in: $0) }) else { return nil }
        self.seconds = seconds
    }

    /// Whether bytes are a time; no value is made.
    static func isWellFormed(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { seconds(in: bytes) != nil }

    public static func < (left: KubernetesTime, right: KubernetesTime) -> Bool { left.seconds < right.seconds }

    private static func seconds(in bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let year = number(bytes, 0, 4), let month = number(bytes, 5, 2), let day = number(bytes, 8, 2),
            let hour = number(bytes, 11, 2), let minute = number(bytes, 14, 2), let second = number(bytes, 17, 2),
            (1...12).contains(month), day >= 1, day <= days(inMonth: month, of: year),
            hour < 24, minute < 60, second < 60
        else { return nil }
        var position = 19
        if bytes[position] == UInt8(ascii: ".") {
            position += 1
            let start = position
            while position < bytes.count, bytes[position] >= 0x30, bytes[position] <= 0x39 { position += 1 }
            guard position > start, position < bytes.count else { return nil }
        }
        guard let offset = offset(bytes, position) else { return nil }
        let dayNumber = daysSince1970(year: year, month: month, day: day)
        return Int64(dayNumber * 86_400 + hour * 3_600 + minute * 60 + second - offset)
    }

    /// The seconds east of UTC at the end of a time: `Z`, or `+hh:mm`.
    private static func offset(_ bytes: UnsafeBufferPointer<UInt8>, _ position: Int) -> Int? {
        switch bytes[position] {
        case UInt8(ascii: "Z"): return position + 1 == bytes.count ? 0 : nil
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard position + 6 == bytes.count, bytes[position + 3] == UInt8(ascii: ":"),
                let hours = number(bytes, position + 1, 2), let minutes = number(bytes, position + 4, 2),
                hours < 24, minutes < 60
            else { return nil }
            let size = hours * 3_600 + minutes * 60
            return bytes[position] == UInt8(ascii: "-") ? -size : size
        default: return nil
        }
    }

    private static func number(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ count: Int) -> Int? {
        var value = 0
        for index in start..<start + count {
            guard bytes[index] >= 0x30, bytes[index] <= 0x39 else { return nil }
            value = value * 10 + Int(bytes[index] - 0x30)
        }
        return value
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1 January 1970, in a calendar whose years begin in March so that the leap day is the last.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

extension KubernetesTime: CustomStringConvertible {
    /// The moment as Kubernetes prints it, `2026-11-23T09:30:00Z`.
    public var description: String {
        let day = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = Int(seconds - day * 86_400)
        let shifted = Int(day) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let date = [
            Self.padded(year, 4), Self.padded(month, 2), Self.padded(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1, 2),
        ]
        let time = [Self.padded(rest / 3_600, 2), Self.padded(rest / 60 % 60, 2), Self.padded(rest % 60, 2)]
        return date.joined(separator: "-") + "T" + time.joined(separator: ":") + "Z"
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
