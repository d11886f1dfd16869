import ManifestKit

/// What somebody wants to do, as far as rights are concerned.
struct AccessAttributes: Hashable, Sendable {
    /// A verb such as `list`; for a path the HTTP method in lower case.
    var verb: String
    /// The API group; empty for the core group.
    var group = ""
    /// The resource, such as `pods`; empty for a path.
    var resource = ""
    /// A part of it, such as `eviction`, or empty.
    var subresource = ""
    /// The namespace; empty for the whole cluster.
    var namespace = ""
    /// The object; empty for all.
    var name = ""
    /// The path that is no resource's, or nil.
    var path: String?

    /// What a user wants to do.
    init(verb: String, group: String = "", resource: String, namespace: String = "", name: String = "") {
        self.verb = verb
        self.group = group
        self.resource = resource
        self.namespace = namespace
        self.name = name
    }

    /// What a request wants to do; its path alone says so, whether or not anything is served there.
    init(_ request: APIRequest) {
        var parts = request.path[...]
        guard parts.first == "api" && parts.count >= 3 || parts.first == "apis" && parts.count >= 4 else {
            verb = request.method.lowercased()
            path = "/" + parts.joined(separator: "/")
            return
        }
        verb = ""
        group = parts.removeFirst() == "api" ? "" : parts.removeFirst()
        parts.removeFirst()
        if parts.first == "namespaces", let owner = parts.dropFirst().first {
            namespace = owner
            // A namespace is in itself: who may do something in it may do it to it.
            let isAboutItself = parts.count == 2 || parts.count == 3 && ["status", "finalize"].contains(parts.last)
            if !isAboutItself { parts = parts.dropFirst(2) }
        }
        resource = parts.popFirst() ?? ""
        name = parts.popFirst() ?? ""
        subresource = parts.popFirst() ?? ""
        verb = Self.verb(of: request, hasName: !name.isEmpty)
        if name.isEmpty, ["list", "watch", "deletecollection"].contains(verb) {
            name = Self.onlyName(request.query["fieldSelector"])
        }
    }

    /// What a review asks about: `spec.resourceAttributes` or `spec.nonResourceAttributes`; nil where it has neither.
    init?(review spec: JSONValue?) {
        if let about = spec?["nonResourceAttributes"] {
            verb = about["verb"]?.string ?? ""
            path = about["path"]?.string ?? ""
            return
        }
        guard let about = spec?["resourceAttributes"] else { return nil }
        verb = about["verb"]?.string ?? ""
        group = about["group"]?.string ?? ""
        resource = about["resource"]?.string ?? ""
        subresource = about["subresource"]?.string ?? ""
        namespace = about["namespace"]?.string ?? ""
        name = about["name"]?.string ?? ""
    }

    private static func verb(of request: APIRequest, hasName: Bool) -> String {
        switch request.method {
        case "POST": "create"
        case "PUT": "update"
        case "PATCH": "patch"
        case "DELETE": hasName ? "delete" : "deletecollection"
        default: hasName ? "get" : request.isWatch ? "watch" : "list"
        }
    }

    /// The one object that a field selector leaves, or an empty text.
    private static func onlyName(_ query: String?) -> String {
        guard let query, let selector = try? FieldSelector(query: query) else { return "" }
        let found = selector.requirements.first { $0.path == ["metadata", "name"] && !$0.isNegated }
        return found?.value ?? ""
    }

    /// What an API server says to a user who may not do it.
    func refusal(of user: ClusterUser, reason: String) -> KubernetesFailure {
        var text = "User \(JSONWriter.quoted(user.name)) cannot \(verb) "
        if let path {
            text += "path \(JSONWriter.quoted(path))"
        } else {
            let full = subresource.isEmpty ? resource : "\(resource)/\(subresource)"
            text += "resource \(JSONWriter.quoted(full)) in API group \(JSONWriter.quoted(group)) "
            text += namespace.isEmpty ? "at the cluster scope" : "in the namespace \(JSONWriter.quoted(namespace))"
        }
        if !reason.isEmpty { text += ": \(reason)" }
        guard path == nil else { return KubernetesFailure(.forbidden, "forbidden: \(text)") }
        let type = ResourceType(group: group, version: "", plural: resource, kind: "")
        let about = name.isEmpty ? "\(type)" : "\(type) \"\(name)\""
        return KubernetesFailure(
            .forbidden, "\(about) is forbidden: \(text)", resource: type, name: name.isEmpty ? nil : name)
    }
}
