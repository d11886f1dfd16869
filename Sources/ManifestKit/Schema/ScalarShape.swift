/// What a scalar is, told without making a string of it: most scalars are looked at only to see that they are fine.
enum ScalarShape {
    case null
    case boolean(Bool)
    case integer(Int64)
    case float(Double)
    case string

    /// Tells what a plain scalar without a tag is, as `ScalarResolution` does.
    @inline(__always)
    init(plain text: UnsafeBufferPointer<UInt8>) {
        guard let first = text.first else {
            self = .null
            return
        }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            self = Self.numberOrString(text)
        case UInt8(ascii: "~"):
            self = text.count == 1 ? .null : .string
        case UInt8(ascii: "y"), UInt8(ascii: "Y"), UInt8(ascii: "n"), UInt8(ascii: "N"), UInt8(ascii: "t"),
            UInt8(ascii: "T"), UInt8(ascii: "f"), UInt8(ascii: "F"), UInt8(ascii: "o"), UInt8(ascii: "O"):
            self = text.count > 5 ? .string : ScalarShape(ScalarResolution.resolve(text))
        default:
            self = .string
        }
    }

    /// The shape of a scalar that was resolved.
    init(_ scalar: YAMLScalar) {
        switch scalar {
        case .null: self = .null
        case .boolean(let value): self = .boolean(value)
        case .integer(let value): self = .integer(value)
        case .float(let value): self = .float(value)
        case .string: self = .string
        }
    }

    private static func numberOrString(_ text: UnsafeBufferPointer<UInt8>) -> ScalarShape {
        if text.count <= 18, text[0] != UInt8(ascii: "0") || text.count == 1 {
            var value: Int64 = 0
            var isInteger = true
            for byte in text {
                guard byte >= 0x30, byte <= 0x39 else {
                    isInteger = false
                    break
                }
                value = value &* 10 &+ Int64(byte &- 0x30)
            }
            if isInteger { return .integer(value) }
        }
        // `10m`, `25%`, `1.2.3.4/8` and `30s` end in what no number ends in.
        let last = text[text.count - 1]
        let lower = last | 0x20
        let endsAsNumber = last >= 0x30 && last <= 0x39 || last == UInt8(ascii: ".") || last == UInt8(ascii: "_")
            || lower >= 0x61 && lower <= 0x66 || lower == UInt8(ascii: "n")
        return endsAsNumber ? ScalarShape(ScalarResolution.resolve(text)) : .string
    }
}
