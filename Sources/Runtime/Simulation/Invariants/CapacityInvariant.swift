import ManifestKit

/// A version that traffic is directed to has the pods for its share.
public enum CapacityInvariant: SimulationInvariant {
    public static let name = "capacity"
    public static let summary = """
        No write of the controller leaves a version with fewer pods than its share of the traffic needs, less what \
        maxUnavailable allows; pods that fail by themselves are another matter.
        """

    public static func violation(by change: ObservedChange) -> String? {
        guard change.actor == .controller, let rollout = change.after.rollout, !rollout.status.stableHash.isEmpty
        else { return nil }
        switch change.kind {
        case .replicaSet, .object: break
        case .rollout, .pod: return nil
        }
        let maximum = rollout.spec.strategy.blueGreen == nil ? rollout.spec.strategy.maximumWeight : 100
        let before = sums(change.before)
        for (hash, share) in sums(change.after).sorted(by: { $0.key < $1.key }) {
            // Its size is its author's choice where steps say so.
            guard hash == rollout.status.stableHash || rollout.sizeFollowsWeight else { continue }
            let lacking = missing(share, of: maximum, hash, rollout, in: change.after)
            guard lacking > max(0, missing(before[hash] ?? 0, of: maximum, hash, rollout, in: change.before))
            else { continue }
            let pods = change.after.carryingPods(hash)
            return "\(pods) pods of version \(hash) for a share of \(share), which needs \(pods + lacking)"
        }
        return nil
    }

    /// Both services may lead to one version.
    private static func sums(_ world: ObservedWorld) -> [String: Int] {
        Dictionary(world.shares.map { ($0.hash, $0.share) }, uniquingKeysWith: +)
    }

    /// How many pods a version has too few of for a share, below zero where it has more than enough.
    private static func missing(
        _ share: Int, of maximum: Int, _ hash: String, _ rollout: Rollout, in world: ObservedWorld
    ) -> Int {
        let needed = share * rollout.promisedReplicas / max(1, maximum)
        return needed - world.carryingPods(hash)
    }
}
