import ManifestKit

/// Finds the templates that analysis templates name in turn.
struct TemplateGatherer: Sendable {
    let cache: ClusterCache

    /// Adds the templates within those that are there, however deep; a circle is noticed since each is added once.
    func collect(
        into objects: inout [ObjectKey: JSONValue], namespace: String
    ) async throws(KubernetesFailure) {
        var open = objects.filter { [.analysisTemplate, .clusterAnalysisTemplate].contains($0.key.kind) }
        while let (key, template) = open.popFirst() {
            for inner in RolloutAnalysis.templates(within: template) where objects[inner.key] == nil {
                guard let resource = ResourceType(inner.key.kind) else { continue }
                let name = inner.key.name(within: namespace, resource)
                guard let object = try await cache.store(resource).object(name) else { continue }
                objects[inner.key] = object
                open[inner.key] = object
            }
            open[key] = nil
        }
    }
}
