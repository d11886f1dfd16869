import ManifestKit

/// Nothing writes when nothing has changed.
public enum QuietInvariant: SimulationInvariant {
    public static let name = "quiet"
    public static let summary =
        "A controller that starts where all is at rest writes nothing, and none writes without end."

    public static func violation(at rest: ObservedRest) -> String? {
        if rest.wasSlowedDown { return "the controller wrote so often that it was slowed down" }
        guard rest.isAtRest, let first = rest.lateWrites.first else { return nil }
        return "\(rest.lateWrites.count) writes though nothing had changed, first \(first)"
    }
}
