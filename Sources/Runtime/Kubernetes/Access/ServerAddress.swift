/// Where a server is reached: a URL taken apart.
struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
    /// `http`, `https`, `socks5`.
    var scheme: String
    /// The name and password before the host, as they stand there.
    var userInfo: String?
    /// A name or an address; that of IPv6 without its brackets.
    var host: String
    /// The port.
    var port: Int
    /// What stands before every path, without a slash at its end.
    var prefix = ""

    /// Whether the connection is encrypted.
    var isSecure: Bool { scheme == "https" }

    /// The host as it stands in a URL.
    var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }

    /// Host and port, without the port that the scheme has anyway.
    var authority: String {
        port == Self.ports[scheme] ? bracketedHost : "\(bracketedHost):\(port)"
    }

    /// The URL, without what is before the host.
    var description: String { "\(scheme)://\(authority)\(prefix)" }

    /// The schemes of the proxies that can be used.
    private static let proxySchemes = ["http", "socks5", "socks5h"]

    /// Reads the URL of a proxy, which is an http proxy where it has no scheme; `name` is what messages call it.
    static func proxy(
        _ text: String, named name: String, in place: String? = nil, advice: String = ""
    ) throws(KubeconfigError) -> ServerAddress {
        guard let proxy = ServerAddress(text, defaultScheme: "http", schemes: proxySchemes) else {
            throw KubeconfigError(
                "\(name) \"\(withoutUserInfo(text))\" is no http or socks5 URL, which are the proxies that can be used"
                    + advice, in: place)
        }
        guard proxy.userInfo == nil || !proxy.scheme.hasPrefix("socks") else {
            throw KubeconfigError(
                "\(name) \"\(proxy)\" has a user name, which can be used with http proxies only" + advice, in: place)
        }
        return proxy
    }

    /// A URL without the name and password before its host, which are nobody's business in messages.
    private static func withoutUserInfo(_ text: String) -> String {
        guard let mark = text.lastIndex(of: "@") else { return text }
        let scheme = text.firstRange(of: "://").map { text[..<$0.upperBound] } ?? ""
        return String(scheme + text[text.index(after: mark)...])
    }

    private static let ports = ["http": 80, "https": 443, "socks5": 1080, "socks5h": 1080]

    /// Takes a URL apart; nil where it is none with one of the schemes. A text without a scheme gets the given one.
    init?(_ text: String, defaultScheme: String, schemes: [String] = ["http", "https"]) {
        var rest = Substring(text)
        scheme = defaultScheme
        if let mark = rest.firstRange(of: "://") {
            scheme = rest[..<mark.lowerBound].lowercased()
            rest = rest[mark.upperBound...]
        }
        guard schemes.contains(scheme), let standardPort = Self.ports[scheme] else { return nil }
        if let end = rest.firstIndex(where: { $0 == "?" || $0 == "#" }) { rest = rest[..<end] }
        if let slash = rest.firstIndex(of: "/") {
            prefix = String(rest[slash...])
            while prefix.hasSuffix("/") { prefix.removeLast() }
            rest = rest[..<slash]
        }
        if let mark = rest.lastIndex(of: "@") {
            userInfo = String(rest[..<mark])
            rest = rest[rest.index(after: mark)...]
        }
        guard let (host, port) = Self.hostAndPort(rest) else { return nil }
        self.host = host
        self.port = port ?? standardPort
    }

    private static func hostAndPort(_ text: Substring) -> (host: String, port: Int?)? {
        var rest = text
        var host = ""
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
        } else {
            let end = rest.firstIndex(of: ":") ?? rest.endIndex
            host = String(rest[..<end])
            rest = rest[end...]
        }
        let isPlain = host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
        guard !host.isEmpty, isPlain else { return nil }
        guard !rest.isEmpty else { return (host, nil) }
        guard rest.first == ":", let port = UInt16(rest.dropFirst()) else { return nil }
        return (host, Int(port))
    }
}

extension StringProtocol {
    /// The text with `%41` and the like taken for the bytes that they stand for.
    var percentDecoded: String {
        var bytes: [UInt8] = []
        var rest = Array(utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
