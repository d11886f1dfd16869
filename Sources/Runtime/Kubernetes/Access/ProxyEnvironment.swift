#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The proxy that the environment names, as kubectl and other programs in Go read it.
struct ProxyEnvironment: Sendable {
    private let variables: [String: String]

    /// Reads the variables of an environment.
    init(_ variables: [String: String]) { self.variables = variables }

    /// The proxy for a server, or nil where it is reached directly.
    func proxy(for server: ServerAddress) throws(KubeconfigError) -> ServerAddress? {
        let name = server.isSecure ? "HTTPS_PROXY" : "HTTP_PROXY"
        guard let text = value(name), isProxied(server) else { return nil }
        return try ServerAddress.proxy(text, named: name, advice: "; set NO_PROXY=\(server.host) to go without")
    }

    private func value(_ name: String) -> String? {
        for name in [name, name.lowercased()] {
            if let value = variables[name], !value.isEmpty { return value }
        }
        return nil
    }

    /// Whether `NO_PROXY` does not name the server. What is on this machine is never behind a proxy.
    private func isProxied(_ server: ServerAddress) -> Bool {
        let host = server.host.lowercased()
        let address = Self.bytes(of: host)
        if host == "localhost" || address.map(Self.isLoopback) == true { return false }
        for part in (value("NO_PROXY") ?? "").split(separator: ",") {
            let entry = String(part).trimmingBlanks.lowercased()
            if entry == "*" || Self.entry(entry, matches: host, address, port: server.port) { return false }
        }
        return true
    }

    private static func entry(_ entry: String, matches host: String, _ address: [UInt8]?, port: Int) -> Bool {
        if let slash = entry.firstIndex(of: "/") {
            guard let address, let network = bytes(of: String(entry[..<slash])),
                let length = Int(entry[entry.index(after: slash)...])
            else { return false }
            return isIn(address, network, length)
        }
        if let address, let other = bytes(of: entry) { return address == other }
        guard let parsed = ServerAddress(entry, defaultScheme: "http") else { return false }
        let namesPort = entry.hasSuffix(":\(parsed.port)")
        guard !namesPort || parsed.port == port else { return false }
        if let address { return bytes(of: parsed.host) == address }
        if parsed.host.hasPrefix(".") { return host.hasSuffix(parsed.host) }
        if parsed.host.hasPrefix("*.") { return host.hasSuffix(parsed.host.dropFirst()) }
        return host == parsed.host || host.hasSuffix("." + parsed.host)
    }

    private static func isIn(_ address: [UInt8], _ network: [UInt8], _ length: Int) -> Bool {
        guard address.count == network.count, 0...address.count * 8 ~= length else { return false }
        return (0..<length).allSatisfy { bit in
            let mask = UInt8(0x80) >> UInt8(bit % 8)
            return address[bit / 8] & mask == network[bit / 8] & mask
        }
    }

    private static func isLoopback(_ address: [UInt8]) -> Bool {
        address.count == 4 ? address[0] == 127 : address.dropLast().allSatisfy { $0 == 0 } && address.last == 1
    }

    /// The bytes of an address in text, four or sixteen, or nil.
    static func bytes(of text: String) -> [UInt8]? {
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if inet_pton(family, text, &bytes) == 1 { return bytes }
        }
        return nil
    }
}
