extension Action {
    /// What is done, in a few words for a log; nil for an event, which speaks for itself elsewhere.
    public var summary: String? {
        switch self {
        case .createReplicaSet(let replicaSet): "makes ReplicaSet \(replicaSet.name)"
        case .scaleReplicaSet(let name, let replicas, _): "scales ReplicaSet \(name) to \(replicas)"
        case .annotateReplicaSet(let name, let annotations):
            "annotates ReplicaSet \(name): \(Self.text(of: annotations))"
        case .changeReplicaSet(let name, _): "changes metadata of ReplicaSet \(name)"
        case .deleteReplicaSet(let name): "deletes ReplicaSet \(name)"
        case .markPod(let name, _, _): "changes metadata of pod \(name)"
        case .evictPod(let name): "evicts pod \(name)"
        case .annotateRollout(let annotations): "annotates the Rollout: \(Self.text(of: annotations))"
        case .setReplicas(let replicas): "sets the Rollout's replicas to \(replicas)"
        case .updateStatus(let status): "status: \(Self.text(of: status))"
        case .pointService(let name, let hash): "points service \(name) at \(hash)"
        case .create(let key, _): "makes \(key.kind.rawValue) \(key.name)"
        case .patch(let key, _): "changes \(key.kind.rawValue) \(key.name)"
        case .patchStatus(let key, let patch):
            "status of \(key.kind.rawValue) \(key.name): \(patch["phase"]?.string ?? "changes")"
        case .delete(let key): "deletes \(key.kind.rawValue) \(key.name)"
        case .scaleWorkload(let key, let replicas): "scales \(key.kind.rawValue) \(key.name) to \(replicas)"
        case .emit: nil
        }
    }

    private static func text(of annotations: [String: String?]) -> String {
        annotations.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value ?? "")" }.joined(separator: ", ")
    }

    private static func text(of status: RolloutStatus) -> String {
        var parts = [status.phase?.rawValue ?? "new"]
        if let index = status.currentStepIndex { parts.append("step \(index)") }
        if let weights = status.weights { parts.append("canary weight \(weights.canary.weight)") }
        if status.isAborted { parts.append("aborted") }
        return parts.joined(separator: ", ") + (status.message.isEmpty ? "" : ": \(status.message)")
    }
}
