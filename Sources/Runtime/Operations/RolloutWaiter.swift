import ManifestKit

/// Waits until Rollouts are where their manifests want them, or do not get there by themselves.
public struct RolloutWaiter: Sendable {
    /// How the wait ended.
    public enum End: Hashable, Sendable {
        /// There is nothing more to wait for.
        case settled
        /// The time is up.
        case timedOut
        /// A person or a machine asked the program to end.
        case interrupted
    }

    /// How far a Rollout is.
    public struct State: Hashable, Sendable {
        /// The Rollout.
        public var name: ObjectName
        /// How far it is; nil as long as nothing is known.
        public var progress: RolloutProgress?
        /// Why nothing newer is known, where that is so.
        public var trouble: String?

        /// Whether there is nothing more to wait for.
        public var isSettled: Bool { progress.map { $0.standing != .underWay } ?? false }
    }

    private let transport: any ClusterTransport
    private let clock: any ClusterClock
    private let heedsSignals: Bool

    /// Makes a waiter; with `heedsSignals` an interrupt ends the wait and not the program.
    public init(_ transport: any ClusterTransport, clock: any ClusterClock, heedsSignals: Bool = true) {
        self.transport = transport
        self.clock = clock
        self.heedsSignals = heedsSignals
    }

    /// Waits, and tells every change on the way.
    public func wait(
        for names: [ObjectName], seconds: Double, onChange: @escaping @Sendable ([State]) -> Void
    ) async -> (End, [State]) {
        await withTaskGroup(of: (End, [State])?.self) { group in
            group.addTask { await follow(names, until: clock.now + seconds, onChange) }
            if heedsSignals {
                let signals = TerminationSignals()
                group.addTask {
                    await signals.first()
                    return Task.isCancelled ? nil : (.interrupted, [])
                }
            }
            var end: End?
            for await result in group {
                guard let (reason, states) = result else { continue }
                // An interrupt comes without the states; those of the follower come when it has seen that it is over.
                if end == nil { end = reason }
                group.cancelAll()
                if !states.isEmpty { return (end ?? reason, states) }
            }
            return (end ?? .interrupted, [])
        }
    }

    private func follow(
        _ names: [ObjectName], until end: Double, _ onChange: @Sendable ([State]) -> Void
    ) async -> (End, [State]) {
        var states = names.map { State(name: $0) }
        // So many at a time that hundreds of Rollouts are no burden for the API server.
        let pause = max(0.5, Double(names.count) / 50)
        while true {
            var next = states
            for place in next.indices where !next[place].isSettled {
                if Task.isCancelled { return (.interrupted, states) }
                await look(&next[place])
            }
            if next != states {
                states = next
                onChange(states)
            }
            if states.allSatisfy(\.isSettled) { return (.settled, states) }
            guard clock.now < end else { return (.timedOut, states) }
            try? await clock.sleep(until: min(end, clock.now + pause))
        }
    }

    private func look(_ state: inout State) async {
        do throws(KubernetesFailure) {
            let object = try await transport.send(.get(.rollouts, state.name))
            guard let rollout = Rollout(object) else {
                state.trouble = "its strategy is neither canary nor blueGreen"
                return
            }
            let generation = await workloadGeneration(of: rollout, state.name)
            state.progress = RolloutProgress(rollout, workloadGeneration: generation)
            state.trouble = nil
        } catch {
            // It may be back with the next look, unless it is gone.
            state.trouble = "\(error)"
            if error.reason == .notFound { state.progress = .gone }
        }
    }

    private func workloadGeneration(of rollout: Rollout, _ name: ObjectName) async -> Int? {
        guard let reference = rollout.spec.workload, let resource = ResourceType(workload: reference)
        else { return nil }
        let workload = ObjectName(namespace: name.namespace, name: reference.name)
        return try? await transport.send(.get(resource, workload))["metadata"]?["generation"]?.integer
    }
}
