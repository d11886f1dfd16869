/// The end of an update, and the way back to a version that ran before.
extension UpdatePass {
    /// Whether the wanted version ran before the stable one, or is it.
    var isRollback: Bool {
        guard let new = newReplicaSet, let stable else { return false }
        return world.rollout.status.stableHash == new.hash || isEarlier(new, stable)
    }

    private func isEarlier(_ left: ReplicaSet, _ right: ReplicaSet) -> Bool {
        guard let first = left.createdAt, let second = right.createdAt else { return false }
        return first < second
    }

    /// Whether the way back may skip pauses and steps.
    var isFastRollback: Bool {
        guard isRollback else { return false }
        let isWithinDelay = newIsWithinDelay && world.rollout.spec.strategy.blueGreen != nil
        return isRollbackWithinWindow || isWithinDelay || world.rollout.status.stableHash == newHash
    }

    /// Whether the wanted version is one of the last few before the stable one, as many as the manifest says.
    var isRollbackWithinWindow: Bool {
        guard let window = world.rollout.spec.rollbackWindowRevisions, window > 0, let new = newReplicaSet, let stable,
            isEarlier(new, stable)
        else { return false }
        let between = world.replicaSets.filter { replicaSet in
            replicaSet.annotations[RolloutMarks.experimentName] == nil && isEarlier(replicaSet, stable)
                && isEarlier(new, replicaSet)
        }
        return between.count < window
    }

    /// Why the wanted version becomes the stable one now, or nil where it does not.
    mutating func promotionReason(_ status: RolloutStatus) -> String? {
        guard stableIndex != nil else { return "Initial deploy" }
        guard trafficProblem == nil else { return nil }
        switch world.rollout.spec.strategy {
        case .canary(let canary): return promotionReason(canary)
        case .blueGreen(let blueGreen): return promotionReason(blueGreen, status)
        }
    }

    private func promotionReason(_ canary: CanaryStrategy) -> String? {
        let replicas = world.rollout.spec.replicas
        guard !pauses.isAborted(world.rollout.status), let new = newReplicaSet,
            new.availableReplicas >= replicas || meetsThreshold(new, of: replicas)
        else { return nil }
        if world.rollout.status.promotesFully { return "Full promotion requested" }
        if isFastRollback { return isRollbackWithinWindow ? "Rollback within window" : "Fast rollback" }
        let count = canary.steps.count
        if let held = mode.heldStep, held < count || count == 0 { return nil }
        return count == 0 || stepIndex == count ? "Completed all \(count) canary steps" : nil
    }

    private mutating func promotionReason(_ blueGreen: BlueGreenStrategy, _ status: RolloutStatus) -> String? {
        if status.activeSelector.isEmpty { return "Initial deploy" }
        guard status.activeSelector == status.currentPodHash, activeTargetsAreVerified(blueGreen) else { return nil }
        if world.rollout.status.promotesFully { return "Full promotion requested" }
        if isFastRollback { return isRollbackWithinWindow ? "Rollback within window" : "Fast rollback" }
        if pauses.isAborted(world.rollout.status) { return nil }
        if blueGreen.hasPostPromotionAnalysis, !mode.passesWhatIsMissing,
            runs.postPromotion?.phase != .successful {
            return nil
        }
        return "Completed blue-green update"
    }

    /// Takes back a promotion in full behind which somebody has aborted the update; returns whether there was one.
    ///
    /// An abort that was noted before is the older wish, and then the promotion takes it back.
    mutating func endFullPromotion() -> Bool {
        var status = world.rollout.status
        guard status.promotesFully, status.isAborted, status.abortedAt == nil else { return false }
        status.promotesFully = false
        perform(.updateStatus(status))
        return true
    }

    /// Makes the wanted version the stable one.
    mutating func promote(_ status: inout RolloutStatus, reason: String) {
        pauses.clear()
        pauses.removeAbort()
        status.promotesFully = false
        status.hasPassedPreviewCheckPoint = false
        if let canary { status.currentStepIndex = canary.steps.isEmpty ? nil : canary.steps.count }
        if status.stableHash != status.currentPodHash {
            if canary?.pingPong != nil { status.stablePingPong = status.stablePingPong == .ping ? .pong : .ping }
            status.stableHash = status.currentPodHash
            if status.duration?.outcome == nil {
                status.duration?.outcome = world.rollout.status.promotesFully ? .fastPromoted : .promoted
            }
            let revision = world.rollout.revision ?? 0
            pendingEvents.append(RolloutEvent(
                reason: RolloutReason.completed,
                message: "Rollout completed update to revision \(revision) (\(status.currentPodHash)): \(reason)"))
        }
        if world.rollout.revision == 1, world.rollout.status.phase == .healthy,
            world.rollout.spec.workload?.scaleDown == .onSuccess {
            scaleWorkload(to: 0)
        }
    }

    /// Begins an update anew.
    mutating func reset(_ status: inout RolloutStatus) {
        pauses.clear()
        pauses.removeAbort()
        status.restartedAt = world.rollout.spec.restartAt
        status.promotesFully = false
        status.hasPassedPreviewCheckPoint = false
        status.otherCanaryFields = [:]
        status.otherBlueGreenFields = [:]
        status.runs = RolloutStatus.Runs()
        status.currentStepIndex = world.rollout.spec.strategy.stepCount > 0 ? 0 : nil
    }
}
