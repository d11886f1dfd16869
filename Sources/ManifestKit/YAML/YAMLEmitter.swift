/// Writes values as YAML in block style, in the layout that kubectl's users know.
///
/// What it writes reads back equal in kubectl and in PyYAML: a string that either would take for something else stands in
/// quotes, and only then.
public struct YAMLEmitter {
    private var output = ""

    private init() {}

    /// The text of one value, with a line break at its end.
    public static func text(_ value: JSONValue) -> String {
        var emitter = YAMLEmitter()
        switch ordered(value) {
        case .object(let object) where !object.isEmpty: emitter.write(object, indent: 0)
        case .array(let elements) where !elements.isEmpty: emitter.write(elements, indent: 0)
        case .string(let text): emitter.output += "\(scalar(text))\n"
        case let other: emitter.output += "\(leaf(other))\n"
        }
        return emitter.output
    }

    /// The text of several documents, with a line `---` between each two.
    public static func stream(_ documents: [JSONValue]) -> String {
        documents.map { text($0) }.joined(separator: "---\n")
    }

    // MARK: Order

    /// Puts the fields first that a reader looks for first; the others keep their order.
    static func ordered(_ value: JSONValue) -> JSONValue {
        guard var object = value.object else { return value }
        object = withFirst(["apiVersion", "kind", "metadata", "spec"], of: object)
        if let metadata = object["metadata"]?.object { object["metadata"] = .object(orderedMetadata(metadata)) }
        if object["kind"]?.string?.hasSuffix("List") == true, let items = object["items"]?.array {
            object["items"] = .array(items.map(ordered))
        }
        return .object(object)
    }

    private static func orderedMetadata(_ metadata: JSONObject) -> JSONObject {
        withFirst(["name", "namespace", "labels", "annotations"], of: metadata)
    }

    private static func withFirst(_ keys: [String], of object: JSONObject) -> JSONObject {
        let first = keys.compactMap { key in object[key].map { (key: key, value: $0) } }
        guard !zip(first, object.fields).allSatisfy({ $0.key == $1.key }) else { return object }
        return JSONObject(distinct: first + object.fields.filter { !keys.contains($0.key) })
    }

    // MARK: Collections

    private mutating func write(_ object: JSONObject, indent: Int, startsOnLine: Bool = false) {
        for (position, field) in object.fields.enumerated() {
            if position > 0 || !startsOnLine { writeIndent(indent) }
            let key = Self.scalar(field.key)
            // A reader looks no further than 1,024 characters for the colon that makes a key.
            if key.utf8.count > 1000 {
                output += "? \(key)\n"
                writeIndent(indent)
                output += ":"
            } else {
                output += "\(key):"
            }
            writeValue(field.value, indent: indent)
        }
    }

    private mutating func writeValue(_ value: JSONValue, indent: Int) {
        switch value {
        case .object(let object) where !object.isEmpty:
            output += "\n"
            write(object, indent: indent + 2)
        case .array(let elements) where !elements.isEmpty:
            output += "\n"
            write(elements, indent: indent)
        default: writeLeaf(value, indent: indent)
        }
    }

    private mutating func write(_ elements: [JSONValue], indent: Int, startsOnLine: Bool = false) {
        for (position, element) in elements.enumerated() {
            if position > 0 || !startsOnLine { writeIndent(indent) }
            output += "-"
            switch element {
            case .object(let object) where !object.isEmpty:
                output += " "
                write(object, indent: indent + 2, startsOnLine: true)
            case .array(let inner) where !inner.isEmpty:
                output += " "
                write(inner, indent: indent + 2, startsOnLine: true)
            default: writeLeaf(element, indent: indent)
            }
        }
    }

    private mutating func writeIndent(_ count: Int) {
        for _ in 0..<count { output += " " }
    }

    // MARK: Scalars

    /// Writes a value of one line, or a literal block, behind a key or dash.
    private mutating func writeLeaf(_ value: JSONValue, indent: Int) {
        guard case .string(let text) = value, LiteralBlock.canHold(text) else {
            output += " \(Self.leaf(value))\n"
            return
        }
        output += " \(LiteralBlock.header(text))\n"
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        for line in lines {
            if !line.isEmpty { writeIndent(indent + 2) }
            output += "\(line)\n"
        }
    }

    private static func leaf(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .double(let value): number(value)
        case .string(let text): scalar(text)
        case .array: "[]"
        case .object: "{}"
        }
    }

    private static func scalar(_ text: String) -> String {
        PlainScalar.isSafe(text) ? text : QuotedScalar.text(text)
    }

    /// A number with a fraction in every case, for PyYAML takes `1e+21` for a string.
    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? ".nan" : value < 0 ? "-.inf" : ".inf" }
        let text = value.description
        guard let exponent = text.firstIndex(of: "e"), !text[..<exponent].contains(".") else { return text }
        return "\(text[..<exponent]).0\(text[exponent...])"
    }
}
