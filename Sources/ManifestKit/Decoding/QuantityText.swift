extension Quantity {
    /// A quantity's text taken apart, with nothing copied.
    struct Scan {
        var isNegative = false
        /// The digits before the point, without leading zeros.
        var numerator = 0..<0
        /// The digits behind the point.
        var fraction = 0..<0
        var suffix = Suffix.powerOfTen(0, .decimal)

        /// Takes bytes apart; nil where they are no quantity.
        ///
        /// Lenient where Go is: a sign or a point alone is zero, and digits may be missing on one side of the point.
        init?(_ bytes: UnsafeBufferPointer<UInt8>) {
            guard let first = bytes.first else { return nil }
            var position = 0
            if first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
                isNegative = first == UInt8(ascii: "-")
                position = 1
            }
            while position < bytes.count, bytes[position] == UInt8(ascii: "0") { position += 1 }
            numerator = Self.digits(bytes, from: position)
            position = numerator.upperBound
            if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
                fraction = Self.digits(bytes, from: position + 1)
                position = fraction.upperBound
            }
            guard let suffix = Suffix(UnsafeBufferPointer(rebasing: bytes[position...])) else { return nil }
            self.suffix = suffix
        }

        private static func digits(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Range<Int> {
            var end = start
            while end < bytes.count, bytes[end] >= 0x30, bytes[end] <= 0x39 { end += 1 }
            return start..<end
        }
    }

    /// What stands behind the digits.
    enum Suffix: Equatable {
        case powerOfTen(Int, Format)
        case powerOf1024(Int)

        init?(_ bytes: UnsafeBufferPointer<UInt8>) {
            guard let first = bytes.first else {
                self = .powerOfTen(0, .decimal)
                return
            }
            let letters: StaticString = "KMGTPE"
            if bytes.count == 2, bytes[1] == UInt8(ascii: "i") {
                guard let index = Self.index(of: first, in: letters) else { return nil }
                self = .powerOf1024(index + 1)
            } else if bytes.count > 1 {
                guard first | 0x20 == UInt8(ascii: "e") else { return nil }
                let digits = String(decoding: bytes.dropFirst(), as: UTF8.self)
                guard let power = Int(digits) else { return nil }
                self = .powerOfTen(min(max(power, -1_000_000_000), 1_000_000_000), .exponent)
            } else if let index = Self.index(of: first, in: "kMGTPE") {
                self = .powerOfTen(3 * (index + 1), .decimal)
            } else if let index = Self.index(of: first, in: "mun") {
                self = .powerOfTen(-3 * (index + 1), .decimal)
            } else {
                return nil
            }
        }

        private static func index(of byte: UInt8, in letters: StaticString) -> Int? {
            (0..<letters.utf8CodeUnitCount).first { letters.utf8Start[$0] == byte }
        }
    }

    /// The value of a quantity as digits and a power of ten, within the limits that Kubernetes sets.
    struct Parts {
        var format: Format
        var digits: DecimalDigits
        var exponent: Int
        /// Whether Kubernetes writes the text as it was read, because it looks canonical enough.
        var keepsText = false

        init(_ scan: Scan, _ text: String) {
            let bytes = Array(text.utf8)
            let count = max(scan.numerator.count, 1) + scan.fraction.count
            digits = DecimalDigits(bytes[scan.numerator] + bytes[scan.fraction])
            exponent = -scan.fraction.count
            switch scan.suffix {
            case .powerOfTen(let power, let format):
                self.format = format
                exponent += power
                keepsText = count <= 18 && exponent >= -9 && exponent % 3 == 0 && !scan.numerator.isEmpty
                    && !digits.endsInThreeZeros
            case .powerOf1024(let power):
                format = .binary
                // Small whole numbers that eight does not divide cannot be written with a larger unit.
                let isSmall = scan.fraction.isEmpty && 15 - count - power * 3 - 1 >= 0
                keepsText = isSmall && !digits.isMultipleOf8
                digits.multiplyBy1024(times: power)
            }
            keepsText = keepsText || text == "0"
            normalize()
        }

        /// Rounds up to billionths, caps what is too large, and drops zeros at the ends.
        private mutating func normalize() {
            digits.trimLeadingZeros()
            exponent += digits.trimTrailingZeros()
            if exponent < -9 {
                digits.dropLastRoundingUp(-9 - exponent)
                exponent = -9 + digits.trimTrailingZeros()
            }
            if digits.isZero { exponent = 0 }
            if format == .binary, exponent >= 0 {
                var whole = digits
                whole.appendZeros(min(exponent, 32))
                if whole.isMore(than: DecimalDigits.largest) {
                    digits = DecimalDigits.largest
                    exponent = 0
                }
            } else if format == .binary, digits.count + exponent > 19 {
                digits = DecimalDigits.largest
                exponent = 0
            }
            if format == .binary, !digits.isZero, digits.count + exponent <= 0 { format = .decimal }
        }
    }
}

/// A whole number as decimal digits, of any length.
struct DecimalDigits: Hashable, Sendable {
    private var values: [UInt8]

    /// Takes ASCII digits.
    init(_ text: some Sequence<UInt8>) { values = text.map { $0 &- 0x30 } }

    /// The largest 64-bit number, where Kubernetes caps quantities of bytes.
    static let largest = DecimalDigits("9223372036854775807".utf8)

    var count: Int { values.count }
    var isZero: Bool { values.isEmpty }
    subscript(index: Int) -> UInt8 { values[index] }
    /// The digits as text.
    var text: String { String(decoding: values.map { $0 + 0x30 }, as: UTF8.self) }
    var endsInThreeZeros: Bool { values.count >= 3 && values.suffix(3).allSatisfy { $0 == 0 } }
    var isMultipleOf8: Bool { values.suffix(3).reduce(0) { $0 * 10 + Int($1) } % 8 == 0 }

    func lexicographicallyPrecedes(_ other: DecimalDigits) -> Bool { values.lexicographicallyPrecedes(other.values) }

    /// Whether this number, which has no leading zeros, is larger than another.
    func isMore(than other: DecimalDigits) -> Bool {
        count != other.count ? count > other.count : other.lexicographicallyPrecedes(self)
    }

    func isAtLeast(_ small: Int) -> Bool { count <= 18 && values.reduce(0) { $0 * 10 + Int($1) } >= small }

    mutating func appendZeros(_ count: Int) { values.append(contentsOf: repeatElement(0, count: max(count, 0))) }

    mutating func trimLeadingZeros() { values.removeFirst(values.prefix { $0 == 0 }.count) }

    /// Drops zeros at the end and returns how many there were.
    mutating func trimTrailingZeros() -> Int {
        let count = values.reversed().prefix { $0 == 0 }.count
        values.removeLast(count)
        return count
    }

    /// Drops digits at the end; what they were worth rounds the rest up.
    mutating func dropLastRoundingUp(_ dropped: Int) {
        guard !isZero else { return }
        values.removeLast(min(dropped, values.count))
        var place = values.count - 1
        while place >= 0, values[place] == 9 {
            values[place] = 0
            place -= 1
        }
        if place >= 0 { values[place] += 1 } else { values.insert(1, at: 0) }
    }

    mutating func multiplyBy1024(times: Int) {
        for _ in 0..<times {
            var carry = 0
            for place in values.indices.reversed() {
                let product = Int(values[place]) * 1024 + carry
                values[place] = UInt8(product % 10)
                carry = product / 10
            }
            while carry > 0 {
                values.insert(UInt8(carry % 10), at: 0)
                carry /= 10
            }
        }
    }

    /// Divides by 1024 as often as that leaves a whole number, and returns how often that was.
    mutating func removeFactorsOf1024() -> Int {
        var times = 0
        while !isZero {
            var quotient: [UInt8] = []
            var rest = 0
            for digit in values {
                rest = rest * 10 + Int(digit)
                quotient.append(UInt8(rest / 1024))
                rest %= 1024
            }
            guard rest == 0 else { return times }
            values = Array(quotient.drop { $0 == 0 })
            times += 1
        }
        return times
    }
}
