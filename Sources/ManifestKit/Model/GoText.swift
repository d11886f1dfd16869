/// Text as Go writes it, for annotations that the reference reads back.
enum GoText {
    /// A value as JSON, its fields in their order, with the characters of HTML escaped.
    static func json(_ value: JSONValue) -> String {
        let text = JSONWriter.text(value)
        guard text.utf8.contains(where: { $0 == 0x3C || $0 == 0x3E || $0 == 0x26 }) else { return text }
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "<": escaped += "\\u003c"
            case ">": escaped += "\\u003e"
            case "&": escaped += "\\u0026"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }

    /// A string in quotes as Go's `%q` and `strconv.Quote` write it.
    ///
    /// - Parameter isASCII: Whether everything beyond ASCII is escaped too, as `%+q` does.
    static func quoted(_ text: String, isASCII: Bool = false) -> String {
        quoted(text.unicodeScalars, "\"", isASCII: isASCII)
    }

    /// A character in quotes as `%q` writes a number.
    static func quoted(_ scalar: Unicode.Scalar, isASCII: Bool = false) -> String {
        quoted(CollectionOfOne(scalar), "'", isASCII: isASCII)
    }

    private static func quoted(
        _ scalars: some Sequence<Unicode.Scalar>, _ quote: Unicode.Scalar, isASCII: Bool
    ) -> String {
        var result = String(quote)
        for scalar in scalars {
            switch scalar {
            case quote, "\\":
                result += "\\"
                result.unicodeScalars.append(scalar)
            case "\u{7}": result += "\\a"
            case "\u{8}": result += "\\b"
            case "\u{C}": result += "\\f"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{B}": result += "\\v"
            case _ where isPrinted(scalar) && (scalar.isASCII || !isASCII): result.unicodeScalars.append(scalar)
            case _ where scalar.isASCII: result += "\\x" + hexadecimal(scalar, 2)
            case _ where scalar.value < 0x10000: result += "\\u" + hexadecimal(scalar, 4)
            default: result += "\\U" + hexadecimal(scalar, 8)
            }
        }
        return result + String(quote)
    }

    /// What Go prints as it is: letters, marks, numbers, punctuation, symbols and the space of ASCII.
    private static func isPrinted(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar, _ width: Int) -> String {
        let digits = String(scalar.value, radix: 16)
        return String(repeating: "0", count: width - digits.utf8.count) + digits
    }

    /// Whether Go can write a text as it is between backquotes.
    static func canBackquote(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            scalar != "\u{FEFF}" && scalar != "`" && scalar != "\u{7F}" && (scalar == "\t" || scalar.value >= 0x20)
        }
    }
}
