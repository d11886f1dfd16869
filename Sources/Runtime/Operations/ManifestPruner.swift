import ManifestKit

/// Finds and deletes what was applied before and is in the manifests no more.
public struct ManifestPruner: Sendable {
    /// An object that is to go.
    public struct Candidate: Sendable {
        /// Its type.
        public var resource: ResourceType
        /// Its name.
        public var name: ObjectName
        /// Which one it is, so that one made anew under its name stays.
        var uid: String?

        /// What it is called, as kubectl does.
        public var title: String { "\(resource.printedKind)/\(name.name)" }
    }

    private let transport: any ClusterTransport
    private let discovery: ResourceDiscovery

    /// Makes a pruner.
    public init(_ transport: any ClusterTransport) {
        self.transport = transport
        discovery = ResourceDiscovery(transport)
    }

    /// The objects of prunable kinds that carry the labels, that we have applied, that nobody owns, and that are not
    /// among those that stay. What uses others comes first.
    public func candidates(
        selector: String, namespaces: [String], staying: [ManifestApplier.Target]
    ) async throws(KubernetesFailure) -> [Candidate] {
        let kept = Set(staying.map { Self.identity($0.resource, $0.name) })
        var found: [Candidate] = []
        for kind in PrunableKind.all {
            guard let resource = try await resource(kind) else { continue }
            for namespace in namespaces {
                for object in try await objects(resource, namespace, selector) {
                    let name = ObjectName(of: object)
                    guard Self.isOurs(object), !kept.contains(Self.identity(resource, name)) else { continue }
                    found.append(Candidate(
                        resource: resource, name: name, uid: object["metadata"]?["uid"]?.string))
                }
            }
        }
        return found
    }

    /// Deletes one; what it owns goes with it. One that is gone already is no failure.
    public func delete(_ candidate: Candidate, isDryRun: Bool) async throws(KubernetesFailure) {
        var request = KubernetesRequest.delete(candidate.resource, candidate.name)
        request.isDryRun = isDryRun
        if let uid = candidate.uid {
            request.body = [
                "kind": "DeleteOptions", "apiVersion": "v1", "propagationPolicy": "Background",
                "preconditions": ["uid": .string(uid)],
            ]
        }
        do throws(KubernetesFailure) { _ = try await transport.send(request) } catch {
            if error.reason != .notFound { throw error }
        }
    }

    private static func identity(_ resource: ResourceType, _ name: ObjectName) -> String {
        "\(resource.group)/\(resource.kind)/\(name)"
    }

    /// Whether we have applied it, and no controller made it.
    private static func isOurs(_ object: JSONValue) -> Bool {
        let metadata = object["metadata"]
        guard metadata?["deletionTimestamp"] == nil, (metadata?["ownerReferences"]?.array ?? []).isEmpty
        else { return false }
        return (metadata?["managedFields"]?.array ?? []).contains { entry in
            entry["manager"]?.string == ManifestApplier.fieldManager && entry["operation"]?.string == "Apply"
        }
    }

    private func resource(_ kind: PrunableKind) async throws(KubernetesFailure) -> ResourceType? {
        for apiVersion in kind.apiVersions {
            if let found = try await discovery.resource(apiVersion: apiVersion, kind: kind.kind) { return found }
        }
        return nil
    }

    private func objects(
        _ resource: ResourceType, _ namespace: String, _ selector: String
    ) async throws(KubernetesFailure) -> [JSONValue] {
        var request = KubernetesRequest.list(resource, namespace: namespace)
        request.labelSelector = selector
        request.limit = 500
        var found: [JSONValue] = []
        while true {
            let page = try await transport.send(request)
            found += page["items"]?.array ?? []
            guard let next = page["metadata"]?["continue"]?.string, !next.isEmpty else { return found }
            request.continuation = next
        }
    }
}
