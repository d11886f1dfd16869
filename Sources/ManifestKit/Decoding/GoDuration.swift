/// A length of time as Go writes it: `1h30m`, `45s`, `1.5h`, `100ms`.
///
/// Rollouts, AnalysisTemplates and Experiments carry such strings, and the cluster reads them with Go's rules: every
/// number has a unit, the largest unit is the hour, and the whole fits 64 bits of nanoseconds (292 years).
public struct GoDuration: Hashable, Sendable {
    /// The length in nanoseconds; negative for `-5s`.
    public var nanoseconds: Int64

    /// Makes a length from nanoseconds.
    public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Makes a length from whole seconds, at most what 64 bits of nanoseconds hold.
    public init(seconds: Int) {
        let (product, overflow) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        nanoseconds = overflow ? (seconds < 0 ? .min : .max) : product
    }

    /// Reads a length, or nil where the text is none.
    public init?(_ text: String) {
        guard case .success(let duration) = GoDuration.parse(text) else { return nil }
        self = duration
    }

    /// The length in seconds.
    public var seconds: Double {
        Double(nanoseconds / 1_000_000_000) + Double(nanoseconds % 1_000_000_000) / 1e9
    }

    /// Why a text is no length of time.
    public enum Malformation: Error, Hashable, Sendable {
        /// There is nothing, or nothing but a sign.
        case empty
        /// Where a number has to stand there is this instead.
        case notANumber(String)
        /// This number has no unit behind it.
        case missingUnit(String)
        /// This is not one of the units.
        case unknownUnit(String)
        /// The length is more than 64 bits hold.
        case tooLong
        /// The length is more seconds than 32 bits hold; only where those are the limit.
        case tooManySeconds
    }

    /// Reads a length the way Go's `time.ParseDuration` does, or says what is wrong with it.
    public static func parse(_ text: String) -> Result<GoDuration, Malformation> {
        var rest = Array(text.utf8)[...]
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest.removeFirst() }
        if rest.elementsEqual([UInt8(ascii: "0")]) { return .success(GoDuration(nanoseconds: 0)) }
        guard !rest.isEmpty else { return .failure(.empty) }
        var total: UInt64 = 0
        while !rest.isEmpty {
            switch takeTerm(&rest) {
            case .failure(let malformation): return .failure(malformation)
            case .success(let term):
                let (sum, overflow) = total.addingReportingOverflow(term)
                guard !overflow, sum <= limit else { return .failure(.tooLong) }
                total = sum
            }
        }
        if isNegative { return .success(GoDuration(nanoseconds: Int64(truncatingIfNeeded: 0 &- total))) }
        guard total < limit else { return .failure(.tooLong) }
        return .success(GoDuration(nanoseconds: Int64(total)))
    }

    /// The whole seconds that a canary's `pause.duration` stands for where it is a string.
    ///
    /// A number alone counts seconds there, and what is shorter than a second is cut off.
    public static func pauseSeconds(_ text: String) -> Result<Int32, Malformation> {
        if let seconds = wholeNumber(text) { return .success(seconds) }
        return parse(text).flatMap { duration in
            let seconds = duration.nanoseconds / 1_000_000_000
            return Int32(exactly: seconds).map { .success($0) } ?? .failure(.tooManySeconds)
        }
    }

    /// A 32-bit number in decimal with an optional sign, and nothing else.
    private static func wholeNumber(_ text: String) -> Int32? {
        let digits = text.utf8.first == UInt8(ascii: "-") || text.utf8.first == UInt8(ascii: "+")
            ? text.utf8.dropFirst() : text.utf8[...]
        guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return nil }
        return Int32(text)
    }
}

extension GoDuration: Comparable {
    public static func < (left: GoDuration, right: GoDuration) -> Bool { left.nanoseconds < right.nanoseconds }
}

// MARK: - Reading

extension GoDuration {
    /// One more than the longest length in nanoseconds: what the most negative one counts.
    private static let limit: UInt64 = 1 << 63

    /// The names of the units in order, for messages.
    public static let unitNames = ["ns", "us", "ms", "s", "m", "h"]

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    private static func startsNumber(_ byte: UInt8) -> Bool { isDigit(byte) || byte == UInt8(ascii: ".") }

    private static func nanoseconds(inUnit unit: String) -> UInt64? {
        switch unit {
        case "ns": 1
        case "us", "\u{B5}s", "\u{3BC}s": 1_000
        case "ms": 1_000_000
        case "s": 1_000_000_000
        case "m": 60_000_000_000
        case "h": 3_600_000_000_000
        default: nil
        }
    }

    /// Takes a number and its unit from the front: `1.5h`.
    private static func takeTerm(_ rest: inout ArraySlice<UInt8>) -> Result<UInt64, Malformation> {
        let whole = rest.prefix(while: isDigit)
        rest = rest.dropFirst(whole.count)
        var fraction: ArraySlice<UInt8> = []
        let hasPoint = rest.first == UInt8(ascii: ".")
        if hasPoint {
            fraction = rest.dropFirst().prefix(while: isDigit)
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard !whole.isEmpty || !fraction.isEmpty else {
            let word = rest.prefix { !isDigit($0) }
            return .failure(.notANumber((hasPoint ? "." : "") + String(decoding: word, as: UTF8.self)))
        }
        let unitText = rest.prefix { !startsNumber($0) }
        rest = rest.dropFirst(unitText.count)
        guard !unitText.isEmpty else {
            let number = String(decoding: whole, as: UTF8.self) + (hasPoint ? "." : "")
            return .failure(.missingUnit(number + String(decoding: fraction, as: UTF8.self)))
        }
        let unitName = String(decoding: unitText, as: UTF8.self)
        guard let unit = nanoseconds(inUnit: unitName) else { return .failure(.unknownUnit(unitName)) }
        return term(whole: whole, fraction: fraction, unit: unit)
    }

    private static func term(
        whole: ArraySlice<UInt8>, fraction: ArraySlice<UInt8>, unit: UInt64
    ) -> Result<UInt64, Malformation> {
        var value: UInt64 = 0
        for digit in whole {
            guard value <= limit / 10 else { return .failure(.tooLong) }
            value = value * 10 + UInt64(digit & 0x0F)
            guard value <= limit else { return .failure(.tooLong) }
        }
        guard value <= limit / unit else { return .failure(.tooLong) }
        value *= unit
        let (numerator, scale) = leadingFraction(fraction)
        // Go computes fractions in 64-bit floating point, so the last nanosecond comes out the same only this way.
        if numerator > 0 { value += UInt64(Double(numerator) * (Double(unit) / scale)) }
        return value <= limit ? .success(value) : .failure(.tooLong)
    }

    /// The digits behind the point as a number and the power of ten to divide it by; digits past 64 bits are dropped.
    private static func leadingFraction(_ digits: ArraySlice<UInt8>) -> (numerator: UInt64, scale: Double) {
        var numerator: UInt64 = 0
        var scale = 1.0
        for digit in digits {
            guard numerator <= (limit - 1) / 10 else { break }
            let next = numerator * 10 + UInt64(digit & 0x0F)
            guard next <= limit else { break }
            numerator = next
            scale *= 10
        }
        return (numerator, scale)
    }
}

// MARK: - Writing

extension GoDuration: CustomStringConvertible {
    /// The length as Go prints it: `1h30m0s`, `1.5s`, `100ms`, `0s`.
    public var description: String {
        let magnitude = nanoseconds.magnitude
        let sign = nanoseconds < 0 ? "-" : ""
        switch magnitude {
        case 0: return "0s"
        case ..<1_000: return sign + "\(magnitude)ns"
        case ..<1_000_000: return sign + Self.decimal(magnitude, places: 3) + "\u{B5}s"
        case ..<1_000_000_000: return sign + Self.decimal(magnitude, places: 6) + "ms"
        default: break
        }
        let minutes = magnitude / 60_000_000_000
        let seconds = Self.decimal(magnitude % 60_000_000_000, places: 9) + "s"
        guard minutes > 0 else { return sign + seconds }
        let hours = minutes / 60
        return sign + (hours > 0 ? "\(hours)h" : "") + "\(minutes % 60)m" + seconds
    }

    /// A number divided by a power of ten, without zeros at the end.
    private static func decimal(_ value: UInt64, places: Int) -> String {
        var scale: UInt64 = 1
        for _ in 0..<places { scale *= 10 }
        let whole = String(value / scale)
        var digits = String(value % scale)
        guard digits != "0" else { return whole }
        digits = String(repeating: "0", count: places - digits.utf8.count) + digits
        while digits.hasSuffix("0") { digits.removeLast() }
        return whole + "." + digits
    }
}

extension GoDuration.Malformation {
    /// What is wrong, to go on from "`5 minutes` is not a duration: ".
    public var reason: String {
        switch self {
        case .empty: "it is empty"
        case .notANumber(let text) where text.isEmpty: "a number has to come first"
        case .notANumber(let text): "`\(text)` stands where a number has to be"
        case .missingUnit(let number): "the number \(number) has no unit"
        case .unknownUnit(let unit): "`\(unit)` is not a unit"
        case .tooLong: "it is longer than 292 years"
        case .tooManySeconds: "it is more than 2147483647 seconds"
        }
    }

    /// What to write instead.
    public var hint: String {
        switch self {
        case .unknownUnit("d"): "there are no days: write hours, such as 24h"
        case .unknownUnit("w"): "there are no weeks: write hours, such as 168h"
        case .tooLong, .tooManySeconds: "write a shorter duration"
        default: "write numbers with the units ns, us, ms, s, m or h and no spaces, such as 30s, 5m or 1h30m"
        }
    }
}
