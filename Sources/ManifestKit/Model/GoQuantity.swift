/// Writes a resource quantity as the API machinery writes one that it has read.
///
/// It keeps a text that looks canonical to its quick scan and writes the others anew: `0.5` becomes `500m`, `1024Mi`
/// becomes `1Gi`, but `+5` stays.
enum GoQuantity {
    /// The text of a quantity; what is no quantity stays as it is.
    static func text(_ written: String) -> String {
        let written = trimmed(written)
        guard written != "0", let parts = Parts(written) else { return written }
        if parts.keepsText { return written }
        return canonical(parts)
    }

    private static func trimmed(_ text: String) -> String {
        let space = UInt8(ascii: " ")
        guard let first = text.utf8.first, let last = text.utf8.last, first <= space || last <= space else { return text }
        let bytes = text.utf8.drop { $0 <= space }
        let end = bytes.lastIndex { $0 > space }.map { bytes.index(after: $0) } ?? bytes.startIndex
        return String(Substring(bytes[..<end]))
    }

    /// How the size was written, and so will be.
    private enum Format {
        case decimal, binary, exponent
    }

    /// A quantity's text taken apart.
    private struct Parts {
        var isNegative = false
        /// The digits before the point, leading zeros dropped, and after it.
        var digits: [UInt8] = []
        var fractionCount = 0
        var exponent = 0
        var format = Format.decimal

        init?(_ text: String) {
            var rest = Array(text.utf8)[...]
            guard let first = rest.first else { return nil }
            if first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
                isNegative = first == UInt8(ascii: "-")
                rest = rest.dropFirst()
            }
            let whole = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }
            rest = rest.dropFirst(whole.count)
            let significant = whole.drop { $0 == 0x30 }
            digits = significant.isEmpty ? [0] : significant.map { $0 - 0x30 }
            var hasDigits = !whole.isEmpty
            if rest.first == UInt8(ascii: ".") {
                let fraction = rest.dropFirst().prefix { $0 >= 0x30 && $0 <= 0x39 }
                rest = rest.dropFirst(fraction.count + 1)
                hasDigits = hasDigits || !fraction.isEmpty
                digits += fraction.map { $0 - 0x30 }
                fractionCount = fraction.count
            }
            guard hasDigits, readSuffix(String(decoding: rest, as: UTF8.self)) else { return nil }
        }

        private mutating func readSuffix(_ suffix: String) -> Bool {
            if let power = decimalSuffixes.first(where: { $0.suffix == suffix })?.power {
                exponent = power
            } else if let power = binarySuffixes.firstIndex(of: suffix) {
                exponent = (power + 1) * 10
                format = .binary
            } else if suffix.hasPrefix("e") || suffix.hasPrefix("E"), let power = Int32(suffix.dropFirst()) {
                exponent = Int(power)
                format = .exponent
            } else {
                return false
            }
            return true
        }

        /// Whether the text is taken for canonical, so that it is written as it was read.
        var keepsText: Bool {
            switch format {
            case .decimal, .exponent:
                let scale = exponent - fractionCount
                return digits.count <= 18 && scale >= -9 && scale % 3 == 0 && digits[0] != 0
                    && !digits.suffix(3).elementsEqual([0, 0, 0])
            case .binary:
                let precision = 15 - digits.count - exponent * 3 / 10 - 1
                guard fractionCount == 0, precision >= 0 else { return false }
                return (digits.reduce(0) { $0 * 10 + Int($1) }) & 7 != 0
            }
        }
    }

    private static let decimalSuffixes: [(suffix: String, power: Int)] = [
        ("", 0), ("m", -3), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18), ("u", -6), ("n", -9),
    ]
    private static let binarySuffixes = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"]

    private static func canonical(_ parts: Parts) -> String {
        var amount = Amount(digits: parts.digits, scale: parts.exponent - parts.fractionCount)
        var format = parts.format
        if format == .binary {
            amount = Amount(digits: parts.digits, scale: -parts.fractionCount)
            for _ in 0..<parts.exponent { amount.double() }
        }
        amount.dropTrailingZeros()
        amount.roundUp(toScale: -9)
        if format == .binary, !amount.isWhole || amount.isLess(than: [1, 0, 2, 4]) { format = .decimal }
        if format == .binary, !amount.isLess(than: largest) { amount = Amount(digits: largest, scale: 0) }
        guard !amount.isZero else { return "0" }
        let sign = parts.isNegative ? "-" : ""
        guard format != .binary else { return sign + binaryText(amount) }
        let power = amount.alignScale()
        switch format {
        case .exponent: return sign + amount.text + (power == 0 ? "" : "e\(power)")
        default: return sign + amount.text + (decimalSuffixes.first { $0.power == power }?.suffix ?? "")
        }
    }

    private static func binaryText(_ amount: Amount) -> String {
        var amount = amount
        amount.writeOut()
        var power = 0
        while let divided = amount.divided(by: 1024) {
            amount = divided
            power += 1
        }
        return amount.text + (power > 0 && power <= binarySuffixes.count ? binarySuffixes[power - 1] : "")
    }

    /// 2^63-1, to which a quantity with a binary suffix is cut.
    private static let largest: [UInt8] = "9223372036854775807".utf8.map { $0 - 0x30 }

    /// Decimal digits times a power of ten, of any size.
    private struct Amount {
        var digits: [UInt8]
        var scale: Int

        init(digits: [UInt8], scale: Int) {
            self.digits = Array(digits.drop { $0 == 0 })
            self.scale = scale
        }

        var isZero: Bool { digits.isEmpty }
        var isWhole: Bool { scale >= 0 || isZero }
        var text: String { String(decoding: digits.map { $0 + 0x30 }, as: UTF8.self) }

        mutating func double() {
            var carry: UInt8 = 0
            for place in digits.indices.reversed() {
                let sum = digits[place] * 2 + carry
                digits[place] = sum % 10
                carry = sum / 10
            }
            if carry > 0 { digits.insert(carry, at: 0) }
        }

        mutating func dropTrailingZeros() {
            while digits.last == 0 {
                digits.removeLast()
                scale += 1
            }
        }

        mutating func roundUp(toScale least: Int) {
            guard scale < least, !isZero else { return }
            let surplus = least - scale
            digits.removeLast(min(surplus, digits.count))
            scale = least
            var place = digits.count - 1
            while place >= 0, digits[place] == 9 {
                digits[place] = 0
                place -= 1
            }
            if place >= 0 { digits[place] += 1 } else { digits.insert(1, at: 0) }
            dropTrailingZeros()
        }

        func isLess(than whole: [UInt8]) -> Bool {
            let wholeDigits = digits.count + scale
            guard wholeDigits == whole.count else { return wholeDigits < whole.count }
            return digits.lexicographicallyPrecedes(whole)
        }

        /// Makes the scale a multiple of three and returns it.
        mutating func alignScale() -> Int {
            while scale % 3 != 0 {
                digits.append(0)
                scale -= 1
            }
            return scale
        }

        /// Writes the zeros of a positive scale as digits.
        mutating func writeOut() {
            digits += [UInt8](repeating: 0, count: max(0, scale))
            scale = 0
        }

        /// The quotient, or nil where a remainder is left.
        func divided(by divisor: Int) -> Amount? {
            var remainder = 0
            let quotient = digits.map { digit in
                remainder = remainder * 10 + Int(digit)
                defer { remainder %= divisor }
                return UInt8(remainder / divisor)
            }
            return remainder == 0 && !isZero ? Amount(digits: quotient, scale: 0) : nil
        }
    }
}
