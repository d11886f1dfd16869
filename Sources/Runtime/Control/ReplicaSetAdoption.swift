import ManifestKit

/// Makes ReplicaSets that nobody controls those of the Rollout that selects them, and lets go of those that it selects
/// no longer.
struct ReplicaSetAdoption: Sendable {
    let cache: ClusterCache
    let rollout: Rollout

    /// Adopts and releases.
    func run() async throws(KubernetesFailure) {
        let labels = LabelSelector(object: rollout.spec.selector)
        guard let uid = rollout.uid, !rollout.isBeingDeleted, !labels.requirements.isEmpty else { return }
        let store = try await cache.store(.replicaSets)
        let orphans = store.orphans(in: rollout.namespace ?? "") { labels.matches($0) }
        for object in orphans + store.objects(controlledBy: uid) {
            let name = ObjectName(of: object)
            guard name.namespace == rollout.namespace, object["metadata"]?["deletionTimestamp"] == nil else { continue }
            let matches = labels.matches(object["metadata"]?["labels"]?.object)
            let isOwn = OwnerReference.controller(of: object)?.uid == uid
            guard matches != isOwn else { continue }
            var owners = object["metadata"]?["ownerReferences"]?.array ?? []
            if matches { owners.append(rollout.ownerReference) } else { owners.removeAll { $0["uid"]?.string == uid } }
            // The version as well: of two that adopt at once, one must lose.
            let patch: JSONValue = ["metadata": [
                "ownerReferences": .array(owners), "uid": object["metadata"]?["uid"] ?? .null,
                "resourceVersion": object["metadata"]?["resourceVersion"] ?? .null,
            ]]
            store.note(try await cache.transport.send(.patch(.replicaSets, name, patch)))
        }
    }
}
