import ManifestKit

/// An HTTP request to an API server, taken apart.
struct APIRequest: Sendable {
    /// The method, such as `GET`.
    var method: String
    /// The path's parts, decoded.
    var path: [String]
    /// The query's parameters; of two of one name the last counts.
    var query: [String: String]
    /// Header fields by their names in lower case.
    var headers: [String: String]
    /// The body.
    var body: [UInt8]

    /// Takes a request apart.
    init(method: String, target: String, headers: [String: String] = [:], body: [UInt8] = []) {
        self.method = method
        self.headers = headers
        self.body = body
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = (parts.first ?? "").split(separator: "/").map { Self.decoded($0) }
        query = [:]
        for pair in parts.count > 1 ? parts[1].split(separator: "&") : [] {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            query[Self.decoded(sides[0])] = sides.count > 1 ? Self.decoded(sides[1]) : ""
        }
    }

    /// Whether the client wants tables for people.
    var wantsTable: Bool { (headers["accept"] ?? "").contains("as=Table") }

    /// Whether the client wants to follow changes.
    var isWatch: Bool { query["watch"] == "true" || query["watch"] == "1" }

    private static func decoded(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.first {
            rest = rest.dropFirst()
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// What an API server answers.
enum APIResponse: Sendable {
    /// A value with an HTTP status.
    case json(Int, JSONValue)
    /// Plain text.
    case text(Int, String)
    /// Changes as they come, for some seconds.
    case watch(KubernetesRequest, seconds: Int, asTable: Bool, sendsInitialEvents: Bool)
}
