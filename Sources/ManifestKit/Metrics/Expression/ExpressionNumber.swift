/// Reads numbers as Go's `strconv` does.
enum ExpressionNumber {
    /// What the text of a number token stands for.
    static func kind(of token: ExpressionToken) throws(ExpressionFailure) -> ExpressionNode.Kind {
        let text = token.text.filter { $0 != "_" }
        let lower = text.lowercased()
        for (prefix, radix) in [("0x", 16), ("0b", 2), ("0o", 8)] where lower.hasPrefix(prefix) {
            if radix != 16, lower.contains(".") || lower.contains("e") { break }
            guard let value = Int64(lower.dropFirst(2), radix: radix), isDigits(lower.dropFirst(2)) else {
                throw ExpressionFailure("\"\(token.text)\" is no whole number of 64 bits", token.range)
            }
            return .integer(value)
        }
        if lower.contains(".") || lower.contains("e") {
            guard isDecimalFloat(lower), let value = Double(lower), value.isFinite else {
                throw ExpressionFailure("\"\(token.text)\" is no number", token.range)
            }
            return .float(value)
        }
        guard let value = Int64(text) else {
            throw ExpressionFailure("\"\(token.text)\" is no whole number of 64 bits", token.range)
        }
        return .integer(value)
    }

    private static func isDigits(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.first != UInt8(ascii: "+") && text.utf8.first != UInt8(ascii: "-")
    }

    /// Whether a text is `digits[.digits][e[+-]digits]` with a digit before or behind the point.
    static func isDecimalFloat(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        func takeDigits() -> Int {
            let count = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }.count
            rest = rest.dropFirst(count)
            return count
        }
        var count = takeDigits()
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            count += takeDigits()
        }
        guard count > 0 else { return false }
        guard rest.first == UInt8(ascii: "e") else { return rest.isEmpty }
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        return takeDigits() > 0 && rest.isEmpty
    }

    /// A floating-point number as Go's `ParseFloat` reads it, or nil.
    static func float(_ text: String) -> Double? {
        var rest = Substring(text.lowercased())
        let isNegative = rest.first == "-"
        if isNegative || rest.first == "+" { rest = rest.dropFirst() }
        switch rest {
        case "inf", "infinity": return isNegative ? -.infinity : .infinity
        case "nan": return text.first == "-" || text.first == "+" ? nil : .nan
        default: break
        }
        guard isDecimalFloat(String(rest)), let value = Double(String(rest)), value.isFinite else { return nil }
        return isNegative ? -value : value
    }
}
