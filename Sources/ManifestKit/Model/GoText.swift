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

    /// A string in quotes as `%q` prints it.
    static func quoted(_ text: String) -> String { JSONWriter.quoted(text) }
}
