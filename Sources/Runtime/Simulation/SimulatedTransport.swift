import ManifestKit
import Synchronization

/// The way of one life of the controller to the embedded cluster, with everything that can go wrong on it.
final class SimulatedTransport: ClusterTransport {
    /// Writes that fail for a while.
    struct Faults: Sendable {
        var kind: ScenarioAction.Fault
        var rate: Double
        var until: Double
    }

    private struct State {
        var random: SplitMix
        var faults: [Faults] = []
        /// How many more writes succeed before the controller crashes; nil where it does not.
        var writesUntilCrash: Int?
        var isDead = false
        var writes: [String] = []
        var watches: [Int: Watch] = [:]
        var lastWatch = 0
    }

    private struct Watch: Sendable {
        var stop: @Sendable () -> Void
        var onEnd: @Sendable (KubernetesFailure?) -> Void
    }

    private let cluster: EmbeddedCluster
    private let state: Mutex<State>

    /// Makes a way to a cluster.
    init(cluster: EmbeddedCluster, seed: UInt64, faults: [Faults] = []) {
        self.cluster = cluster
        state = Mutex(State(random: SplitMix(state: seed), faults: faults))
    }

    deinit { for watch in state.withLock({ $0.watches.values.map { $0 } }) { watch.stop() } }

    /// Whether the controller has crashed.
    var isDead: Bool { state.withLock { $0.isDead } }

    /// The faults that a controller started now meets too.
    var faults: [Faults] { state.withLock { $0.faults } }

    /// What was written, events for people left out.
    var writes: [String] { state.withLock { $0.writes } }

    /// Lets some of the writes fail.
    func add(_ faults: Faults) { state.withLock { $0.faults.append(faults) } }

    /// Lets the controller crash behind so many more writes.
    func crash(afterWrites count: Int) { state.withLock { $0.writesUntilCrash = count } }

    /// Breaks off all watches.
    func loseWatches() {
        let watches = state.withLock { state in
            defer { state.watches = [:] }
            return state.watches.sorted { $0.key < $1.key }.map(\.value)
        }
        for watch in watches {
            watch.stop()
            watch.onEnd(nil)
        }
    }

    func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue {
        let isRead = request.verb == .get || request.verb == .list
        let (before, after) = isRead ? (failure(ofRead: request), nil) : failures(ofWrite: request)
        if let before { throw before }
        let answer = try cluster.perform(request)
        if let after { throw after }
        return answer
    }

    func watch(_ request: KubernetesRequest) -> AsyncThrowingStream<WatchEvent, any Error> { cluster.watch(request) }

    func subscribe(
        _ request: KubernetesRequest, onEvent: @escaping @Sendable (WatchEvent) -> Void,
        onEnd: @escaping @Sendable (KubernetesFailure?) -> Void
    ) -> @Sendable () -> Void {
        let stop = cluster.subscribe(request, onEvent: onEvent, onEnd: onEnd)
        let id = state.withLock { state in
            state.lastWatch += 1
            state.watches[state.lastWatch] = Watch(stop: stop, onEnd: onEnd)
            return state.lastWatch
        }
        return { [weak self] in
            stop()
            self?.state.withLock { _ = $0.watches.removeValue(forKey: id) }
        }
    }

    private static let dead = KubernetesFailure(.unreachable, "the controller has crashed")

    private func failure(ofRead request: KubernetesRequest) -> KubernetesFailure? {
        state.withLock { $0.isDead ? Self.dead : nil }
    }

    /// What a write fails with before it is done, or behind it, as where the answer is lost.
    private func failures(
        ofWrite request: KubernetesRequest
    ) -> (before: KubernetesFailure?, after: KubernetesFailure?) {
        let now = cluster.clock.now
        return state.withLock { state in
            if state.isDead { return (Self.dead, nil) }
            if let left = state.writesUntilCrash {
                guard left > 0 else {
                    state.isDead = true
                    return (Self.dead, nil)
                }
                state.writesUntilCrash = left - 1
            }
            if request.resource != .events {
                state.writes.append("\(request.verb.method) \(request.resource)/\(request.name ?? "")")
            }
            state.faults.removeAll { $0.until <= now }
            for fault in state.faults where Double.random(in: 0..<1, using: &state.random) < fault.rate {
                switch fault.kind {
                case .conflicts:
                    return (KubernetesFailure(.conflict, "the object has been modified; please try again"), nil)
                case .errors:
                    let failure = KubernetesFailure(.internalError, "etcdserver: request timed out")
                    return Bool.random(using: &state.random) ? (failure, nil) : (nil, failure)
                }
            }
            return (nil, nil)
        }
    }
}
