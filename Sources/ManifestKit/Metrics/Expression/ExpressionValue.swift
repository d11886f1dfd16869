/// A value while an expression is worked out.
public indirect enum ExpressionValue: Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case float(Double)
    case string(String)
    case bytes([UInt8])
    case array([ExpressionValue])
    case map([Entry])
    /// A point in time.
    case time(Instant)
    /// A length of time in nanoseconds.
    case duration(Int64)
    /// A time zone.
    case location(TimeZoneRules)
    /// A function by its name.
    case function(String)

    /// A key and its value in a map.
    public struct Entry: Sendable {
        /// The key; in most maps a text.
        public var key: ExpressionValue
        /// The value.
        public var value: ExpressionValue

        /// Makes an entry.
        public init(key: ExpressionValue, value: ExpressionValue) {
            self.key = key
            self.value = value
        }
    }

    /// A point in time.
    public struct Instant: Hashable, Sendable, Comparable {
        /// The whole seconds since 1970.
        public var seconds: Int64
        /// What is over, from 0 to 999,999,999.
        public var nanoseconds: Int64
        /// The zone whose clocks show the point's date and time of day; nil for UTC.
        public var zone: TimeZoneRules?

        /// Makes a point in time.
        public init(seconds: Int64, nanoseconds: Int64 = 0, in zone: TimeZoneRules? = nil) {
            self.seconds = seconds
            self.nanoseconds = nanoseconds
            self.zone = zone
        }

        /// Whether two points are the same, whatever clocks show them.
        public static func == (left: Instant, right: Instant) -> Bool {
            (left.seconds, left.nanoseconds) == (right.seconds, right.nanoseconds)
        }

        public func hash(into hasher: inout Hasher) {
            hasher.combine(seconds)
            hasher.combine(nanoseconds)
        }

        public static func < (left: Instant, right: Instant) -> Bool {
            (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
        }
    }
}

extension ExpressionValue {
    /// What Go's JSON decoder makes of a value: every number is one with a fraction.
    public init(_ json: JSONValue) {
        switch json {
        case .null: self = .null
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = .float(Double(value))
        case .double(let value): self = .float(value)
        case .string(let value): self = .string(value)
        case .array(let elements): self = .array(elements.map { ExpressionValue($0) })
        case .object(let object):
            self = .map(object.fields.map { Entry(key: .string($0.key), value: ExpressionValue($0.value)) })
        }
    }

    /// The type that a check before the evaluation knows of the value.
    public var type: ExpressionType {
        switch self {
        case .null: .null
        case .boolean: .boolean
        case .integer: .integer
        case .float: .float
        case .string: .string
        case .bytes: .bytes
        case .array: .anyArray
        case .map: .map(hasTextKeys: true, .unknown)
        case .time: .time
        case .duration: .duration
        case .location: .location
        case .function: .function(.init([.unknown], isVariadic: true, .unknown))
        }
    }

    /// The number as one with a fraction, or nil.
    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .float(let value): value
        default: nil
        }
    }

    /// The number cut to a whole one, as Go's conversion does it; nil for what is no number.
    var whole: Int64? {
        switch self {
        case .integer(let value): value
        case .float(let value): Int64(exactly: value.rounded(.towardZero)) ?? .min
        default: nil
        }
    }

    var isNull: Bool { if case .null = self { true } else { false } }

    /// The elements of a list.
    var elements: [ExpressionValue]? {
        switch self {
        case .array(let elements): elements
        case .bytes(let bytes): bytes.map { .integer(Int64($0)) }
        default: nil
        }
    }

    /// The value under a key of a map.
    func value(forKey key: ExpressionValue) -> ExpressionValue? {
        guard case .map(let entries) = self else { return nil }
        return entries.first { $0.key.equals(key) }?.value
    }

    /// Whether two values are equal as `==` means it.
    func equals(_ other: ExpressionValue) -> Bool {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): return left == right
        case (.null, .null): return true
        case (.boolean(let left), .boolean(let right)): return left == right
        case (.string(let left), .string(let right)): return left.utf8.elementsEqual(right.utf8)
        case (.time(let left), .time(let right)): return left == right
        case (.duration(let left), .duration(let right)): return left == right
        case (.location(let left), .location(let right)): return left.name == right.name
        case (.bytes(let left), .bytes(let right)): return left == right
        case (.map(let left), .map(let right)):
            return left.count == right.count && left.allSatisfy { entry in
                other.value(forKey: entry.key)?.equals(entry.value) == true
            }
        default:
            if let left = number, let right = other.number { return left == right }
            guard let left = elements, let right = other.elements, left.count == right.count else { return false }
            return zip(left, right).allSatisfy { $0.equals($1) }
        }
    }

    /// The name of the kind of value, as the function `type` returns it.
    var typeName: String {
        switch self {
        case .null: "nil"
        case .boolean: "bool"
        case .integer: "int"
        case .float: "float"
        case .string: "string"
        case .bytes, .array: "array"
        case .map: "map"
        case .time: "time.Time"
        case .duration: "time.Duration"
        case .location: "unknown"
        case .function: "func"
        }
    }
}

extension ExpressionValue {
    /// The value as JSON; times and lengths of time as texts.
    var json: JSONValue {
        switch self {
        case .null, .function: return .null
        case .location: return .object(JSONObject())
        case .boolean(let value): return .boolean(value)
        case .integer(let value): return .integer(value)
        case .float(let value): return .double(value)
        case .string(let value): return .string(value)
        case .bytes(let bytes): return .string(Base64.encoded(bytes))
        case .array(let elements): return .array(elements.map(\.json))
        case .map(let entries): return .object(JSONObject(entries.map { ($0.key.text, $0.value.json) }))
        case .time(let instant): return .string(instant.text(layout: GoTimeLayout.json))
        case .duration(let length): return .integer(length)
        }
    }

    /// The value as a text, as Go prints it.
    var text: String {
        switch self {
        case .null: "<nil>"
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .float(let value): Self.text(of: value)
        case .string(let value): value
        case .bytes(let bytes): "[" + bytes.map { String($0) }.joined(separator: " ") + "]"
        case .array(let elements): "[" + elements.map(\.text).joined(separator: " ") + "]"
        case .map(let entries):
            "map[" + entries.map { "\($0.key.text):\($0.value.text)" }.sorted().joined(separator: " ") + "]"
        case .time(let instant): instant.text(layout: GoTimeLayout.plain)
        case .duration(let length): GoDuration(nanoseconds: length).description
        case .location(let zone): zone.name
        case .function(let name): name
        }
    }

    private static func text(of value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        let magnitude = abs(value)
        if magnitude < 1e15, let whole = Int64(exactly: value) { return String(whole) }
        var text = "\(value)"
        if let exponent = text.firstIndex(of: "e") {
            var mantissa = text[..<exponent]
            if mantissa.hasSuffix(".0") { mantissa = mantissa.dropLast(2) }
            let power = text[text.index(after: exponent)...]
            let sign = power.hasPrefix("-") ? "-" : "+"
            let digits = power.drop { $0 == "-" || $0 == "+" }
            text = mantissa + "e" + sign + (digits.count < 2 ? "0" : "") + digits
        }
        return text
    }
}
