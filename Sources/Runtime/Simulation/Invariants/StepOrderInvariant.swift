import ManifestKit

/// The step index moves only by rule.
public enum StepOrderInvariant: SimulationInvariant {
    public static let name = "step-order"
    public static let summary = """
        The controller goes from each step to the next one, back to the first for a new version or an abort, and to \
        the end for a full promotion or a version that is there already.
        """

    public static func violation(by change: ObservedChange) -> String? {
        guard let (old, new) = change.ownStatusChange, let steps = new.spec.strategy.canary?.steps, !steps.isEmpty,
            let to = new.status.currentStepIndex
        else { return nil }
        // Steps that somebody has changed are not looked at while something else keeps the update from going on.
        if old.status.currentStepIndex == to, old.status.currentStepHash == new.status.currentStepHash { return nil }
        guard (0...steps.count).contains(to) else { return "step \(to) of \(steps.count)" }
        guard let from = old.status.currentStepIndex, from != to, to != from + 1 else { return nil }
        let isNew = old.status.currentPodHash != new.status.currentPodHash
            || old.status.currentStepHash != new.status.currentStepHash
        let isAborted = old.status.isAborted || new.status.isAborted
        if to == 0, isNew || isAborted || old.status.abortedAt != nil { return nil }
        let isStable = new.status.stableHash == new.status.currentPodHash || new.status.stableHash.isEmpty
        if to == steps.count, isStable || old.status.promotesFully || old.spec.rollbackWindowRevisions != nil {
            return nil
        }
        return "the step went from \(from) to \(to) of \(steps.count)"
    }
}
