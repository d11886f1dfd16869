import ManifestKit
import Synchronization

/// The way of one life of the controller to the embedded cluster, with everything that can go wrong on it.
final class SimulatedTransport: ClusterTransport {
    /// Requests that fail for a while.
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
        var delay: Delay?
        /// What watches have yet to tell, in the order of its time.
        var delayed: [Delayed] = []
    }

    /// For how long watches are late, and by how much.
    private struct Delay: Sendable {
        var seconds: Double
        var until: Double
    }

    private struct Delayed: Sendable {
        var watch: Int
        var due: Double
        var event: WatchEvent
    }

    private struct Watch: Sendable {
        var stop: @Sendable () -> Void
        var onEvent: @Sendable (WatchEvent) -> Void
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

    /// What was written, events for people among it.
    var writes: [String] { state.withLock { $0.writes } }

    /// Lets some of the writes fail.
    func add(_ faults: Faults) { state.withLock { $0.faults.append(faults) } }

    /// Lets the controller crash behind so many more writes.
    func crash(afterWrites count: Int) { state.withLock { $0.writesUntilCrash = count } }

    /// Lets watches tell everything late from now on.
    func slowWatches(by seconds: Double, until moment: Double) {
        state.withLock { $0.delay = Delay(seconds: seconds, until: moment) }
    }

    /// When watches have something to tell that is late, or nil.
    var nextDelivery: Double? { state.withLock { $0.delayed.first?.due } }

    /// Tells what is late and due now.
    func deliver() {
        let now = cluster.clock.now
        while true {
            let next = state.withLock { state -> (Watch, WatchEvent)?? in
                guard let first = state.delayed.first, first.due <= now else { return nil }
                state.delayed.removeFirst()
                return .some(state.watches[first.watch].map { ($0, first.event) })
            }
            guard let next else { return }
            if let (watch, event) = next { watch.onEvent(event) }
        }
    }

    /// Breaks off all watches.
    func loseWatches() {
        let watches = state.withLock { state in
            defer {
                state.watches = [:]
                state.delayed = []
            }
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
        let id = state.withLock { state in
            state.lastWatch += 1
            return state.lastWatch
        }
        let stop = cluster.subscribe(
            request, onEvent: { [weak self] event in if self?.isLate(event, of: id) != true { onEvent(event) } },
            onEnd: onEnd)
        state.withLock { $0.watches[id] = Watch(stop: stop, onEvent: onEvent, onEnd: onEnd) }
        return { [weak self] in
            stop()
            self?.state.withLock { _ = $0.watches.removeValue(forKey: id) }
        }
    }

    /// Whether an event is told later: watches are late now, or something before it is still to be told.
    private func isLate(_ event: WatchEvent, of watch: Int) -> Bool {
        let now = cluster.clock.now
        return state.withLock { state in
            let last = state.delayed.last { $0.watch == watch }?.due
            let delay = state.delay.flatMap { $0.until > now ? now + $0.seconds : nil }
            guard let due = [last, delay].compactMap({ $0 }).max() else { return false }
            let place = state.delayed.lastIndex { $0.due <= due }.map { $0 + 1 } ?? 0
            state.delayed.insert(Delayed(watch: watch, due: due, event: event), at: place)
            return true
        }
    }

    private static let dead = KubernetesFailure(.unreachable, "the controller has crashed")

    private func failure(ofRead request: KubernetesRequest) -> KubernetesFailure? {
        let now = cluster.clock.now
        return state.withLock { state in
            if state.isDead { return Self.dead }
            let outage = state.faults.first { $0.kind == .outages && $0.until > now }
            guard let outage, Double.random(in: 0..<1, using: &state.random) < outage.rate else { return nil }
            return Self.outage
        }
    }

    private static let outage = KubernetesFailure(.unreachable, "connection refused")

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
            state.writes.append("\(request.verb.method) \(request.resource)/\(request.name ?? "")")
            state.faults.removeAll { $0.until <= now }
            for fault in state.faults where Double.random(in: 0..<1, using: &state.random) < fault.rate {
                switch fault.kind {
                case .conflicts:
                    return (KubernetesFailure(.conflict, "the object has been modified; please try again"), nil)
                case .outages: return (Self.outage, nil)
                case .errors:
                    let failure = KubernetesFailure(.internalError, "etcdserver: request timed out")
                    return Bool.random(using: &state.random) ? (failure, nil) : (nil, failure)
                }
            }
            return (nil, nil)
        }
    }
}
