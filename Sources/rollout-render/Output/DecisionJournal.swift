import ManifestKit
import RolloutRuntime

/// Says a controller's decisions, a line for each thing that it does and why.
struct DecisionJournal: Sendable {
    /// Whether only what goes wrong is said.
    var isQuiet: Bool

    /// Says a decision.
    func note(_ decision: Decision) {
        guard decision.isNews else { return }
        for line in lines(of: decision) {
            StandardError.write("\(decision.time) \(decision.rollout): \(line)")
        }
    }

    private func lines(of decision: Decision) -> [String] {
        switch decision.result {
        case .slowedDown:
            return ["writes too often and is slowed down: another controller may change what this one does"]
        case .stopped(let count, let failure):
            let done = isQuiet ? [] : decision.actions.prefix(count).compactMap(\.summary)
            return done + ["will try again: \(failure)"]
        case .done:
            guard !isQuiet else { return [] }
            return decision.actions.compactMap(\.summary) + decision.reasons
        }
    }
}
