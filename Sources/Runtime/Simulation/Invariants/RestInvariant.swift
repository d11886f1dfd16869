import ManifestKit

/// Every Rollout comes to rest.
public enum RestInvariant: SimulationInvariant {
    public static let name = "rest"
    public static let summary = "Every Rollout comes to rest: healthy, degraded, or paused until somebody acts."

    public static func violation(at rest: ObservedRest) -> String? {
        guard !rest.isCutOff else { return nil }
        let status = rest.world.rollout?.status
        guard rest.isAtRest else { return "it does not come to rest: \(status?.message ?? "there is no Rollout")" }
        guard let status else { return nil }
        switch status.phase {
        case .healthy, .degraded, .paused: return nil
        case .progressing, nil:
            // Pods that never get ready keep an update waiting without end where its deadline does not count.
            let isWaiting = rest.world.pods.values.contains { !$0.isReady }
            return isWaiting ? nil : "it rests while \(status.phase?.rawValue ?? "without a phase"): \(status.message)"
        }
    }
}
