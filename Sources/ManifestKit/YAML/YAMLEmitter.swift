/// Writes values as YAML in block style, in the layout that kubectl's users know.
///
/// What it writes reads back equal in kubectl and in PyYAML: a string that either would take for something else
/// stands in quotes, and only then.
public struct YAMLEmitter {
    /// What was written so far, in UTF-8.
    public private(set) var output: [UInt8] = []

    /// Makes an emitter that has written nothing.
    public init() {}

    /// The text of one value, with a line break at its end.
    public static func text(_ value: JSONValue) -> String {
        var emitter = YAMLEmitter()
        emitter.write(value)
        return String(decoding: emitter.output, as: UTF8.self)
    }

    /// The text of several documents, with a line `---` between each two.
    public static func stream(_ documents: [JSONValue]) -> String {
        var emitter = YAMLEmitter()
        for (position, document) in documents.enumerated() {
            if position > 0 { emitter.append("---\n") }
            emitter.write(document)
        }
        return String(decoding: emitter.output, as: UTF8.self)
    }

    /// Writes one value, with a line break at its end.
    public mutating func write(_ value: JSONValue) {
        switch Self.ordered(value) {
        case .object(let object) where !object.isEmpty: write(object, indent: 0)
        case .array(let elements) where !elements.isEmpty: write(elements, indent: 0)
        case let other:
            writeLeaf(other)
            append("\n")
        }
    }

    /// Writes a text as it is: a comment, or the line between two documents.
    public mutating func append(_ text: String) { output.append(contentsOf: text.utf8) }

    // MARK: Order

    /// Puts the fields first that a reader looks for first; the others keep their order.
    static func ordered(_ value: JSONValue) -> JSONValue {
        guard var object = value.object else { return value }
        object = withFirst(["apiVersion", "kind", "metadata", "spec"], of: object)
        if let metadata = object["metadata"]?.object {
            object["metadata"] = .object(withFirst(["name", "namespace", "labels", "annotations"], of: metadata))
        }
        if object["kind"]?.string?.hasSuffix("List") == true, let items = object["items"]?.array {
            object["items"] = .array(items.map(ordered))
        }
        return .object(object)
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
            // A reader looks no further than 1,024 characters for the colon that makes a key.
            let start = output.count
            write(string: field.key)
            if output.count - start > 1000 {
                output.insert(contentsOf: "? ".utf8, at: start)
                append("\n")
                writeIndent(indent)
            }
            output.append(UInt8(ascii: ":"))
            switch field.value {
            case .object(let object) where !object.isEmpty:
                append("\n")
                write(object, indent: indent + 2)
            case .array(let elements) where !elements.isEmpty:
                append("\n")
                write(elements, indent: indent)
            default: writeRest(field.value, indent: indent)
            }
        }
    }

    private mutating func write(_ elements: [JSONValue], indent: Int, startsOnLine: Bool = false) {
        for (position, element) in elements.enumerated() {
            if position > 0 || !startsOnLine { writeIndent(indent) }
            output.append(UInt8(ascii: "-"))
            switch element {
            case .object(let object) where !object.isEmpty:
                output.append(UInt8(ascii: " "))
                write(object, indent: indent + 2, startsOnLine: true)
            case .array(let inner) where !inner.isEmpty:
                output.append(UInt8(ascii: " "))
                write(inner, indent: indent + 2, startsOnLine: true)
            default: writeRest(element, indent: indent)
            }
        }
    }

    private mutating func writeIndent(_ count: Int) {
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: count))
    }

    // MARK: Scalars

    /// Writes what stands behind a key or dash, and what belongs to it on the lines below.
    private mutating func writeRest(_ value: JSONValue, indent: Int) {
        output.append(UInt8(ascii: " "))
        guard case .string(let text) = value, LiteralBlock.canHold(text) else {
            writeLeaf(value)
            return append("\n")
        }
        append(LiteralBlock.header(text))
        append("\n")
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        for line in lines {
            if !line.isEmpty { writeIndent(indent + 2) }
            output.append(contentsOf: line)
            append("\n")
        }
    }

    private mutating func writeLeaf(_ value: JSONValue) {
        switch value {
        case .null: append("null")
        case .boolean(let value): append(value ? "true" : "false")
        case .integer(let value): append(String(value))
        case .double(let value): append(Self.number(value))
        case .string(let text): write(string: text)
        case .array: append("[]")
        case .object: append("{}")
        }
    }

    private mutating func write(string text: String) {
        append(PlainScalar.isSafe(text) ? text : QuotedScalar.text(text))
    }

    /// A number with a fraction in every case, for PyYAML takes `1e+21` for a string.
    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? ".nan" : value < 0 ? "-.inf" : ".inf" }
        let text = value.description
        guard let exponent = text.firstIndex(of: "e"), !text[..<exponent].contains(".") else { return text }
        return "\(text[..<exponent]).0\(text[exponent...])"
    }
}
