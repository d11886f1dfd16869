/// An update by blue-green.
extension UpdatePass {
    /// Does the next thing for each part of a blue-green update.
    mutating func runBlueGreen(_ blueGreen: BlueGreenStrategy) {
        restoreActiveService(blueGreen)
        if let preview = blueGreen.previewService {
            if haltReason == nil { point(preview, at: newHash) }
        }
        if templateChanged {
            syncBlueGreenStatus(blueGreen)
            return
        }
        if restartPods() { return }
        reconcileBlueGreenReplicaSets()
        reconcileBlueGreenPause(blueGreen)
        reconcileActiveService(blueGreen)
        reconcileAnalyses()
        syncMetadata()
        syncBlueGreenStatus(blueGreen)
    }

    /// Points an active service that was made anew, or that somebody took the hash from, where it led before. It leads
    /// to the pods of every version meanwhile, and without this it would be taken for one that never led anywhere.
    private mutating func restoreActiveService(_ blueGreen: BlueGreenStrategy) {
        guard let service = world.service(blueGreen.activeService), service.podTemplateHash ?? "" == "" else { return }
        let status = world.rollout.status
        let remembered = status.isAborted ? [status.stableHash] : [status.activeSelector, status.stableHash]
        let hash = remembered.first { canServe($0) }
        if let hash { point(blueGreen.activeService, at: hash) }
    }

    /// Whether a version has pods that the active service may lead to, where any are wanted.
    private func canServe(_ hash: String) -> Bool {
        guard let index = world.index(ofHash: hash) else { return false }
        return world.replicaSets[index].availableReplicas > 0 || world.rollout.spec.replicas == 0
    }

    /// Brings the versions to their sizes.
    mutating func reconcileBlueGreenReplicaSets() {
        removeScaleDownDeadlines()
        if let stableIndex { scale(stableIndex, to: world.rollout.spec.replicas) }
        _ = reconcileNewReplicaSet()
        _ = reconcileOtherReplicaSets()
        cleanUpHistory()
    }

    /// Whether the new version has all the pods that it gets before the switch.
    private var isReadyForSwitch: Bool {
        guard let new = newReplicaSet else { return false }
        let wanted = wantedNewReplicas(weights: nil)
        return new.replicas == wanted && new.availableReplicas == wanted
    }

    /// Whether a version has all the pods that the whole Rollout wants.
    func isSaturated(_ replicaSet: ReplicaSet) -> Bool {
        let replicas = world.rollout.spec.replicas
        return replicaSet.replicas == replicas && replicaSet.desiredReplicas == replicas
            && replicaSet.availableReplicas == replicas
    }

    /// Whether the switch needs no pause: nothing to switch from, a promotion in full, or the way back.
    private func isFastTracked(_ blueGreen: BlueGreenStrategy) -> Bool {
        if isFastRollback || world.rollout.status.promotesFully { return true }
        let active = world.service(blueGreen.activeService)?.podTemplateHash
        return active == nil || active == newHash
    }

    private mutating func reconcileBlueGreenPause(_ blueGreen: BlueGreenStrategy) {
        let status = world.rollout.status
        guard !status.isAborted, isReadyForSwitch, haltReason == nil else { return }
        let reason = RolloutStatus.PauseCondition.blueGreen
        if isFastTracked(blueGreen) || status.hasPassedPreviewCheckPoint || !blueGreen.pauses {
            pauses.remove(reason)
            return
        }
        guard hasPassedPrePromotionAnalysis(blueGreen) else { return }
        if let pause = status.pause(reason) {
            if hasCompletedPause(blueGreen) {
                pauses.remove(reason)
            } else if blueGreen.autoPromotionSeconds > 0 {
                wake(at: pause.startTime.after(blueGreen.autoPromotionSeconds))
            }
        } else if !status.controllerPause {
            pauses.add(reason)
        }
    }

    /// Whether the pause before the switch is over, by time or by a person.
    private func hasCompletedPause(_ blueGreen: BlueGreenStrategy) -> Bool {
        let status = world.rollout.status
        if pauses.beginsPause { return false }
        if status.hasPassedPreviewCheckPoint { return true }
        let pause = status.pause(RolloutStatus.PauseCondition.blueGreen)
        guard blueGreen.promotesAutomatically else { return status.controllerPause && pause == nil }
        guard blueGreen.autoPromotionSeconds > 0 else { return true }
        return pause.map { now >= $0.startTime.after(blueGreen.autoPromotionSeconds) } ?? false
    }

    /// Whether the analysis before the switch, if there is one, has found nothing bad.
    private func hasPassedPrePromotionAnalysis(_ blueGreen: BlueGreenStrategy) -> Bool {
        !blueGreen.hasPrePromotionAnalysis || mode.passesWhatIsMissing
            || statedRuns.prePromotion?.status.phase == .successful
    }

    private mutating func reconcileActiveService(_ blueGreen: BlueGreenStrategy) {
        if let haltReason {
            reasons.append("the active service stays where it is: \(haltReason)")
            return
        }
        let status = world.rollout.status
        // The way back needs no pods of the new version, which may have been aborted because it has too few.
        guard status.isAborted || isReadyForSwitch && newReplicaSet.map({ isSaturated($0) }) == true else {
            reasons.append("the active service waits for pods of the new version")
            return
        }
        let active = world.service(blueGreen.activeService)?.podTemplateHash ?? ""
        var hash = active
        if isFastTracked(blueGreen) { hash = newHash }
        if hasCompletedPause(blueGreen), hasPassedPrePromotionAnalysis(blueGreen) {
            hash = newHash
        }
        if status.isAborted { hash = status.stableHash }
        if mode.holdsSwitch, !active.isEmpty, hash != active { return }
        guard hash == active || canServe(hash) else {
            reasons.append("the active service waits for pods of the version with hash \(hash)")
            return
        }
        point(blueGreen.activeService, at: hash)
    }

    private mutating func syncBlueGreenStatus(_ blueGreen: BlueGreenStrategy) {
        var status = baseStatus()
        status.otherBlueGreenFields = world.rollout.status.otherBlueGreenFields
        status.weights = weights
        status.runs = runs
        if templateChanged { reset(&status) }
        if world.rollout.status.promotesFully || isRollbackWithinWindow {
            pauses.clear()
            pauses.removeAbort()
        }
        status.previewSelector = world.service(blueGreen.previewService)?.podTemplateHash ?? ""
        status.activeSelector = world.service(blueGreen.activeService)?.podTemplateHash ?? ""
        if let reason = promotionReason(status) {
            promote(&status, reason: reason)
        } else {
            status.hasPassedPreviewCheckPoint = passesPreviewCheckPoint(blueGreen)
        }
        countPods(into: &status)
        write(status)
    }

    /// Whether a smaller preview may grow to its full size, which it does once and for all.
    private func passesPreviewCheckPoint(_ blueGreen: BlueGreenStrategy) -> Bool {
        guard let preview = blueGreen.previewReplicaCount else { return false }
        if world.rollout.status.hasPassedPreviewCheckPoint { return true }
        if mode.holdsSwitch || haltReason != nil { return false }
        guard hasPassedPrePromotionAnalysis(blueGreen), hasCompletedPause(blueGreen) else { return false }
        return newReplicaSet?.availableReplicas == preview
    }
}
