import ManifestKit

extension ClusterTransport {
    /// Why a request about an object failed; for one that is not there, whether the cluster knows such objects at all,
    /// and which names are near.
    public func explanation(
        of failure: KubernetesFailure, _ resource: ResourceType, _ name: ObjectName
    ) async -> String {
        guard failure.reason == .notFound else { return "\(name.name): \(failure)" }
        guard let names = await names(of: resource, in: name.namespace) else {
            return "the cluster knows no \(resource.kind)s; `rollout-render runtime install` has their CRDs"
        }
        guard !names.contains(name.name) else { return "\(name.name): \(failure)" }
        return OperationRefusal.unknown(resource.kind, name.name, in: name.namespace, among: names).text
    }

    /// The names of the first few hundred objects in a namespace; nil where the cluster knows no such kind.
    private func names(of resource: ResourceType, in namespace: String) async -> [String]? {
        var request = KubernetesRequest.list(resource, namespace: namespace)
        request.limit = 500
        do throws(KubernetesFailure) {
            let page = try await send(request)
            return (page["items"]?.array ?? []).compactMap { $0["metadata"]?["name"]?.string }
        } catch {
            return error.reason == .notFound ? nil : []
        }
    }
}
