/// A number of things, or a share of them: `maxSurge: 3` or `maxSurge: 25%`.
public enum IntOrPercent: Hashable, Sendable {
    /// So many.
    case count(Int)
    /// So many of a hundred.
    case percent(Int)

    /// Reads a string such as `25%`, or nil where it is no percentage.
    public init?(percent text: some StringProtocol) {
        guard text.hasSuffix("%"), text.utf8.count > 1 else { return nil }
        let digits = text.utf8.dropLast()
        guard digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let value = Int(text.dropLast()) else { return nil }
        self = .percent(value)
    }

    /// Whether bytes are a percentage; no value is made.
    static func isPercentage(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.count > 1 && bytes.last == UInt8(ascii: "%") && bytes.dropLast().allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
    }

    /// Reads a whole number or a percentage, as an API server does; a number in quotes is neither.
    public init?(_ node: YAMLNode) {
        switch node.scalar {
        case .integer(let value) where node.isScalar: self = .count(Int(value))
        case .string(let text):
            guard let percent = IntOrPercent(percent: text) else { return nil }
            self = percent
        default: return nil
        }
    }

    /// Reads a JSON number or string, as an API server does.
    public init?(_ value: JSONValue) {
        if let count = value.integer {
            self = .count(count)
        } else if let text = value.string, let percent = IntOrPercent(percent: text) {
            self = percent
        } else {
            return nil
        }
    }

    /// Which way a share that is no whole number goes.
    public enum Rounding: Sendable {
        case up, down
    }

    /// How many that is of a total.
    public func resolved(of total: Int, rounding: Rounding) -> Int {
        switch self {
        case .count(let count): return count
        case .percent(let percent):
            let (product, overflow) = percent.multipliedReportingOverflow(by: total)
            guard !overflow else { return (percent < 0) == (total < 0) ? Int.max : Int.min }
            let (quotient, rest) = product.quotientAndRemainder(dividingBy: 100)
            guard rest != 0 else { return quotient }
            if rounding == .up { return rest > 0 ? quotient + 1 : quotient }
            return rest < 0 ? quotient - 1 : quotient
        }
    }
}

extension IntOrPercent: CustomStringConvertible {
    public var description: String {
        switch self {
        case .count(let count): String(count)
        case .percent(let percent): "\(percent)%"
        }
    }
}
