import ManifestKit

extension Simulation {
    /// Takes down how things stand, unless nothing has changed.
    func record(_ kind: SimulatedTimeline.Entry.Kind, _ text: String) {
        let state = observedState()
        guard kind != .change || state != timeline.entries.last?.state else { return }
        timeline.entries.append(SimulatedTimeline.Entry(
            seconds: clock.now - origin, kind: kind, text: text, state: state))
    }

    /// Says what a reader should know about the end.
    func noteEnd(isCutOff: Bool) {
        if isCutOff { timeline.notes.append("the scenario ends here, before all is at rest") }
        guard !isCutOff, let rollout = observer.world.rollout, rollout.status.phase == .paused else { return }
        timeline.notes.append(
            rollout.spec.isPaused
                ? "the update waits as spec.paused is set; a scenario can end that with resume"
                : "the update waits for somebody; a scenario can let it go on with promote")
    }

    private func observedState() -> SimulatedTimeline.State {
        var state = SimulatedTimeline.State()
        let world = observer.world
        guard let rollout = world.rollout else { return state }
        let status = rollout.status
        state.phase = status.phase?.rawValue ?? ""
        state.message = status.message
        if let steps = rollout.spec.strategy.canary?.steps, let index = status.currentStepIndex {
            state.stepIndex = index
            if steps.indices.contains(index) { state.step = steps[index].label }
        }
        state.versions = versions(world, rollout)
        state.weight = rollout.spec.strategy.canary == nil
            ? nil : state.versions.first { $0.hash == status.currentPodHash }?.share ?? 0
        return state
    }

    private func versions(_ world: ObservedWorld, _ rollout: Rollout) -> [SimulatedTimeline.Version] {
        var hashes: [String: SimulatedTimeline.Version] = [:]
        func change(_ hash: String, _ body: (inout SimulatedTimeline.Version) -> Void) {
            let role: SimulatedTimeline.Role = hash == rollout.status.stableHash
                ? .stable : hash == rollout.status.currentPodHash ? .canary : .old
            let none = SimulatedTimeline.Version(role: role, hash: hash, ready: 0, pods: 0, wanted: 0)
            var version = hashes[hash] ?? none
            body(&version)
            hashes[hash] = version
        }
        for replicaSet in world.replicaSets.values {
            change(replicaSet.hash) {
                $0.wanted += replicaSet.replicas
                $0.revision = replicaSet.revision
            }
        }
        for pod in world.pods.values where !pod.isEnding {
            change(pod.hash) {
                $0.pods += 1
                if pod.isReady { $0.ready += 1 }
            }
        }
        let divided = Self.shares(world, rollout, hashes.mapValues(\.ready))
        for (hash, share) in divided { change(hash) { $0.share = share } }
        let order = SimulatedTimeline.Role.allCases
        return hashes.values.filter { $0.pods + $0.wanted > 0 || ($0.share ?? 0) > 0 }.sorted { left, right in
            let ranks = (order.firstIndex(of: left.role) ?? 0, order.firstIndex(of: right.role) ?? 0)
            return ranks.0 != ranks.1 ? ranks.0 < ranks.1 : left.hash < right.hash
        }
    }

    /// The share of each version: of the traffic where something directs it, else of the ready pods.
    private static func shares(
        _ world: ObservedWorld, _ rollout: Rollout, _ ready: [String: Int]
    ) -> [String: Int] {
        let maximum = rollout.spec.strategy.maximumWeight
        let isDirected = rollout.spec.strategy.blueGreen != nil || world.share != nil
        var shares: [String: Int] = [:]
        if isDirected {
            // Both services lead to one version at the beginning and at the end.
            for (hash, share) in world.shares { shares[hash, default: 0] += share }
            return shares
        }
        let total = ready.values.reduce(0, +)
        guard total > 0 else { return [:] }
        return ready.mapValues { Int((Double($0 * maximum) / Double(total)).rounded()) }
    }
}
