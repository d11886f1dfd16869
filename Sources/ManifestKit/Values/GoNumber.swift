/// Writes numbers as Go does: in JSON, in the statuses of runs, and where templates of messages print them.
enum GoNumber {
    /// The shortest digits that read back equal, never with an exponent: `0.1`, `100000000`.
    static func plain(_ value: Double) -> String {
        if let special = special(value) { return special }
        let (digits, point) = digits(of: value.magnitude)
        return sign(value) + placed(digits, point)
    }

    /// The shortest digits, with an exponent below 1e-4 and from a million on, as Go's `%v` has it: `0.1`, `1e+06`.
    static func general(_ value: Double) -> String {
        if let special = special(value) { return special }
        let (digits, point) = digits(of: value.magnitude)
        let exponent = point - 1
        guard value != 0, exponent < -4 || exponent >= 6 else { return sign(value) + placed(digits, point) }
        let power = String(abs(exponent))
        let mantissa = sign(value) + placed(digits, 1)
        return mantissa + (exponent < 0 ? "e-" : "e+") + (power.utf8.count < 2 ? "0" : "") + power
    }

    /// The shortest digits, with an exponent below 1e-6 and from 1e21 on, as Go's JSON encoder has it: `1e-7`, `100`.
    /// What JSON has no number for is 0.
    static func json(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let (digits, point) = digits(of: value.magnitude)
        let exponent = point - 1
        guard value != 0, exponent < -6 || exponent >= 21 else { return sign(value) + placed(digits, point) }
        return sign(value) + placed(digits, 1) + (exponent < 0 ? "e-" : "e+") + String(abs(exponent))
    }

    /// So many digits behind the point, the last one rounded from the exact value, halves to the even digit.
    static func fixed(_ value: Double, places: Int) -> String {
        if let special = special(value) { return special }
        var (digits, scale) = exactDigits(of: value.magnitude)
        if scale > places {
            let cut = scale - places
            let dropped = digits.prefix(cut)
            digits.removeFirst(min(cut, digits.count))
            let half = dropped.count < cut ? 0 : dropped.last ?? 0
            let isMore = half > 5 || half == 5 && dropped.dropLast().contains { $0 != 0 }
            if isMore || half == 5 && (digits.first ?? 0) % 2 == 1 { increment(&digits) }
            scale = places
        }
        digits = Array(repeating: 0, count: places - scale) + digits
        while digits.count <= places { digits.append(0) }
        while digits.count > places + 1, digits.last == 0 { digits.removeLast() }
        let text = digits.reversed().map { String($0) }
        let whole = text.dropLast(places).joined()
        return sign(value) + whole + (places > 0 ? "." + text.suffix(places).joined() : "")
    }

    // MARK: Digits

    private static func special(_ value: Double) -> String? {
        if value.isNaN { return "NaN" }
        return value.isInfinite ? (value < 0 ? "-Inf" : "+Inf") : nil
    }

    private static func sign(_ value: Double) -> String { value.sign == .minus ? "-" : "" }

    /// The shortest digits of a number from 0 on, without zeros at either end, and how many stand before the point.
    private static func digits(of value: Double) -> (digits: String, point: Int) {
        guard value != 0 else { return ("0", 1) }
        let parts = value.description.split(separator: "e")
        let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        var digits = mantissa.joined()
        var point = mantissa[0].utf8.count + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        while digits.utf8.count > 1, digits.hasPrefix("0") {
            digits.removeFirst()
            point -= 1
        }
        while digits.utf8.count > 1, digits.hasSuffix("0") { digits.removeLast() }
        return (digits, point)
    }

    /// Digits with a point behind so many of them, and zeros where there are none.
    private static func placed(_ digits: String, _ point: Int) -> String {
        let count = digits.utf8.count
        if point <= 0 { return "0." + String(repeating: "0", count: -point) + digits }
        if point >= count { return digits + String(repeating: "0", count: point - count) }
        return digits.prefix(point) + "." + digits.dropFirst(point)
    }

    /// All digits of a number from 0 on, the last one first, and how many of them stand behind the point.
    private static func exactDigits(of value: Double) -> (digits: [UInt8], scale: Int) {
        guard value != 0 else { return ([0], 0) }
        var mantissa = UInt64(value.significand * 0x1p52)
        var exponent = Int(value.exponent) - 52
        let zeros = mantissa.trailingZeroBitCount
        mantissa >>= UInt64(zeros)
        exponent += zeros
        var digits: [UInt8] = []
        while mantissa > 0 {
            digits.append(UInt8(mantissa % 10))
            mantissa /= 10
        }
        // A half is five tenths: each power of two in the denominator is a digit behind the point.
        for _ in 0..<abs(exponent) { multiply(&digits, by: exponent > 0 ? 2 : 5) }
        return (digits, max(0, -exponent))
    }

    private static func multiply(_ digits: inout [UInt8], by factor: UInt8) {
        var carry: UInt8 = 0
        for place in digits.indices {
            let product = digits[place] * factor + carry
            digits[place] = product % 10
            carry = product / 10
        }
        if carry > 0 { digits.append(carry) }
    }

    private static func increment(_ digits: inout [UInt8]) {
        for place in digits.indices {
            if digits[place] < 9 {
                digits[place] += 1
                return
            }
            digits[place] = 0
        }
        digits.append(1)
    }
}
