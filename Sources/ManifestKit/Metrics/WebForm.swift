/// Parameters as a form or the query of an address carries them.
enum WebForm {
    /// `name=value&name=value`, everything but letters, digits and `-._~` escaped, a blank as `+`.
    static func encoded(_ parameters: [(String, String)]) -> String {
        parameters.map { escaped($0.0) + "=" + escaped($0.1) }.joined(separator: "&")
    }

    /// A text as a part of a query.
    static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: " "): result += "+"
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
        return result
    }
}
