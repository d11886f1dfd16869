/// Delays before a version loses its pods, kept in an annotation of its ReplicaSet.
extension UpdatePass {
    /// Whether the new version of an aborted update stays for a while.
    var delaysScaleDownOnAbort: Bool {
        let strategy = world.rollout.spec.strategy
        guard pauses.isAborted(world.rollout.status), stableIndex != nil,
            strategy.abortScaleDownDelaySeconds != nil
        else { return false }
        guard let canary = strategy.canary else { return true }
        if canary.trafficRouting == nil { return false }
        return !canary.dynamicStableScale || strategy.hasExplicitAbortDelay
    }

    /// Sets the moment at which a ReplicaSet is scaled to zero; without a delay, removes one that is there.
    mutating func addScaleDownDeadline(to index: Int, delay: Int) {
        guard delay > 0 else {
            removeScaleDownDeadline(of: index)
            return
        }
        let deadline = now.after(delay)
        perform(.annotateReplicaSet(
            world.replicaSets[index].name, [RolloutMarks.scaleDownDeadline: deadline.description]))
        wake(at: deadline)
    }

    private mutating func removeScaleDownDeadline(of index: Int) {
        guard world.replicaSets[index].hasScaleDownDeadline else { return }
        perform(.annotateReplicaSet(world.replicaSets[index].name, [RolloutMarks.scaleDownDeadline: nil]))
    }

    /// Removes the deadlines of versions that are wanted or stable again.
    mutating func removeScaleDownDeadlines() {
        let keepsNew = delaysScaleDownOnAbort
        if let newIndex, !keepsNew { removeScaleDownDeadline(of: newIndex) }
        if let stableIndex, keepsNew || stableIndex != newIndex { removeScaleDownDeadline(of: stableIndex) }
    }

    /// The size that an old version has while its delay lasts, and zero after it.
    ///
    /// `delayed` counts the old versions that wait; there may be no more of them than the manifest allows.
    mutating func delayedSize(of index: Int, keeping size: Int, delayed: inout Int) -> Int {
        let replicaSet = world.replicaSets[index]
        let strategy = world.rollout.spec.strategy
        let limit = strategy.scaleDownDelayRevisionLimit
        guard replicaSet.hasScaleDownDeadline else {
            guard delayed < limit else { return 0 }
            delayed += 1
            guard strategy.scaleDownDelaySeconds > 0 else { return 0 }
            addScaleDownDeadline(to: index, delay: strategy.scaleDownDelaySeconds)
            return replicaSet.replicas
        }
        delayed += 1
        guard delayed <= limit, let deadline = replicaSet.scaleDownDeadline, deadline > now else { return 0 }
        wake(at: deadline)
        reasons.append("ReplicaSet \(replicaSet.name) is scaled down at \(deadline)")
        return size
    }

    /// Whether anything still sends traffic to the pods with a hash.
    func isReferenced(_ hash: String) -> Bool {
        guard !hash.isEmpty else { return false }
        let status = world.rollout.status
        let marks = [status.stableHash, status.currentPodHash, status.activeSelector, status.previewSelector]
        if marks.contains(hash) { return true }
        if let weights = status.weights {
            if weights.canary.podTemplateHash == hash || weights.stable.podTemplateHash == hash { return true }
        }
        let services: [String?]
        switch world.rollout.spec.strategy {
        case .canary(let canary):
            // Of ping and pong, the one that is not stable keeps its old selector after an update, without traffic.
            let stable = canary.pingPong == nil ? nil : VersionServices(world.rollout, prefersPingPong: true).stable
            services = [canary.canaryService, canary.stableService, stable]
            for router in canary.trafficRouting?.routers ?? []
            where router.refers(to: hash, rollout: world.rollout, in: world) {
                return true
            }
        case .blueGreen(let blueGreen): services = [blueGreen.activeService, blueGreen.previewService]
        }
        return services.contains { world.service($0)?.podTemplateHash == hash }
    }
}
