/// Makes JSON's escapes of characters beyond U+FFFF readable for libyaml.
///
/// JSON writes such a character as two escapes, `\ud83d\ude00`; kubectl reads JSON files with a JSON reader, which
/// joins them, while libyaml refuses both. YAML's `\U0001f600` is two bytes shorter; an escaped line break in front of
/// it, which stands for nothing, makes up for that, so that every place in the text stays where it is.
enum SurrogateEscapes {
    /// The bytes with pairs of escapes replaced, or nil where there is none or the text is not JSON.
    static func replaced(in bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard let first = bytes.first(where: { !isBlank($0) }),
            first == UInt8(ascii: "{") || first == UInt8(ascii: "["),
            ByteSearch.firstIndex(of: "\\u", in: bytes) != nil
        else { return nil }
        var result: [UInt8]?
        var index = 0
        while let place = ByteSearch.firstIndex(of: UInt8(ascii: "\\"), in: bytes, from: index) {
            guard let high = unit(at: place, in: bytes), (0xD800..<0xDC00).contains(high),
                let low = unit(at: place + 6, in: bytes), (0xDC00..<0xE000).contains(low)
            else {
                // An escape is at least two bytes: `\\u` is a backslash and a letter.
                index = place + 2
                continue
            }
            let scalar = 0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
            let digits = String(scalar, radix: 16)
            let escape = "\\\n\\U" + String(repeating: "0", count: 8 - digits.utf8.count) + digits
            var copy = result ?? Array(bytes)
            copy.replaceSubrange(place..<place + 12, with: escape.utf8)
            result = copy
            index = place + 12
        }
        return result
    }

    private static func unit(at place: Int, in bytes: UnsafeBufferPointer<UInt8>) -> UInt32? {
        guard place + 6 <= bytes.count, bytes[place] == UInt8(ascii: "\\"), bytes[place + 1] == UInt8(ascii: "u") else {
            return nil
        }
        return UInt32(String(decoding: bytes[place + 2..<place + 6], as: UTF8.self), radix: 16)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }
}
