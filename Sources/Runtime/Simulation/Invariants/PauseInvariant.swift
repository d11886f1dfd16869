import ManifestKit

/// A paused update does not move.
public enum PauseInvariant: SimulationInvariant {
    public static let name = "pause"
    public static let summary = "While an update is paused its step stays, and no traffic goes beyond that step."

    public static func violation(by change: ObservedChange) -> String? {
        guard change.actor == .controller, let old = change.before.rollout, let new = change.after.rollout,
            !isReleased(old, new)
        else { return nil }
        if let from = old.status.currentStepIndex, let to = new.status.currentStepIndex, from != to,
            isHeld(old, now: change.after.now) {
            return "the step went from \(from) to \(to) during a pause"
        }
        if old.spec.isPaused, let from = change.before.share, let to = change.after.share,
            to > max(from, reached(by: old)) {
            return "the new version's share went from \(from) to \(to) while spec.paused is set"
        }
        return nil
    }

    /// Whether something other than the end of the pause lets the update go on.
    private static func isReleased(_ old: Rollout, _ new: Rollout) -> Bool {
        old.status.currentPodHash != new.status.currentPodHash
            || old.status.currentStepHash != new.status.currentStepHash
            || old.status.promotesFully || old.status.isAborted || new.status.isAborted
            || new.status.stableHash == new.status.currentPodHash
            || old.spec.rollbackWindowRevisions != nil
    }

    /// The share that the step asks for where the update stands; it may still be on its way.
    private static func reached(by rollout: Rollout) -> Int {
        let maximum = rollout.spec.strategy.maximumWeight
        guard let steps = rollout.spec.strategy.canary?.steps, let index = rollout.status.currentStepIndex,
            steps.indices.contains(index)
        else { return maximum }
        return min(maximum, steps[...index].last { $0.weight != nil }?.weight ?? 0)
    }

    private static func isHeld(_ rollout: Rollout, now: KubernetesTime) -> Bool {
        if rollout.spec.isPaused { return true }
        guard let pause = rollout.status.pauseConditions.first(where: {
            $0.reason == RolloutStatus.PauseCondition.canaryStep
        }) else { return false }
        guard let steps = rollout.spec.strategy.canary?.steps, let index = rollout.status.currentStepIndex,
            steps.indices.contains(index), let seconds = steps[index].durationSeconds
        else { return true }
        return now.seconds < pause.startTime.seconds + Int64(seconds)
    }
}
