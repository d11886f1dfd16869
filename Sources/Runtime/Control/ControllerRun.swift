import ManifestKit
import Synchronization

/// A controller as a program runs it: with its lease, its health, its metrics and its log, until it is asked to end.
public struct ControllerRun: Sendable {
    /// What can be set of it.
    public struct Settings: Sendable {
        /// How the controller works.
        public var controller = Controller.Settings()
        /// Which lease it must hold to work; nil where it works alone.
        public var election: LeaderElection.Settings?
        /// The address of health and metrics.
        public var host = "0.0.0.0"
        /// The port of the metrics; nil for none, 0 for any that is free.
        public var metricsPort: Int?
        /// The port of the health checks; nil for none, 0 for any that is free.
        public var healthPort: Int?
        /// How long it may take to end, in seconds.
        public var shutdownSeconds = 30.0
        /// Whether SIGTERM and SIGINT end it.
        public var heedsSignals = true
        /// Where notifications are set, and whether namespaces may have settings of their own; nil for none.
        public var notifications: (namespace: String, isSelfService: Bool)?
        /// How services of AWS are reached, and as whom.
        public var aws = AWSEnvironment()
        /// The version that metrics tell.
        public var version = ""
        /// Is told how it ends before everything is taken down, which a request that does not end may hold up.
        public var onEnding: @Sendable (Ending) -> Void = { _ in }

        /// The settings without options.
        public init() {}
    }

    /// How it ended.
    public enum Ending: Hashable, Sendable {
        /// As it was asked to.
        case stopped
        /// As it was asked to, but what was under way took too long and was broken off.
        case brokenOff
        /// The lease is lost.
        case lostLease(String)
    }

    /// Something that happens while it runs.
    private enum Happening: Sendable {
        case askedToEnd
        case election(LeaderElection.News)
        case controllerEnded
        case notifierEnded
        case tooLate
        case failed(any Error)
    }

    private let settings: Settings
    private let clock: any ClusterClock
    private let log: LogWriter
    private let journal: DecisionJournal
    private let telemetry = Telemetry()
    private let transport: any ClusterTransport
    private let election: LeaderElection?
    private let running = Running()

    /// The controller that runs, for those who ask how it is, and the way to end it.
    private final class Running: Sendable {
        private let state = Mutex<(controller: Controller?, notifier: Notifier?)>((nil, nil))
        let happenings: AsyncStream<Happening>
        let continuation: AsyncStream<Happening>.Continuation

        init() { (happenings, continuation) = AsyncStream.makeStream() }

        var controller: Controller? {
            get { state.withLock { $0.controller } }
            set { state.withLock { $0.controller = newValue } }
        }

        var notifier: Notifier? {
            get { state.withLock { $0.notifier } }
            set { state.withLock { $0.notifier = newValue } }
        }
    }

    /// Makes one that does not run yet.
    public init(transport: any ClusterTransport, clock: any ClusterClock, settings: Settings, log: LogWriter) {
        self.settings = settings
        self.clock = clock
        self.log = log
        journal = DecisionJournal(log)
        let metered = MeteredTransport(base: transport, telemetry: telemetry)
        election = settings.election.map { LeaderElection(transport: metered, clock: clock, settings: $0) }
        self.transport = election?.guarded(metered) ?? metered
    }

    /// Asks it to end, as SIGTERM does.
    func end() { running.continuation.yield(.askedToEnd) }

    /// Runs until SIGTERM or SIGINT, until the lease is lost, or until the task is cancelled; not twice.
    public func run() async throws -> Ending {
        try await MetricClient.with(aws: settings.aws) { try await run(with: $0) }
    }

    private func run(with metrics: MetricClient) async throws -> Ending {
        let signals = settings.heedsSignals ? TerminationSignals() : nil
        let (happenings, continuation) = (running.happenings, running.continuation)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            if let signals {
                group.addTask {
                    await signals.first()
                    if !Task.isCancelled { continuation.yield(.askedToEnd) }
                }
            }
            group.addTask { await serve { continuation.yield(.failed($0)) } }
            if let election {
                log.log(.info, "waits for the lease", [("lease", election.leaseName)])
                group.addTask { await election.run { continuation.yield(.election($0)) } }
            } else {
                begin(in: &group, continuation, metrics)
            }
            for await happening in happenings {
                switch happening {
                case .askedToEnd:
                    let ending = await end(in: &group, happenings, continuation)
                    settings.onEnding(ending)
                    return ending
                case .election(.leads):
                    tell(.leads)
                    begin(in: &group, continuation, metrics)
                case .election(let news):
                    tell(news)
                    guard case .lost(let reason) = news else { continue }
                    settings.onEnding(.lostLease(reason))
                    return .lostLease(reason)
                case .failed(let error): throw error
                case .controllerEnded, .notifierEnded, .tooLate: break
                }
            }
            throw CancellationError()
        }
    }

    // MARK: Beginning and ending

    private func begin(
        in group: inout ThrowingTaskGroup<Void, any Error>, _ continuation: AsyncStream<Happening>.Continuation,
        _ metrics: MetricClient
    ) {
        let notifier = settings.notifications.map { place in
            Notifier(
                transport: transport, clock: clock,
                settings: .init(namespace: place.namespace, isSelfService: place.isSelfService), servers: metrics,
                telemetry: telemetry, mayGoOn: { [election] in election?.isHeld ?? true },
                log: { [log] in log.log($0, $1, $2) })
        }
        if let notifier {
            running.notifier = notifier
            group.addTask {
                await notifier.run()
                continuation.yield(.notifierEnded)
            }
        }
        let loadBalancers = settings.controller.loadBalancers.map {
            AWSLoadBalancerSource(aws: metrics.aws, transport: transport, settings: $0)
        }
        var controllerSettings = settings.controller
        controllerSettings.ownNamespace = settings.election?.namespace ?? settings.notifications?.namespace
        let controller = Controller(
            transport: transport, clock: clock, settings: controllerSettings, metrics: metrics,
            loadBalancers: loadBalancers, telemetry: telemetry,
            log: { [journal] in journal.note($0) }, notice: { [journal] in journal.note($0) },
            notify: { notifier?.note($0, about: $1) })
        running.controller = controller
        group.addTask {
            do { try await controller.run() } catch is CancellationError {} catch { continuation.yield(.failed(error)) }
            continuation.yield(.controllerEnded)
        }
    }

    /// Finishes the actions at hand, gives the lease back, and writes out the log.
    private func end(
        in group: inout ThrowingTaskGroup<Void, any Error>, _ happenings: AsyncStream<Happening>,
        _ continuation: AsyncStream<Happening>.Continuation
    ) async -> Ending {
        log.log(.info, "was asked to end: finishes what is under way")
        var ending = Ending.stopped
        if let controller = running.controller {
            controller.stop()
            let patience = settings.shutdownSeconds
            group.addTask {
                try await Task.sleep(for: .seconds(patience))
                continuation.yield(.tooLate)
            }
            waiting: for await happening in happenings {
                switch happening {
                case .controllerEnded:
                    // Nothing more happens; what has happened is still told.
                    guard let notifier = running.notifier else { break waiting }
                    notifier.stop()
                case .notifierEnded: break waiting
                case .tooLate:
                    log.log(.warn, "breaks off what is still under way after \(patience) seconds")
                    ending = .brokenOff
                    break waiting
                case .election(.lost(let reason)):
                    ending = .lostLease(reason)
                    break waiting
                default: continue
                }
            }
        }
        // Not while something may still be written: another replica begins as soon as the lease is free.
        if ending == .stopped { await election?.release() }
        log.log(.info, "has ended")
        return ending
    }

    private func tell(_ news: LeaderElection.News) {
        let fields: [LogWriter.Field] = [("lease", election?.leaseName ?? "")]
        switch news {
        case .follows(let holder): log.log(.info, "stands by", fields + [("leader", holder)])
        case .leads: log.log(.info, "leads", fields)
        case .lost(let reason): log.log(.error, "has lost the lease and stops at once: \(reason)", fields)
        case .troubled(let failure): log.log(.warn, "cannot read or renew the lease: \(failure.message)", fields)
        }
    }

    // MARK: Health and metrics

    /// How long the loop may stand still before something is wrong with it, in seconds.
    private static let longestStandstill = 60.0

    private func serve(_ fail: @Sendable (any Error) -> Void) async {
        let addresses = StatusServers.Addresses(
            host: settings.host, metricsPort: settings.metricsPort, healthPort: settings.healthPort)
        guard addresses.metricsPort != nil || addresses.healthPort != nil else { return }
        let servers = StatusServers(addresses: addresses, isAlive: alive, isReady: ready, metrics: metrics)
        do {
            try await servers.run { [log] what, port in
                log.log(.info, "serves \(what)", [("port", String(port))])
            }
        } catch {
            if !(error is CancellationError) { fail(error) }
        }
    }

    @Sendable private func alive() -> StatusServers.Answer {
        guard let idle = running.controller?.health.idleSeconds, idle > Self.longestStandstill else {
            return StatusServers.Answer(isGood: true, text: "ok")
        }
        return StatusServers.Answer(isGood: false, text: "the controller has done nothing for \(Int(idle)) seconds")
    }

    @Sendable private func ready() -> StatusServers.Answer {
        guard let controller = running.controller else {
            let problem = election?.problem
            return StatusServers.Answer(
                isGood: problem == nil, text: problem.map { "cannot read the lease: \($0.message)" } ?? "standby")
        }
        let health = controller.health
        let text = health.isReady ? "ok" : health.problem ?? "the Rollouts are not known yet"
        return StatusServers.Answer(isGood: health.isReady, text: text)
    }

    @Sendable private func metrics() -> String {
        MetricsPage.text(telemetry, MetricsPage.Context(
            version: settings.version, controller: running.controller?.figures,
            lease: election.map { ($0.leaseName, $0.isHeld) }))
    }
}
