/// Writes values as Go's `fmt` does.
enum GoFormat {
    /// What an action writes; what is not there is `<no value>`.
    static func printed(_ value: ExpressionValue) -> String {
        if case .null = value { return "<no value>" }
        return text(value)
    }

    /// Whether a value counts as true in `if`: whether it is not the empty one of its type.
    static func isTrue(_ value: ExpressionValue) -> Bool {
        switch value {
        case .null: false
        case .boolean(let value): value
        case .integer(let value): value != 0
        case .float(let value): value != 0
        case .string(let value): !value.isEmpty
        case .bytes(let value): !value.isEmpty
        case .array(let value): !value.isEmpty
        case .map(let value): !value.isEmpty
        case .duration(let value): value != 0
        case .time, .function: true
        }
    }

    /// A value as `%v` writes it.
    static func text(_ value: ExpressionValue) -> String {
        switch value {
        case .null: return "<nil>"
        case .float(let value): return shortest(value)
        case .array(let elements): return "[" + elements.map { text($0) }.joined(separator: " ") + "]"
        case .map(let entries):
            let sorted = entries.map { (text($0.key), $0.value) }
                .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
            return "map[" + sorted.map { "\($0.0):\(text($0.1))" }.joined(separator: " ") + "]"
        case .time(let instant):
            return GoTimeLayout.text(of: instant, layout: "2006-01-02 15:04:05.999999999 -0700 MST")
        default: return value.text
        }
    }

    /// A number as `%v` writes it: the fewest digits that tell it, with an exponent below 1e-4 and from 1e6 on.
    static func shortest(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        let (digits, point) = decimal(value)
        let sign = value.sign == .minus ? "-" : ""
        let exponent = point - 1
        if exponent < -4 || exponent >= 6 { return sign + scientific(digits, exponent, mark: "e") }
        if point <= 0 { return sign + "0." + String(repeating: "0", count: -point) + digits }
        if digits.count <= point { return sign + digits + String(repeating: "0", count: point - digits.count) }
        return sign + digits.prefix(point) + "." + digits.dropFirst(point)
    }

    private static func scientific(_ digits: String, _ exponent: Int, mark: String) -> String {
        let fraction = digits.dropFirst()
        let power = String(abs(exponent))
        return digits.prefix(1) + (fraction.isEmpty ? "" : "." + fraction) + mark + (exponent < 0 ? "-" : "+")
            + (power.count < 2 ? "0" : "") + power
    }

    /// The digits of a number without zeros at the ends, and behind how many of them the point stands.
    private static func decimal(_ value: Double) -> (digits: String, point: Int) {
        guard value != 0 else { return ("0", 1) }
        let parts = value.magnitude.description.split(separator: "e")
        var point = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        var digits = String(mantissa[0]) + (mantissa.count > 1 ? mantissa[1] : "")
        point += mantissa[0].count
        while digits.count > 1, digits.hasPrefix("0") {
            digits.removeFirst()
            point -= 1
        }
        while digits.count > 1, digits.hasSuffix("0") { digits.removeLast() }
        return (digits, point)
    }

    /// A number with so many digits behind the point, rounded as Go does.
    static func fixed(_ value: Double, _ places: Int) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // A number is a sum of powers of two: written out in full, its digits can be rounded without error.
        var (digits, point) = exact(value.magnitude)
        let kept = point + places
        if kept < 0 {
            digits = [0]
        } else if kept < digits.count {
            let rest = digits[kept...]
            let isHalf = rest.first == 5 && rest.dropFirst().allSatisfy { $0 == 0 }
            let roundsUp = (rest.first ?? 0) > 5 || rest.first == 5 && !isHalf
                || isHalf && kept > 0 && !digits[kept - 1].isMultiple(of: 2)
            digits = Array(digits[..<kept])
            if roundsUp {
                var place = kept - 1
                while place >= 0, digits[place] == 9 {
                    digits[place] = 0
                    place -= 1
                }
                if place >= 0 { digits[place] += 1 } else {
                    digits.insert(1, at: 0)
                    point += 1
                }
            }
        }
        let all = digits + Array(repeating: 0, count: max(0, point + places - digits.count))
        let text = all.map(String.init).joined()
        let whole = point > 0 ? String(text.prefix(point)) : "0"
        let fraction = point > 0 ? String(text.dropFirst(point))
            : String(repeating: "0", count: min(places, -point)) + text
        let sign = value.sign == .minus ? "-" : ""
        return sign + whole + (places > 0 ? "." + fraction.prefix(places) : "")
    }

    /// All digits of a number, and behind how many of them the point stands.
    private static func exact(_ value: Double) -> (digits: [Int], point: Int) {
        guard value != 0 else { return ([0], 1) }
        var digits: [Int] = String(UInt64(value.significandBitPattern) | (value.isNormal ? 1 << 52 : 0))
            .compactMap(\.wholeNumberValue)
        let exponent = (value.isNormal ? Int(value.exponentBitPattern) : 1) - 1075
        var point = digits.count
        for _ in 0..<abs(exponent) {
            if exponent > 0 {
                var carry = 0
                for place in digits.indices.reversed() {
                    carry += digits[place] * 2
                    digits[place] = carry % 10
                    carry /= 10
                }
                if carry > 0 {
                    digits.insert(carry, at: 0)
                    point += 1
                }
            } else {
                // A half is five tenths.
                var carry = 0
                for place in digits.indices {
                    carry = carry * 10 + digits[place]
                    digits[place] = carry / 2
                    carry %= 2
                }
                if carry > 0 { digits.append(5) }
                if digits.first == 0, digits.count > 1 {
                    digits.removeFirst()
                    point -= 1
                }
            }
        }
        return (digits, point)
    }
}
