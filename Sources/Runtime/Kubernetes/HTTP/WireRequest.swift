import ManifestKit

/// A request as it goes over the wire, apart from who sends it and where to.
struct WireRequest: Hashable, Sendable {
    /// The HTTP method.
    var method: String
    /// The path and query, from the root of the API server.
    var path: String
    /// Header fields.
    var headers: [String: String] = ["Accept": "application/json"]
    /// The body, as JSON.
    var body: JSONValue?

    /// What a request comes to.
    init(_ request: KubernetesRequest) {
        method = request.verb.method
        switch request.verb {
        case .get, .list:
            path = request.path
        case .create, .update:
            path = request.path
            headers["Content-Type"] = "application/json"
            body = request.body
        case .patch(let type):
            path = request.path
            headers["Content-Type"] = type.rawValue
            body = request.body
        case .delete, .deleteCollection:
            // What a delete expects of the object can only be said in the body, and a server that gets a body does
            // not look at the query for the rest.
            var target = request
            target.resourceVersion = nil
            target.propagation = nil
            target.isDryRun = false
            path = target.path
            headers["Content-Type"] = "application/json"
            body = Self.deleteOptions(request)
        }
    }

    /// A watch of what a list request asks for, which the server ends after some seconds.
    init(watching request: KubernetesRequest, seconds: Int) {
        var target = request
        target.verb = .list
        target.limit = nil
        target.continuation = nil
        method = "GET"
        let mark = target.parameters.isEmpty ? "?" : "&"
        path = target.path + mark + "allowWatchBookmarks=true&timeoutSeconds=\(seconds)&watch=true"
    }

    private static func deleteOptions(_ request: KubernetesRequest) -> JSONValue {
        var options: JSONValue = ["kind": "DeleteOptions", "apiVersion": "v1"]
        for (key, value) in request.body?.object?.fields ?? [] { options[key] = value }
        if let propagation = request.propagation { options["propagationPolicy"] = .string(propagation.rawValue) }
        if let version = request.resourceVersion {
            options.set(["preconditions", "resourceVersion"], to: .string(version))
        }
        if request.isDryRun { options["dryRun"] = ["All"] }
        return options
    }
}

extension KubernetesRequest {
    /// The verb as rights name it, such as `patch`.
    var right: String {
        switch verb {
        case .get: "get"
        case .list: "list"
        case .create: "create"
        case .update: "update"
        case .delete: "delete"
        case .deleteCollection: "deletecollection"
        case .patch: "patch"
        }
    }

    /// Whether the request changes nothing, so that it can be sent again whatever became of it.
    var isReading: Bool { verb == .get || verb == .list }
}
