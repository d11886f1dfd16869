import ManifestKit

/// An abort ends with all traffic on the stable version.
public enum AbortInvariant: SimulationInvariant {
    public static let name = "abort"
    public static let summary =
        "While an update is aborted no traffic goes to it anew, and all of it ends on the stable version."

    public static func violation(by change: ObservedChange) -> String? {
        guard change.actor == .controller, let rollout = change.after.rollout, rollout.status.isAborted,
            change.before.rollout?.status.isAborted == true, let from = change.before.share,
            let to = change.after.share, rollout.status.stableHash != rollout.status.currentPodHash
        else { return nil }
        // What somebody else has taken away is put back, until it goes by the way of the abort.
        let stated = change.before.rollout?.status.weights?.canary.weight ?? 0
        guard to > max(from, stated) else { return nil }
        // The controller has noted the abort, or has at least heard of it.
        guard change.before.rollout?.status.abortedAt != nil || change.before.isKnownToBeAborted else { return nil }
        return "the aborted version's share went from \(from) to \(to)"
    }

    public static func violation(at rest: ObservedRest) -> String? {
        guard rest.isAtRest, let rollout = rest.world.rollout, rollout.status.isAborted,
            !rollout.spec.isPaused, rollout.status.condition(.invalidSpec) == nil
        else { return nil }
        let stable = rollout.status.stableHash
        // Where the stable version has lost all pods by itself there is nowhere to send the traffic.
        guard !stable.isEmpty, rest.world.readyPods(stable) > 0 || rollout.spec.replicas == 0 else { return nil }
        // What the stable version has been shrunk by and has no pods for yet stays where it is.
        let maximum = rollout.spec.strategy.maximumWeight
        let lacking = maximum - maximum * rest.world.readyPods(stable) / max(1, rollout.spec.replicas)
        let allowed = rollout.spec.strategy.canary?.dynamicStableScale == true ? max(0, lacking) : 0
        for (hash, share) in rest.world.shares where hash != stable && share > allowed {
            return "the aborted version \(hash) has a share of \(share)"
        }
        if let weights = rollout.status.weights, weights.canary.weight > allowed,
            weights.canary.podTemplateHash != stable {
            return "the status gives the aborted version a weight of \(weights.canary.weight)"
        }
        return nil
    }
}
