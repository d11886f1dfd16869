import ManifestKit

/// A paused update does not move.
public enum PauseInvariant: SimulationInvariant {
    public static let name = "pause"
    public static let summary = """
        While an update is paused its step stays, no traffic goes beyond that step, blue-green does not switch, and \
        no version gets another size unless the whole Rollout does.
        """

    public static func violation(by change: ObservedChange) -> String? {
        guard change.actor == .controller, let old = change.before.rollout, let new = change.after.rollout,
            !isReleased(old, new)
        else { return nil }
        if let from = old.status.currentStepIndex, let to = new.status.currentStepIndex, from != to,
            isHeld(old, in: change) {
            return "the step went from \(from) to \(to) during a pause"
        }
        if let message = switching(change, old) ?? resizing(change, old) { return message }
        if change.before.isKnownToBePaused, let from = change.before.share, let to = change.after.share,
            to > max(from, reached(by: old)) {
            return "the new version's share went from \(from) to \(to) while spec.paused is set"
        }
        return nil
    }

    /// A switch of blue-green before its pause is over.
    private static func switching(_ change: ObservedChange, _ old: Rollout) -> String? {
        guard let blueGreen = old.spec.strategy.blueGreen, case .object = change.kind,
            let from = change.before.hash(behind: blueGreen.activeService), !from.isEmpty,
            let to = change.after.hash(behind: blueGreen.activeService), from != to, to == old.status.currentPodHash
        else { return nil }
        if change.before.isKnownToBePaused {
            return "service \(blueGreen.activeService) was switched while spec.paused is set"
        }
        guard let pause = old.status.pauseConditions.first(where: {
            $0.reason == RolloutStatus.PauseCondition.blueGreen
        }) else { return nil }
        let seconds = Int64(blueGreen.autoPromotionSeconds)
        let isOver = blueGreen.promotesAutomatically && change.after.now.seconds >= pause.startTime.seconds + seconds
        return isOver ? nil : "service \(blueGreen.activeService) was switched during its pause"
    }

    /// Another size of the new version of a canary while `spec.paused` is set.
    private static func resizing(_ change: ObservedChange, _ old: Rollout) -> String? {
        guard change.before.isKnownToBePaused, old.spec.strategy.canary != nil,
            case .replicaSet(let name) = change.kind,
            let before = change.before.replicaSets[name], let after = change.after.replicaSets[name],
            before.replicas != after.replicas,
            before.annotations[RolloutMarks.desiredReplicas] == after.annotations[RolloutMarks.desiredReplicas]
        else { return nil }
        return "ReplicaSet \(name) went from \(before.replicas) to \(after.replicas) while spec.paused is set"
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

    private static func isHeld(_ rollout: Rollout, in change: ObservedChange) -> Bool {
        if change.before.isKnownToBePaused { return true }
        guard let pause = rollout.status.pauseConditions.first(where: {
            $0.reason == RolloutStatus.PauseCondition.canaryStep
        }) else { return false }
        guard let steps = rollout.spec.strategy.canary?.steps, let index = rollout.status.currentStepIndex,
            steps.indices.contains(index), let seconds = steps[index].durationSeconds
        else { return true }
        return change.after.now.seconds < pause.startTime.seconds + Int64(seconds)
    }
}
