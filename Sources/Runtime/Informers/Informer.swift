import ManifestKit
import Synchronization

/// Keeps a store in step with the API: lists, follows the changes, and lists anew where some were lost.
///
/// It does what is due when it is asked to, and says when it wants to be asked again, so that it runs under a virtual
/// clock as under a real one.
public final class Informer: Sendable {
    /// How an informer works.
    struct Settings: Sendable {
        /// How long a watch may say nothing before it is begun anew, in seconds; nil for ever.
        var idleSeconds: Double?
        /// What times to wait are spread by; nil where every run has to be the same.
        var seed: UInt64?
        /// Hears of it when the type cannot be followed, each kind of failure once, and nil when it can be again.
        var onProblem: @Sendable (ResourceType, KubernetesFailure?) -> Void = { _, _ in }
    }

    private struct State {
        var machine: WatchMachine
        var stop: (@Sendable () -> Void)?
        /// Counts watches, so that the end of an earlier one is not taken for that of this one.
        var watch = 0
        /// What is being done, so that two who ask at once wait for the same.
        var work: Task<Void, Never>?
        var isStopped = false
        /// The kind of failure that has been told.
        var told: KubernetesFailure.Reason?
    }

    /// How many objects a page of a list has.
    private static let pageSize = 500

    /// The objects.
    public let store: Store
    private let transport: any ClusterTransport
    private let clock: any ClusterClock
    private let request: KubernetesRequest
    private let onEnd: @Sendable () -> Void
    private let onProblem: @Sendable (ResourceType, KubernetesFailure?) -> Void
    private let state: Mutex<State>

    /// Makes an informer about what a list request asks for; `onEnd` says that it has something to do again.
    init(
        _ request: KubernetesRequest, store: Store, transport: any ClusterTransport, clock: any ClusterClock,
        settings: Settings = Settings(), onEnd: @escaping @Sendable () -> Void = {}
    ) {
        self.request = request
        self.store = store
        self.transport = transport
        self.clock = clock
        self.onEnd = onEnd
        onProblem = settings.onProblem
        state = Mutex(State(machine: WatchMachine(idleSeconds: settings.idleSeconds, seed: settings.seed)))
    }

    deinit { state.withLock { $0.stop?() } }

    /// Whether the objects are known.
    public var hasListed: Bool { state.withLock { $0.machine.hasListed } }

    /// Why the objects cannot be read or followed now, or nil.
    var problem: KubernetesFailure? { state.withLock { $0.machine.problem } }

    /// Does what is due; the moment at which something is due next, or nil while a watch is under way.
    public func advance() async -> Double? {
        while true {
            switch due() {
            case .later(let moment): return moment
            case .now: await work().value
            }
        }
    }

    /// Begins what is due and waits for nothing; the moment at which something is due next, or nil where `onEnd` will
    /// say so.
    func begin() -> Double? {
        if state.withLock({ $0.work != nil || $0.isStopped }) { return nil }
        switch due() {
        case .later(let moment): return moment
        case .now:
            _ = work()
            return nil
        }
    }

    /// Ends the watch and what is under way, for good.
    func stop() {
        let (stop, work) = state.withLock { state in
            state.isStopped = true
            state.watch += 1
            defer { state.stop = nil }
            return (state.stop, state.work)
        }
        stop?()
        work?.cancel()
    }

    private enum Due {
        case now
        case later(Double?)
    }

    private func due() -> Due {
        let now = clock.steady
        let step = state.withLock { state in
            guard !state.isStopped else { return WatchMachine.Step.wait(until: nil) }
            _ = state.machine.isSilent(now: now)
            return state.machine.step
        }
        switch step {
        case .wait(let moment): return .later(moment.map { $0 - now + clock.now })
        case .list(let moment), .watch(_, let moment):
            return moment > now ? .later(moment - now + clock.now) : .now
        }
    }

    /// Does what is due once, whoever asks for it meanwhile.
    private func work() -> Task<Void, Never> {
        state.withLock { state in
            if let work = state.work { return work }
            let task = Task(executorPreference: transport.executor) {
                switch self.state.withLock({ $0.machine.step }) {
                case .wait: break
                case .list: await self.list()
                case .watch(let version, _): self.follow(from: version)
                }
                self.state.withLock { $0.work = nil }
                self.tellProblem()
                self.onEnd()
            }
            state.work = task
            return task
        }
    }

    private func list() async {
        var request = request
        request.limit = Self.pageSize
        var objects: [StoredObjects.Prepared] = []
        do throws(KubernetesFailure) {
            while true {
                let page = try await transport.send(request)
                objects += store.prepare(page["items"]?.array ?? [])
                request.continuation = page["metadata"]?["continue"]?.string
                guard request.continuation?.isEmpty ?? true else { continue }
                let version = page["metadata"]?["resourceVersion"]?.string ?? ""
                store.replace(withPrepared: objects, version: version)
                state.withLock { $0.machine.listed(version: version, now: clock.steady) }
                if objects.count > Self.pageSize { LargeHeap.trim() }
                return
            }
        } catch {
            if error.reason == .notFound { store.removeAll() }
            state.withLock { $0.machine.ended(error, now: clock.steady) }
        }
    }

    private func follow(from version: String) {
        var request = request
        request.resourceVersion = version
        let watch = state.withLock { state in
            state.machine.watching(now: clock.steady)
            state.watch += 1
            return state.watch
        }
        let stop = transport.subscribe(
            request, onEvent: { [weak self] in self?.receive($0, watch) },
            onEnd: { [weak self] in self?.end($0, watch) })
        let old: (@Sendable () -> Void)? = state.withLock { state in
            if state.watch != watch { return stop }
            let old = state.stop
            state.stop = stop
            return old
        }
        old?()
    }

    private func receive(_ event: WatchEvent, _ watch: Int) {
        guard state.withLock({ $0.watch == watch }) else { return }
        if event.kind == .error {
            end(KubernetesFailure(status: event.object), watch)
            return
        }
        store.receive(event)
        let version = event.object["metadata"]?["resourceVersion"]?.string
        let hadProblem = state.withLock { state in
            state.machine.received(version: version, now: clock.steady)
            return state.told != nil
        }
        if hadProblem { tellProblem() }
    }

    private func end(_ failure: KubernetesFailure?, _ watch: Int) {
        let isNews = state.withLock { state in
            guard state.watch == watch, case .wait = state.machine.step else { return false }
            state.machine.ended(failure, now: clock.steady)
            return true
        }
        guard isNews else { return }
        tellProblem()
        onEnd()
    }

    /// Tells of a new kind of failure, and of the end of one; a history that is lost is an everyday matter.
    private func tellProblem() {
        let news: KubernetesFailure?? = state.withLock { state in
            guard !state.isStopped else { return .none }
            let problem = state.machine.problem.flatMap { [.gone, .expired].contains($0.reason) ? nil : $0 }
            guard problem?.reason != state.told else { return .none }
            state.told = problem?.reason
            return .some(problem)
        }
        if let news { onProblem(store.resource, news) }
    }
}

extension KubernetesFailure {
    /// Reads the `Status` that a watch ends with.
    init(status: JSONValue) {
        let reason = status["reason"]?.string.flatMap { Reason(rawValue: $0) }
        let isGone = status["code"]?.integer == 410
        self.init(
            reason ?? (isGone ? .expired : .internalError),
            status["message"]?.string ?? "the watch ended with an error",
            retryAfterSeconds: status["details"]?["retryAfterSeconds"]?.integer)
    }
}
