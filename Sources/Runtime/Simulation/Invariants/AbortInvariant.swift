import ManifestKit

/// An abort ends with all traffic on the stable version.
public enum AbortInvariant: SimulationInvariant {
    public static let name = "abort"
    public static let summary = "An aborted update ends with all traffic on the stable version."

    public static func violation(at rest: ObservedRest) -> String? {
        guard rest.isAtRest, let rollout = rest.world.rollout, rollout.status.isAborted,
            !rollout.spec.isPaused, rollout.status.condition(.invalidSpec) == nil
        else { return nil }
        let stable = rollout.status.stableHash
        // Where the stable version has lost all pods by itself there is nowhere to send the traffic.
        guard !stable.isEmpty, rest.world.readyPods(stable) > 0 || rollout.spec.replicas == 0 else { return nil }
        for (hash, share) in rest.world.shares where hash != stable {
            return "the aborted version \(hash) has a share of \(share)"
        }
        if let weights = rollout.status.weights, weights.canary.weight != 0, weights.canary.podTemplateHash != stable {
            return "the status gives the aborted version a weight of \(weights.canary.weight)"
        }
        return nil
    }
}
