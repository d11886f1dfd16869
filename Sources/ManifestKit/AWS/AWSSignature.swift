/// Who asks a service of AWS.
public struct AWSCredentials: Hashable, Sendable {
    /// The access key's id.
    public var accessKeyID: String
    /// The access key's secret.
    public var secretAccessKey: String
    /// The token of credentials that are lent for a time, or nil.
    public var sessionToken: String?

    /// Makes credentials.
    public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
    }
}

extension AWSCredentials: CustomStringConvertible, CustomReflectable {
    /// The access key's id alone: the rest is secret, and must not get into a log by mistake.
    public var description: String { "AWS access key \(accessKeyID)" }
    /// Nothing but the access key's id.
    public var customMirror: Mirror { Mirror(self, children: ["accessKeyID": accessKeyID]) }
}

/// Signs requests to services of AWS (Signature Version 4).
///
/// See "AWS Signature Version 4 for API requests" in the IAM User Guide. The hash function comes from whoever signs.
public struct AWSSignature: Sendable {
    /// The service's name in signatures: `monitoring`, `aps`, `sts`.
    public var service: String
    /// The region, such as `eu-central-1`.
    public var region: String
    /// Who asks.
    public var credentials: AWSCredentials
    private let sha256: @Sendable ([UInt8]) -> [UInt8]

    private static let algorithm = "AWS4-HMAC-SHA256"
    /// Bytes of a block of SHA-256.
    private static let blockSize = 64
    /// Headers that proxies and clients set or change on the way, in small letters.
    private static let unsigned: Set<String> = [
        "authorization", "connection", "expect", "transfer-encoding", "user-agent", "x-amzn-trace-id",
    ]

    /// Makes a signer; `sha256` is the SHA-256 digest of bytes, 32 of them.
    public init(
        service: String, region: String, credentials: AWSCredentials,
        sha256: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) {
        self.service = service
        self.region = region
        self.credentials = credentials
        self.sha256 = sha256
    }

    /// The request with the headers that sign it: `Host`, `X-Amz-Date`, `Authorization`, and `X-Amz-Security-Token`
    /// where the credentials have a token. Its body and its other headers must not change any more.
    public func signed(_ query: HTTPQuery, at moment: KubernetesTime) -> HTTPQuery {
        var query = query
        let place = Place(query.url)
        let time = moment.description.filter { $0 != "-" && $0 != ":" }
        query.set("Host", place.host)
        query.set("X-Amz-Date", time)
        if let token = credentials.sessionToken { query.set("X-Amz-Security-Token", token) }
        let headers = Self.canonicalHeaders(query.headers)
        let names = headers.map(\.name).joined(separator: ";")
        let request = [
            query.method, place.path, place.query,
            headers.map { "\($0.name):\($0.value)\n" }.joined(), names, hex(sha256(Array((query.body ?? "").utf8))),
        ].joined(separator: "\n")
        let scope = [String(time.prefix(8)), region, service, "aws4_request"]
        let text = [Self.algorithm, time, scope.joined(separator: "/"), hex(sha256(Array(request.utf8)))]
        var key = Array("AWS4\(credentials.secretAccessKey)".utf8)
        for part in scope { key = authenticationCode(Array(part.utf8), key: key) }
        let signature = hex(authenticationCode(Array(text.joined(separator: "\n").utf8), key: key))
        query.set("Authorization", "\(Self.algorithm) Credential=\(credentials.accessKeyID)/"
            + "\(scope.joined(separator: "/")), SignedHeaders=\(names), Signature=\(signature)")
        return query
    }

    /// HMAC with SHA-256 (RFC 2104).
    func authenticationCode(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var block = key.count > Self.blockSize ? sha256(key) : key
        block += Array(repeating: 0, count: Self.blockSize - block.count)
        return sha256(block.map { $0 ^ 0x5C } + sha256(block.map { $0 ^ 0x36 } + message))
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    // MARK: The canonical request

    /// Headers by name, each once; blanks around and within values count as one or none.
    private static func canonicalHeaders(_ headers: [HTTPQuery.Header]) -> [(name: String, value: String)] {
        var values: [String: [String]] = [:]
        for header in headers {
            let name = header.name.lowercased()
            guard !unsigned.contains(name) else { continue }
            let words = header.value.split { $0 == " " || $0 == "\t" }
            values[name, default: []].append(words.joined(separator: " "))
        }
        return values.map { (name: $0.key, value: $0.value.joined(separator: ",")) }.sorted { $0.name < $1.name }
    }

    /// An address in its parts, as they are signed.
    private struct Place {
        var host: String
        var path: String
        var query: String

        init(_ address: String) {
            let text = address.prefix { $0 != "#" }
            let scheme = text.prefix { $0 != ":" }
            var rest = text.dropFirst(scheme.count + 3)
            let authority = rest.prefix { $0 != "/" && $0 != "?" }
            rest = rest.dropFirst(authority.count)
            var host = String(authority.split(separator: "@", omittingEmptySubsequences: false).last ?? "")
            for (name, port) in [("http", ":80"), ("https", ":443")] where scheme.lowercased() == name {
                if host.hasSuffix(port) { host = String(host.dropLast(port.count)) }
            }
            self.host = host
            let path = rest.prefix { $0 != "?" }
            // The escaped path is escaped once more, as all services but S3 want it.
            self.path = Self.normalized(path).split(separator: "/", omittingEmptySubsequences: false)
                .map { PercentEncoding.escaped($0.utf8) }.joined(separator: "/")
            query = rest.dropFirst(path.count + 1).split(separator: "&").map { part in
                let name = part.prefix { $0 != "=" }
                return (AWSSignature.reescaped(name), AWSSignature.reescaped(part.dropFirst(name.count + 1)))
            }.sorted { $0 < $1 }.map { "\($0.0)=\($0.1)" }.joined(separator: "&")
        }

        /// A path without `.`, `..` and empty parts.
        private static func normalized(_ path: Substring) -> String {
            var parts: [Substring] = []
            for part in path.split(separator: "/") where part != "." {
                if part == ".." { _ = parts.popLast() } else { parts.append(part) }
            }
            guard !parts.isEmpty else { return "/" }
            return "/" + parts.joined(separator: "/") + (path.hasSuffix("/") ? "/" : "")
        }
    }

    /// An escaped part of a query escaped the way that signatures want it.
    private static func reescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            if byte == UInt8(ascii: "%"), digits.utf8.count == 2, let value = UInt8(digits, radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return PercentEncoding.escaped(bytes)
    }
}
