/// An update by canary.
extension UpdatePass {
    /// Does the next thing for each part of an update by canary.
    mutating func runCanary() {
        if stepsOrTemplateChanged {
            syncCanaryStatus()
            return
        }
        if restartPods() { return }
        syncMetadata()
        cleanUpHistory()
        reconcileCanaryServices()
        reconcileTraffic()
        guard trafficProblem == nil else {
            syncCanaryStatus()
            return
        }
        reconcileExperiments()
        reconcileAnalyses()
        // What stops for a person, or cannot be analysed, does not change its size either.
        guard !pauses.beginsPause, analysisProblem == nil else {
            syncCanaryStatus()
            return
        }
        if !reconcileCanaryReplicaSets() { workAtStep() }
        syncCanaryStatus()
    }

    /// Whether the wanted template or the steps are others than those that the status is about.
    private var stepsOrTemplateChanged: Bool {
        let status = world.rollout.status
        return status.currentStepHash.isEmpty || status.currentStepHash != canary?.stepHash || templateChanged
    }

    /// Whether the wanted template is another one than the status is about.
    var templateChanged: Bool {
        let current = world.rollout.status.currentPodHash
        return !current.isEmpty && current != newHash
    }

    /// Brings the versions to their sizes, one of them in a pass; returns whether a size changed.
    @discardableResult
    mutating func reconcileCanaryReplicaSets() -> Bool {
        if let haltReason {
            reasons.append("sizes stay as they are to each other: \(haltReason)")
            return followSizeInProportion()
        }
        removeScaleDownDeadlines()
        if hasOtherStable, let stableIndex {
            // By the weights that the pass began with: the stable version shrinks only after the traffic has gone.
            let size = desiredSizes(weights: world.rollout.status.weights).stable
            // Nor before a load balancer is seen to have followed.
            let waits = weights?.isVerified == false && size < world.replicaSets[stableIndex].replicas
            if !waits, scale(stableIndex, to: size) { return true }
        }
        if reconcileNewReplicaSet() { return true }
        return reconcileOtherReplicaSets()
    }

    private mutating func workAtStep() {
        guard !world.rollout.spec.isPaused, !world.rollout.status.promotesFully else { return }
        currentStep?.work(in: &self)
    }

    /// Whether the current step is reached; notes what it waits for if it is not.
    private mutating func isStepComplete() -> Bool {
        guard let step = currentStep, let index = stepIndex, !world.rollout.spec.isPaused, trafficProblem == nil
        else { return false }
        if let held = mode.heldStep, held <= index { return false }
        switch step.progress(in: self) {
        case .complete: return true
        case .waiting(let what):
            reasons.append("step \(index) (\(step.label)) waits: \(what)")
            return false
        }
    }

    private mutating func syncCanaryStatus() {
        guard let canary else { return }
        var status = baseStatus()
        status.stablePingPong = world.rollout.status.stablePingPong
        status.otherCanaryFields = world.rollout.status.otherCanaryFields
        status.weights = weights
        status.runs = runs
        status.currentStepHash = canary.stepHash
        countPods(into: &status)
        let stepCount = canary.steps.count
        if stepsOrTemplateChanged {
            reset(&status)
            skipSteps(&status, stepCount)
            write(status)
            return
        }
        var stepIndex = stepIndex
        if world.rollout.status.promotesFully || isRollbackWithinWindow {
            pauses.clear()
            pauses.removeAbort()
            if stepCount > 0 { stepIndex = stepCount }
        }
        if let reason = promotionReason(status) {
            promote(&status, reason: reason)
            write(status)
            return
        }
        if pauses.isAborted(world.rollout.status) {
            if stepCount > 0 { status.currentStepIndex = status.stableHash == status.currentPodHash ? stepCount : 0 }
            write(status)
            return
        }
        if let index = stepIndex, index < stepCount, isStepComplete() {
            stepIndex = index + 1
            status.runs.step = nil
            status.runs.experiment = ""
            pendingEvents.append(RolloutEvent(
                reason: RolloutReason.stepCompleted,
                message: "Rollout step \(index + 1)/\(stepCount) completed (\(canary.steps[index].label))"))
            pauses.remove(RolloutStatus.PauseCondition.canaryStep)
        }
        status.currentStepIndex = stepIndex
        write(status)
    }

    /// Goes straight to the end where the wanted version has run before and is still there.
    private mutating func skipSteps(_ status: inout RolloutStatus, _ stepCount: Int) {
        guard stepCount > 0, let new = newReplicaSet else { return }
        if world.rollout.status.stableHash == new.hash {
            status.currentStepIndex = stepCount
            pendingEvents.append(RolloutEvent(
                reason: RolloutReason.skipSteps, message: "Rollback to stable ReplicaSets"))
        } else if isRollbackWithinWindow, new.replicas > 0 {
            status.currentStepIndex = stepCount
            pendingEvents.append(RolloutEvent(
                reason: RolloutReason.skipSteps, message: "Rollback to active ReplicaSets within RollbackWindow"))
        }
    }
}
