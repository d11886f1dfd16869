/// Texts as parts of addresses carry them (RFC 3986, section 2).
public enum PercentEncoding {
    /// The bytes with all but letters, digits and `-._~` escaped; `blank` stands for a space.
    public static func escaped(_ bytes: some Sequence<UInt8>, blank: String = "%20") -> String {
        var result = ""
        for byte in bytes {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: " "): result += blank
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }
}
