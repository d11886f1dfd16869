/// `printf` as Go's `fmt` documents it.
struct GoPrintf {
    /// How wide a field may be.
    private static let widest = 10_000

    private struct Flags {
        var minus = false, plus = false, sharp = false, space = false, zero = false
        var width: Int?
        var precision: Int?
    }

    /// The text of a format with its arguments.
    static func text(_ format: String, _ arguments: [ExpressionValue]) -> String {
        var result = ""
        var rest = Array(format.unicodeScalars)[...]
        var used = 0
        while let scalar = rest.popFirst() {
            guard scalar == "%" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            var flags = Flags()
            flag: while let mark = rest.first {
                switch mark {
                case "-": flags.minus = true
                case "+": flags.plus = true
                case "#": flags.sharp = true
                case " ": flags.space = true
                case "0": flags.zero = true
                default: break flag
                }
                rest.removeFirst()
            }
            func number() -> Int? {
                if rest.first == "*" {
                    rest.removeFirst()
                    defer { used += 1 }
                    return used < arguments.count ? arguments[used].whole.map { Int(clamping: $0) } : nil
                }
                let digits = rest.prefix { ("0"..."9").contains($0) }
                rest = rest.dropFirst(digits.count)
                return digits.isEmpty ? nil : Int(String(String.UnicodeScalarView(digits))) ?? widest
            }
            flags.width = number().map { min(max($0, -widest), widest) }
            if let width = flags.width, width < 0 { (flags.minus, flags.width) = (true, -width) }
            if rest.first == "." {
                rest.removeFirst()
                flags.precision = min(max(number() ?? 0, 0), 1_000)
            }
            guard let verb = rest.popFirst() else { return result + "%!(NOVERB)" }
            if verb == "%" {
                result += "%"
                continue
            }
            guard used < arguments.count else {
                result += "%!\(verb)(MISSING)"
                continue
            }
            result += padded(formatted(verb, arguments[used], flags), flags, arguments[used])
            used += 1
        }
        guard used < arguments.count else { return result }
        let extra = arguments[used...].map { "\(typeName($0))=\(GoFormat.text($0))" }
        return result + "%!(EXTRA " + extra.joined(separator: ", ") + ")"
    }

    /// The name of a value's type in Go.
    static func typeName(_ value: ExpressionValue) -> String {
        switch value {
        case .null: "<nil>"
        case .boolean: "bool"
        case .integer: "int"
        case .float: "float64"
        case .string: "string"
        case .bytes: "[]uint8"
        case .array: "[]interface {}"
        case .map: "map[string]interface {}"
        case .time: "time.Time"
        case .duration: "time.Duration"
        case .location: "*time.Location"
        case .function: "func()"
        }
    }

    private static func padded(_ text: String, _ flags: Flags, _ value: ExpressionValue) -> String {
        let missing = (flags.width ?? 0) - text.unicodeScalars.count
        guard missing > 0 else { return text }
        if flags.minus { return text + String(repeating: " ", count: missing) }
        guard flags.zero, value.number != nil else { return String(repeating: " ", count: missing) + text }
        let sign = text.prefix { $0 == "-" || $0 == "+" }
        return sign + String(repeating: "0", count: missing) + text.dropFirst(sign.count)
    }

    private static func formatted(_ verb: Unicode.Scalar, _ value: ExpressionValue, _ flags: Flags) -> String {
        switch (verb, value) {
        case ("v", .float(let number)) where flags.precision != nil:
            return signed(GoNumber.fixed(number, places: flags.precision ?? 6), flags)
        case ("v", .string(let text)) where flags.sharp: return GoText.quoted(text)
        case ("v", _): return GoFormat.text(value)
        case ("T", _): return typeName(value)
        case ("t", .boolean): return GoFormat.text(value)
        case ("d", .array(let elements)):
            return "[" + elements.map { formatted("d", $0, flags) }.joined(separator: " ") + "]"
        case ("d", .integer(let number)), ("d", .duration(let number)): return signed(String(number), flags)
        case ("d", .bytes): return value.text
        case ("b", .integer(let number)): return signed(String(number, radix: 2), flags)
        case ("o", .integer(let number)): return signed(String(number, radix: 8), flags)
        case ("x", .integer(let number)): return signed((flags.sharp ? "0x" : "") + String(number, radix: 16), flags)
        case ("X", .integer(let number)):
            return signed((flags.sharp ? "0X" : "") + String(number, radix: 16, uppercase: true), flags)
        case ("c", .integer(let number)):
            return UInt32(exactly: number).flatMap(Unicode.Scalar.init).map { String(Character($0)) } ?? "\u{FFFD}"
        case ("f", .float(let number)), ("F", .float(let number)):
            return signed(GoNumber.fixed(number, places: flags.precision ?? 6), flags)
        case ("g", .float(let number)), ("G", .float(let number)): return signed(GoNumber.general(number), flags)
        case ("s", .string(let text)): return cut(text, flags)
        case ("s", .bytes(let bytes)): return cut(String(decoding: bytes, as: UTF8.self), flags)
        case ("s", .time), ("s", .duration): return GoFormat.text(value)
        case ("s", .array(let elements)):
            return "[" + elements.map { formatted("s", $0, flags) }.joined(separator: " ") + "]"
        case ("q", .string(let text)): return quoted(cut(text, flags), flags)
        case ("q", .bytes(let bytes)): return quoted(cut(String(decoding: bytes, as: UTF8.self), flags), flags)
        case ("q", .integer(let number)):
            let scalar = UInt32(exactly: number).flatMap(Unicode.Scalar.init) ?? "\u{FFFD}"
            return GoText.quoted(scalar, isASCII: flags.plus)
        case ("q", .array(let elements)):
            return "[" + elements.map { formatted("q", $0, flags) }.joined(separator: " ") + "]"
        case ("x", .string(let text)), ("X", .string(let text)):
            return text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: verb == "X") }.joined()
        case (_, .null): return "%!\(verb)(<nil>)"
        default: return "%!\(verb)(\(typeName(value))=\(GoFormat.text(value)))"
        }
    }

    private static func signed(_ text: String, _ flags: Flags) -> String {
        guard !text.hasPrefix("-"), !text.hasPrefix("+") else { return text }
        return (flags.plus ? "+" : flags.space ? " " : "") + text
    }

    private static func cut(_ text: String, _ flags: Flags) -> String {
        guard let precision = flags.precision else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(precision)))
    }

    private static func quoted(_ text: String, _ flags: Flags) -> String {
        if flags.sharp, GoText.canBackquote(text) { return "`\(text)`" }
        return GoText.quoted(text, isASCII: flags.plus)
    }
}
