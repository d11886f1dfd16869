/// Reads JSON text into values: what an API server sends, where no places are needed and speed is.
public struct JSONReader {
    /// Why a text is not JSON.
    public struct Failure: Error, Hashable, Sendable, CustomStringConvertible {
        /// What is wrong.
        public var message: String
        /// The byte at which it is.
        public var byte: Int

        public var description: String { "not JSON: \(message) at byte \(byte)" }
    }

    /// Arrays and objects within each other that are read; more is refused.
    private static let greatestDepth = 512

    private let bytes: UnsafeBufferPointer<UInt8>
    private var place = 0

    /// Reads one value that takes up all of the bytes.
    public static func value(_ bytes: [UInt8]) throws(Failure) -> JSONValue {
        let result: Result<JSONValue, Failure> = bytes.withUnsafeBufferPointer { buffer in
            do throws(Failure) { return .success(try value(in: buffer)) } catch { return .failure(error) }
        }
        return try result.get()
    }

    /// Reads one value that takes up all of a piece of memory, which is not kept.
    public static func value(in bytes: UnsafeBufferPointer<UInt8>) throws(Failure) -> JSONValue {
        var reader = JSONReader(bytes: bytes)
        let value = try reader.value(depth: 0)
        reader.skipBlanks()
        guard reader.place == bytes.count else { throw reader.failure("text after the value") }
        return value
    }

    /// Reads one value from a text.
    public static func value(_ text: String) throws(Failure) -> JSONValue { try value(Array(text.utf8)) }

    private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private func failure(_ message: String) -> Failure { Failure(message: message, byte: place) }

    private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
    }

    private mutating func value(depth: Int) throws(Failure) -> JSONValue {
        guard depth < Self.greatestDepth else { throw failure("more than \(Self.greatestDepth) levels") }
        skipBlanks()
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw failure("the text ends early")
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Failure) -> JSONValue {
        let end = place + word.utf8CodeUnitCount
        guard end <= bytes.count,
            ByteSearch.equal(
                UnsafeBufferPointer(rebasing: bytes[place..<end]),
                UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
        else { throw failure("a word that JSON does not have") }
        place = end
        return value
    }

    private mutating func object(depth: Int) throws(Failure) -> JSONValue {
        place += 1
        var fields: [(key: String, value: JSONValue)] = []
        skipBlanks()
        if next == UInt8(ascii: "}") {
            place += 1
            return .object(JSONObject())
        }
        while true {
            skipBlanks()
            guard next == UInt8(ascii: "\"") else { throw failure("a key has to be in quotes") }
            let key = try string()
            skipBlanks()
            guard next == UInt8(ascii: ":") else { throw failure("a key without its colon") }
            place += 1
            fields.append((key, try value(depth: depth + 1)))
            if try ends(with: UInt8(ascii: "}")) { break }
        }
        // Of two equal keys the last wins, as in Go.
        let isDistinct = Set(fields.map(\.key)).count == fields.count
        return .object(isDistinct ? JSONObject(distinct: fields) : JSONObject(fields.map { ($0.key, $0.value) }))
    }

    private mutating func array(depth: Int) throws(Failure) -> JSONValue {
        place += 1
        var elements: [JSONValue] = []
        skipBlanks()
        if next == UInt8(ascii: "]") {
            place += 1
            return .array([])
        }
        while true {
            elements.append(try value(depth: depth + 1))
            if try ends(with: UInt8(ascii: "]")) { return .array(elements) }
        }
    }

    /// Takes a comma or the end of a collection; whether it was the end.
    private mutating func ends(with close: UInt8) throws(Failure) -> Bool {
        skipBlanks()
        guard let byte = next, byte == close || byte == UInt8(ascii: ",") else {
            throw failure("a comma or a closing bracket is missing")
        }
        place += 1
        return byte == close
    }

    private mutating func number() throws(Failure) -> JSONValue {
        let start = place
        var isWhole = true
        while let byte = next {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): break
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"): isWhole = false
            default:
                return try number(from: start, isWhole: isWhole)
            }
            place += 1
        }
        return try number(from: start, isWhole: isWhole)
    }

    private func number(from start: Int, isWhole: Bool) throws(Failure) -> JSONValue {
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        if isWhole, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw failure("not a number: \(text.prefix(20))") }
        return .double(value)
    }

    private mutating func string() throws(Failure) -> String {
        place += 1
        let start = place
        while let byte = next {
            if byte == UInt8(ascii: "\"") {
                let text = String(decoding: bytes[start..<place], as: UTF8.self)
                place += 1
                return text
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            guard byte >= 0x20 else { throw failure("a control character in a string") }
            place += 1
        }
        throw failure("a string that is not closed")
    }

    private mutating func escapedString(from start: Int) throws(Failure) -> String {
        var text = Array(bytes[start..<place])
        while let byte = next {
            place += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text.append(contentsOf: try escape())
            default: text.append(byte)
            }
        }
        throw failure("a string that is not closed")
    }

    private mutating func escape() throws(Failure) -> [UInt8] {
        guard let byte = next else { throw failure("a string that is not closed") }
        place += 1
        switch byte {
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "u"): return Array(String(try unicodeEscape()).utf8)
        default: throw failure("an escape that JSON does not have")
        }
    }

    private mutating func unicodeEscape() throws(Failure) -> Character {
        let high = try codeUnit()
        if (0xD800..<0xDC00).contains(high), next == UInt8(ascii: "\\"), place + 1 < bytes.count,
            bytes[place + 1] == UInt8(ascii: "u") {
            let mark = place
            place += 2
            let low = try codeUnit()
            if (0xDC00..<0xE000).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)) {
                return Character(scalar)
            }
            place = mark
        }
        // Half of a pair alone stands for no character; Go puts the replacement character there.
        return Character(Unicode.Scalar(high) ?? "\u{FFFD}")
    }

    private mutating func codeUnit() throws(Failure) -> UInt32 {
        guard place + 4 <= bytes.count,
            let unit = UInt32(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
        else { throw failure("an escape needs four hexadecimal digits") }
        place += 4
        return unit
    }
}
