/// How long updates take, as the reference writes it down.
extension UpdatePass {
    /// What a new status has to say of the time of the update, given what its pass does.
    func duration(for status: RolloutStatus) -> UpdateDuration? {
        let old = world.rollout.status
        // By what this status notes: while it is paused, a Rollout's new steps are seen again by every plan.
        let isNew = status.currentPodHash != old.currentPodHash || status.currentStepHash != old.currentStepHash
        let hasAllPods = newReplicaSet.map { $0.availableReplicas >= world.rollout.spec.replicas } ?? false
        let isAtTarget = status.stableHash == status.currentPodHash && hasAllPods
        let isAborted = pauses.isAborted(old)
        var duration = status.duration
        if old.duration?.hasEnded == false {
            if isNew {
                if isRollback {
                    duration?.outcome = isFastRollback ? .fastRolledBack : .rolledBack
                } else {
                    duration?.end(.superseded, at: now)
                }
            }
            if duration?.hasEnded == false {
                if isAtTarget {
                    duration?.end(otherwise: .promoted, at: now)
                    return duration
                }
                if isAborted { duration?.end(otherwise: .aborted, at: now) }
            }
        }
        if duration == nil || duration?.hasEnded == true && !isAtTarget {
            let isRetry = !isAborted && old.condition(.progressing)?.reason == RolloutReason.aborted
            if isNew && !isAtTarget || isRetry { duration = UpdateDuration(startedAt: now) }
        }
        guard duration?.hasEnded == false else { return duration }
        if waitsForPeople(status) {
            if duration?.pausedAt == nil { duration?.pausedAt = now }
        } else {
            duration?.resume(at: now)
        }
        return duration
    }

    /// Whether nothing goes on before a person says so.
    private func waitsForPeople(_ status: RolloutStatus) -> Bool {
        world.rollout.spec.isPaused || status.pauseConditions.contains { pause in
            switch pause.reason {
            case RolloutStatus.PauseCondition.inconclusiveAnalysis,
                RolloutStatus.PauseCondition.inconclusiveExperiment:
                true
            case RolloutStatus.PauseCondition.canaryStep:
                (currentStep as? PauseStep).map { $0.durationSeconds == nil } ?? false
            case RolloutStatus.PauseCondition.blueGreen:
                world.rollout.spec.strategy.blueGreen?.promotesAutomatically == false
            default: false
            }
        }
    }
}
