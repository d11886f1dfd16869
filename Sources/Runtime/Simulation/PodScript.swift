import ManifestKit
import Synchronization

/// What a scenario says about pods, for the workload model to ask.
final class PodScript: Sendable {
    private struct Rule {
        var pods: ScenarioAction.Pods
        var health: ScenarioAction.Health
        /// The versions that the rule is about; it stays with them when a canary becomes the stable version.
        var hashes: Set<String> = []
    }

    private struct State {
        var rules: [Rule] = []
        var stableHash = ""
    }

    private let state = Mutex(State())

    /// Takes what the stable version is now.
    func note(stableHash: String) { state.withLock { $0.stableHash = stableHash } }

    /// Lets something become of pods from now on.
    func add(_ pods: ScenarioAction.Pods, _ health: ScenarioAction.Health) {
        state.withLock { state in
            if pods == .all { state.rules = [] }
            let hashes: Set<String> = pods == .stable ? [state.stableHash] : []
            state.rules.append(Rule(pods: pods, health: health, hashes: hashes))
        }
    }

    /// What becomes of a pod, or nil where no scenario says so; the latest rule counts.
    func fate(of pod: JSONValue) -> WorkloadModel.PodFate? {
        guard let hash = pod["metadata"]?["labels"]?[RolloutMarks.podTemplateHash]?.string else { return nil }
        return state.withLock { state in
            for index in state.rules.indices where state.rules[index].pods == .canary && hash != state.stableHash {
                state.rules[index].hashes.insert(hash)
            }
            let rule = state.rules.last { $0.pods == .all || $0.hashes.contains(hash) }
            guard let rule else { return nil }
            return switch rule.health {
            case .slow(let seconds): .ready(after: seconds)
            case .neverReady: .neverReady
            // A pod that is ready already crashes too.
            case .crash: WorkloadModel.isReady(pod) ? .crashAfter(0) : .crash
            case .crashAfter(let seconds): .crashAfter(seconds)
            case .healthy: .ready(after: nil)
            }
        }
    }
}
