/// An amount of a resource, such as `500m` or `1.5Gi`, exact whatever its size.
///
/// Two quantities are equal when their values are: `1000m` is `1`. Precision ends at a billionth; what is finer is
/// rounded away from zero, as an API server does.
public struct Quantity: Sendable {
    /// How a quantity is written, which `canonical` keeps.
    public enum Format: Sendable {
        /// `12Mi`: powers of 1024.
        case binary
        /// `12M`: powers of ten by letter.
        case decimal
        /// `12e6`: powers of ten by number.
        case exponent
    }

    /// How it was written.
    public let format: Format
    /// Whether it is below zero.
    public let isNegative: Bool
    /// The text that Kubernetes writes for it, and that goes into the hash of a pod template.
    public let canonical: String
    /// The decimal digits of its value without zeros at either end; none for zero.
    private let digits: DecimalDigits
    /// The power of ten by which `digits` are multiplied.
    private let exponent: Int

    /// Reads a quantity, or nil where the text is none.
    public init?(_ text: String) {
        var text = text
        guard let scan = text.withUTF8({ Scan($0) }) else { return nil }
        self.init(scan, text)
    }

    /// Reads the quantity that a string or number in a document is, or nil.
    public init?(_ node: YAMLNode) {
        guard node.isScalar else { return nil }
        switch node.scalar {
        case .string(let text): self.init(Self.trimmed(text))
        case .integer(let value): self.init(String(value))
        case .float(let value): self.init(JSONWriter.text(.double(value)))
        case .null, .boolean: return nil
        }
    }

    private init(_ scan: Scan, _ text: String) {
        let parts = Parts(scan, text)
        format = parts.format
        isNegative = scan.isNegative && !parts.digits.isZero
        digits = parts.digits
        exponent = parts.exponent
        canonical = parts.keepsText
            ? text : Self.canonical(parts.digits, parts.exponent, isNegative: isNegative, parts.format)
    }

    /// Whether bytes are a quantity; nothing is made.
    static func isWellFormed(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { Scan(bytes) != nil }

    private static func trimmed(_ text: String) -> String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 >= 0x09 && $0 <= 0x0D }
        guard let first = text.utf8.first, let last = text.utf8.last, isSpace(first) || isSpace(last) else {
            return text
        }
        let bytes = text.utf8.drop(while: isSpace)
        return String(decoding: bytes.reversed().drop(while: isSpace).reversed(), as: UTF8.self)
    }
}

// MARK: - Values

extension Quantity: Hashable, Comparable {
    public static func == (left: Quantity, right: Quantity) -> Bool {
        left.isNegative == right.isNegative && left.exponent == right.exponent && left.digits == right.digits
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(isNegative)
        hasher.combine(exponent)
        hasher.combine(digits)
    }

    public static func < (left: Quantity, right: Quantity) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative ? right.isSmaller(than: left) : left.isSmaller(than: right)
    }

    private func isSmaller(than other: Quantity) -> Bool {
        if isZero || other.isZero { return isZero && !other.isZero }
        let size = digits.count + exponent
        let otherSize = other.digits.count + other.exponent
        return size != otherSize ? size < otherSize : digits.lexicographicallyPrecedes(other.digits)
    }

    /// Whether it is zero.
    public var isZero: Bool { digits.isZero }

    /// Whether it has no part smaller than one.
    public var isWhole: Bool { exponent >= 0 }

    /// Its value rounded away from zero to a whole number, or nil where 64 bits do not hold it.
    public var wholeValue: Int64? { scaled(toPowerOfTen: 0) }

    /// Its value in thousandths, rounded away from zero, or nil where 64 bits do not hold it.
    public var milliValue: Int64? { scaled(toPowerOfTen: -3) }

    private func scaled(toPowerOfTen power: Int) -> Int64? {
        var value: Int64 = 0
        let shift = exponent - power
        guard shift < 20, digits.count + shift < 21 else { return isZero ? 0 : nil }
        let kept = min(digits.count, digits.count + shift)
        for place in 0..<max(kept, 0) + max(shift, 0) {
            let digit = place < kept ? Int64(digits[place]) : 0
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (next, carry) = shifted.addingReportingOverflow(digit)
            guard !overflow, !carry else { return nil }
            value = next
        }
        if kept < digits.count {
            guard value < Int64.max else { return nil }
            value += 1
        }
        return isNegative ? -value : value
    }
}

extension Quantity: CustomStringConvertible {
    public var description: String { canonical }
}

// MARK: - Writing

extension Quantity {
    private static func canonical(
        _ digits: DecimalDigits, _ exponent: Int, isNegative: Bool, _ format: Format
    ) -> String {
        guard !digits.isZero else { return "0" }
        let sign = isNegative ? "-" : ""
        if format == .binary, exponent >= 0 {
            var whole = digits
            whole.appendZeros(exponent)
            if whole.count > 4 || whole.isAtLeast(1024) {
                let power = whole.removeFactorsOf1024()
                let suffixes = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]
                if power < suffixes.count { return sign + whole.text + suffixes[power] }
            }
        }
        var written = digits
        let remainder = ((exponent % 3) + 3) % 3
        written.appendZeros(remainder)
        let power = exponent - remainder
        return sign + written.text + suffix(power: power, format)
    }

    private static func suffix(power: Int, _ format: Format) -> String {
        let letters = [-9: "n", -6: "u", -3: "m", 0: "", 3: "k", 6: "M", 9: "G", 12: "T", 15: "P", 18: "E"]
        if format != .exponent, let letter = letters[power] { return letter }
        return power == 0 ? "" : "e\(power)"
    }
}
