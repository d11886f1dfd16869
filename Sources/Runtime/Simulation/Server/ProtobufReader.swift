import ManifestKit

/// Reads objects in the binary form in which Go clients send the built-in kinds.
struct ProtobufReader {
    /// Bytes that are no object of a known kind.
    struct Malformation: Error {}

    /// What the form begins with.
    private static let mark: [UInt8] = [0x6B, 0x38, 0x73, 0x00]

    private var bytes: ArraySlice<UInt8>

    private init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// The object that a request's body holds.
    static func object(_ bytes: [UInt8]) throws(Malformation) -> JSONValue {
        guard bytes.starts(with: mark) else { throw Malformation() }
        var reader = ProtobufReader(bytes[mark.count...])
        var version = ""
        var kind = ""
        var raw: ArraySlice<UInt8> = []
        while let (number, value) = try reader.field() {
            switch number {
            case 1:
                var type = ProtobufReader(value.bytes)
                while let (number, value) = try type.field() {
                    if number == 1 { version = value.text } else if number == 2 { kind = value.text }
                }
            case 2: raw = value.bytes
            default: break
            }
        }
        let place = kind == "DeleteOptions" ? ProtobufFields.deleteOptions : ProtobufFields.kinds["\(version) \(kind)"]
        guard let place else { throw Malformation() }
        var object = try message(raw, place)
        object["apiVersion"] = .string(version)
        object["kind"] = .string(kind)
        return .object(object)
    }

    // MARK: The wire

    /// What a field holds: a number or bytes.
    private struct Wire {
        var number: UInt64 = 0
        var bytes: ArraySlice<UInt8> = []

        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    private mutating func varint() throws(Malformation) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = bytes.popFirst() else { throw Malformation() }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        throw Malformation()
    }

    private mutating func take(_ count: UInt64) throws(Malformation) -> ArraySlice<UInt8> {
        guard count <= UInt64(bytes.count) else { throw Malformation() }
        let part = bytes.prefix(Int(count))
        bytes = bytes.dropFirst(Int(count))
        return part
    }

    /// The next field, or nil at the end.
    private mutating func field() throws(Malformation) -> (Int, Wire)? {
        guard !bytes.isEmpty else { return nil }
        let key = try varint()
        var wire = Wire()
        switch key & 7 {
        case 0: wire.number = try varint()
        case 1: wire.number = try take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        case 2: wire.bytes = try take(try varint())
        case 5: wire.number = try take(4).reversed().reduce(0) { $0 << 8 | UInt64($1) }
        default: throw Malformation()
        }
        guard let number = Int(exactly: key >> 3) else { throw Malformation() }
        return (number, wire)
    }

    // MARK: Messages

    private static func message(
        _ bytes: ArraySlice<UInt8>, _ place: Int, depth: Int = 0
    ) throws(Malformation) -> JSONObject {
        guard ProtobufFields.messages.indices.contains(place), depth < 100 else { throw Malformation() }
        let fields = ProtobufFields.messages[place]
        var reader = ProtobufReader(bytes)
        var object = JSONObject()
        while let (number, wire) = try reader.field() {
            guard let field = fields[number], field.code != UInt8(ascii: "x") else { continue }
            if field.name.isEmpty {
                let inlined = try message(wire.bytes, field.message, depth: depth + 1)
                for (key, value) in inlined.fields { object[key] = value }
            } else if field.isMap {
                var map = object[field.name]?.object ?? JSONObject()
                let (key, value) = try entry(wire.bytes, field, depth)
                map[key] = value
                object[field.name] = .object(map)
            } else if field.isList {
                let list = object[field.name]?.array ?? []
                object[field.name] = .array(list + [try value(wire, field.code, field, depth)])
            } else {
                let value = try value(wire, field.code, field, depth)
                // Go writes every field that is no pointer; a zero there is a field that was not set.
                if field.isPointer || !isZero(value) { object[field.name] = value }
            }
        }
        return object
    }

    private static func entry(
        _ bytes: ArraySlice<UInt8>, _ field: ProtobufFields.Field, _ depth: Int
    ) throws(Malformation) -> (String, JSONValue) {
        var reader = ProtobufReader(bytes)
        var key = ""
        var wire = Wire()
        while let (number, part) = try reader.field() {
            if number == 1 { key = part.text } else if number == 2 { wire = part }
        }
        return (key, try value(wire, field.code, field, depth))
    }

    private static func isZero(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .string(""), .integer(0), .double(0), .boolean(false): true
        case .object(let object): object.isEmpty
        default: false
        }
    }

    private static func value(
        _ wire: Wire, _ code: UInt8, _ field: ProtobufFields.Field, _ depth: Int
    ) throws(Malformation) -> JSONValue {
        switch code {
        case UInt8(ascii: "s"): return .string(wire.text)
        case UInt8(ascii: "b"): return .boolean(wire.number != 0)
        case UInt8(ascii: "i"): return .integer(Int64(bitPattern: wire.number))
        case UInt8(ascii: "f"): return .double(Double(bitPattern: wire.number))
        case UInt8(ascii: "y"): return .string(Base64.encoded(wire.bytes))
        case UInt8(ascii: "m"): return .object(try message(wire.bytes, field.message, depth: depth + 1))
        case UInt8(ascii: "w"):
            var reader = ProtobufReader(wire.bytes)
            var items: [JSONValue] = []
            while let (_, item) = try reader.field() { items.append(try value(item, field.itemCode, field, depth)) }
            return .array(items)
        default: return try special(wire, code)
        }
    }

    /// The types that have a form of their own in JSON.
    private static func special(_ wire: Wire, _ code: UInt8) throws(Malformation) -> JSONValue {
        var reader = ProtobufReader(wire.bytes)
        var parts: [Int: Wire] = [:]
        while let (number, part) = try reader.field() { parts[number] = part }
        let first = Int64(bitPattern: parts[1]?.number ?? 0)
        switch code {
        case UInt8(ascii: "t"), UInt8(ascii: "u"):
            guard parts[1] != nil else { return .null }
            let text = KubernetesTime(seconds: first).description
            guard code == UInt8(ascii: "u") else { return .string(text) }
            let digits = String((parts[2]?.number ?? 0) / 1000)
            let fraction = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
            return .string(text.dropLast() + "." + fraction + "Z")
        case UInt8(ascii: "q"): return .string(parts[1]?.text ?? "")
        case UInt8(ascii: "o"):
            return first == 0 ? .integer(Int64(bitPattern: parts[2]?.number ?? 0)) : .string(parts[3]?.text ?? "")
        case UInt8(ascii: "d"): return .string(GoDuration(nanoseconds: first).description)
        case UInt8(ascii: "r"): return (try? JSONReader.value(Array(parts[1]?.bytes ?? []))) ?? .null
        default: throw Malformation()
        }
    }
}
