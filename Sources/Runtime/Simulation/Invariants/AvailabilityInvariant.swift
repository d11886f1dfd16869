import ManifestKit

/// No write takes away pods that are promised to be there.
public enum AvailabilityInvariant: SimulationInvariant {
    public static let name = "availability"
    public static let summary = """
        The controller never takes pods that serve away below what maxUnavailable promises; pods that fail by \
        themselves are another matter, and a restart may always take one.
        """

    public static func violation(by change: ObservedChange) -> String? {
        guard change.actor == .controller, let rollout = change.knownRollout else { return nil }
        var promise = rollout.promisedReplicas
        let (before, after): (Int, Int)
        switch change.kind {
        case .replicaSet(let name):
            guard let hash = change.before.replicaSets[name]?.hash, serves(hash, in: change.before),
                takesPods(of: hash, change), !keepsItsShare(hash, rollout, change)
            else { return nil }
            (before, after) = (lasting(in: change.before), lasting(in: change.after))
        case .pod(let name):
            guard serves(change.before.pods[name]?.hash, in: change.before) else { return nil }
            (before, after) = (change.before.readyPods, change.after.readyPods)
            // A restart takes one pod at a time even where none may be missing, or it would never begin.
            promise = min(promise, max(0, rollout.spec.replicas - 1))
        case .rollout, .object: return nil
        }
        guard after < min(before, promise), !change.after.hasUnheardLoss else { return nil }
        let name = switch change.kind {
        case .replicaSet(let name), .pod(let name): name
        case .rollout, .object: ""
        }
        return "\(after) of \(promise) promised pods are left of \(before) after a write to \(name)"
    }

    /// Whether a new size takes pods that serve: those that a restart has evicted are gone already, though the
    /// ReplicaSet may still count them.
    private static func takesPods(of hash: String, _ change: ObservedChange) -> Bool {
        change.before.hasFailures(hash) || change.after.readyPods(hash) < change.before.readyPods(hash)
    }

    /// Whether a version that has a share of the traffic keeps the size for it. What another version lacks for its
    /// own share is not for this one to make up for.
    private static func keepsItsShare(_ hash: String, _ rollout: Rollout, _ change: ObservedChange) -> Bool {
        guard isDivided(change.before), rollout.spec.strategy.blueGreen == nil else { return false }
        let share = change.after.shares.filter { $0.hash == hash }.reduce(0) { $0 + $1.share }
        let size = change.after.replicaSets.values.filter { $0.hash == hash }.reduce(0) { $0 + $1.replicas }
        return size * rollout.spec.strategy.maximumWeight >= share * rollout.promisedReplicas
    }

    /// Available pods that are to stay. Where traffic is divided each version has the size of its share, whatever
    /// becomes of the other one, so pods that failed by themselves count as if they were there, and those that were to
    /// join them.
    private static func lasting(in world: ObservedWorld) -> Int {
        guard isDivided(world) else { return world.lastingPods }
        return world.replicaSets.values.reduce(0) { sum, replicaSet in
            sum + (world.hasFailures(replicaSet.hash) ? replicaSet.replicas : world.carryingPods(replicaSet.hash))
        }
    }

    private static func isDivided(_ world: ObservedWorld) -> Bool {
        world.share != nil || world.rollout?.spec.strategy.blueGreen != nil
    }

    /// Whether a version's pods serve: those without a share of the traffic are in reserve, where something divides it.
    private static func serves(_ hash: String?, in world: ObservedWorld) -> Bool {
        guard let hash else { return false }
        return !isDivided(world) || world.shares.contains { $0.hash == hash }
    }
}
