import ManifestKit
import Synchronization

/// Runs an analysis without a cluster: plans, measures and judges as the controller does, against the real servers.
public struct AnalysisTrial: Sendable {
    /// What is told as a trial goes on.
    public enum News: Sendable {
        /// A measurement came to an end; the outcomes of its conditions where they were asked for.
        case measured(metric: String, Measurement, [ConditionOutcome])
        /// Something else has changed, or a moment has passed.
        case progress
    }

    /// The values of Secrets by `name/key`.
    public var secrets: [String: String] = [:]
    /// Settings that metrics fall back to, such as `ARGO_ROLLOUTS_PROMETHEUS_ADDRESS`.
    public var environment: [String: String] = [:]
    /// Whether to work out how each condition came out.
    public var tellsConditions = false
    /// After how many seconds the run is asked to end; nil where it ends by itself.
    public var longestSeconds: Double?
    /// How often to tell that time passes, in seconds; nil for never.
    public var tickSeconds: Double?
    /// How services of AWS are reached, and as whom.
    public var aws = AWSEnvironment()
    /// Whether SIGINT and SIGTERM end the run as a termination.
    public var heedsSignals = false

    /// A trial with no settings.
    public init() {}

    /// Runs until the run is completed, and returns it as it is then.
    ///
    /// - Parameter tell: Is told of everything that happens with the run as it is then, and when it is looked at next.
    public func run(
        _ run: AnalysisRun, tell: @Sendable (News, AnalysisRun, _ now: Double) async throws -> Void
    ) async throws -> AnalysisRun {
        try await MetricClient.with(aws: aws) { client in
            try await self.run(run, asking: client, clock: ScaledClock(), tell: tell)
        }
    }

    func run(
        _ first: AnalysisRun, asking servers: any MetricSource, clock: any ClusterClock,
        tell: @Sendable (News, AnalysisRun, _ now: Double) async throws -> Void
    ) async throws -> AnalysisRun {
        let source = TrialSource(servers: servers, secrets: secrets)
        let measurer = Measurer(source: source, clock: clock, environment: environment)
        let planner = AnalysisPlanner()
        let news = NewsSignal()
        let end = Interruption()
        let signals = heedsSignals ? TerminationSignals() : nil
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            if let signals {
                group.addTask {
                    await signals.first()
                    end.happen()
                    news.raise()
                }
            }
            let deadline = longestSeconds.map { clock.now + $0 }
            var run = first
            while true {
                if end.hasHappened || deadline.map({ clock.now >= $0 }) ?? false { run = run.askedToEnd }
                let world = measurer.memory.world(of: run)
                let moment = clock.now
                let plan = planner.plan(world, now: clock.time)
                run = run.with(plan.status)
                measurer.memory.settle(world)
                for (metric, taken) in world.taken.sorted(by: { $0.key < $1.key }) {
                    for taken in taken where taken.measurement.phase.isCompleted {
                        let outcomes = tellsConditions ? outcomes(of: metric, in: run, source, clock) : []
                        try await tell(.measured(metric: metric, taken.measurement, outcomes), run, clock.now)
                    }
                }
                try await tell(.progress, run, clock.now)
                if run.status.phase?.isCompleted == true { return run }
                for work in measurer.begin(plan, of: run) {
                    group.addTask {
                        _ = source.takeAnswers(of: work.metric)
                        await TrialSource.$metric.withValue(work.metric) { await measurer.perform(work) }
                        news.raise()
                    }
                }
                await wait(for: news, until: [plan.wake(from: moment), deadline], clock)
            }
        }
    }

    private func wait(for news: NewsSignal, until moments: [Double?], _ clock: any ClusterClock) async {
        let tick = tickSeconds.map { clock.now + $0 }
        let moment = (moments + [tick]).compactMap { $0 }.min() ?? clock.now + 3600
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await news.wait() }
            group.addTask { try? await clock.sleep(until: max(moment, clock.now + 0.01)) }
            await group.next()
            group.cancelAll()
        }
    }

    private func outcomes(
        of name: String, in run: AnalysisRun, _ source: TrialSource, _ clock: any ClusterClock
    ) -> [ConditionOutcome] {
        let metrics = try? run.resolvedMetrics { secrets["\($0.name)/\($0.key)"] ?? "" }
        guard let metric = metrics?.first(where: { $0.name == name }) else { return [] }
        let context = MeasurementContext(
            run: run, metric: metric, ordinal: 1, now: clock.present, environment: environment)
        // The Secrets of arguments are asked for before the provider begins.
        let before = run.arguments.count { $0.value == nil && $0.secretKey != nil }
        return ConditionOutcome.all(context, answers: Array(source.takeAnswers(of: name).dropFirst(before)))
    }
}

/// Answers what a trial asks: servers by themselves, Secrets from what was given. There is no cluster.
private final class TrialSource: MetricSource {
    /// The metric that is being measured.
    @TaskLocal static var metric: String?
    /// How many answers of one measurement are kept.
    private static let limit = 100

    private let servers: any MetricSource
    private let secrets: [String: String]
    private let answers = Mutex<[String: [MetricAnswer]]>([:])

    init(servers: any MetricSource, secrets: [String: String]) {
        self.servers = servers
        self.secrets = secrets
    }

    /// The answers to what the latest measurement of a metric asked.
    func takeAnswers(of metric: String) -> [MetricAnswer] {
        answers.withLock { $0.removeValue(forKey: metric) ?? [] }
    }

    func answer(_ question: MetricQuestion) async -> MetricAnswer {
        let answer = await self.answer(to: question)
        if let metric = Self.metric {
            answers.withLock { answers in
                if answers[metric, default: []].count < Self.limit { answers[metric, default: []].append(answer) }
            }
        }
        return answer
    }

    private func answer(to question: MetricQuestion) async -> MetricAnswer {
        switch question {
        case .http: return await servers.answer(question)
        case .get(let object) where object.kind == "Secret":
            let prefix = object.name + "/"
            let own = secrets.filter { $0.key.hasPrefix(prefix) }
            guard !own.isEmpty else {
                return .failure("no Secret \(object.name) is given; give its keys with --secret \(prefix)KEY=FILE")
            }
            let data = own.sorted { $0.key < $1.key }.map { key, value in
                (String(key.dropFirst(prefix.count)), JSONValue.string(Base64.encoded(Array(value.utf8))))
            }
            return .object(["metadata": ["name": .string(object.name)], "data": .object(JSONObject(data))])
        default: return .failure("there is no cluster here")
        }
    }
}
