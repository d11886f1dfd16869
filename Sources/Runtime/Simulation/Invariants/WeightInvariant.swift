import ManifestKit

/// Weights come to the whole and stay in range.
public enum WeightInvariant: SimulationInvariant {
    public static let name = "weight"
    public static let summary = """
        Weights sum to the maximum, and none is below zero or above it, in the status and in every object of the \
        router.
        """

    public static func violation(by change: ObservedChange) -> String? {
        guard change.actor == .controller, let rollout = change.after.rollout else { return nil }
        let range = 0...rollout.spec.strategy.maximumWeight
        if let share = change.after.share, !range.contains(share) {
            return "the router's objects have a weight of \(share) of \(range.upperBound)"
        }
        if case .object(let key) = change.kind, let after = change.after.objects[key] {
            let versions = RoutedVersions(change)
            let weights = RouteWeights(after, of: versions)
            let before = change.before.objects[key].map { RouteWeights($0, of: versions) }
            // What somebody else wrote is not the controller's fault until it writes weights there itself.
            if before != weights, let problem = weights.problem(of: range.upperBound) {
                return "\(key.kind.name) \(key.name): \(problem)"
            }
        }
        guard change.kind == .rollout, let weights = rollout.status.weights else { return nil }
        let all = [weights.canary.weight, weights.stable.weight] + weights.additional.map(\.weight)
        if let wrong = all.first(where: { !range.contains($0) }) {
            return "a weight of \(wrong) of \(range.upperBound)"
        }
        let sum = all.reduce(0, +)
        return sum == range.upperBound ? nil : "the weights come to \(sum) and not to \(range.upperBound)"
    }
}
