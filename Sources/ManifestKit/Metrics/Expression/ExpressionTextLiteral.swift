/// Reads a quoted text of an expression and undoes its escapes.
struct ExpressionTextLiteral {
    private let bytes: [UInt8]
    private let start: Int
    /// Whether `\x` and octal escapes stand for bytes and not for characters.
    private let asBytes: Bool
    /// Behind what was read so far.
    private(set) var position: Int
    /// The text with its escapes undone.
    private(set) var value: [UInt8] = []

    /// Begins at an opening quote.
    init(bytes: [UInt8], position: Int, asBytes: Bool) {
        self.bytes = bytes
        self.asBytes = asBytes
        start = position
        self.position = position
    }

    /// Reads to behind the closing quote.
    mutating func read() throws(ExpressionFailure) {
        let quote = bytes[start]
        position = start + 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") {
            let byte = bytes[position]
            position += 1
            switch byte {
            case quote: return
            case UInt8(ascii: "\\"): try readEscape(quote)
            // Line breaks of any kind become line feeds.
            case UInt8(ascii: "\r"): value.append(UInt8(ascii: "\n"))
            default: value.append(byte)
            }
        }
        let mark = quote == UInt8(ascii: "'") ? "'" : "\""
        throw ExpressionFailure("the text that begins with \(mark) has no end", start..<position)
    }

    private static let simple: [UInt8: UInt8] = [
        UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8, UInt8(ascii: "f"): 12, UInt8(ascii: "n"): 10,
        UInt8(ascii: "r"): 13, UInt8(ascii: "t"): 9, UInt8(ascii: "v"): 11, UInt8(ascii: "\\"): 92,
    ]

    private mutating func readEscape(_ quote: UInt8) throws(ExpressionFailure) {
        let escapeStart = position - 1
        guard position < bytes.count else { throw malformed(escapeStart) }
        let letter = bytes[position]
        position += 1
        if let byte = Self.simple[letter] {
            value.append(byte)
            return
        }
        switch letter {
        case quote: value.append(quote)
        case UInt8(ascii: "x"): append(try readDigits(2, radix: 16, escapeStart), isByte: asBytes)
        case UInt8(ascii: "0")...UInt8(ascii: "3"):
            position -= 1
            append(try readDigits(3, radix: 8, escapeStart), isByte: asBytes)
        case UInt8(ascii: "u") where !asBytes && position < bytes.count && bytes[position] == UInt8(ascii: "{"):
            append(try readBraced(escapeStart), isByte: false)
        case UInt8(ascii: "u") where !asBytes: append(try readDigits(4, radix: 16, escapeStart), isByte: false)
        case UInt8(ascii: "U") where !asBytes:
            let code = try readDigits(8, radix: 16, escapeStart)
            guard code <= 0x10FFFF else { throw malformed(escapeStart) }
            append(code, isByte: false)
        default: throw malformed(escapeStart)
        }
    }

    private func malformed(_ escapeStart: Int) -> ExpressionFailure {
        let end = min(max(position, escapeStart + 1), bytes.count)
        let text = String(decoding: bytes[escapeStart..<end], as: UTF8.self)
        return ExpressionFailure("\"\(text)\" is no escape that a text can have", escapeStart..<end)
    }

    private mutating func readDigits(
        _ count: Int, radix: UInt32, _ escapeStart: Int
    ) throws(ExpressionFailure) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<count {
            guard position < bytes.count, let digit = Self.digit(bytes[position]), digit < radix else {
                throw malformed(escapeStart)
            }
            code = code &* radix &+ digit
            position += 1
        }
        return code
    }

    private mutating func readBraced(_ escapeStart: Int) throws(ExpressionFailure) -> UInt32 {
        position += 1
        var code: UInt32 = 0
        var count = 0
        while position < bytes.count, bytes[position] != UInt8(ascii: "}") {
            guard let digit = Self.digit(bytes[position]), count < 6 else { throw malformed(escapeStart) }
            code = code << 4 | digit
            count += 1
            position += 1
        }
        guard position < bytes.count, count > 0, code <= 0x10FFFF else { throw malformed(escapeStart) }
        position += 1
        return code
    }

    private mutating func append(_ code: UInt32, isByte: Bool) {
        if isByte {
            value.append(UInt8(truncatingIfNeeded: code))
        } else {
            value.append(contentsOf: String(Character(Unicode.Scalar(code) ?? "\u{FFFD}")).utf8)
        }
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte - 0x30)
        case 0x41...0x46: UInt32(byte - 0x41 + 10)
        case 0x61...0x66: UInt32(byte - 0x61 + 10)
        default: nil
        }
    }
}
