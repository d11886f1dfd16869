/// How far a Rollout is on its way to what its manifest asks for, as somebody waits for it.
public struct RolloutProgress: Hashable, Sendable {
    /// Whether there is something to wait for.
    public enum Standing: Hashable, Sendable {
        /// It is on its way, or waits for time to pass.
        case underWay
        /// It is there.
        case healthy
        /// It waits for a person.
        case waitsForPerson
        /// It does not get there by itself.
        case failed
    }

    /// Whether there is something to wait for.
    public var standing: Standing
    /// The phase, as the status has it.
    public var phase: String
    /// The step that it is at, as `2/5`, counted from 1; nil where there are none or all are done.
    public var step: String?
    /// The canary's share of the traffic, where the status says it.
    public var weight: Int?
    /// What it waits for or why it failed; empty where there is nothing to say.
    public var message: String

    /// Looks at a Rollout.
    ///
    /// - Parameter workloadGeneration: The generation of the workload that it refers to, where that is known.
    public init(_ rollout: Rollout, workloadGeneration: Int? = nil) {
        let status = rollout.status
        let steps = rollout.spec.strategy.canary?.steps ?? []
        let index = status.currentStepIndex ?? 0
        step = index < steps.count && !Self.isDone(rollout) ? "\(index + 1)/\(steps.count)" : nil
        weight = status.weights?.canary.weight
        phase = status.phase?.rawValue ?? "Progressing"
        message = status.message
        guard Self.isObserved(rollout, workloadGeneration) else {
            (standing, phase, step, weight) = (.underWay, "Waiting", nil, nil)
            message = "the controller has not seen the newest version of it yet"
            return
        }
        switch status.phase {
        case .healthy: standing = .healthy
        case .degraded: standing = .failed
        case .progressing, nil: standing = .underWay
        case .paused:
            let reason = Self.personNeeded(rollout, steps, index)
            standing = reason == nil ? .underWay : .waitsForPerson
            message = reason ?? "the pause is for a while"
        }
    }

    /// That of a Rollout that is not there.
    public static let gone = RolloutProgress(standing: .failed, phase: "Gone", message: "it is not there")

    private init(standing: Standing, phase: String, message: String) {
        self.standing = standing
        self.phase = phase
        self.message = message
    }

    /// Why a person has to let it go on; nil where it goes on by itself.
    private static func personNeeded(_ rollout: Rollout, _ steps: [any CanaryStep], _ index: Int) -> String? {
        let name = rollout.name
        if rollout.spec.isPaused { return "paused by hand; `resume \(name)` lets it go on" }
        let promote = "`promote \(name)` lets it go on"
        let reasons = rollout.status.pauseConditions.map(\.reason)
        if reasons.contains(where: { $0.hasPrefix("Inconclusive") }) {
            return "an analysis was inconclusive; \(promote)"
        }
        if let blueGreen = rollout.spec.strategy.blueGreen {
            return blueGreen.promotesAutomatically ? nil : "the new version waits to be switched to; \(promote)"
        }
        guard steps.indices.contains(index) else { return nil }
        return steps[index].durationSeconds == nil ? "it waits for a person; \(promote)" : nil
    }

    private static func isDone(_ rollout: Rollout) -> Bool {
        !rollout.status.stableHash.isEmpty && rollout.isFullyPromoted
    }

    /// Whether the status tells of the newest spec, and of the newest template of the workload.
    public static func isObserved(_ rollout: Rollout, _ workloadGeneration: Int?) -> Bool {
        let observed = rollout.status.observedGeneration
        guard !observed.isEmpty else { return false }
        // Releases before 1.0 wrote a hash and no number.
        if let number = Int(observed), number != rollout.generation { return false }
        guard let workloadGeneration, rollout.spec.workload != nil else { return true }
        return Int(rollout.status.workloadObservedGeneration).map { $0 >= workloadGeneration } ?? false
    }

    /// All of it on one line.
    public var text: String {
        var parts = [phase]
        if let step { parts.append("step \(step)") }
        if let weight { parts.append("weight \(weight)") }
        return parts.joined(separator: ", ") + (message.isEmpty ? "" : ": \(message)")
    }
}
