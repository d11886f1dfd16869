/// The `{{args.name}}` places of a text, as the controller finds them.
///
/// It looks for `{{` and the next `}}` behind it; what stands between, without the blanks around it, is the name.
public struct ArgumentTags: Sendable {
    /// One place.
    public struct Tag: Hashable, Sendable {
        /// What stands between the braces, without blanks around it.
        public var name: String
        /// The bytes from the opening to behind the closing braces.
        public var range: Range<Int>

        /// The argument's name for `args.name`, or nil for anything else.
        public var argument: String? { name.hasPrefix("args.") ? String(name.dropFirst(5)) : nil }
    }

    /// The places in their order.
    public private(set) var tags: [Tag] = []
    /// The bytes from an opening that no closing follows to the end.
    public private(set) var unclosed: Range<Int>?
    private let bytes: [UInt8]

    /// Whether bytes hold an opening at all; most texts do not.
    static func mayBe(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        ByteSearch.firstIndex(of: "{{", in: bytes) != nil
    }

    /// Finds the places of a text.
    public init(_ text: String) {
        bytes = Array(text.utf8)
        var position = 0
        while let start = Self.pair(UInt8(ascii: "{"), in: bytes, from: position) {
            guard let end = Self.pair(UInt8(ascii: "}"), in: bytes, from: start + 2) else {
                unclosed = start..<bytes.count
                return
            }
            let inner = bytes[start + 2..<end]
            let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 >= 0x09 && $0 <= 0x0D }
            let name = inner.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
            tags.append(Tag(name: String(decoding: Array(name), as: UTF8.self), range: start..<end + 2))
            position = end + 2
        }
    }

    /// Whether there is anything to replace.
    public var isEmpty: Bool { tags.isEmpty && unclosed == nil }

    /// The text with each place replaced.
    public func replaced(_ value: (Tag) -> String) -> String {
        var result: [UInt8] = []
        var position = 0
        for tag in tags {
            result += bytes[position..<tag.range.lowerBound]
            result += Array(value(tag).utf8)
            position = tag.range.upperBound
        }
        result += bytes[position...]
        return String(decoding: result, as: UTF8.self)
    }

    private static func pair(_ byte: UInt8, in bytes: [UInt8], from: Int) -> Int? {
        var place = from
        while place + 1 < bytes.count {
            if bytes[place] == byte, bytes[place + 1] == byte { return place }
            place += 1
        }
        return nil
    }
}
