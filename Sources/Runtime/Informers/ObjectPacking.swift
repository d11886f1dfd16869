import ManifestKit

/// Turns values into few bytes and back: a store of thousands of objects keeps them so, at a tenth of what the values
/// themselves take.
///
/// A value begins with a byte that holds its shape and, if it is small, its size. The keys of objects are few and come
/// again in every object, so that they are kept once and named by their number.
struct ObjectPacking: Sendable {
    /// What a value is; kept in the highest three bits of its first byte.
    private enum Shape: UInt8 {
        case word, integer, double, string, array, object
    }

    /// How many keys are numbered; labels may have any key, so there is a limit.
    private static let mostKeys = 8_192
    /// How long a numbered key may be.
    private static let longestKey = 64
    /// The greatest size that the first byte has room for; this and more follow it.
    private static let smallSizes: UInt64 = 31

    private var keys: [String] = []
    private var numbers: [String: Int] = [:]
    private var scratch: [UInt8] = []

    /// The bytes of a value.
    mutating func pack(_ value: JSONValue) -> [UInt8] {
        scratch.removeAll(keepingCapacity: true)
        append(value)
        // A copy, as the scratch space is larger than most values.
        return scratch.withUnsafeBufferPointer { Array($0) }
    }

    /// The value of bytes that `pack` has made.
    func unpack(_ bytes: [UInt8]) -> JSONValue {
        bytes.withUnsafeBufferPointer { buffer in
            var reader = Reader(bytes: buffer, keys: keys)
            return reader.value()
        }
    }

    // MARK: Packing

    private mutating func append(_ value: JSONValue) {
        switch value {
        case .null: append(.word, 0)
        case .boolean(let flag): append(.word, flag ? 2 : 1)
        case .integer(let number): append(.integer, UInt64(bitPattern: number << 1 ^ number >> 63))
        case .double(let number):
            append(.double, 0)
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                scratch.append(UInt8(truncatingIfNeeded: number.bitPattern >> shift))
            }
        case .string(let text):
            append(.string, UInt64(text.utf8.count))
            append(text)
        case .array(let elements):
            append(.array, UInt64(elements.count))
            for element in elements { append(element) }
        case .object(let object):
            append(.object, UInt64(object.count))
            for (key, value) in object.fields {
                append(key: key)
                append(value)
            }
        }
    }

    private mutating func append(key: String) {
        if let number = number(of: key) {
            append(number: UInt64(number) + 1)
        } else {
            append(number: 0)
            append(number: UInt64(key.utf8.count))
            append(key)
        }
    }

    private mutating func number(of key: String) -> Int? {
        if let number = numbers[key] { return number }
        guard keys.count < Self.mostKeys, key.utf8.count <= Self.longestKey else { return nil }
        keys.append(key)
        numbers[key] = keys.count - 1
        return keys.count - 1
    }

    private mutating func append(_ shape: Shape, _ size: UInt64) {
        scratch.append(shape.rawValue << 5 | UInt8(min(size, Self.smallSizes)))
        if size >= Self.smallSizes { append(number: size) }
    }

    private mutating func append(number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            scratch.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        scratch.append(UInt8(rest))
    }

    private mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { scratch.append(contentsOf: $0) }
    }

    // MARK: Unpacking

    private struct Reader {
        let bytes: UnsafeBufferPointer<UInt8>
        let keys: [String]
        var place = 0

        init(bytes: UnsafeBufferPointer<UInt8>, keys: [String]) {
            self.bytes = bytes
            self.keys = keys
        }

        mutating func value() -> JSONValue {
            let first = byte()
            let size = first & 0x1F
            let number = UInt64(size) < ObjectPacking.smallSizes ? UInt64(size) : self.number()
            switch Shape(rawValue: first >> 5) {
            case .word: return number == 0 ? .null : .boolean(number == 2)
            case .integer: return .integer(Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1))
            case .double:
                var pattern: UInt64 = 0
                for shift in stride(from: UInt64(0), to: 64, by: 8) { pattern |= UInt64(byte()) << shift }
                return .double(Double(bitPattern: pattern))
            case .string: return .string(text(Int(number)))
            case .array:
                var elements: [JSONValue] = []
                elements.reserveCapacity(Int(number))
                for _ in 0..<number { elements.append(value()) }
                return .array(elements)
            case .object:
                var fields: [(key: String, value: JSONValue)] = []
                fields.reserveCapacity(Int(number))
                for _ in 0..<number {
                    let key = key()
                    fields.append((key, value()))
                }
                return .object(JSONObject(distinct: fields))
            case nil: preconditionFailure("these bytes were not made by pack")
            }
        }

        private mutating func key() -> String {
            let number = number()
            return number > 0 ? keys[Int(number) - 1] : text(Int(self.number()))
        }

        private mutating func byte() -> UInt8 {
            defer { place += 1 }
            return bytes[place]
        }

        private mutating func number() -> UInt64 {
            var (result, shift): (UInt64, UInt64) = (0, 0)
            while true {
                let byte = byte()
                result |= UInt64(byte & 0x7F) << shift
                guard byte >= 0x80 else { return result }
                shift += 7
            }
        }

        private mutating func text(_ count: Int) -> String {
            defer { place += count }
            return String(decoding: UnsafeBufferPointer(rebasing: bytes[place..<place + count]), as: UTF8.self)
        }
    }
}
