/// Labels and annotations that a version's pods carry as long as it has its role.
enum EphemeralMetadata {
    /// What a ReplicaSet's pods carry by an earlier plan.
    static func injected(in replicaSet: ReplicaSet) -> PodMetadata? {
        guard let text = replicaSet.annotations[RolloutMarks.ephemeralMetadata] else { return nil }
        return PodMetadata(YAMLParser.document(text)?.root?.json)
    }

    /// What has to change in a ReplicaSet so that its new pods carry one set of metadata and not the other.
    static func change(of replicaSet: ReplicaSet, from old: PodMetadata?, to new: PodMetadata?) -> ReplicaSetChange {
        var change = ReplicaSetChange()
        guard old != nil || new != nil else { return change }
        let metadata = replicaSet.template["metadata"]
        change.podLabels = difference(metadata?["labels"]?.stringDictionary ?? [:], old?.labels, new?.labels)
        change.podAnnotations = difference(
            metadata?["annotations"]?.stringDictionary ?? [:], old?.annotations, new?.annotations)
        if !change.podLabels.isEmpty || !change.podAnnotations.isEmpty {
            change.annotations[RolloutMarks.ephemeralMetadata] = .some(new?.text)
        }
        return change
    }

    /// Sets what is wanted, and removes what was set before and is wanted no longer; the rest belongs to others.
    static func difference(
        _ current: [String: String], _ old: [String: String]?, _ new: [String: String]?
    ) -> [String: String?] {
        var changes: [String: String?] = [:]
        for (key, value) in new ?? [:] where current[key] != value { changes[key] = .some(value) }
        for key in (old ?? [:]).keys where new?[key] == nil && current[key] != nil { changes[key] = .some(nil) }
        return changes
    }
}

extension UpdatePass {
    /// Gives ReplicaSets and pods the metadata of their roles.
    mutating func syncMetadata() {
        let strategy = world.rollout.spec.strategy
        guard strategy.newMetadata != nil || strategy.stableMetadata != nil else { return }
        let stableHash = world.rollout.status.stableHash
        if stableHash.isEmpty || stableHash == newHash {
            if let newIndex { syncMetadata(of: newIndex, to: strategy.stableMetadata) }
        } else {
            if let newIndex { syncMetadata(of: newIndex, to: strategy.newMetadata) }
            if let stableIndex { syncMetadata(of: stableIndex, to: strategy.stableMetadata) }
        }
        for index in others { syncMetadata(of: index, to: nil) }
    }

    private mutating func syncMetadata(of index: Int, to metadata: PodMetadata?) {
        let replicaSet = world.replicaSets[index]
        // The ReplicaSet first: a pod that it makes in between has the new metadata from the start.
        let text = replicaSet.annotations[RolloutMarks.ephemeralMetadata]
        let old = text == metadata?.text ? metadata : EphemeralMetadata.injected(in: replicaSet)
        let change = EphemeralMetadata.change(of: replicaSet, from: old, to: metadata)
        if change != ReplicaSetChange() { perform(.changeReplicaSet(replicaSet.name, change)) }
        guard replicaSet.replicas > 0 else { return }
        for pod in world.pods ?? [] where pod.replicaSet == replicaSet.name && !pod.isBeingDeleted {
            let labels = EphemeralMetadata.difference(pod.labels, old?.labels, metadata?.labels)
            let annotations = EphemeralMetadata.difference(pod.annotations, old?.annotations, metadata?.annotations)
            guard !labels.isEmpty || !annotations.isEmpty else { continue }
            perform(.markPod(pod.name, labels: labels, annotations: annotations))
        }
    }
}
