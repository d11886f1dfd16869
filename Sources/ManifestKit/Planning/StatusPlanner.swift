/// The status that a pass writes.
extension UpdatePass {
    /// Notes a pause, the end of one, or a retry in the conditions; returns whether it wrote anything.
    ///
    /// The time of a pause must not count as lack of progress, so this comes before anything else in a pass.
    mutating func notePauses() -> Bool {
        guard world.rollout.status.observedGeneration == String(world.rollout.generation) else { return false }
        let progressing = world.rollout.status.condition(.progressing)?.reason
        let isPaused = !world.rollout.status.pauseConditions.isEmpty || world.rollout.spec.isPaused
        let wasAborted = progressing == RolloutReason.aborted
        let pauses = isPaused != (progressing == RolloutReason.paused) && !wasAborted
            && !isCompleted(world.rollout.status)
        let retries = !world.rollout.status.isAborted && wasAborted
        let marks = isPaused != (world.rollout.status.condition(.paused)?.status == .yes) && !wasAborted
        guard pauses || retries || marks else { return false }
        var status = world.rollout.status
        if pauses {
            let reason = isPaused ? RolloutReason.paused : RolloutReason.resumed
            status.set(
                .progressing, .unknown, reason: reason, now: now,
                message: isPaused ? "Rollout is paused" : "Rollout is resumed")
        }
        if retries {
            status.set(
                .progressing, .unknown, reason: RolloutReason.retry, now: now, message: "Retrying Rollout after abort")
        }
        if marks {
            status.set(
                .paused, isPaused ? .yes : .no, reason: RolloutReason.paused, now: now, message: "Rollout is paused")
        }
        guard status != world.rollout.status else { return false }
        (status.phase, status.message) = phase(of: status)
        status.duration = duration(for: status)
        perform(.updateStatus(status))
        return true
    }

    /// Whether the wanted version is the stable one.
    private func isCompleted(_ status: RolloutStatus) -> Bool {
        !status.stableHash.isEmpty && status.stableHash == status.currentPodHash
    }

    /// A new status with what both strategies have in common.
    func baseStatus() -> RolloutStatus {
        let old = world.rollout.status
        var status = RolloutStatus()
        status.others = old.others
        if let loadBalancerStatus {
            for key in ["alb", "albs"] { status.others[key] = loadBalancerStatus?[key] }
        }
        status.conditions = old.conditions
        status.remove(.invalidSpec)
        status.currentPodHash = newHash
        status.stableHash = old.stableHash
        status.collisionCount = old.collisionCount
        status.restartedAt = restartedAt
        status.promotesFully = old.promotesFully
        status.duration = old.duration
        return status
    }

    /// Counts pods.
    func countPods(into status: inout RolloutStatus) {
        let all = world.replicaSets
        status.replicas = all.reduce(0) { $0 + $1.currentReplicas }
        status.updatedReplicas = newReplicaSet?.currentReplicas ?? 0
        status.readyReplicas = all.reduce(0) { $0 + $1.readyReplicas }
        status.availableReplicas = all.reduce(0) { $0 + $1.availableReplicas }
        status.autoscalerReplicas = status.replicas
        status.selector = world.selectorText
        // An autoscaler of a blue-green Rollout looks at the active version alone.
        if case .blueGreen = world.rollout.spec.strategy, let index = world.index(ofHash: status.activeSelector) {
            status.autoscalerReplicas = all[index].currentReplicas
            status.availableReplicas = all[index].availableReplicas
            status.readyReplicas = all[index].readyReplicas
            status.selector = SelectorText.text(of: world.selector, hash: all[index].hash)
        }
    }

    /// Writes a status if it says something new, and tells the events that go with it.
    mutating func write(_ new: RolloutStatus) {
        let old = world.rollout.status
        var status = new
        status.observedGeneration = String(world.rollout.generation)
        status.workloadObservedGeneration =
            world.rollout.spec.workload == nil ? "" : world.rollout.annotations[RolloutMarks.workloadGeneration] ?? ""
        abortAtDeadline(status)
        pauses.write(to: &status, from: old, now: now)
        setConditions(&status)
        (status.phase, status.message) = phase(of: status)
        status.duration = duration(for: status)
        waitForProgress(status)
        guard status != old else { return }
        perform(.updateStatus(status))
        for event in pendingEvents { actions(append: event) }
        pendingEvents = []
        // Said once, when it comes up; the status keeps it for as long as it lasts.
        if let hindrance, status.message.contains(hindrance), !told.contains(where: { $0.contains(hindrance) }) {
            told.append(hindrance)
            emit(.warning, RolloutReason.trafficRoutingError, hindrance)
        }
        let wasPaused = !old.pauseConditions.isEmpty
        if !wasPaused, let reason = status.pauseConditions.first?.reason {
            emit(.normal, RolloutReason.paused, "Rollout is paused (\(reason))")
        } else if wasPaused, status.pauseConditions.isEmpty, status.abortedAt == nil {
            emit(.normal, RolloutReason.resumed, "Rollout is resumed")
        }
    }

    private mutating func actions(append event: RolloutEvent) { emit(event.kind, event.reason, event.message) }

    // MARK: Progress

    /// Whether anything came nearer to what is wanted since the old status.
    private func isProgressing(_ status: RolloutStatus) -> Bool {
        let old = world.rollout.status
        let hasMoved: Bool
        switch world.rollout.spec.strategy {
        case .blueGreen:
            hasMoved = old.activeSelector != status.activeSelector || old.previewSelector != status.previewSelector
        case .canary:
            let steps = old.currentStepIndex != nil && status.currentStepIndex != nil
            hasMoved = old.stableHash != status.stableHash || old.currentStepHash != status.currentStepHash
                || (steps && old.currentStepIndex != status.currentStepIndex)
        }
        return hasMoved || status.updatedReplicas != old.updatedReplicas
            || status.replicas - status.updatedReplicas < old.replicas - old.updatedReplicas
            || status.readyReplicas > old.readyReplicas || status.availableReplicas > old.availableReplicas
    }

    /// Whether everything is as wanted.
    private func isHealthy(_ status: RolloutStatus) -> Bool {
        let replicas = world.rollout.spec.replicas
        guard status.updatedReplicas == replicas, status.availableReplicas == replicas,
            world.rollout.status.observedGeneration == String(world.rollout.generation)
        else { return false }
        switch world.rollout.spec.strategy {
        case .blueGreen(let blueGreen):
            return status.activeSelector == status.currentPodHash
                && (blueGreen.previewService == nil || status.previewSelector == status.currentPodHash)
        case .canary(let canary):
            let isAtEnd = canary.steps.isEmpty || status.currentStepIndex.map { $0 == canary.steps.count } ?? true
            return isAtEnd && isCompleted(status) && status.replicas == replicas
        }
    }

    /// Whether the update may take its time, at a pause or an analysis.
    private var isOpenEnded: Bool {
        currentStep?.isOpenEnded == true || world.rollout.status.condition(.paused)?.status == .yes
    }

    private var waitsForScaleDown: Bool { others.contains { world.replicaSets[$0].hasScaleDownDeadline } }

    /// Whether the last progress is longer ago than the deadline allows.
    private func isTimedOut(_ status: RolloutStatus) -> Bool {
        guard let condition = status.condition(.progressing) else { return false }
        switch condition.reason {
        case RolloutReason.aborted, RolloutReason.paused: return false
        case RolloutReason.timedOut: return true
        default: return condition.lastUpdateTime.after(world.rollout.spec.progressDeadlineSeconds) < now
        }
    }

    private var timeOutMessage: String {
        newReplicaSet.map { "ReplicaSet \(GoText.quoted($0.name)) has timed out progressing." }
            ?? "Rollout \(GoText.quoted(world.rollout.name)) has timed out progressing."
    }

    private mutating func abortAtDeadline(_ status: RolloutStatus) {
        guard world.rollout.spec.abortsAtProgressDeadline, !pauses.isAborted(world.rollout.status),
            !isCompleted(status), !isProgressing(status), !isOpenEnded, !waitsForScaleDown,
            isTimedOut(world.rollout.status)
        else { return }
        pauses.abort(timeOutMessage)
    }

    private mutating func waitForProgress(_ status: RolloutStatus) {
        guard let condition = status.condition(.progressing), condition.reason != RolloutReason.timedOut,
            !isHealthy(status), status.pauseConditions.isEmpty, !world.rollout.spec.isPaused, !status.isAborted,
            !isOpenEnded
        else { return }
        let deadline = condition.lastUpdateTime.after(world.rollout.spec.progressDeadlineSeconds).after(1)
        if deadline > now { wake(at: deadline) }
    }

    // MARK: Conditions

    private mutating func setConditions(_ status: inout RolloutStatus) {
        let becameUnhealthy = setHealth(&status)
        if pauses.isAborted(world.rollout.status) {
            let revision = world.rollout.revision ?? 0
            let detail = pauses.abortMessage.isEmpty ? "" : ": \(pauses.abortMessage)"
            let message = "Rollout aborted update to revision \(revision)\(detail)"
            if status.set(.progressing, .no, reason: RolloutReason.aborted, now: now, message: message) {
                pendingEvents.append(RolloutEvent(.warning, reason: RolloutReason.aborted, message: message))
            }
        } else {
            setProgress(&status, becameUnhealthy: becameUnhealthy)
        }
        setAvailability(&status)
        setFailure(&status)
        let isDone = isCompleted(status)
        let changed = status.set(
            .completed, isDone ? .yes : .no, reason: RolloutReason.completed, now: now,
            message: RolloutReason.completed)
        if changed, !isDone {
            let revision = world.rollout.revision ?? 0
            pendingEvents.append(RolloutEvent(
                reason: RolloutReason.notCompleted,
                message: "Rollout not completed, started update to revision \(revision) (\(status.currentPodHash))"))
        }
    }

    private func setHealth(_ status: inout RolloutStatus) -> Bool {
        let isPaused = !status.pauseConditions.isEmpty || world.rollout.spec.isPaused
        if !isPaused, isHealthy(status) {
            status.set(.healthy, .yes, reason: RolloutReason.healthy, now: now, message: "Rollout is healthy")
            return false
        }
        guard status.condition(.healthy) != nil else { return false }
        return status.set(.healthy, .no, reason: RolloutReason.healthy, now: now, message: "Rollout is not healthy")
    }

    private func setProgress(_ status: inout RolloutStatus, becameUnhealthy: Bool) {
        let name = newReplicaSet?.name
        if isHealthy(status) {
            // Blue-green has all that it wants before its last analysis; while it waits for a person, its pause stays.
            let isPaused = !status.pauseConditions.isEmpty || world.rollout.spec.isPaused
            if isPaused, !isCompleted(status) { return }
            status.set(
                .progressing, .yes, reason: RolloutReason.newReplicaSetAvailable, now: now,
                message: "ReplicaSet \(GoText.quoted(name ?? "")) has successfully progressed.")
        } else if isProgressing(status) || becameUnhealthy {
            let lostPods = becameUnhealthy && status.stableHash == status.currentPodHash
            let rollout = "Rollout \(GoText.quoted(world.rollout.name))"
            let subject = name.map { "ReplicaSet \(GoText.quoted($0))" } ?? rollout
            let reason = lostPods ? RolloutReason.replicaSetNotAvailable : RolloutReason.replicaSetUpdated
            var condition = RolloutCondition(
                .progressing, .yes, reason: reason,
                message: lostPods ? "Rollout does not have minimum availability" : "\(subject) is progressing.",
                now: now)
            if let old = world.rollout.status.condition(.progressing) {
                if old.status == .yes { condition.lastTransitionTime = old.lastTransitionTime }
                status.remove(.progressing)
            }
            status.conditions.append(condition)
        } else if !isOpenEnded, !waitsForScaleDown, isTimedOut(status) {
            status.set(.progressing, .no, reason: RolloutReason.timedOut, now: now, message: timeOutMessage)
        }
    }

    private func setAvailability(_ status: inout RolloutStatus) {
        let isAvailable: Bool
        switch world.rollout.spec.strategy {
        case .canary:
            isAvailable = world.replicaSets.reduce(0) { $0 + $1.availableReplicas } >= world.rollout.spec.replicas
        case .blueGreen:
            isAvailable = world.index(ofHash: status.activeSelector).map { isSaturated(world.replicaSets[$0]) } ?? false
        }
        status.set(
            .available, isAvailable ? .yes : .no, reason: RolloutReason.available, now: now,
            message: isAvailable ? "Rollout has minimum availability" : "Rollout does not have minimum availability")
    }

    private func setFailure(_ status: inout RolloutStatus) {
        let failures = [newReplicaSet?.failure] + world.replicaSets.map(\.failure)
        guard let failure = failures.compactMap({ $0 }).first, let condition = RolloutCondition(failure) else {
            if status.condition(.replicaFailure) != nil { status.remove(.replicaFailure) }
            return
        }
        let old = status.condition(.replicaFailure)
        guard old?.status != condition.status || old?.reason != condition.reason else { return }
        status.remove(.replicaFailure)
        status.conditions.append(condition)
    }
}
