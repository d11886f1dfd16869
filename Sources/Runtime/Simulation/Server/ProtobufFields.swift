import ManifestKit

/// The fields of Kubernetes messages by their numbers.
///
/// A line of `text` is a message, its fields parted by `;`: the number, the name in JSON (none where the message's
/// fields stand in its owner), and a code. `*` marks a pointer, whose zero counts; `[` a list; `{` a map with string
/// keys; then stands what the value is: `s`tring, `b`oolean, `i`nteger, `f`loat, b`y`tes, `t`ime, time with
/// microseconds `u`, `q`uantity, integer `o`r string, `d`uration, `r`aw JSON, `w` with the code of a list that is a
/// message of its own, `m` with a message's place, or `x`, which is skipped.
enum ProtobufFields {
    /// A field of a message.
    struct Field {
        /// Its name in JSON; empty where its own fields take its place.
        var name: String
        var isPointer = false
        var isList = false
        var isMap = false
        /// What the value is: the first letter of its code.
        var code: UInt8
        /// The place of its message.
        var message = 0
        /// The code of the items of a list that is a message.
        var itemCode: UInt8 = 0

        /// Reads a field's code.
        init(name: Substring, code text: Substring) {
            self.name = String(name)
            var rest = text.utf8[...]
            while let mark = rest.first, [UInt8(ascii: "*"), UInt8(ascii: "["), UInt8(ascii: "{")].contains(mark) {
                if mark == UInt8(ascii: "*") { isPointer = true }
                if mark == UInt8(ascii: "[") { isList = true }
                if mark == UInt8(ascii: "{") { isMap = true }
                rest = rest.dropFirst()
            }
            code = rest.first ?? UInt8(ascii: "x")
            rest = rest.dropFirst()
            if code == UInt8(ascii: "m") { message = Int(String(Substring(rest))) ?? 0 }
            if code == UInt8(ascii: "w") { itemCode = rest.first ?? UInt8(ascii: "x") }
        }
    }

    /// All messages; read when the first client sends one.
    static let messages: [[Int: Field]] = text.withUTF8Buffer { bytes in
        String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map { line in
            var fields: [Int: Field] = [:]
            for part in line.split(separator: ";") {
                let words = part.split(separator: " ", omittingEmptySubsequences: false)
                guard words.count == 3, let number = Int(words[0]) else { continue }
                fields[number] = Field(name: words[1], code: words[2])
            }
            return fields
        }
    }
}
