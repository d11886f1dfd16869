extension World {
    /// The world as it is right after an action: what is written has changed, and no pod has come up or gone yet,
    /// though those that are to go do not count any more.
    public mutating func apply(_ action: Action) {
        switch action {
        case .createReplicaSet(let replicaSet):
            if !replicaSets.contains(where: { $0.name == replicaSet.name }) { replicaSets.append(replicaSet) }
        case .scaleReplicaSet(let name, let replicas, let annotations):
            change(name) {
                $0.replicas = replicas
                $0.annotations.apply(annotations)
                $0.discountLeavingPods()
            }
        case .annotateReplicaSet(let name, let annotations):
            change(name) { $0.annotations.apply(annotations) }
        case .changeReplicaSet(let name, let difference):
            change(name) { $0.apply(difference) }
        case .deleteReplicaSet(let name):
            replicaSets.removeAll { $0.name == name }
        case .markPod(let name, let labels, let annotations):
            changePod(name) {
                $0.labels.apply(labels)
                $0.annotations.apply(annotations)
            }
        case .evictPod(let name):
            changePod(name) {
                $0.isBeingDeleted = true
                $0.isAvailable = false
            }
        case .annotateRollout(let annotations): rollout.annotations.apply(annotations)
        case .setReplicas(let replicas):
            rollout.spec.declaredReplicas = replicas
            rollout.generation += 1
        case .updateStatus(let status): set(status)
        case .pointService(let name, let hash):
            guard let service = service(name) else { return }
            let patch = service.patch(pointingAt: hash, manager: rollout.name)
            set(ObjectKey(.service, name), service.object.merging(patch))
        case .create(let key, let object):
            if objects[key] == nil { set(key, object) }
        case .patch(let key, let patch):
            if let object = objects[key] { set(key, object.merging(patch)) }
        case .delete(let key): set(key, nil)
        case .patchStatus(let key, let patch):
            if let object = objects[key] { set(key, object.merging(["status": patch])) }
        case .scaleWorkload(let key, let replicas):
            guard var workload = objects[key] else { return }
            workload.set(["spec", "replicas"], to: .int(replicas))
            let generation = workload["metadata"]?["generation"]?.integer ?? 1
            workload.set(["metadata", "generation"], to: .int(generation + 1))
            set(key, workload)
        case .emit: break
        }
    }

    /// Takes pods that are being deleted or have gone out of the counts of ReplicaSets that do not know of it yet;
    /// returns whether there were any. Pods are looked at when a plan is made, and what is known of ReplicaSets may be
    /// older.
    mutating func discountDeletedPods() -> Bool {
        guard let pods else { return false }
        var hasChanged = false
        let own = Dictionary(grouping: pods, by: \.replicaSet)
        for place in replicaSets.indices {
            let staying = (own[replicaSets[place].name] ?? []).filter { !$0.isBeingDeleted }
            let available = staying.count(where: \.isAvailable)
            guard replicaSets[place].availableReplicas > available || replicaSets[place].readyReplicas > staying.count
            else { continue }
            replicaSets[place].availableReplicas = min(replicaSets[place].availableReplicas, available)
            replicaSets[place].readyReplicas = min(replicaSets[place].readyReplicas, staying.count)
            hasChanged = true
        }
        return hasChanged
    }

    private mutating func changePod(_ name: String, _ body: (inout Pod) -> Void) {
        guard var pods, let place = pods.firstIndex(where: { $0.name == name }) else { return }
        body(&pods[place])
        self.pods = pods
    }

    private mutating func change(_ name: String, _ body: (inout ReplicaSet) -> Void) {
        guard let place = replicaSets.firstIndex(where: { $0.name == name }) else { return }
        body(&replicaSets[place])
    }
}

extension Dictionary where Key == String, Value == String {
    /// Sets entries, and removes those whose value is nil.
    mutating func apply(_ changes: [String: String?]) {
        for (key, value) in changes { self[key] = value }
    }
}

extension ReplicaSet {
    /// Makes a change of something else than the size.
    mutating func apply(_ difference: ReplicaSetChange) {
        annotations.apply(difference.annotations)
        if let minReadySeconds = difference.minReadySeconds { self.minReadySeconds = minReadySeconds }
        if !difference.podLabels.isEmpty || !difference.podAnnotations.isEmpty {
            var metadata = template["metadata"] ?? .object(JSONObject())
            metadata.change("labels", difference.podLabels)
            metadata.change("annotations", difference.podAnnotations)
            template["metadata"] = metadata
        }
        if let affinity = difference.affinity {
            template.set(["spec", "affinity"], to: affinity.isNull ? nil : affinity)
        }
    }
}

extension JSONValue {
    /// Changes entries of a map of strings, which goes away with its last entry.
    fileprivate mutating func change(_ key: String, _ changes: [String: String?]) {
        guard !changes.isEmpty else { return }
        var map = self[key]?.stringDictionary ?? [:]
        map.apply(changes)
        self[key] = map.isEmpty ? nil : .strings(map)
    }
}
