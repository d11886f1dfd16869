import ManifestKit
import Synchronization

/// Looks after all Rollouts: follows what changes, and reconciles each Rollout that something happened to.
///
/// `step` does what is due at this moment and says when to come again; a simulation calls it between the ticks of a
/// virtual clock. `run` does the same as time passes, with several workers, none of which waits for another.
public final class Controller: Sendable {
    /// How a controller works.
    public struct Settings: Sendable {
        /// The namespace that it looks after; empty for all.
        public var namespace = ""
        /// The namespace that it is in itself; nil where that means nothing, as in a simulation.
        public var ownNamespace: String?
        /// The instance id that its Rollouts are labelled with; empty for those without one.
        public var instanceID = ""
        /// A label selector that its Rollouts match; empty for any.
        public var selector = ""
        /// How many Rollouts `run` works on at once; `step` works on one.
        public var workers = 1
        /// How long a watch may say nothing before it is begun anew, in seconds; nil for ever.
        public var watchIdleSeconds: Double?
        /// After about how many seconds a Rollout is looked at though nothing has happened; nil for never.
        public var resyncSeconds: Double?
        /// Settings that metrics fall back to, such as `ARGO_ROLLOUTS_PROMETHEUS_ADDRESS`.
        public var metricEnvironment: [String: String] = [:]
        /// What waiting times are spread by; nil where every run has to be the same.
        public var seed: UInt64?
        /// How it is verified that load balancers follow; nil where it is not.
        public var loadBalancers: LoadBalancerKnowledge.Settings?

        /// The settings without options.
        public init() {}
    }

    /// Something that a controller has to say beside its decisions.
    public enum Notice: Sendable {
        /// Objects of a type cannot be read or followed.
        case cannotFollow(ResourceType, KubernetesFailure)
        /// They can be again.
        case followsAgain(ResourceType)
        /// Secrets of some namespaces, all where one is empty, cannot be listed, so that one that says that Istio's
        /// configuration is in another cluster is not noticed.
        case cannotSeeSecrets([String])
        /// The clock on the wall was set, by so many seconds.
        case clockWasSet(Double)
    }

    private let clock: any ClusterClock
    private let settings: Settings
    private let log: @Sendable (Decision) -> Void
    private let notice: @Sendable (Notice) -> Void
    private let telemetry: Telemetry?
    private let state: ControllerState
    private let cache: ClusterCache
    private let events: EventRecorder
    private let reconciler: Reconciler
    private let analyses: AnalysisReconciler
    private let experiments: ExperimentReconciler
    private let ownership: Ownership
    private let templates = Mutex(TemplateFigures())

    /// What is done for a plan outside of it, because it takes its time.
    private enum Work: Sendable {
        case analyze(AnalysisReconciler.Work)
        case look(LoadBalancerObserver.Work)
    }

    /// Makes a controller; `log` gets every decision, `notice` what else is to be said, `telemetry` the figures;
    /// `metrics` answers what providers ask of servers, `loadBalancers` what is asked about load balancers, and
    /// `notify` hears of every event once and waits for nothing.
    public init(
        transport: any ClusterTransport, clock: any ClusterClock, settings: Settings = Settings(),
        metrics: (any MetricSource)? = nil, loadBalancers: (any LoadBalancerSource)? = nil,
        telemetry: Telemetry? = nil,
        log: @escaping @Sendable (Decision) -> Void = { _ in },
        notice: @escaping @Sendable (Notice) -> Void = { _ in },
        notify: @escaping @Sendable (RolloutEvent, JSONValue) -> Void = { _, _ in }
    ) {
        self.clock = clock
        self.settings = settings
        self.log = log
        self.notice = notice
        self.telemetry = telemetry
        let state = ControllerState(turnedAt: clock.steady)
        self.state = state
        var cacheSettings = ClusterCache.Settings()
        cacheSettings.namespace = settings.namespace
        cacheSettings.instanceID = settings.instanceID
        cacheSettings.selector = settings.selector
        cacheSettings.informers.idleSeconds = settings.watchIdleSeconds
        cacheSettings.informers.seed = settings.seed
        cacheSettings.informers.onProblem = { resource, failure in
            notice(failure.map { .cannotFollow(resource, $0) } ?? .followsAgain(resource))
            // Whoever lacks objects of a type may lack its definition, or no longer: what is said of it changes.
            state.withLock { $0.note(resource, now: clock.now) }
            state.news.raise()
        }
        cache = ClusterCache(
            transport: transport, clock: clock, settings: cacheSettings,
            listener: { resource, change in
                state.withLock { $0.note(resource, change, now: clock.now) }
                state.news.raise()
            },
            onWork: { state.news.raise() })
        ownership = Ownership(cache: cache, selector: settings.selector)
        events = EventRecorder(
            transport: transport, clock: clock, onEvent: { telemetry?.note($0, about: $1) }, notify: notify)
        let source = ClusterMetricSource(transport: transport, servers: metrics ?? NoMetricServers())
        analyses = AnalysisReconciler(
            cache: cache, clock: clock, events: events,
            measurer: Measurer(source: source, clock: clock, environment: settings.metricEnvironment),
            turns: WritingTurns(settings.workers / 2))
        experiments = ExperimentReconciler(
            cache: cache, clock: clock, events: events,
            noteReferences: { name, keys in
                state.withLock { $0.references.set(keys, of: WorkItem(.experiment, name)) }
            })
        reconciler = Reconciler(
            cache: cache, clock: clock, events: events, validity: RolloutValidity(),
            istio: settings.ownNamespace.map {
                IstioPrimaryCluster(transport: transport, clock: clock, own: $0, watched: settings.namespace) {
                    notice(.cannotSeeSecrets($0))
                }
            },
            loadBalancers: loadBalancers.flatMap { source in
                settings.loadBalancers.map { LoadBalancerObserver(source: source, settings: $0, clock: clock) }
            },
            noteReferences: { name, keys in
                state.withLock { $0.references.set(keys, of: WorkItem(.rollout, name)) }
            },
            noteFigures: { telemetry?.note($1, status: $2, named: $0) }, noteEnd: { telemetry?.note($0) },
            mayGoOn: { !state.withLock { $0.isStopping } })
    }

    deinit { cache.stop() }

    // MARK: Step by step

    /// Does everything that is due now; the moment at which something is due next, or nil.
    public func step() async -> Double? {
        while true {
            for resource in Self.followed { _ = try? await cache.store(resource) }
            let nextWatch = await cache.advance()
            let items = state.withLock { $0.take(now: clock.now, atMost: .max) }
            guard !items.isEmpty else {
                let nextDue = state.withLock { $0.queue.nextDue }
                return [nextWatch, nextDue].compactMap { $0 }.min()
            }
            for (item, _) in items {
                let work = await reconcile(item)
                for part in work { await perform(part) }
                if !work.isEmpty { state.withLock { $0.queue.add(item, at: clock.now) } }
            }
        }
    }

    // MARK: As time passes

    /// Runs until `stop` is called, and then finishes what is under way; or until the task is cancelled, which breaks
    /// off what is under way and throws.
    public func run() async throws {
        defer { cache.stop() }
        try await withTaskExecutorPreference(cache.transport.executor) {
            try await withThrowingDiscardingTaskGroup { group in
                group.addTask { [events] in await events.run() }
                try await work()
                // Only now: what was under way has told of itself.
                events.close()
            }
        }
        try Task.checkCancellation()
    }

    private func work() async throws {
        var offset = clock.now - clock.steady
        try await withThrowingDiscardingTaskGroup { group in
            while !state.withLock({ $0.isStopping }) {
                try Task.checkCancellation()
                offset = noticeSetClock(offset)
                let nextWatch = cache.begin(Self.followed)
                let (items, nextDue) = state.withLock { state in
                    let free = settings.workers - state.queue.activeCount
                    let items = state.take(now: clock.now, atMost: max(0, free))
                    // With no worker free, one that becomes so is the next news.
                    return (items, free > items.count ? state.queue.nextDue : nil)
                }
                for (item, seconds) in items {
                    telemetry?.noteWait(seconds, of: item.kind)
                    group.addTask { [self] in
                        let work = await reconcile(item)
                        state.news.raise()
                        // Measurements take their time, and hold no worker for it.
                        await perform(work, for: item)
                    }
                }
                await wait(until: [nextWatch, nextDue].compactMap { $0 }.min())
            }
        }
    }

    /// The types that are always followed: what the controller looks after.
    private static let followed: [ResourceType] = [.rollouts, .analysisRuns, .experiments]

    private func perform(_ work: Work) async {
        switch work {
        case .analyze(let work): if let decision = await analyses.perform(work) { log(decision) }
        case .look(let work): await reconciler.loadBalancers?.perform(work)
        }
    }

    private func perform(_ work: [Work], for item: WorkItem) async {
        guard !work.isEmpty else { return }
        await withDiscardingTaskGroup { group in
            for part in work {
                group.addTask { [self] in
                    await perform(part)
                    state.withLock { $0.queue.add(item, at: clock.now) }
                    state.news.raise()
                }
            }
        }
    }

    /// Begins nothing more, so that `run` ends when what is under way is done; servers that measure are not waited for.
    public func stop() {
        state.withLock { $0.isStopping = true }
        analyses.measurer.stop()
        analyses.turns.close()
        state.news.raise()
    }

    /// How long the loop may wait though nothing happens: it has to be seen to turn, and to see that a clock was set.
    static let longestWait = 5.0

    private func wait(until moment: Double?) async {
        let now = clock.now
        state.withLock { $0.turnedAt = clock.steady }
        let moment = min(moment ?? .infinity, now + Self.longestWait)
        guard moment > now else { return }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [state] in await state.news.wait() }
            group.addTask { [clock] in try? await clock.sleep(until: moment) }
            await group.next()
            group.cancelAll()
        }
        state.withLock { $0.turnedAt = clock.steady }
    }

    /// Where the clock on the wall was set, what was due at a moment may be far off: everything is looked at.
    private func noticeSetClock(_ offset: Double) -> Double {
        let current = clock.now - clock.steady
        guard abs(current - offset) > 2 else { return current }
        notice(.clockWasSet(current - offset))
        state.withLock { state in
            for name in state.rollouts { state.queue.add(WorkItem(.rollout, name), at: clock.now) }
        }
        return current
    }

    // MARK: One item

    /// What came of a look at an item: nothing where it is no more, and what is to be measured or found out for it.
    private struct Outcome: Sendable {
        var decision: Decision?
        var work: [Work] = []
    }

    /// Looks at an item, and says what is to be measured or found out for it.
    private func reconcile(_ item: WorkItem) async -> [Work] {
        let watch = ReconcileWatch()
        telemetry?.noteBegin(of: item)
        let outcome = await watch.measure { await look(at: item) }
        if let decision = outcome.decision {
            telemetry?.noteReconcile(of: item, watch, failed: decision.hasFailed)
            await noteFigures(of: item)
        } else {
            telemetry?.forget(item)
        }
        finish(item, outcome.decision)
        return outcome.work
    }

    private func look(at item: WorkItem) async -> Outcome {
        guard await ownership.holds(item) else {
            if item.kind == .analysisRun { analyses.measurer.memory.forget(item.name) }
            return Outcome()
        }
        switch item.kind {
        case .rollout:
            if state.withLock({ $0.isNewcomer(item.name) }) {
                // Until now they were somebody else's.
                let dependents = await ownership.dependents(of: item.name)
                state.withLock { state in for item in dependents { state.queue.add(item, at: clock.now) } }
            }
            guard let decision = await reconciler.reconcile(item.name) else {
                reconciler.validity.forget(item.name)
                reconciler.hold.forget(item.name)
                reconciler.loadBalancers?.forget(item.name)
                return Outcome()
            }
            let work = reconciler.loadBalancers?.begin(decision.questions, of: item.name) ?? []
            return Outcome(decision: decision, work: work.map { .look($0) })
        case .experiment: return Outcome(decision: await experiments.reconcile(item.name))
        case .analysisRun:
            guard let (decision, work) = await analyses.reconcile(item.name) else { return Outcome() }
            return Outcome(decision: decision, work: work.map { .analyze($0) })
        }
    }

    /// Tells how an AnalysisRun or an Experiment is after a look at it; of Rollouts their plans tell.
    private func noteFigures(of item: WorkItem) async {
        guard let telemetry, item.kind != .rollout, let store = try? await cache.store(item.kind.resource),
            let object = store.object(item.name)
        else { return }
        telemetry.note(PhaseFigures(object), of: item)
    }

    /// Puts an item back after a look at it, to be looked at again at a moment, and tells of what was decided.
    private func finish(_ item: WorkItem, _ decision: Decision?) {
        guard var decision else {
            state.withLock { $0.forget(item, now: clock.now) }
            return
        }
        let outcome: WorkQueue.Outcome = decision.hasFailed
            ? .failed : .done(hasActed: !decision.actions.isEmpty, wakeAt: wakeAt(item, decision))
        let isSlowed = state.withLock { $0.queue.finish(item, outcome, now: clock.now) }
        log(decision)
        if isSlowed {
            decision.result = .slowedDown
            log(decision)
        }
    }

    /// When an item is looked at again though nothing happens: when its plan says so, and a Rollout after a while,
    /// which is not the same for all.
    private func wakeAt(_ item: WorkItem, _ decision: Decision) -> Double? {
        guard item.kind == .rollout, let seconds = settings.resyncSeconds else { return decision.wakeAt }
        let share = Double(abs(item.name.hashValue % 1_000)) / 1_000
        return min(decision.wakeAt ?? .infinity, clock.now + seconds * (0.75 + share / 2))
    }

    // MARK: How it goes

    /// How a controller is.
    public struct Health: Sendable {
        /// Seconds since its loop last turned.
        public var idleSeconds: Double
        /// Whether the Rollouts are known, so that it can work.
        public var isReady: Bool
        /// What keeps it from working, or nil.
        public var problem: String?
    }

    /// How it is now.
    public var health: Health {
        let idle = clock.steady - state.withLock { $0.turnedAt }
        let rollouts = cache.standings.first { $0.resource == .rollouts }
        let problem = rollouts?.problem.map { "\(ResourceType.rollouts): \($0.message)" }
        return Health(
            idleSeconds: idle, isReady: rollouts?.hasListed == true && rollouts?.problem?.reason != .notFound,
            problem: problem)
    }

    /// The figures of its queue and its caches.
    var figures: ControllerFigures {
        let now = clock.now
        let (counts, waiting) = state.withLock { ($0.queue.counts, $0.queue.waiting(at: now)) }
        return ControllerFigures(
            queue: counts, depth: waiting, objects: cache.standings.map { ($0.resource, $0.count) },
            templates: templates.withLock { templates in
                cache.known(Self.templates).flatMap { templates.templates(in: $0) }
            })
    }

    /// The types of the templates of analyses, which are known once something refers to one.
    private static let templates: [ResourceType] = [.analysisTemplates, .clusterAnalysisTemplates]
}

/// What metrics tell of a controller's queue and caches.
struct ControllerFigures: Sendable {
    var queue: [WorkItem.Kind: WorkQueue.Counts] = [:]
    /// How many objects are due and wait.
    var depth: [WorkItem.Kind: Int] = [:]
    var objects: [(resource: ResourceType, count: Int)] = []
    var templates: [TemplateFigures.Template] = []
}
