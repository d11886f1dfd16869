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
            !rollout.status.stableHash.isEmpty, !change.after.hadLately(size: 0)
        else { return nil }
        if case .pod = change.kind { return nil }
        // Both services may lead to one version.
        let before = Dictionary(change.before.shares.map { ($0.hash, $0.share) }, uniquingKeysWith: +)
        let after = Dictionary(change.after.shares.map { ($0.hash, $0.share) }, uniquingKeysWith: +)
        for (hash, share) in after.sorted(by: { $0.key < $1.key }) where change.after.readyPods(hash) == 0 {
            // What was so before, as after a crash of all pods, is not this write's doing unless it makes it worse.
            // Nor is what was so until somebody else wrote to a route, and is put back.
            let weights = change.before.rollout?.status.weights
            let stated = [weights?.canary, weights?.stable].compactMap { $0 }.filter { $0.podTemplateHash == hash }
            let old = max(before[hash] ?? 0, stated.reduce(0) { $0 + $1.weight })
            if old >= share, change.before.readyPods(hash) == 0 { continue }
            if change.after.hasUnheardLoss(of: hash) { continue }
            // An abort goes back to the stable version even where its pods have failed meanwhile.
            if rollout.status.isAborted, hash == rollout.status.stableHash, change.after.hasFailures(hash) { continue }
            return "a share of \(share) for version \(hash), which has no ready pod"
        }
        return nil
    }
}
