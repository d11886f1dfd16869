import ManifestKit
import Synchronization

/// Takes the measurements that plans ask for, and keeps what came of them until it is written down.
final class Measurer: Sendable {
    /// A measurement that is to be taken.
    struct Work: Sendable {
        fileprivate var run: AnalysisRun
        fileprivate var task: Task

        fileprivate enum Task: Sendable {
            case measure(MeasurementTask)
            /// Clean up behind older measurements.
            case prune(metric: String, keeping: Int)
        }

        /// The name of the metric.
        var metric: String {
            switch task {
            case .measure(let task): task.metric
            case .prune(let metric, _): metric
            }
        }
    }

    /// How many questions one measurement may ask.
    private static let mostQuestions = 1_000

    private let source: any MetricSource
    private let clock: any ClusterClock
    private let environment: [String: String]
    /// What came of it, and what is known beside.
    let memory: MeasurementMemory
    private let stopping = Mutex(Stopping())

    /// The questions to servers that are under way, which an end does not wait for.
    private struct Stopping {
        var isStopped = false
        var last = 0
        var asking: [Int: AsyncStream<Never>.Continuation] = [:]
    }

    init(source: any MetricSource, clock: any ClusterClock, environment: [String: String] = [:]) {
        self.source = source
        self.clock = clock
        self.environment = environment
        memory = MeasurementMemory(clock: clock)
    }

    /// The namespace of the controller, in which the Secrets of some providers are.
    private var controllerNamespace: String {
        environment["POD_NAMESPACE"] ?? MeasurementContext.defaultControllerNamespace
    }

    // MARK: Measuring

    /// Notes what a plan asks for as begun, and returns it for the caller to have it done.
    func begin(_ plan: AnalysisPlan, of run: AnalysisRun) -> [Work] {
        var run = run
        run.status = plan.status
        memory.begin(plan.tasks, of: run)
        return plan.tasks.map { Work(run: run, task: .measure($0)) }
    }

    /// What is to be cleaned up behind measurements that a plan drops, once its status is written.
    func leavings(_ plan: AnalysisPlan, of run: AnalysisRun) -> [Work] {
        plan.kept.sorted { $0.key < $1.key }.map { Work(run: run, task: .prune(metric: $0.key, keeping: $0.value)) }
    }

    /// Takes a measurement; what came of it is there for the next plan when this returns.
    func perform(_ work: Work) async {
        switch work.task {
        case .prune(let name, let count): await prune(work.run, name, keeping: count)
        case .measure(let task):
            let begin = clock.steady
            var taken = await measure(work.run, task)
            if taken.measurement.phase.isCompleted, taken.measurement.finishedAt == nil {
                taken.measurement.finishedAt = clock.time
            }
            // What was broken off says nothing of the metric: who goes on with the run measures anew.
            let isBrokenOff = Swift.Task.isCancelled || isStopped
            memory.end(task, of: work.run, isBrokenOff ? nil : taken, since: begin)
        }
    }

    /// Breaks off what servers have been asked, and asks nothing more.
    func stop() {
        let asking = stopping.withLock { stopping in
            defer { stopping.asking = [:] }
            stopping.isStopped = true
            return stopping.asking.values.map { $0 }
        }
        for continuation in asking { continuation.finish() }
    }

    private var isStopped: Bool { stopping.withLock { $0.isStopped } }

    /// The answer to a question; servers are not waited for once all is to end.
    private func answer(_ question: MetricQuestion) async -> MetricAnswer {
        switch question {
        case .http, .region: break
        case .create, .delete, .get, .list: return await source.answer(question)
        }
        let (end, continuation) = AsyncStream<Never>.makeStream()
        let number = stopping.withLock { stopping -> Int? in
            guard !stopping.isStopped else { return nil }
            stopping.last += 1
            stopping.asking[stopping.last] = continuation
            return stopping.last
        }
        let brokenOff = MetricAnswer.failure("the measurement was broken off")
        guard let number else { return brokenOff }
        defer { stopping.withLock { stopping in stopping.asking[number] = nil } }
        return await withTaskGroup(of: MetricAnswer?.self) { group in
            group.addTask { [source] in await source.answer(question) }
            group.addTask {
                for await _ in end {}
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first ?? brokenOff
        }
    }

    private func measure(_ run: AnalysisRun, _ task: MeasurementTask) async -> TakenMeasurement {
        var secrets: [AnalysisArgument.SecretKey: String] = [:]
        let start = Measurement(.running, startedAt: clock.time)
        do throws(AnalysisProblem) {
            secrets = try await self.secrets(of: run)
            let metrics = try run.resolvedMetrics { secrets[$0] ?? "" }
            guard metrics.indices.contains(task.position) else { throw AnalysisProblem("there is no such metric") }
            let metric = metrics[task.position]
            let provider = try MetricProviders.provider(of: metric)
            let context = { [clock, environment, controllerNamespace] in
                MeasurementContext(
                    run: run, metric: metric, ordinal: task.ordinal, now: clock.present, environment: environment,
                    controllerNamespace: controllerNamespace)
            }
            var wasEnded = false
            if case .end = task.kind { wasEnded = true }
            let move = source.measurement(task.kind, context(), of: provider).map { MeasurementMove.finish($0) }
                ?? Self.move(task.kind, context(), of: provider)
            let measurement = try await follow(move)
            let taken = TakenMeasurement(
                measurement, ordinal: task.ordinal, metadata: provider.metadata, wasEnded: wasEnded)
            return taken.hiding(Set(secrets.values))
        } catch {
            var measurement = start
            switch task.kind {
            case .begin: break
            case .resume(let known), .end(let known): measurement = known
            }
            measurement.phase = .error
            measurement.message = error.description
            measurement.finishedAt = clock.time
            return TakenMeasurement(measurement, ordinal: task.ordinal).hiding(Set(secrets.values))
        }
    }

    private static func move(
        _ task: MeasurementTask.Kind, _ context: MeasurementContext, of provider: any MetricProvider
    ) -> MeasurementMove {
        switch task {
        case .begin: provider.begin(context)
        case .resume(let measurement): provider.resume(measurement, context)
        case .end(let measurement): provider.end(measurement, context)
        }
    }

    /// Asks what a provider wants to know until it is done.
    private func follow(_ move: MeasurementMove) async throws(AnalysisProblem) -> Measurement {
        var move = move
        for _ in 0..<Self.mostQuestions {
            switch move {
            case .finish(let measurement): return measurement
            case .ask(let question, let then): move = then(await answer(question))
            }
        }
        throw AnalysisProblem("the measurement asks for too much")
    }

    private func prune(_ run: AnalysisRun, _ name: String, keeping count: Int) async {
        guard let metrics = try? run.resolvedMetrics(secret: { _ in "" }),
            let metric = metrics.first(where: { $0.name == name }),
            let provider = try? MetricProviders.provider(of: metric)
        else { return }
        let context = MeasurementContext(
            run: run, metric: metric, ordinal: 0, now: clock.present, environment: environment,
            controllerNamespace: controllerNamespace)
        // What is left behind goes with its run at the latest.
        if let move = provider.prune(keeping: count, context) { _ = try? await follow(move) }
    }

    /// The values of the Secrets that a run's arguments come from.
    private func secrets(of run: AnalysisRun) async throws(AnalysisProblem) -> [AnalysisArgument.SecretKey: String] {
        var values: [AnalysisArgument.SecretKey: String] = [:]
        for key in run.arguments.filter({ $0.value == nil }).compactMap(\.secretKey) {
            let question = MetricQuestion.get(
                MetricQuestion.ClusterObject(kind: "Secret", namespace: run.namespace, name: key.name))
            switch await answer(question) {
            case .object(let secret):
                guard let text = secret["data"]?[key.key]?.string, let value = Base64.decoded(text) else {
                    throw AnalysisProblem("key '\(key.key)' does not exist in secret '\(key.name)'")
                }
                values[key] = String(decoding: value, as: UTF8.self)
            case .failure(let reason): throw AnalysisProblem("secret '\(key.name)' cannot be read: \(reason)")
            default: throw AnalysisProblem("secrets \"\(key.name)\" not found")
            }
        }
        return values
    }
}

extension AnalysisRun {
    /// Its name in the cluster.
    var objectName: ObjectName { ObjectName(namespace: namespace, name: name) }
}

extension ClusterClock {
    /// The moment with its fraction of a second.
    var instant: ExpressionValue.Instant {
        let whole = now.rounded(.down)
        return ExpressionValue.Instant(seconds: Int64(whole), nanoseconds: Int64((now - whole) * 1e9))
    }

    /// The moment, and the time zones of the system, for conditions and templates.
    var present: PresentMoment { PresentMoment(instant, zones: SystemTimeZones.zones) }
}
