/// Writes values as JSON text.
public struct JSONWriter {
    /// How the text is laid out.
    public enum Layout: Sendable {
        /// On one line without spaces.
        case compact
        /// A field a line, indented by two spaces.
        case pretty
    }

    private var output: [UInt8] = []
    private let layout: Layout
    private let sortsKeys: Bool

    private init(layout: Layout, sortsKeys: Bool) {
        self.layout = layout
        self.sortsKeys = sortsKeys
    }

    /// The text of a value, without a line break at its end.
    public static func text(_ value: JSONValue, layout: Layout = .compact, sortsKeys: Bool = false) -> String {
        var writer = JSONWriter(layout: layout, sortsKeys: sortsKeys)
        writer.write(value, depth: 0)
        return String(decoding: writer.output, as: UTF8.self)
    }

    /// The bytes of a string as JSON writes it, in quotes.
    public static func quoted(_ string: String) -> String {
        var writer = JSONWriter(layout: .compact, sortsKeys: false)
        writer.write(string)
        return String(decoding: writer.output, as: UTF8.self)
    }

    private mutating func write(_ value: JSONValue, depth: Int) {
        switch value {
        case .null: append("null")
        case .boolean(let value): append(value ? "true" : "false")
        case .integer(let value): append(String(value))
        case .double(let value): append(Self.text(of: value))
        case .string(let value): write(value)
        case .array(let elements):
            writeList(open: "[", close: "]", count: elements.count, depth: depth) { writer, index in
                writer.write(elements[index], depth: depth + 1)
            }
        case .object(let object):
            let fields = sortsKeys ? object.sortedFields : object.fields
            writeList(open: "{", close: "}", count: fields.count, depth: depth) { writer, index in
                writer.write(fields[index].key)
                writer.append(writer.layout == .pretty ? ": " : ":")
                writer.write(fields[index].value, depth: depth + 1)
            }
        }
    }

    private mutating func writeList(
        open: String, close: String, count: Int, depth: Int, _ element: (inout JSONWriter, Int) -> Void
    ) {
        append(open)
        for index in 0..<count {
            if index > 0 { append(",") }
            breakLine(depth + 1)
            element(&self, index)
        }
        if count > 0 { breakLine(depth) }
        append(close)
    }

    private mutating func breakLine(_ depth: Int) {
        guard layout == .pretty else { return }
        output.append(UInt8(ascii: "\n"))
        for _ in 0..<depth { append("  ") }
    }

    private mutating func append(_ text: String) { output.append(contentsOf: text.utf8) }

    private mutating func write(_ string: String) {
        output.append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { bytes in
            // Nearly all text needs no escape, so it is copied in stretches.
            var start = 0
            for (index, byte) in bytes.enumerated() where Self.needsEscape(byte) {
                output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start..<index]))
                appendEscape(of: byte)
                start = index + 1
            }
            output.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[start...]))
        }
        output.append(UInt8(ascii: "\""))
    }

    @inline(__always)
    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
    }

    private mutating func appendEscape(of byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        case 0x09: append("\\t")
        default:
            let digits = String(byte, radix: 16)
            append("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits)
        }
    }

    /// A number as JSON takes it; whole ones without a fraction, and null for what JSON has no number for.
    private static func text(of value: Double) -> String {
        guard value.isFinite else { return "null" }
        if let whole = Int64(exactly: value) { return String(whole) }
        return "\(value)"
    }
}
