import ManifestKit
import Synchronization

/// Keeps a store in step with the API: lists, follows the changes, and lists anew where some were lost.
///
/// It does what is due when it is asked to, and says when it wants to be asked again, so that it runs under a virtual
/// clock as under a real one.
public final class Informer: Sendable {
    private struct State {
        var machine = WatchMachine()
        var stop: (@Sendable () -> Void)?
        /// Counts watches, so that the end of an earlier one is not taken for that of this one.
        var watch = 0
        /// What is being done, so that two who ask at once wait for the same.
        var work: Task<Void, Never>?
    }

    /// The objects.
    public let store: Store
    private let transport: any ClusterTransport
    private let clock: any ClusterClock
    private let request: KubernetesRequest
    private let onEnd: @Sendable () -> Void
    private let state = Mutex(State())

    /// Makes an informer about what a list request asks for; `onEnd` says that it has something to do again.
    public init(
        _ request: KubernetesRequest, store: Store, transport: any ClusterTransport, clock: any ClusterClock,
        onEnd: @escaping @Sendable () -> Void = {}
    ) {
        self.request = request
        self.store = store
        self.transport = transport
        self.clock = clock
        self.onEnd = onEnd
    }

    deinit { state.withLock { $0.stop?() } }

    /// Whether the objects are known.
    public var hasListed: Bool { state.withLock { $0.machine.hasListed } }

    /// Does what is due; the moment at which something is due next, or nil while a watch is under way.
    public func advance() async -> Double? {
        while true {
            switch state.withLock({ $0.machine.step }) {
            case .wait: return nil
            case .list(let moment), .watch(_, let moment):
                if moment > clock.now { return moment }
                await work()
            }
        }
    }

    /// Does what is due once, whoever asks for it meanwhile.
    private func work() async {
        let task = state.withLock { state in
            if let work = state.work { return work }
            let task = Task {
                switch self.state.withLock({ $0.machine.step }) {
                case .wait: break
                case .list: await self.list()
                case .watch(let version, _): self.follow(from: version)
                }
                self.state.withLock { $0.work = nil }
            }
            state.work = task
            return task
        }
        await task.value
    }

    private func list() async {
        var request = request
        request.limit = 500
        var items: [JSONValue] = []
        do throws(KubernetesFailure) {
            while true {
                let page = try await transport.send(request)
                items += page["items"]?.array ?? []
                request.continuation = page["metadata"]?["continue"]?.string
                guard request.continuation?.isEmpty ?? true else { continue }
                let version = page["metadata"]?["resourceVersion"]?.string ?? ""
                store.replace(with: items, version: version)
                state.withLock { $0.machine.listed(version: version) }
                return
            }
        } catch {
            state.withLock { $0.machine.ended(error, now: clock.now) }
        }
    }

    private func follow(from version: String) {
        var request = request
        request.resourceVersion = version
        let watch = state.withLock { state in
            state.machine.watching(now: clock.now)
            state.watch += 1
            return state.watch
        }
        let stop = transport.subscribe(
            request, onEvent: { [weak self] in self?.receive($0, watch) },
            onEnd: { [weak self] in self?.end($0, watch) })
        let old = state.withLock { state in
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
        state.withLock { $0.machine.received(version: version) }
    }

    private func end(_ failure: KubernetesFailure?, _ watch: Int) {
        let isNews = state.withLock { state in
            guard state.watch == watch, state.machine.step == .wait else { return false }
            state.machine.ended(failure, now: clock.now)
            return true
        }
        if isNews { onEnd() }
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
