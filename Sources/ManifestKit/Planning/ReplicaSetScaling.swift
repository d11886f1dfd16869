/// Changes of size.
extension UpdatePass {
    /// Whether the size of the whole Rollout changed since its ReplicaSets were last scaled.
    var isScalingEvent: Bool {
        [newIndex, stableIndex].compactMap { $0 }.contains { index in
            let replicaSet = world.replicaSets[index]
            guard replicaSet.replicas > 0, let desired = replicaSet.desiredReplicas else { return false }
            // What has to wait for pods must not hold up an abort, or a look at them.
            return desired != world.rollout.spec.replicas && (haltReason == nil || !keepsPods(index))
        }
    }

    /// Follows a change of size and nothing else, so that an update does not move for it.
    mutating func scaleOnly() {
        reasons.append("the number of pods wanted has changed")
        var status = world.rollout.status
        switch world.rollout.spec.strategy {
        case .canary: reconcileCanaryReplicaSets()
        case .blueGreen: reconcileBlueGreenReplicaSets()
        }
        countPods(into: &status)
        write(status)
    }

    /// Gives the versions of an update that stands still their parts of a new size, as a paused Deployment does, so
    /// that the update moves neither forward nor back; returns whether a size changed. A version that is alone gets all
    /// pods, and the stable one where no version has any.
    mutating func followSizeInProportion() -> Bool {
        let replicas = world.rollout.spec.replicas
        let active = world.replicaSets.indices.filter { world.replicaSets[$0].replicas > 0 }
        if let alone = active.isEmpty ? stableIndex : active.count == 1 ? active.first : nil,
            alone == stableIndex || alone == newIndex {
            return world.replicaSets[alone].desiredReplicas != replicas && scale(alone, to: replicas)
        }
        for index in [stableIndex, newIndex].compactMap({ $0 }) {
            guard let part = part(of: index) else { continue }
            guard !keepsPods(index) else {
                reasons.append("ReplicaSet \(world.replicaSets[index].name) keeps its pods until others are available")
                continue
            }
            if scale(index, to: part) { return true }
        }
        return false
    }

    /// A version's part of a new size of the Rollout, or nil where it has that already: never less than its share of
    /// the traffic needs, as far as it has pods.
    private func part(of index: Int) -> Int? {
        let replicaSet = world.replicaSets[index]
        let (size, replicas) = (replicaSet.replicas, world.rollout.spec.replicas)
        guard size > 0, let former = replicaSet.desiredReplicas, former != replicas else { return nil }
        let part = former > 0 ? (size * replicas + former - 1) / former : size
        return max(part, min(size, podsForShare(of: index)))
    }

    /// Whether a version's part of a new size is less than what its pods have to carry while those of another one are
    /// not available. Where a router divides the traffic, no version serves for another one.
    private func keepsPods(_ index: Int) -> Bool {
        guard canary?.trafficRouting == nil, let part = part(of: index) else { return false }
        let loss = world.replicaSets[index].availableReplicas - part
        let available = world.replicaSets.reduce(0) { $0 + $1.availableReplicas }
        return loss > 0 && available - loss < world.rollout.promisedReplicas
    }

    /// Scales a ReplicaSet, and keeps its note of the Rollout's size; returns whether the size changed.
    @discardableResult
    mutating func scale(_ index: Int, to replicas: Int) -> Bool {
        let replicaSet = world.replicaSets[index]
        let desired = String(world.rollout.spec.replicas)
        var annotations: [String: String?] = [:]
        if replicaSet.annotations[RolloutMarks.desiredReplicas] != desired {
            annotations[RolloutMarks.desiredReplicas] = desired
        }
        if replicas == 0, !delaysScaleDownOnAbort, replicaSet.hasScaleDownDeadline {
            annotations[RolloutMarks.scaleDownDeadline] = .some(nil)
        }
        let changesSize = replicaSet.replicas != replicas
        guard changesSize || annotations[RolloutMarks.desiredReplicas] != nil else { return false }
        perform(.scaleReplicaSet(replicaSet.name, replicas: replicas, annotations: annotations))
        guard changesSize else { return false }
        let direction = replicaSet.replicas < replicas ? "up" : "down"
        emit(
            .normal, RolloutReason.scaling,
            "Scaled \(direction) ReplicaSet \(replicaSet.name) (revision \(replicaSet.revision ?? 0)) "
                + "from \(replicaSet.replicas) to \(replicas)")
        return true
    }

    /// Brings the wanted version to its size; returns whether that changed.
    mutating func reconcileNewReplicaSet() -> Bool {
        guard let index = newIndex else { return false }
        var replicas = wantedNewReplicas(weights: weights)
        if delaysScaleDownOnAbort {
            let replicaSet = world.replicaSets[index]
            if replicaSet.hasScaleDownDeadline {
                if let deadline = replicaSet.scaleDownDeadline {
                    guard deadline <= now else {
                        wake(at: deadline)
                        reasons.append("ReplicaSet \(replicaSet.name) is scaled down at \(deadline)")
                        scale(index, to: replicaSet.replicas)
                        return false
                    }
                    guard !isActive else {
                        reasons.append("ReplicaSet \(replicaSet.name) keeps its pods: the active service leads to it")
                        scale(index, to: replicaSet.replicas)
                        return false
                    }
                    replicas = 0
                }
            } else if let delay = world.rollout.spec.strategy.abortScaleDownDelaySeconds {
                scale(index, to: replicaSet.replicas)
                // The deadline takes every pod away, so it is set only once the stable version carries all traffic.
                if let stable, stable.availableReplicas >= world.rollout.spec.replicas {
                    addScaleDownDeadline(to: index, delay: delay)
                }
                return false
            }
        }
        let scaled = scale(index, to: replicas)
        migrateWorkload(scaledTo: replicas)
        return scaled
    }

    /// Whether the active service of blue-green leads to the wanted version, as it may for a while after an abort where
    /// it could not be moved.
    private var isActive: Bool {
        guard let blueGreen = world.rollout.spec.strategy.blueGreen else { return false }
        return world.service(blueGreen.activeService)?.podTemplateHash == newHash
    }

    /// The size that the wanted version is to have next.
    func wantedNewReplicas(weights: RolloutStatus.TrafficWeights?) -> Int {
        switch world.rollout.spec.strategy {
        case .canary: desiredSizes(weights: weights).canary
        case .blueGreen(let blueGreen): wantedNewReplicas(blueGreen)
        }
    }

    private func wantedNewReplicas(_ blueGreen: BlueGreenStrategy) -> Int {
        let rollout = world.rollout
        let all = rollout.spec.replicas
        guard let preview = blueGreen.previewReplicaCount,
            let active = world.index(ofHash: rollout.status.activeSelector), active != newIndex,
            !rollout.status.promotesFully
        else { return all }
        guard newHash == rollout.status.currentPodHash else { return preview }
        let isPaused = rollout.spec.isPaused || !rollout.status.pauseConditions.isEmpty
        return !isPaused && rollout.status.hasPassedPreviewCheckPoint ? all : preview
    }

    /// Takes pods away from versions that are neither wanted nor stable; returns whether a size changed.
    mutating func reconcileOtherReplicaSets() -> Bool {
        let active = others.filter { world.replicaSets[$0].replicas > 0 }
        guard !active.isEmpty else { return false }
        let latestFirst = active.sorted { world.replicaSets[$1].hasLesserRevision(than: world.replicaSets[$0]) }
        switch world.rollout.spec.strategy {
        case .canary(let canary): return scaleDownForCanary(latestFirst, canary)
        case .blueGreen(let blueGreen): return scaleDownForBlueGreen(latestFirst, blueGreen)
        }
    }

    private mutating func scaleDownForCanary(_ old: [Int], _ canary: CanaryStrategy) -> Bool {
        var hasScaled = false
        // Pods that are not available go first: nobody misses them, and they must not hold an update up.
        for index in old where world.replicaSets[index].availableReplicas < world.replicaSets[index].replicas {
            // What still has traffic may recover, and has nothing else to serve it.
            if routedShare > 0, isReferenced(world.replicaSets[index].hash) { continue }
            if scale(index, to: world.replicaSets[index].availableReplicas) { hasScaled = true }
        }
        guard stableTargetsAreVerified(before: old) else { return hasScaled }
        let available = world.replicaSets.reduce(0) { $0 + $1.availableReplicas }
        let replicas = world.rollout.spec.replicas
        var spare = available - (replicas - world.rollout.spec.strategy.maxUnavailable(of: replicas))
        var delayed = 0
        for index in old {
            let size = world.replicaSets[index].replicas
            guard size > 0 else { continue }
            if canary.trafficRouting != nil, isReferenced(world.replicaSets[index].hash) { continue }
            guard spare > 0 else { break }
            var wanted = 0
            if canary.trafficRouting == nil {
                wanted = max(0, size - spare)
            } else if world.rollout.isFullyPromoted || world.replicaSets[index].hasScaleDownDeadline {
                if !canary.dynamicStableScale { wanted = delayedSize(of: index, keeping: size, delayed: &delayed) }
                // Its pods may be behind a service that was made anew and has no hash yet.
                if !stableHasWhatIsPromised { wanted = max(wanted, size - spare) }
            }
            if scale(index, to: wanted) {
                hasScaled = true
                spare -= size - wanted
            }
        }
        return hasScaled
    }

    /// Whether the stable version alone has all pods that are promised, or is not to have them.
    private var stableHasWhatIsPromised: Bool {
        guard world.rollout.spec.strategy.canary?.dynamicStableScale != true, let stable else { return true }
        return stable.availableReplicas >= world.rollout.promisedReplicas
    }

    private mutating func scaleDownForBlueGreen(_ old: [Int], _ blueGreen: BlueGreenStrategy) -> Bool {
        guard world.rollout.status.pause(RolloutStatus.PauseCondition.inconclusiveAnalysis) == nil else { return false }
        // Without a delay of its own, the way back stays open until the analysis after the switch has ended well.
        if blueGreen.hasPostPromotionAnalysis, blueGreen.scaleDownDelaySeconds == nil, !mode.passesWhatIsMissing {
            let run = run(world.rollout.status.runs.postPromotion)
            if isPostPromotionDue(run), run?.status.phase != .successful { return false }
        }
        var hasScaled = false
        var delayed = 0
        for index in old where !isReferenced(world.replicaSets[index].hash) {
            let size = delayedSize(of: index, keeping: world.rollout.spec.replicas, delayed: &delayed)
            if scale(index, to: size) { hasScaled = true }
        }
        return hasScaled
    }
}
