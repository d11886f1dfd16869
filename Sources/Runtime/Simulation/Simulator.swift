import ManifestKit

/// What is to be simulated: a Rollout, what is deployed of it now, and the objects beside it.
public struct SimulationInput: Sendable {
    /// The Rollout.
    public var rollout: JSONValue
    /// The Rollout as it is deployed now.
    public var stable: JSONValue?
    /// Whether it was never deployed.
    public var isInitial: Bool
    /// The objects beside it.
    public var objects: ObjectIndex

    /// Makes an input. Without `stable` the old version has the same template, with a mark on it.
    public init(
        rollout: JSONValue, stable: JSONValue? = nil, isInitial: Bool = false, objects: ObjectIndex = ObjectIndex()
    ) {
        self.rollout = rollout
        self.stable = stable
        self.isInitial = isInitial
        self.objects = objects
    }
}

/// Plays whole updates: the controller as it runs in clusters, on a clock that does not wait and a cluster in memory.
///
/// The same input, scenario and seed give the same course, write by write.
public enum Simulator {
    /// Plays the update of a Rollout until all is at rest.
    public static func run(
        _ input: SimulationInput, scenario: Scenario = Scenario(), seed: UInt64 = 1
    ) async -> SimulatedTimeline {
        guard let simulation = Simulation(input, scenario: scenario, seed: seed) else {
            var timeline = SimulatedTimeline(
                rollout: input.rollout["metadata"]?["name"]?.string ?? "",
                namespace: input.rollout["metadata"]?["namespace"]?.string, strategy: .canary, replicas: 0,
                stepCount: 0, maximumWeight: 100, seed: seed)
            timeline.notes = [
                "this Rollout cannot be simulated: it needs a name and a strategy, canary or blueGreen",
            ]
            return timeline
        }
        await simulation.run()
        return simulation.timeline
    }
}

/// One run of a simulation.
final class Simulation {
    let input: SimulationInput
    let manifest: Rollout
    let scenario: Scenario
    let name: ObjectName
    let clock = VirtualClock()
    let cluster: EmbeddedCluster
    let script = PodScript()
    let metrics: MetricScript
    let model: WorkloadModel
    let observer: ClusterObserver
    var random: SplitMix
    var transport: SimulatedTransport
    var controller: Controller
    var timeline: SimulatedTimeline
    /// When the update begins.
    var origin: Double
    private let speed = SpeedWatch()
    private var isStalled = false

    /// How often the cluster and the controller may answer each other at one moment.
    private static let roundLimit = 2_000
    /// How many moments a simulation may have.
    private static let momentLimit = 50_000
    /// How many moments may go by with no write but of measurements before waiting counts as rest: what waits for
    /// somebody looks again from time to time.
    private static let idleLimit = 300
    /// The longest simulation, in seconds: every deadline and delay is over by then.
    private static let longest = 366 * 86_400.0

    init?(_ input: SimulationInput, scenario: Scenario, seed: UInt64) {
        guard let manifest = Rollout(input.rollout) else { return nil }
        self.input = input
        self.manifest = manifest
        self.scenario = scenario
        name = ObjectName(namespace: manifest.namespace ?? "default", name: manifest.name)
        random = SplitMix(state: seed)
        cluster = EmbeddedCluster(clock: clock, seed: random.next())
        metrics = MetricScript(cluster: cluster, scenario.metrics)
        var settings = WorkloadModel.Settings()
        settings.podDelay = scenario.podDelay
        model = WorkloadModel(cluster: cluster, settings: settings) { [script] in script.fate(of: $0) }
        let kinds = manifest.referencedKinds.union(input.stable.flatMap { Rollout($0) }?.referencedKinds ?? [])
        observer = ClusterObserver(
            cluster: cluster, rollout: name, kinds: kinds.union([.analysisRun, .experiment]))
        transport = SimulatedTransport(cluster: cluster, seed: random.next())
        controller = Self.controller(on: transport, clock, metrics, speed)
        origin = clock.now
        let strategy = manifest.spec.strategy
        timeline = SimulatedTimeline(
            rollout: manifest.name, namespace: manifest.namespace,
            strategy: strategy.canary == nil ? .blueGreen : .canary, replicas: manifest.spec.replicas,
            stepCount: strategy.canary?.steps.count ?? 0, maximumWeight: strategy.maximumWeight, seed: seed)
    }

    private static func controller(
        on transport: SimulatedTransport, _ clock: VirtualClock, _ metrics: MetricScript, _ speed: SpeedWatch
    ) -> Controller {
        var settings = Controller.Settings()
        settings.metricEnvironment = MetricScript.environment
        return Controller(transport: transport, clock: clock, settings: settings, metrics: metrics) { decision in
            if case .slowedDown = decision.result { speed.noteSlowDown() }
        }
    }

    /// Plays everything.
    func run() async {
        await install()
        origin = clock.now
        observer.isChecking = true
        metrics.start()
        begin()
        let start = await settle()
        record(.event, input.isInitial ? "first deployment" : "update")
        recordAnalyses()
        let isCutOff = await play(start)
        timeline.duration = clock.now - origin
        await finish(isCutOff: isCutOff)
    }

    // MARK: Time

    /// Lets time pass from moment to moment; whether the scenario's own end came first.
    private func play(_ first: Double?) async -> Bool {
        var events = scenario.events[...]
        var next = first
        let end = scenario.until.map { origin + $0 }
        var activity = observer.activity
        var idle = 0
        for _ in 0..<Self.momentLimit {
            idle = observer.activity == activity ? idle + 1 : 0
            activity = observer.activity
            if idle > Self.idleLimit, events.isEmpty, end == nil, !isMeasuringForProgress { return false }
            // A controller that writes without end would do so for a year.
            if speed.wasSlowedDown, events.isEmpty, end == nil {
                isStalled = true
                return false
            }
            let event = events.first.map { origin + $0.at }
            guard let moment = [next, event].compactMap({ $0 }).min(), !isStalled else { return false }
            if let end, moment > end {
                clock.advance(to: end)
                return true
            }
            guard moment - origin <= Self.longest else { return false }
            clock.advance(to: moment)
            if let event, event <= moment {
                let action = events.removeFirst().action
                observer.writes(as: .user)
                perform(action)
                next = await settle()
                record(.event, action.text)
                recordAnalyses()
            } else {
                next = await settle()
                recordAnalyses()
                record(.change, "")
            }
        }
        isStalled = true
        return false
    }

    /// Whether the update goes on by itself though nothing but measurements happens now: it waits for them, or for a
    /// time to come.
    private var isMeasuringForProgress: Bool {
        guard let rollout = observer.world.rollout, observer.hasRunningAnalysis else { return false }
        switch rollout.status.phase {
        case .healthy, .degraded: return false
        case .progressing, nil: return true
        case .paused:
            guard !rollout.spec.isPaused else { return false }
            switch rollout.spec.strategy {
            case .blueGreen(let blueGreen): return blueGreen.autoPromotionSeconds > 0
            case .canary(let canary):
                let steps = canary.steps
                guard let index = rollout.status.currentStepIndex, steps.indices.contains(index) else { return true }
                return steps[index].durationSeconds != nil
            }
        }
    }

    /// Lets the cluster and the controller do all that is due now; when something is due next, or nil.
    func settle() async -> Double? {
        for _ in 0..<Self.roundLimit {
            observer.writes(as: .cluster)
            let modelNext = model.advance()
            look()
            let version = cluster.version
            observer.writes(as: .controller)
            transport.deliver()
            let controllerNext = await controller.step()
            look()
            if transport.isDead {
                restartController()
                continue
            }
            guard cluster.version == version else { continue }
            let next = [modelNext, controllerNext, transport.nextDelivery].compactMap { $0 }.min()
            return next.map { max($0, clock.now + 0.001) }
        }
        isStalled = true
        return nil
    }

    private func look() {
        observer.catchUp()
        if let stable = observer.world.rollout?.status.stableHash { script.note(stableHash: stable) }
    }

    /// Starts a new controller in the place of the one that is there, which loses all that it knows.
    func restartController(keepsFaults: Bool = true) {
        transport = SimulatedTransport(
            cluster: cluster, seed: random.next(), faults: keepsFaults ? transport.faults : [])
        controller = Self.controller(on: transport, clock, metrics, speed)
    }

    /// Looks whether all that must hold at the end does.
    private func finish(isCutOff: Bool) async {
        var rest = ObservedRest(
            world: observer.world, isAtRest: !isStalled && !isCutOff, isCutOff: isCutOff,
            wasSlowedDown: speed.wasSlowedDown)
        if rest.isAtRest {
            restartController(keepsFaults: false)
            observer.writes(as: .controller)
            _ = await controller.step()
            look()
            rest.lateWrites = transport.writes
        }
        observer.check(rest)
        timeline.violations = observer.violations.map { violation in
            SimulatedTimeline.Violation(
                invariant: violation.invariant.name, message: violation.message,
                seconds: max(0, violation.time - origin))
        }
        noteEnd(isCutOff: isCutOff)
        timeline.notes += metrics.notes
    }
}
