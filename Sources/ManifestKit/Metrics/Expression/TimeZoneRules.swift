/// A time zone: how far its clocks are from UTC at any moment, and what that is called.
///
/// Made from a file of the zone database (RFC 9636) or of one offset for all times.
public final class TimeZoneRules: Sendable {
    /// A time during which a zone's clocks are not changed.
    public struct Period: Hashable, Sendable {
        /// How far the clocks are before UTC, in seconds.
        public var offset: Int64
        /// What the zone is called then, such as `CEST`; empty where it has no name.
        public var abbreviation: String
        /// Whether the clocks show daylight saving time.
        public var isDaylightSaving = false
        /// The first second of it since 1970, and the first after it.
        public var range: Range<Int64> = .min ..< .max
    }

    /// Its name, such as `Europe/Zurich`; empty for one that is known by its offset only.
    public let name: String
    /// The moments at which the clocks change, in order.
    private let transitions: [Int64]
    /// For each change, which of the kinds of time begins.
    private let kindIndexes: [Int]
    private let kinds: [Period]
    /// What holds from the last change on.
    private let continuation: TimeZoneContinuation?

    /// Makes a zone whose clocks never change.
    init(name: String = "", offset: Int64, abbreviation: String = "") {
        self.name = name
        transitions = []
        kindIndexes = []
        kinds = [Period(offset: offset, abbreviation: abbreviation)]
        continuation = nil
    }

    /// Reads a file of the zone database; nil where it is none.
    public init?(name: String, file: [UInt8]) {
        guard let block = TimeZoneFile(file) else { return nil }
        self.name = name
        transitions = block.transitions
        kindIndexes = block.kindIndexes
        kinds = block.kinds
        continuation = block.continuation
    }

    /// What holds at a moment, in seconds since 1970.
    public func period(at seconds: Int64) -> Period {
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        if low == transitions.count, let continuation {
            var period = continuation.period(at: seconds)
            let start = max(period.range.lowerBound, transitions.last ?? .min)
            period.range = start..<max(start, period.range.upperBound)
            return period
        }
        // Before the first change the clocks show standard time, if there is one.
        var period = low == 0 ? kinds.first { !$0.isDaylightSaving } ?? kinds[0] : kinds[kindIndexes[low - 1]]
        period.range = (low == 0 ? .min : transitions[low - 1])..<(low == transitions.count ? .max : transitions[low])
        return period
    }

    /// The moment at which the zone's clocks show a time, which is given as if it were UTC.
    ///
    /// Of an hour that comes twice, and of one that is left out, it is what Go takes.
    func moment(showing local: Int64) -> Int64 {
        let guess = period(at: local)
        let moment = local - guess.offset
        return guess.range.contains(moment) ? moment : local - period(at: moment).offset
    }

    /// How far from UTC the clocks are while the zone has a name such as `CEST`, for a time as the clocks show it.
    func offset(ofAbbreviation abbreviation: String, showing local: Int64) -> Int64? {
        let fitting = kinds.filter { $0.abbreviation == abbreviation }
        return (fitting.first { period(at: local - $0.offset).abbreviation == abbreviation } ?? fitting.first)?.offset
    }
}

/// The time zones that expressions and templates can name.
public struct TimeZones: Sendable {
    private let find: @Sendable (String) -> TimeZoneRules?

    /// Makes a source of zones from a function that finds one by its name in the zone database.
    public init(_ find: @escaping @Sendable (String) -> TimeZoneRules?) { self.find = find }

    /// No zone but UTC.
    public static let none = TimeZones { _ in nil }

    /// The zone of a name; `UTC`, `Local` and the empty name are always known, and all are UTC.
    func zone(_ name: String) throws(FunctionProblem) -> TimeZoneRules {
        if ["", "UTC", "Local"].contains(name) { return TimeZoneRules(name: "UTC", offset: 0, abbreviation: "UTC") }
        // No name has a point in it, so none leads out of the database.
        let isName = !name.hasPrefix("/") && name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "+"),
                UInt8(ascii: "-"): true
            default: false
            }
        }
        if isName, let zone = find(name) { return zone }
        throw FunctionProblem(
            "there is no time zone \(name) here; a zone has a name such as Europe/Zurich, and the program finds it in "
                + "the system's zone database")
    }
}

/// What expressions and templates know of time: the moment at which they are worked out, and the zones.
public struct PresentMoment: Sendable {
    /// The moment.
    public var instant: ExpressionValue.Instant
    /// The zones that can be named.
    public var zones: TimeZones

    /// Makes a moment.
    public init(_ instant: ExpressionValue.Instant, zones: TimeZones = .none) {
        self.instant = instant
        self.zones = zones
    }

    /// Makes a moment from the seconds since 1970 and what is over, from 0 to 999,999,999.
    public init(seconds: Int64, nanoseconds: Int64 = 0, zones: TimeZones = .none) {
        self.init(ExpressionValue.Instant(seconds: seconds, nanoseconds: nanoseconds), zones: zones)
    }
}
