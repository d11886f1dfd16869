import ManifestKit

/// No share of the traffic goes to a version without a ready pod.
public enum TrafficInvariant: SimulationInvariant {
    public static let name = "traffic"
    public static let summary = """
        No write of the controller gives traffic to a version without ready pods, or takes the last pod of a version \
        with traffic.
        """

    public static func violation(by change: ObservedChange) -> String? {
        guard change.actor == .controller, let rollout = change.after.rollout, rollout.spec.replicas > 0,
            !rollout.status.stableHash.isEmpty
        else { return nil }
        if case .pod = change.kind { return nil }
        let before = change.before.shares
        for (hash, share) in change.after.shares where change.after.readyPods(hash) == 0 {
            // What was so before, as after a crash of all pods, is not this write's doing unless it makes it worse.
            let old = before.first { $0.hash == hash }?.share ?? 0
            if old >= share, change.before.readyPods(hash) == 0 { continue }
            return "a share of \(share) for version \(hash), which has no ready pod"
        }
        return nil
    }
}
