import ManifestKit

extension WorkloadModel {
    /// Makes and removes pods until a ReplicaSet has as many as it wants, and says how many it has.
    func reconcileReplicaSet(_ name: ObjectName) {
        guard let replicaSet = cluster.object(.replicaSets, name),
            let uid = replicaSet["metadata"]?["uid"]?.string, replicaSet["metadata"]?["deletionTimestamp"] == nil
        else { return }
        let pods = cluster.objects(.pods, ownedBy: uid).filter { Self.isActive($0.object) }
        let wanted = max(0, replicaSet["spec"]?["replicas"]?.integer ?? 1)
        if pods.count < wanted {
            for _ in pods.count..<wanted { makePod(of: replicaSet, kind: "ReplicaSet", apiVersion: "apps/v1", name) }
        } else if pods.count > wanted {
            for pod in Self.inOrderOfRemoval(pods).prefix(pods.count - wanted) {
                send(.delete(.pods, pod.name))
            }
        }
        writeReplicaSetStatus(name, uid: uid)
    }

    private func writeReplicaSetStatus(_ name: ObjectName, uid: String) {
        guard let replicaSet = cluster.object(.replicaSets, name) else { return }
        let pods = cluster.objects(.pods, ownedBy: uid).map(\.object).filter(Self.isActive)
        let ready = pods.filter(Self.isReady)
        let wait = replicaSet["spec"]?["minReadySeconds"]?.integer ?? 0
        let now = cluster.clock.time.seconds
        let available = ready.filter { pod in
            wait == 0 || Self.readySince(pod).map { now >= $0.seconds + Int64(wait) } ?? false
        }
        if available.count < ready.count { waitingReplicaSets.insert(name) } else { waitingReplicaSets.remove(name) }
        var status: JSONValue = ["replicas": .int(pods.count)]
        if !pods.isEmpty { status["fullyLabeledReplicas"] = .int(pods.count) }
        if !ready.isEmpty { status["readyReplicas"] = .int(ready.count) }
        if !available.isEmpty { status["availableReplicas"] = .int(available.count) }
        status["observedGeneration"] = replicaSet["metadata"]?["generation"]
        writeStatus(.replicaSets, name, replicaSet, status)
    }

    /// The moment at which a ready pod of a ReplicaSet counts as available, if that is still to come.
    func nextAvailability(of name: ObjectName) -> Double? {
        guard let replicaSet = cluster.object(.replicaSets, name), let uid = replicaSet["metadata"]?["uid"]?.string,
            let wait = replicaSet["spec"]?["minReadySeconds"]?.integer, wait > 0
        else { return nil }
        let now = cluster.clock.now
        return cluster.objects(.pods, ownedBy: uid).compactMap { Self.readySince($0.object) }
            .map { Double($0.seconds) + Double(wait) }.filter { $0 > now }.min()
    }

    /// Makes a pod from the template of an object, with a name and labels of its own where it has them.
    func makePod(
        of owner: JSONValue, kind: String, apiVersion: String, _ name: ObjectName, named podName: String? = nil,
        labels: [String: String] = [:]
    ) {
        let template = owner["spec"]?["template"] ?? [:]
        var metadata = template["metadata"]?.object ?? JSONObject()
        metadata["name"] = podName.map { .string($0) }
        metadata["generateName"] = .string(name.name + "-")
        if !labels.isEmpty {
            metadata["labels"] = .strings((metadata["labels"]?.stringDictionary ?? [:]).merging(labels) { $1 })
        }
        metadata["ownerReferences"] = [[
            "apiVersion": .string(apiVersion), "kind": .string(kind), "name": .string(name.name),
            "uid": owner["metadata"]?["uid"] ?? "", "controller": true, "blockOwnerDeletion": true,
        ]]
        send(.create(.pods, namespace: name.namespace, [
            "apiVersion": "v1", "kind": "Pod", "metadata": .object(metadata), "spec": template["spec"] ?? [:],
        ]))
    }

    /// Whether a pod counts: not on its way out, not ended.
    static func isActive(_ pod: JSONValue) -> Bool {
        pod["metadata"]?["deletionTimestamp"] == nil && !hasEnded(pod)
    }

    /// Whether all that a pod had to do is over, well or badly.
    static func hasEnded(_ pod: JSONValue) -> Bool {
        ["Failed", "Succeeded"].contains(pod["status"]?["phase"]?.string ?? "")
    }

    /// Pods in the order in which a ReplicaSet gives them up: those not ready first, then the youngest.
    private static func inOrderOfRemoval(
        _ pods: [(name: ObjectName, object: JSONValue)]
    ) -> [(name: ObjectName, object: JSONValue)] {
        func rank(_ pod: JSONValue) -> (Int, Int64) {
            let created = pod["metadata"]?["creationTimestamp"]?.string.flatMap { KubernetesTime($0) }?.seconds ?? 0
            return (isReady(pod) ? 1 : 0, -created)
        }
        return pods.sorted { rank($0.object) < rank($1.object) }
    }
}
