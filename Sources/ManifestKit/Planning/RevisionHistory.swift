/// Which update a ReplicaSet belongs to, and how many old ones are kept.
extension UpdatePass {
    /// Makes the ReplicaSet of a version that has none.
    mutating func createReplicaSet() {
        guard let template = world.template else { return }
        let rollout = world.rollout
        let hash = world.templateHash
        let name = PodTemplateHash.replicaSetName(rollout: rollout.name, hash: hash)
        guard !world.foreignReplicaSets.contains(name) else {
            // Another template has the same hash, so this one gets a number to be hashed with.
            var status = rollout.status
            status.collisionCount = (status.collisionCount ?? 0) + 1
            reasons.append("ReplicaSet \(name) belongs to somebody else, so another hash is taken")
            perform(.updateStatus(status))
            return
        }
        let revision = nextRevision(excluding: nil)
        var annotations = rollout.annotations.filter { !RolloutMarks.uncopied.contains($0.key) }
        annotations[RolloutMarks.revision] = String(revision)
        annotations[RolloutMarks.desiredReplicas] = String(rollout.spec.replicas)
        var replicaSet = ReplicaSet(
            name: name, hash: hash, annotations: annotations, minReadySeconds: rollout.spec.minReadySeconds,
            template: labelled(template, hash: hash), object: .null)
        replicaSet.createdAt = now
        replicaSet.object = object(for: replicaSet)
        let metadata = stableIndex == nil ? rollout.spec.strategy.stableMetadata : rollout.spec.strategy.newMetadata
        replicaSet.apply(EphemeralMetadata.change(of: replicaSet, from: nil, to: metadata))
        perform(.createReplicaSet(replicaSet))
        setRolloutRevision(revision)
        emit(.normal, RolloutReason.newReplicaSet, "Created ReplicaSet \(name) (revision \(revision))")
        var status = world.rollout.status
        status.set(
            .progressing, .yes, reason: RolloutReason.newReplicaSet, now: now,
            message: "Created new replica set \(GoText.quoted(name))")
        if status != world.rollout.status { perform(.updateStatus(status)) }
    }

    private func labelled(_ template: JSONValue, hash: String) -> JSONValue {
        var template = template
        var labels = template["metadata"]?["labels"]?.object ?? JSONObject()
        labels[RolloutMarks.podTemplateHash] = .string(hash)
        template.set(["metadata", "labels"], to: .object(labels))
        if let affinity = AntiAffinityInjection.affinity(
            of: template, strategy: world.rollout.spec.strategy, stableHash: world.rollout.status.stableHash,
            newHash: hash, namespace: world.rollout.namespace) {
            template.set(["spec", "affinity"], to: affinity)
        }
        return template
    }

    private func object(for replicaSet: ReplicaSet) -> JSONValue {
        let rollout = world.rollout
        var metadata: [(key: String, value: JSONValue)] = [("name", .string(replicaSet.name))]
        if let namespace = rollout.namespace { metadata.append(("namespace", .string(namespace))) }
        metadata.append(("labels", replicaSet.template["metadata"]?["labels"] ?? .object(JSONObject())))
        metadata.append(("annotations", .strings(replicaSet.annotations)))
        metadata.append(("ownerReferences", .array([rollout.ownerReference])))
        var selector = world.selector ?? .object(JSONObject())
        selector.set(["matchLabels", RolloutMarks.podTemplateHash], to: .string(replicaSet.hash))
        var spec: [(key: String, value: JSONValue)] = [("replicas", 0)]
        if rollout.spec.minReadySeconds != 0 { spec.append(("minReadySeconds", .int(rollout.spec.minReadySeconds))) }
        spec.append(("selector", selector))
        spec.append(("template", .null))
        return .object(JSONObject(distinct: [
            ("apiVersion", "apps/v1"), ("kind", "ReplicaSet"), ("metadata", .object(JSONObject(distinct: metadata))),
            ("spec", .object(JSONObject(distinct: spec))),
        ]))
    }

    private func nextRevision(excluding index: Int?) -> Int {
        var greatest = 0
        for place in world.replicaSets.indices where place != index {
            greatest = max(greatest, world.replicaSets[place].revision ?? 0)
        }
        return greatest + 1
    }

    /// Gives the wanted ReplicaSet the greatest revision and the Rollout's annotations, and the Rollout its revision.
    mutating func syncRevision() {
        guard let index = newIndex else { return }
        let replicaSet = world.replicaSets[index]
        var change = ReplicaSetChange()
        for (key, value) in world.rollout.annotations
        where replicaSet.annotations[key] != value && !RolloutMarks.uncopied.contains(key) {
            change.annotations[key] = value
        }
        let revision = nextRevision(excluding: index)
        if (replicaSet.revision ?? 0) < revision { change.annotations[RolloutMarks.revision] = String(revision) }
        if !change.annotations.isEmpty, let old = replicaSet.annotations[RolloutMarks.revision] {
            let history = replicaSet.annotations[RolloutMarks.revisionHistory] ?? ""
            let known = history.split(separator: ",")
            if !known.contains(Substring(old)) {
                change.annotations[RolloutMarks.revisionHistory] = history.isEmpty ? old : "\(history),\(old)"
            }
        }
        if replicaSet.minReadySeconds != world.rollout.spec.minReadySeconds {
            change.minReadySeconds = world.rollout.spec.minReadySeconds
        }
        if world.rollout.spec.strategy.antiAffinity != nil, let template = world.template {
            change.affinity = AntiAffinityInjection.update(
                of: replicaSet.template, wanted: template, strategy: world.rollout.spec.strategy,
                stableHash: world.rollout.status.stableHash, newHash: replicaSet.hash,
                namespace: world.rollout.namespace)
        }
        if change != ReplicaSetChange() { perform(.changeReplicaSet(replicaSet.name, change)) }
        if let revision = world.replicaSets[index].revision { setRolloutRevision(revision) }
        if world.rollout.status.condition(.progressing) == nil {
            var status = world.rollout.status
            status.set(
                .progressing, .yes, reason: RolloutReason.foundReplicaSet, now: now,
                message: "Found new replica set \(GoText.quoted(replicaSet.name))")
            perform(.updateStatus(status))
        }
    }

    private mutating func setRolloutRevision(_ revision: Int) {
        let text = String(revision)
        guard world.rollout.annotations[RolloutMarks.revision] != text else { return }
        perform(.annotateRollout([RolloutMarks.revision: text]))
        emit(.normal, RolloutReason.updated, "Rollout updated to revision \(text)")
    }

    /// Deletes the oldest ReplicaSets without pods beyond the number that is kept.
    mutating func cleanUpHistory() {
        let alive = others.filter { !world.replicaSets[$0].isBeingDeleted }
        let excess = alive.count - world.rollout.spec.revisionHistoryLimit
        guard excess > 0 else { return }
        let oldest = alive.map { world.replicaSets[$0] }.sorted { $0.isOlder(than: $1) }.prefix(excess)
        for replicaSet in oldest where replicaSet.replicas == 0 && replicaSet.currentReplicas == 0 {
            perform(.deleteReplicaSet(replicaSet.name))
        }
    }
}

extension ReplicaSet {
    /// Whether it was made before another; of two made in one second, the name decides.
    func isOlder(than other: ReplicaSet) -> Bool {
        switch (createdAt, other.createdAt) {
        case (let own?, let its?) where own != its: own < its
        default: name < other.name
        }
    }

    /// Whether its update came before that of another.
    func hasLesserRevision(than other: ReplicaSet) -> Bool {
        switch (revision, other.revision) {
        case (let own?, let its?) where own != its: own < its
        case (nil, _?): true
        case (_?, nil): false
        default: isOlder(than: other)
        }
    }
}
