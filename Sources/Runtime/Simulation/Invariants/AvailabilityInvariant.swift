import ManifestKit

/// No write takes away pods that are promised to be there.
public enum AvailabilityInvariant: SimulationInvariant {
    public static let name = "availability"
    public static let summary = """
        The controller never takes ready pods away below what maxUnavailable promises; pods that fail by themselves are \
        another matter.
        """

    public static func violation(by change: ObservedChange) -> String? {
        guard change.actor == .controller, let rollout = change.after.rollout else { return nil }
        let promise = rollout.promisedReplicas
        let (before, after): (Int, Int)
        switch change.kind {
        case .replicaSet: (before, after) = (change.before.lastingPods, change.after.lastingPods)
        case .pod: (before, after) = (change.before.readyPods, change.after.readyPods)
        case .rollout, .object: return nil
        }
        guard after < min(before, promise) else { return nil }
        let name = switch change.kind {
        case .replicaSet(let name), .pod(let name): name
        case .rollout, .object: ""
        }
        return "\(after) of \(promise) promised pods are left of \(before) after a write to \(name)"
    }
}
