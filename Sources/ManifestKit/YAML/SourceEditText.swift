/// Writes values as YAML or JSON text in the layout of the document that they are put into.
struct SourceEditText {
    /// How the document is laid out.
    var layout: SourceEditLayout

    /// The lines of a mapping in block style, from column 0.
    func lines(_ object: JSONObject) -> [String] {
        object.fields.flatMap { entry($0.key, $0.value) }
    }

    /// The lines of one entry in block style, from column 0.
    func entry(_ key: String, _ value: JSONValue) -> [String] {
        let name = Self.scalar(key)
        switch value {
        case .object(let object) where !object.isEmpty:
            return [name + ":"] + indented(lines(object), by: layout.indentation)
        case .array(let elements) where !elements.isEmpty:
            return [name + ":"] + indented(elements.flatMap(element), by: layout.sequenceIndentation)
        default:
            return [name + ": " + Self.flow(value)]
        }
    }

    /// The lines of one element in block style, its dash at column 0.
    func element(_ value: JSONValue) -> [String] {
        guard case .object(let object) = value, !object.isEmpty else { return ["- " + Self.flow(value)] }
        if object.count == 1, let only = object.fields.first, let inner = only.value.object, inner.count <= 1,
            inner.fields.allSatisfy({ $0.value.object == nil && $0.value.array == nil })
        {
            return ["- " + Self.scalar(only.key) + ": " + Self.flow(only.value)]
        }
        let lines = lines(object)
        return ["- " + (lines.first ?? "{}")] + indented(Array(lines.dropFirst()), by: 2)
    }

    /// Lines further to the right.
    func indented(_ lines: [String], by columns: Int) -> [String] {
        let space = String(repeating: " ", count: columns)
        return lines.map { $0.isEmpty ? $0 : space + $0 }
    }

    /// A value on one line: `{duration: 10m}`.
    static func flow(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): scalar(text)
        case .array(let elements): "[" + elements.map(flow).joined(separator: ", ") + "]"
        case .object(let object):
            "{" + object.fields.map { scalar($0.key) + ": " + flow($0.value) }.joined(separator: ", ") + "}"
        default: JSONWriter.text(value)
        }
    }

    /// A string as a plain scalar where that reads back as the same string, else in quotes.
    static func scalar(_ text: String) -> String {
        if isPlain(text) { return text }
        let readsBetterInSingle = text.contains("\"") && text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != 0x27 }
        return readsBetterInSingle ? "'" + text + "'" : JSONWriter.quoted(text)
    }

    /// Whether a string can stand without quotes, also inside a flow collection.
    static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last, ScalarResolution.resolve(text) == .string(text)
        else { return false }
        let safe: (UInt8) -> Bool = { byte in
            (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A || byte >= 0x30 && byte <= 0x39
        }
        guard safe(first) || first == UInt8(ascii: "/") || first == UInt8(ascii: "_"), last != UInt8(ascii: ":") else {
            return false
        }
        guard !["=", "<<", "---", "..."].contains(text), !looksLikeDate(text) else { return false }
        return text.utf8.allSatisfy { safe($0) || "-_./%+@:".utf8.contains($0) } && !text.contains(": ")
    }

    /// Readers of YAML 1.1 other than kubectl take `2001-12-14` for a date and `12:30` for a number.
    private static func looksLikeDate(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 || "-:._+".utf8.contains($0) }
    }
}

extension SourceEditText {
    /// A value inside a flow collection that is written as JSON, over several lines where `prefix` is not nil.
    ///
    /// - Parameter prefix: The white space before the key that the value belongs to.
    func json(_ value: JSONValue, prefix: String?, colon: String = ": ") -> String {
        guard let prefix else { return Self.compact(value, colon: colon) }
        let inner = prefix + layout.flowIndentation
        switch value {
        case .object(let object) where !object.isEmpty:
            let fields = object.fields.map {
                inner + JSONWriter.quoted($0.key) + colon + json($0.value, prefix: inner, colon: colon)
            }
            return "{" + layout.newline + fields.joined(separator: "," + layout.newline) + layout.newline + prefix + "}"
        case .array(let elements) where !elements.isEmpty:
            let items = elements.map { inner + json($0, prefix: inner, colon: colon) }
            return "[" + layout.newline + items.joined(separator: "," + layout.newline) + layout.newline + prefix + "]"
        default:
            return JSONWriter.text(value)
        }
    }

    private static func compact(_ value: JSONValue, colon: String) -> String {
        let comma = colon == ":" ? "," : ", "
        return switch value {
        case .array(let elements):
            "[" + elements.map { compact($0, colon: colon) }.joined(separator: comma) + "]"
        case .object(let object):
            "{"
                + object.fields.map { JSONWriter.quoted($0.key) + colon + compact($0.value, colon: colon) }
                .joined(separator: comma) + "}"
        default: JSONWriter.text(value)
        }
    }
}
