/// What a scalar means.
public enum YAMLScalar: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    case float(Double)
    case string(String)
}

/// Gives untagged plain scalars the meaning that kubectl gives them.
///
/// kubectl reads manifests with sigs.k8s.io/yaml, which resolves as YAML 1.1 with Go's spelling of numbers: `on`, `yes`
/// and `y` are true, `010` and `0o17` are octal, `1_000` is a thousand, `1e3` is a number, and a date stays a string.
public enum ScalarResolution {
    /// Resolves a plain scalar by its looks.
    public static func resolve(_ text: UnsafeBufferPointer<UInt8>) -> YAMLScalar {
        guard let first = text.first else { return .null }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            return number(text) ?? .string(String(decoding: text, as: UTF8.self))
        case UInt8(ascii: "~"):
            return text.count == 1 ? .null : .string(String(decoding: text, as: UTF8.self))
        case UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"),
            UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "o"), UInt8(ascii: "O"):
            let word = String(decoding: text, as: UTF8.self)
            return text.count <= 5 ? words[word] ?? .string(word) : .string(word)
        default:
            return .string(String(decoding: text, as: UTF8.self))
        }
    }

    /// Resolves a string; for text that does not come from a tree.
    public static func resolve(_ text: String) -> YAMLScalar {
        var text = text
        return text.withUTF8 { resolve($0) }
    }

    /// Resolves a scalar whose tag is written out; an unknown tag leaves a string.
    static func resolve(_ text: UnsafeBufferPointer<UInt8>, tag: String) -> YAMLScalar {
        let string = String(decoding: text, as: UTF8.self)
        let byLooks = resolve(text)
        switch (tag, byLooks) {
        case ("tag:yaml.org,2002:null", .null), ("tag:yaml.org,2002:bool", .boolean),
            ("tag:yaml.org,2002:int", .integer), ("tag:yaml.org,2002:float", .float):
            return byLooks
        case ("tag:yaml.org,2002:float", .integer(let value)):
            return .float(Double(value))
        default:
            return .string(string)
        }
    }

    private static let words: [String: YAMLScalar] = {
        var words: [String: YAMLScalar] = [:]
        for word in ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"] {
            words[word] = .boolean(true)
        }
        for word in ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"] {
            words[word] = .boolean(false)
        }
        for word in ["null", "Null", "NULL"] { words[word] = .null }
        return words
    }()

    private static let specials: [String: Double] = [
        ".nan": .nan, ".NaN": .nan, ".NAN": .nan,
        ".inf": .infinity, ".Inf": .infinity, ".INF": .infinity,
        "+.inf": .infinity, "+.Inf": .infinity, "+.INF": .infinity,
        "-.inf": -.infinity, "-.Inf": -.infinity, "-.INF": -.infinity,
    ]

    private static func number(_ text: UnsafeBufferPointer<UInt8>) -> YAMLScalar? {
        if let small = smallInteger(text) { return .integer(small) }
        guard mayBeNumber(text) else { return nil }
        let string = String(decoding: text, as: UTF8.self)
        if text.count <= 5, let special = specials[string] { return .float(special) }
        guard text[0] != UInt8(ascii: ".") else {
            return isDecimalFloat(text) ? Double(string).map { .float($0) } : nil
        }
        let plain = text.contains(UInt8(ascii: "_")) ? string.filter { $0 != "_" } : string
        if let integer = integer(plain) { return .integer(integer) }
        var digits = plain
        if digits.withUTF8({ isDecimalFloat($0) }) { return Double(plain).map { .float($0) } }
        return nil
    }

    /// Whether a text has only bytes that numbers have. Most texts that begin with a digit are `10m`, `25%` or `64Mi`,
    /// and are told apart here without a string.
    private static func mayBeNumber(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        text.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
                UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "x"), UInt8(ascii: "X"), UInt8(ascii: "o"),
                UInt8(ascii: "O"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"):
                true
            // `.inf` and `.nan` in their three spellings.
            case UInt8(ascii: "i"), UInt8(ascii: "I"), UInt8(ascii: "n"), UInt8(ascii: "N"):
                text.count <= 5
            default: false
            }
        }
    }

    /// The common case, a few decimal digits with no leading zero, without a string.
    private static func smallInteger(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        guard text.count <= 18, text[0] != UInt8(ascii: "0") || text.count == 1 else { return nil }
        var value: Int64 = 0
        for byte in text {
            guard byte >= 0x30, byte <= 0x39 else { return nil }
            value = value * 10 + Int64(byte &- 0x30)
        }
        return value
    }

    /// A whole number as Go's `strconv.ParseInt` with base 0 reads it.
    private static func integer(_ text: String) -> Int64? {
        var digits = Substring(text)
        var sign = ""
        if let first = digits.first, first == "-" || first == "+" {
            sign = first == "-" ? "-" : ""
            digits.removeFirst()
        }
        guard let first = digits.utf8.first, first >= 0x30, first <= 0x39 else { return nil }
        let prefix = digits.prefix(2).lowercased()
        let radix: Int
        switch prefix {
        case "0x": radix = 16
        case "0o": radix = 8
        case "0b": radix = 2
        default:
            guard digits.utf8.first == UInt8(ascii: "0"), digits.utf8.count > 1 else { return Int64(sign + digits) }
            return digits.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x37 } ? Int64(sign + digits, radix: 8) : nil
        }
        digits = digits.dropFirst(2)
        guard let next = digits.utf8.first, next != UInt8(ascii: "-"), next != UInt8(ascii: "+") else { return nil }
        return Int64(sign + digits, radix: radix)
    }

    /// Whether a text is `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
    private static func isDecimalFloat(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        var rest = text[...]
        func takeDigits() -> Int {
            let digits = rest.prefix { $0 >= 0x30 && $0 <= 0x39 }.count
            rest = rest.dropFirst(digits)
            return digits
        }
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
        let whole = takeDigits()
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            if takeDigits() == 0, whole == 0 { return false }
        } else if whole == 0 {
            return false
        }
        guard let exponent = rest.first else { return true }
        guard exponent | 0x20 == UInt8(ascii: "e") else { return false }
        rest = rest.dropFirst()
        if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") { rest = rest.dropFirst() }
        return takeDigits() > 0 && rest.isEmpty
    }
}
