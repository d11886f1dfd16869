/// Bytes as base 64 text, of the alphabet with `+` and `/` (RFC 4648, section 4).
public enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The text with its padding.
    public static func encoded(_ bytes: some Sequence<UInt8>) -> String {
        let bytes = Array(bytes)
        var output: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let chunk = bytes[start..<min(start + 3, bytes.count)]
            let word = chunk.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element) << UInt32(16 - 8 * $1.offset) }
            for place in 0..<4 {
                let digit = alphabet[Int(word >> UInt32(18 - 6 * place) & 63)]
                output.append(place <= chunk.count ? digit : UInt8(ascii: "="))
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// Text that can stand in a URL: with `-` and `_`, and without padding (RFC 4648, section 5).
    public static func urlEncoded(_ bytes: some Sequence<UInt8>) -> String {
        String(encoded(bytes).filter { $0 != "=" }.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
    }

    /// The bytes of text that can stand in a URL, or nil where it is none.
    public static func urlDecoded(_ text: some StringProtocol) -> [UInt8]? {
        guard !text.utf8.contains(where: { "+/=\r\n".utf8.contains($0) }) else { return nil }
        let plain = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
        return decoded(plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4))
    }

    /// The bytes, or nil where the text is no base 64 with its padding.
    public static func decoded(_ text: String) -> [UInt8]? {
        let digits = text.utf8.filter { $0 != 0x0A && $0 != 0x0D }
        guard digits.count.isMultiple(of: 4) else { return nil }
        var output: [UInt8] = []
        for start in stride(from: 0, to: digits.count, by: 4) {
            let chunk = digits[start..<start + 4]
            let padding = chunk.reversed().prefix { $0 == UInt8(ascii: "=") }.count
            guard padding < 3, padding == 0 || start + 4 == digits.count else { return nil }
            var word: UInt32 = 0
            for digit in chunk.dropLast(padding) {
                guard let value = value(of: digit) else { return nil }
                word = word << 6 | value
            }
            word <<= UInt32(6 * padding)
            for place in 0..<3 - padding { output.append(UInt8(truncatingIfNeeded: word >> UInt32(16 - 8 * place))) }
        }
        return output
    }

    private static func value(of digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
