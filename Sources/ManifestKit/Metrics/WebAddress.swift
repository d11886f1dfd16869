/// An address as Go's `net/url` reads it, as far as it decides whether a request can be made.
public struct WebAddress: Hashable, Sendable {
    /// The scheme in lower case; empty where there is none.
    public var scheme: String
    /// Host and port; empty where there are none.
    public var host: String

    /// Why a text is no address.
    public struct Malformation: Error, Hashable, Sendable {
        /// What is wrong, in a few words.
        public var message: String
    }

    /// Reads an address, or says why it is none.
    public static func parse(_ text: String) -> Result<WebAddress, Malformation> {
        if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            return .failure(Malformation(message: "it holds a control character"))
        }
        var rest = text.prefix { $0 != "#" }
        let scheme: String
        switch takeScheme(&rest) {
        case .failure(let malformation): return .failure(malformation)
        case .success(let found): scheme = found
        }
        let path = rest.prefix { $0 != "?" }
        if !path.hasPrefix("/") {
            if !scheme.isEmpty { return .success(WebAddress(scheme: scheme, host: "")) }
            if path.prefix(while: { $0 != "/" }).contains(":") {
                return .failure(Malformation(message: "the part before the first `:` is no scheme"))
            }
        }
        guard path.hasPrefix("//") else { return escaped(path, WebAddress(scheme: scheme, host: "")) }
        let authority = path.dropFirst(2).prefix { $0 != "/" }
        let host = authority.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
        if let malformation = malformation(ofHost: host) { return .failure(malformation) }
        return escaped(path.dropFirst(2 + authority.count), WebAddress(scheme: scheme, host: String(host)))
    }

    private static func takeScheme(_ rest: inout Substring) -> Result<String, Malformation> {
        for (position, byte) in zip(0..., rest.utf8) {
            switch byte {
            case 0x41...0x5A, 0x61...0x7A: continue
            case 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                if position == 0 { return .success("") }
            case UInt8(ascii: ":"):
                if position == 0 { return .failure(Malformation(message: "the scheme before `:` is missing")) }
                let scheme = rest.prefix(position).lowercased()
                rest = rest.dropFirst(position + 1)
                return .success(scheme)
            default: return .success("")
            }
        }
        return .success("")
    }

    private static func malformation(ofHost host: Substring) -> Malformation? {
        var port: Substring?
        if host.hasPrefix("[") {
            guard let end = host.lastIndex(of: "]") else { return Malformation(message: "a `[` in the host has "
                + "no `]`") }
            port = host[host.index(after: end)...]
        } else if let colon = host.lastIndex(of: ":") {
            port = host[colon...]
        }
        if let port, !port.isEmpty {
            let digits = port.dropFirst()
            guard port.hasPrefix(":"), digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
                return Malformation(message: "the port `\(port.dropFirst())` is no number")
            }
        }
        if let bad = host.unicodeScalars.first(where: { " \"<>\\^`{|}".unicodeScalars.contains($0) }) {
            // Go lets `<`, `>` and `"` through, though no host has them.
            return "<>\"".unicodeScalars.contains(bad) ? nil : Malformation(message: "the host holds the "
                + "character `\(bad)`")
        }
        return nil
    }

    /// The address, unless a `%` in its path has no two digits behind it.
    private static func escaped(_ path: Substring, _ address: WebAddress) -> Result<WebAddress, Malformation> {
        let bytes = Array(path.utf8)
        let isDigit: (UInt8) -> Bool = { Unicode.Scalar($0).properties.isASCIIHexDigit }
        for place in bytes.indices where bytes[place] == UInt8(ascii: "%") {
            guard place + 2 < bytes.count, isDigit(bytes[place + 1]), isDigit(bytes[place + 2]) else {
                return .failure(Malformation(message: "a `%` has no two hexadecimal digits behind it"))
            }
        }
        return .success(address)
    }
}
