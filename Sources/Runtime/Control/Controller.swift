import ManifestKit
import Synchronization

/// Looks after all Rollouts: follows what changes, and reconciles each Rollout that something happened to.
///
/// `step` does what is due at this moment and says when to come again; a simulation calls it between the ticks of a
/// virtual clock, and `run` calls it as time passes.
public final class Controller: Sendable {
    /// How a controller works.
    public struct Settings: Sendable {
        /// The namespace that it looks after; empty for all.
        public var namespace = ""
        /// The instance id that its Rollouts are labelled with; empty for those without one.
        public var instanceID = ""
        /// How many Rollouts are worked on at once; 1 makes every run the same.
        public var workers = 1

        /// The settings without options.
        public init() {}
    }

    private struct State {
        var queue = WorkQueue()
        var references = ReferenceIndex()
        var rollouts: Set<ObjectName> = []

        /// Notes that something happened to an object, for the Rollouts that it concerns.
        mutating func note(
            _ resource: ResourceType, _ name: ObjectName, _ before: JSONValue?, _ after: JSONValue?, now: Double
        ) {
            switch resource {
            case .rollouts:
                if after == nil { rollouts.remove(name) } else { rollouts.insert(name) }
                queue.add(name, at: now)
            case .replicaSets:
                let owners = Set([before, after].compactMap { $0.flatMap { OwnerReference.controller(of: $0) } })
                for owner in owners.sorted(by: { $0.name < $1.name }) where owner.kind == "Rollout" {
                    queue.add(ObjectName(namespace: name.namespace, name: owner.name), at: now)
                }
                guard owners.isEmpty, before == nil else { break }
                for rollout in rollouts.sorted() where rollout.namespace == name.namespace {
                    queue.add(rollout, at: now)
                }
            default: break
            }
            for rollout in references.rollouts(lookingAt: name, resource) { queue.add(rollout, at: now) }
        }
    }

    private let clock: any ClusterClock
    private let settings: Settings
    private let log: @Sendable (Decision) -> Void
    private let state: SharedState
    private let cache: ClusterCache
    private let reconciler: Reconciler

    /// What the watches write to, apart from the controller so that they do not hold on to it.
    private final class SharedState: Sendable {
        let guarded = Mutex(State())
        let news = NewsSignal()

        func withLock<Result: Sendable>(_ body: (inout sending State) -> sending Result) -> Result {
            guarded.withLock(body)
        }
    }

    /// Makes a controller; `log` gets every decision.
    public init(
        transport: any ClusterTransport, clock: any ClusterClock, settings: Settings = Settings(),
        log: @escaping @Sendable (Decision) -> Void = { _ in }
    ) {
        self.clock = clock
        self.settings = settings
        self.log = log
        let state = SharedState()
        self.state = state
        let cache = ClusterCache(
            transport: transport, clock: clock, namespace: settings.namespace, instanceID: settings.instanceID,
            listener: { resource, name, before, after in
                state.withLock { $0.note(resource, name, before, after, now: clock.now) }
                state.news.raise()
            },
            onWork: { state.news.raise() })
        self.cache = cache
        reconciler = Reconciler(
            cache: cache, clock: clock, events: EventRecorder(transport: transport, clock: clock),
            validity: RolloutValidity(),
            noteReferences: { name, keys in state.withLock { $0.references.set(keys, of: name) } })
    }

    /// Does everything that is due now; the moment at which something is due next, or nil.
    public func step() async -> Double? {
        while true {
            _ = try? await cache.store(.rollouts)
            let nextWatch = await cache.advance()
            let names = state.withLock { $0.queue.take(now: clock.now) }
            guard !names.isEmpty else {
                let nextDue = state.withLock { $0.queue.nextDue }
                return [nextWatch, nextDue].compactMap { $0 }.min()
            }
            await reconcile(names)
        }
    }

    /// Runs until it is cancelled.
    public func run() async throws {
        while true {
            try Task.checkCancellation()
            let next = await step()
            await waitForNews(until: next)
        }
    }

    private func waitForNews(until moment: Double?) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [state] in await state.news.wait() }
            if let moment {
                group.addTask { [clock] in try? await clock.sleep(until: moment) }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func reconcile(_ names: [ObjectName]) async {
        guard settings.workers > 1 else {
            for name in names { await reconcile(name) }
            return
        }
        await withTaskGroup(of: Void.self) { group in
            for (position, name) in names.enumerated() {
                if position >= settings.workers { await group.next() }
                group.addTask { await self.reconcile(name) }
            }
        }
    }

    private func reconcile(_ name: ObjectName) async {
        guard var decision = await reconciler.reconcile(name) else {
            reconciler.validity.forget(name)
            state.withLock { state in
                _ = state.queue.finish(name, .done(hasActed: false, wakeAt: nil), now: clock.now)
                state.queue.forget(name)
                state.references.set([], of: name)
            }
            return
        }
        var outcome = WorkQueue.Outcome.done(
            hasActed: !decision.actions.isEmpty, wakeAt: decision.wakeAt.map { Double($0.seconds) })
        if case .stopped = decision.result { outcome = .failed }
        let isSlowed = state.withLock { $0.queue.finish(name, outcome, now: clock.now) }
        log(decision)
        if isSlowed {
            decision.result = .slowedDown
            log(decision)
        }
    }
}
