import ManifestKit

/// Turns HTTP requests into requests to the embedded cluster; knows nothing of sockets.
struct APIHandler: Sendable {
    /// The cluster behind it.
    let cluster: EmbeddedCluster
    /// Who gets in, and what they may do.
    let access: AccessControl
    /// The version that `/version` names.
    static let gitVersion = "v1.37.0"

    /// Makes a handler; without an access of its own it lets everybody in.
    init(cluster: EmbeddedCluster, access: AccessControl? = nil) {
        self.cluster = cluster
        self.access = access ?? AccessControl(cluster)
    }

    /// Answers a request.
    func respond(to request: APIRequest) -> APIResponse {
        do throws(KubernetesFailure) {
            return try answer(request, of: try access.admit(request))
        } catch {
            return .json(error.reason.code == 0 ? 500 : error.reason.code, error.status)
        }
    }

    private func answer(
        _ request: APIRequest, of user: ClusterUser
    ) throws(KubernetesFailure) -> APIResponse {
        switch request.path.first {
        case nil:
            let paths: [JSONValue] = ["/api", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version"]
            return .json(200, ["paths": .array(paths)])
        case "healthz", "livez", "readyz": return .text(200, "ok")
        case "version":
            return .json(200, [
                "major": "1", "minor": "37", "gitVersion": .string(Self.gitVersion), "platform": "embedded",
                // Of a program in Go, and required all the same: strict clients refuse an answer without them.
                "gitCommit": "", "gitTreeState": "clean", "buildDate": "1970-01-01T00:00:00Z", "goVersion": "none",
                "compiler": "none",
            ])
        case "openapi": return try OpenAPIDocuments(catalog: cluster.catalog).answer(request)
        case "api", "apis":
            if let discovery = Discovery(catalog: cluster.catalog).answer(request) { return .json(200, discovery) }
            let reviews = AccessReviews(access: access, user: user)
            if let token = try reviews.token(request) { return token }
            return try resource(request, of: user)
        default: throw Self.notServed
        }
    }

    private static let notServed = KubernetesFailure(.notFound, "the server could not find the requested resource")

    // MARK: Resources

    private func resource(
        _ request: APIRequest, of user: ClusterUser
    ) throws(KubernetesFailure) -> APIResponse {
        let (target, entry) = try Self.target(request, in: cluster.catalog)
        if let answer = try AccessReviews(access: access, user: user).answer(request, entry) { return answer }
        if request.isWatch, request.method == "GET" { return try watch(request, target) }
        var wanted = try Self.filled(target, from: request)
        if entry.type.isNamespaced, wanted.verb == .create, wanted.namespace.isEmpty {
            wanted.namespace = wanted.body?["metadata"]?["namespace"]?.string ?? ""
        }
        let isNew = wanted.verb == .create || wanted.verb == .patch(.apply) && cluster.object(
            entry.type, ObjectName(namespace: wanted.namespace, name: wanted.name ?? "")) == nil
        // What an apply makes has to be allowed to be made.
        if isNew, wanted.verb != .create {
            var making = AccessAttributes(request)
            making.verb = "create"
            try access.check(user, making)
        }
        let (answer, warnings) = try cluster.performWithWarnings(wanted)
        let isRead = wanted.verb == .get || wanted.verb == .list
        let presentation = isRead ? request.presentation(entry: entry, now: cluster.clock.time) : .whole
        return .json(isNew ? 201 : 200, presentation.shown(answer), warnings: warnings)
    }

    /// The request that a path and method stand for.
    private static func target(
        _ request: APIRequest, in catalog: ResourceCatalog
    ) throws(KubernetesFailure) -> (KubernetesRequest, ResourceCatalog.Entry) {
        var parts = request.path[...]
        let isCore = parts.removeFirst() == "api"
        let group = isCore ? "" : parts.popFirst() ?? ""
        guard let version = parts.popFirst() else { throw notServed }
        var namespace = ""
        // `/namespaces/x` names the namespace itself, `/namespaces/x/pods` something in it.
        if parts.first == "namespaces", parts.count >= 3, !isSubresource(parts[parts.startIndex + 2]) {
            namespace = parts[parts.startIndex + 1]
            parts = parts.dropFirst(2)
        }
        guard let plural = parts.popFirst(),
            let entry = catalog.entry(group: group, version: version, plural: plural)
        else { throw notServed }
        var type = entry.type
        type.version = version
        let name = parts.popFirst()
        var subresource: KubernetesRequest.Subresource?
        if let part = parts.popFirst() {
            if entry.type.kind == "Pod", ["attach", "exec", "log", "portforward", "proxy"].contains(part) {
                throw KubernetesFailure(
                    .badRequest, "the pods of an embedded cluster run no containers, so there is no \(part) of them",
                    resource: entry.type, name: name)
            }
            guard let known = KubernetesRequest.Subresource(rawValue: part) else { throw notServed }
            subresource = known
        }
        guard parts.isEmpty else { throw notServed }
        let verb = try verb(request, hasName: name != nil, subresource: subresource)
        return (
            KubernetesRequest(verb, type, namespace: namespace, name: name, subresource: subresource), entry
        )
    }

    private static func isSubresource(_ part: String) -> Bool { part == "status" || part == "finalize" }

    private static func verb(
        _ request: APIRequest, hasName: Bool, subresource: KubernetesRequest.Subresource?
    ) throws(KubernetesFailure) -> KubernetesRequest.Verb {
        switch (request.method, hasName) {
        case ("GET", true): return .get
        case ("GET", false): return .list
        case ("POST", false): return .create
        case ("POST", true) where subresource == .eviction: return .create
        case ("PUT", true): return .update
        case ("DELETE", true): return .delete
        case ("DELETE", false): return .deleteCollection
        case ("PATCH", true):
            let media = (request.headers["content-type"] ?? "").split(separator: ";").first.map(String.init) ?? ""
            guard let type = KubernetesRequest.PatchType(rawValue: media) else {
                throw KubernetesFailure(
                    .unsupportedMediaType, "the body of the request was in an unknown format - accepted media types "
                        + "include: " + KubernetesRequest.PatchType.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return .patch(type)
        default:
            throw KubernetesFailure(
                .methodNotAllowed, "the server does not allow this method on the requested resource")
        }
    }

    private static func filled(
        _ target: KubernetesRequest, from request: APIRequest
    ) throws(KubernetesFailure) -> KubernetesRequest {
        var target = target
        let query = request.query
        target.labelSelector = query["labelSelector"]
        target.fieldSelector = query["fieldSelector"]
        target.limit = query["limit"].flatMap { Int($0) }
        target.continuation = query["continue"].flatMap { $0.isEmpty ? nil : $0 }
        target.resourceVersion = target.verb == .get || target.verb == .list ? nil : query["resourceVersion"]
        target.propagation = query["propagationPolicy"].flatMap { KubernetesRequest.Propagation(rawValue: $0) }
        target.isDryRun = query["dryRun"] != nil
        target.isForced = query["force"] == "true"
        // An API server warns where it is not told what to do.
        target.fieldValidation = query["fieldValidation"].flatMap { KubernetesRequest.FieldValidation(rawValue: $0) }
            ?? .warn
        let agent = (request.headers["user-agent"] ?? "unknown").split(separator: "/").first.map(String.init)
        target.fieldManager = query["fieldManager"] ?? (target.verb == .patch(.apply) ? nil : agent)
        if !request.body.isEmpty { target.body = try value(of: request) }
        if target.verb == .delete || target.verb == .deleteCollection, target.body?["dryRun"]?[0] != nil {
            target.isDryRun = true
        }
        return target
    }

    /// The body, JSON or YAML.
    static func value(of request: APIRequest) throws(KubernetesFailure) -> JSONValue {
        let media = request.headers["content-type"] ?? ""
        if media.contains("protobuf"), let value = try? ProtobufReader.object(request.body) { return value }
        if let value = try? JSONReader.value(request.body) { return value }
        guard !media.contains("protobuf"), !media.contains("cbor") else {
            throw KubernetesFailure(
                .unsupportedMediaType, "the body of the request was in an unknown format - accepted media types "
                    + "include: application/json, application/yaml")
        }
        let source = SourceFile(name: "body", bytes: request.body)
        let document = YAMLParser.documents(in: source).first
        guard let document, document.faults.isEmpty, let root = document.root else {
            let fault = document?.faults.first?.message ?? "the body is empty"
            throw KubernetesFailure(.badRequest, "the body of the request is neither JSON nor YAML: \(fault)")
        }
        return root.json
    }

    private func watch(_ request: APIRequest, _ target: KubernetesRequest) throws(KubernetesFailure) -> APIResponse {
        var target = target
        target.labelSelector = request.query["labelSelector"]
        target.fieldSelector = request.query["fieldSelector"]
        if let name = target.name {
            target.fieldSelector = "metadata.name=\(name)"
            target.name = nil
        }
        target.verb = .list
        target.resourceVersion = request.query["resourceVersion"]
        let sends = request.flag("sendInitialEvents")
        if sends { target.resourceVersion = nil }
        let seconds = request.query["timeoutSeconds"].flatMap { Int($0) } ?? 1800
        return .watch(
            target,
            WatchSettings(
                seconds: seconds, sendsInitialEvents: sends, allowsBookmarks: request.flag("allowWatchBookmarks")))
    }
}

extension EmbeddedCluster {
    /// What is served now.
    var catalog: ResourceCatalog { state.withLock { $0.catalog } }
}
