/// Writes a value as Go's encoder writes the Kubernetes type that it was decoded into.
///
/// Decoding and encoding are one step: a field that the type does not know is dropped, null is as absent, and a value
/// of another kind than the field's is as absent too, for an API server would have refused it.
struct GoJSONEncoder {
    /// What was written.
    private(set) var output: [UInt8] = []
    /// Whether a timestamp that is zero is written as null where newer types leave it out.
    private let writesZeroTimes: Bool

    init(writesZeroTimes: Bool = false) {
        self.writesZeroTimes = writesZeroTimes
        output.reserveCapacity(2048)
    }

    /// Writes a value of a type; nil and null are the type's zero value.
    mutating func write(_ value: JSONValue?, as type: GoFieldOrder.FieldType) {
        switch type {
        case .string: write(value?.string ?? "")
        case .boolean: append(value?.boolean ?? false ? "true" : "false")
        case .integer: append(String(value?.integer ?? 0))
        case .float: append(GoNumber.json(value?.number ?? 0))
        case .quantity: write(Self.quantity(value))
        case .integerOrString:
            if let text = value?.string { write(text) } else { append(String(value?.integer ?? 0)) }
        case .time:
            if let text = value?.string { write(text) } else { append("null") }
        case .raw: writeRaw(value ?? .null)
        case .pointer(let inner):
            if let value, !value.isNull { write(value, as: inner) } else { append("null") }
        case .list(let inner): write(list: value?.array, of: inner)
        case .map(let inner): write(map: value?.object, of: inner)
        case .structure(let number): write(value?.object, structure: number)
        }
    }

    private mutating func write(list elements: [JSONValue]?, of type: GoFieldOrder.FieldType) {
        guard let elements else { return append("null") }
        output.append(UInt8(ascii: "["))
        for (position, element) in elements.enumerated() {
            if position > 0 { output.append(UInt8(ascii: ",")) }
            write(element, as: type)
        }
        output.append(UInt8(ascii: "]"))
    }

    private mutating func write(map: JSONObject?, of type: GoFieldOrder.FieldType) {
        guard let map else { return append("null") }
        output.append(UInt8(ascii: "{"))
        for (position, field) in map.sortedFields.enumerated() {
            if position > 0 { output.append(UInt8(ascii: ",")) }
            write(field.key)
            output.append(UInt8(ascii: ":"))
            write(field.value, as: type)
        }
        output.append(UInt8(ascii: "}"))
    }

    private mutating func write(_ object: JSONObject?, structure number: Int) {
        output.append(UInt8(ascii: "{"))
        var isFirst = true
        for field in GoFieldOrder.structures[number] {
            let value = object.flatMap { $0.isEmpty ? nil : $0[field.name] }
            guard !isOmitted(value, field) else { continue }
            if !isFirst { output.append(UInt8(ascii: ",")) }
            isFirst = false
            write(field.name)
            output.append(UInt8(ascii: ":"))
            write(value, as: field.type)
        }
        output.append(UInt8(ascii: "}"))
    }

    private func isOmitted(_ value: JSONValue?, _ field: GoFieldOrder.Field) -> Bool {
        switch field.omission {
        case .never: return false
        case .zero: return !writesZeroTimes && value?.string == nil
        case .empty: return Self.isEmpty(value, field.type)
        }
    }

    /// Whether Go's encoder takes a value for empty; a struct never is.
    private static func isEmpty(_ value: JSONValue?, _ type: GoFieldOrder.FieldType) -> Bool {
        switch type {
        case .string: value?.string?.isEmpty ?? true
        case .boolean: !(value?.boolean ?? false)
        case .integer: (value?.integer ?? 0) == 0
        case .float: (value?.number ?? 0) == 0
        case .raw, .pointer: value?.isNull ?? true
        case .list: value?.array?.isEmpty ?? true
        case .map: value?.object?.isEmpty ?? true
        case .quantity, .integerOrString, .time, .structure: false
        }
    }

    private static func quantity(_ value: JSONValue?) -> String {
        let text: String
        switch value {
        case .string(let written)?: text = written
        case .integer(let number)?: text = String(number)
        case .double(let number)?: text = GoNumber.json(number)
        default: return "0"
        }
        return Quantity(text)?.canonical ?? text
    }

    /// Writes a value of no known type, its fields in the order in which an API server stores them.
    private mutating func writeRaw(_ value: JSONValue) {
        switch value {
        case .null: append("null")
        case .boolean(let value): append(value ? "true" : "false")
        case .integer(let value): append(String(value))
        case .double(let value): append(GoNumber.json(value))
        case .string(let value): write(value)
        case .array(let elements): write(list: elements, of: .raw)
        case .object(let object): write(map: object, of: .raw)
        }
    }

    private mutating func append(_ text: String) { output.append(contentsOf: text.utf8) }

    /// Writes a string in quotes with the characters escaped that Go's encoder escapes, those of HTML among them.
    private mutating func write(_ string: String) {
        output.append(UInt8(ascii: "\""))
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": append("\\\"")
            case "\\": append("\\\\")
            case "\n": append("\\n")
            case "\r": append("\\r")
            case "\t": append("\\t")
            case "\u{08}": append("\\b")
            case "\u{0C}": append("\\f")
            case "\u{00}"..."\u{1F}", "<", ">", "&", "\u{2028}", "\u{2029}":
                let digits = String(scalar.value, radix: 16)
                append("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits)
            default: output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}
