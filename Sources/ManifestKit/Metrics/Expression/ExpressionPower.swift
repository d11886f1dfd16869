/// Powers of numbers, which the standard library does not have.
enum ExpressionPower {
    /// One number to the power of another; exact for whole exponents as long as the outcome is.
    static func power(_ base: Double, _ exponent: Double) -> Double {
        if exponent == 0 || base == 1 { return 1 }
        if base.isNaN || exponent.isNaN { return .nan }
        if exponent.isInfinite {
            if abs(base) == 1 { return 1 }
            return (abs(base) > 1) == (exponent > 0) ? .infinity : 0
        }
        if let whole = Int64(exactly: exponent) { return whole == .min ? 0 : power(base, whole) }
        if base == 0 { return exponent < 0 ? .infinity : 0 }
        if base < 0 { return base.isInfinite ? (exponent < 0 ? 0 : .infinity) : .nan }
        if base.isInfinite { return exponent < 0 ? 0 : .infinity }
        if exponent == 0.5 { return base.squareRoot() }
        return exponential(exponent * logarithm(base))
    }

    private static func power(_ base: Double, _ exponent: Int64) -> Double {
        var result = 1.0
        var factor = base
        var rest = exponent.magnitude
        while rest > 0 {
            if rest & 1 == 1 { result *= factor }
            factor *= factor
            rest >>= 1
        }
        return exponent < 0 ? 1 / result : result
    }

    /// The natural logarithm of a positive number: its binary exponent, and a series for what is left.
    private static func logarithm(_ value: Double) -> Double {
        var mantissa = value.significand
        var exponent = Double(value.exponent)
        if mantissa > 2.0.squareRoot() {
            mantissa /= 2
            exponent += 1
        }
        let ratio = (mantissa - 1) / (mantissa + 1)
        var term = ratio
        var sum = 0.0
        for odd in stride(from: 1.0, through: 41, by: 2) {
            sum += term / odd
            term *= ratio * ratio
        }
        return 2 * sum + exponent * 0.693_147_180_559_945_3
    }

    private static func exponential(_ value: Double) -> Double {
        if value > 710 { return .infinity }
        if value < -746 { return 0 }
        let halvings = (value / 0.693_147_180_559_945_3).rounded()
        let rest = value - halvings * 0.693_147_180_559_945_3
        var term = 1.0
        var sum = 1.0
        for place in 1...20 {
            term *= rest / Double(place)
            sum += term
        }
        return Double(sign: .plus, exponent: Int(halvings), significand: sum)
    }
}
