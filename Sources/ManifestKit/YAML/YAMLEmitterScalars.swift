/// Decides which strings may stand without quotes.
enum PlainScalar {
    /// Whether every reader takes the bare text for this string.
    static func isSafe(_ text: String) -> Bool {
        var text = text
        if let answer = text.withUTF8({ isSafeWord($0) }) { return answer }
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        guard !isBlank(first), !isBlank(last), last != UInt8(ascii: ":") else { return false }
        guard hasSafeStart(text), hasSafeCharacters(text) else { return false }
        guard case .string = ScalarResolution.resolve(text) else { return false }
        return !looksLikeNumberOrTime(text) && text != "=" && text != "<<"
    }

    /// The common case, decided by bytes alone: letters, digits and dashes behind a letter, and no word that means
    /// something. Nil where more has to be looked at.
    private static func isSafeWord(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool? {
        guard let first = bytes.first, isLetter(first) else { return nil }
        // Words for truth and null have at most five letters.
        guard bytes.count > 5 || !wordBeginnings.contains(first | 0x20) else { return nil }
        for byte in bytes where !(isLetter(byte) || (0x2D...0x39).contains(byte)) { return nil }
        return true
    }

    private static let wordBeginnings = Array("yntfo".utf8)

    @inline(__always)
    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    private static func hasSafeStart(_ text: String) -> Bool {
        var bytes = text.utf8.makeIterator()
        let first = bytes.next() ?? 0
        let second = bytes.next() ?? 0x20
        switch first {
        case UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"):
            return !isBlank(second) && !text.hasPrefix("---")
        case UInt8(ascii: "."):
            return !text.hasPrefix("...")
        default:
            return !indicators.contains(first)
        }
    }

    private static let indicators = Set(",[]{}#&*!|>'\"%@`".utf8)

    private static func hasSafeCharacters(_ text: String) -> Bool {
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            if scalar == "\n" || scalar == "\t" || !QuotedScalar.isPrintable(scalar) { return false }
            if previous == ":" && scalar == " " || previous == " " && scalar == "#" { return false }
            previous = scalar
        }
        return true
    }

    /// Whether a text is in the vicinity of what YAML 1.1 reads as a number, base 60 among them, or as a time.
    private static func looksLikeNumberOrTime(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        if rest.first == UInt8(ascii: "-") || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let digits = rest.prefix { isDigit($0) || $0 == UInt8(ascii: "_") }
        guard let first = rest.first, isDigit(first) || first == UInt8(ascii: ".") else { return false }
        rest = rest.dropFirst(digits.count)
        guard let next = rest.first else { return true }
        let tail = rest.dropFirst()
        switch next {
        case UInt8(ascii: "."):
            let exponent = tail.drop { isDigit($0) || $0 == UInt8(ascii: "_") }
            guard let mark = exponent.first else { return !digits.isEmpty || !tail.isEmpty }
            return mark | 0x20 == UInt8(ascii: "e")
        case UInt8(ascii: ":"), UInt8(ascii: "e"), UInt8(ascii: "E"):
            return tail.allSatisfy { isDigit($0) || numberMarks.contains($0) }
        case UInt8(ascii: "x"), UInt8(ascii: "X"), UInt8(ascii: "o"), UInt8(ascii: "O"), UInt8(ascii: "b"),
            UInt8(ascii: "B"):
            return digits.elementsEqual([UInt8(ascii: "0")]) && tail.allSatisfy { isHex($0) || $0 == UInt8(ascii: "_") }
        case UInt8(ascii: "-"):
            return digits.count == 4 && tail.allSatisfy { isDigit($0) || timeMarks.contains($0) }
        default:
            return false
        }
    }

    private static let numberMarks = Set(":._eE+-".utf8)
    private static let timeMarks = Set("-:.+ \tTtZz".utf8)

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    private static func isHex(_ byte: UInt8) -> Bool {
        isDigit(byte) || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "f"))
    }
}

/// Writes strings in quotes.
enum QuotedScalar {
    /// The text in quotes: single ones where that saves escapes.
    static func text(_ text: String) -> String {
        let needsNoEscape = text.unicodeScalars.allSatisfy { isPrintable($0) && $0 != "\n" && $0 != "\t" }
        if needsNoEscape, text.utf8.contains(where: { $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
            var quoted = "'"
            for scalar in text.unicodeScalars { quoted += scalar == "'" ? "''" : String(scalar) }
            return quoted + "'"
        }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case "\r": quoted += "\\r"
            case let scalar where isPrintable(scalar): quoted.unicodeScalars.append(scalar)
            default: quoted += escape(scalar.value)
            }
        }
        return quoted + "\""
    }

    private static func escape(_ value: UInt32) -> String {
        let (mark, width) = value < 0x100 ? ("x", 2) : value < 0x10000 ? ("u", 4) : ("U", 8)
        let digits = String(value, radix: 16, uppercase: true)
        return "\\\(mark)\(String(repeating: "0", count: width - digits.utf8.count))\(digits)"
    }

    /// Whether a character may stand as itself: YAML allows it, no reader breaks a line at it, and a person can see it.
    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x20...0x7E: true
        case 0xA1...0xAC, 0xAE...0x180D, 0x180F...0x1FFF, 0x2010...0x2027, 0x2030...0x205E, 0x2070...0x2FFF: true
        case 0x3001...0xD7FF, 0xF900...0xFEFE, 0xFF00...0xFFEF: true
        case 0x10000...0xDFFFF: scalar.value & 0xFFFE != 0xFFFE
        default: false
        }
    }
}

/// Writes strings of several lines as they are, behind a `|`.
enum LiteralBlock {
    /// Whether a literal block reads back as this string.
    static func canHold(_ text: String) -> Bool {
        guard text.utf8.contains(UInt8(ascii: "\n")) else { return false }
        guard text.unicodeScalars.allSatisfy(QuotedScalar.isPrintable) else { return false }
        // Lines of nothing but blanks at either end would be taken for the block's indentation or its end.
        let lines = text.split(separator: "\n")
        guard let first = lines.first, let last = lines.last else { return false }
        return [first, last].allSatisfy { $0.contains { $0 != " " && $0 != "\t" } }
    }

    /// The `|` with its signs: how many blanks are indentation, where the text itself begins with one, and what becomes
    /// of the line breaks at the end.
    static func header(_ text: String) -> String {
        let beginning = text.utf8.first { $0 != UInt8(ascii: "\n") }
        let indentation = beginning == UInt8(ascii: " ") || beginning == UInt8(ascii: "\t") ? "2" : ""
        let end = text.hasSuffix("\n\n") ? "+" : text.hasSuffix("\n") ? "" : "-"
        return "|\(indentation)\(end)"
    }
}
