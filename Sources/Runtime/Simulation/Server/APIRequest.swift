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
    /// Whom the client's certificate names, where it has one.
    var certificateUser: ClusterUser?

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

    /// Whether the client wants to follow changes.
    var isWatch: Bool { flag("watch") }

    /// Whether a parameter is set and true.
    func flag(_ name: String) -> Bool { query[name] == "true" || query[name] == "1" }

    /// How the client wants objects to be shown.
    func presentation(entry: ResourceCatalog.Entry, now: KubernetesTime) -> Presentation {
        // The first form that a client names is the one that it likes best, and all are served.
        let form = (headers["accept"] ?? "").split(separator: ",").first ?? ""
        if form.contains("as=Table") {
            return .table(TablePrinter(entry: entry, now: now, included: query["includeObject"] ?? "Metadata"))
        }
        return form.contains("as=PartialObjectMetadata") ? .metadata : .whole
    }

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
    /// A value with an HTTP status, and what the client's user is to be warned of.
    case json(Int, JSONValue, warnings: [String] = [])
    /// Plain text.
    case text(Int, String)
    /// Changes as they come.
    case watch(KubernetesRequest, WatchSettings)
}

/// How long a watch lasts and what it tells besides changes.
struct WatchSettings: Sendable {
    /// Seconds until it ends.
    var seconds: Int
    /// Whether a bookmark marks the end of the objects that were there at its start.
    var sendsInitialEvents: Bool
    /// Whether the client understands bookmarks.
    var allowsBookmarks: Bool
}
