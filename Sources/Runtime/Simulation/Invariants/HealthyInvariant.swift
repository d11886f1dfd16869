import ManifestKit

/// A Rollout that says it is healthy is what its manifest asks for.
public enum HealthyInvariant: SimulationInvariant {
    public static let name = "healthy"
    public static let summary = """
        A Rollout at rest that says it is healthy has all pods of the wanted version and none of others, and services \
        and routes lead to them alone.
        """

    public static func violation(at rest: ObservedRest) -> String? {
        let world = rest.world
        guard rest.isAtRest, let rollout = world.rollout, rollout.status.phase == .healthy else { return nil }
        let status = rollout.status
        guard status.stableHash == status.currentPodHash else {
            return "version \(status.stableHash) is stable and not \(status.currentPodHash)"
        }
        for replicaSet in world.replicaSets.values.sorted(by: { $0.name < $1.name }) {
            let wanted = replicaSet.hash == status.currentPodHash ? rollout.spec.replicas : 0
            guard replicaSet.replicas == wanted || replicaSet.annotations[RolloutMarks.scaleDownDeadline] != nil else {
                return "ReplicaSet \(replicaSet.name) has a size of \(replicaSet.replicas) and not of \(wanted)"
            }
        }
        if let service = misled(world, rollout) { return service }
        if let share = world.share, share != 0, share != rollout.spec.strategy.maximumWeight {
            return "the router's objects still give the new version a share of \(share)"
        }
        return surplus(world, rollout)
    }

    private static func misled(_ world: ObservedWorld, _ rollout: Rollout) -> String? {
        let services = rollout.versionServices
        // Of ping and pong, the one that is not stable keeps its old selector without traffic.
        let isPingPong = rollout.spec.strategy.canary?.pingPong != nil
        for service in [services.stable, isPingPong ? nil : services.new].compactMap({ $0 }) {
            let hash = world.hash(behind: service)
            // Without pods there is nothing of ours to lead to, and there may be pods of somebody else.
            if hash == nil, rollout.spec.replicas == 0 { continue }
            guard hash == rollout.status.stableHash else {
                return "service \(service) leads to version \(hash ?? "of any hash")"
            }
        }
        return nil
    }

    private static func surplus(_ world: ObservedWorld, _ rollout: Rollout) -> String? {
        let old = world.replicaSets.values.filter { $0.hash != rollout.status.stableHash && !$0.isBeingDeleted }
        let limit = rollout.spec.revisionHistoryLimit
        return old.count > limit ? "\(old.count) old ReplicaSets are left of \(limit) to keep" : nil
    }
}
