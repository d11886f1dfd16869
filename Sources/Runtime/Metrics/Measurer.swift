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

    /// What is known of a run beside its status.
    struct Standing: Sendable {
        var taken: [String: TakenMeasurement] = [:]
        var underWay: Set<String> = []
    }

    /// What providers remember of a run whose object is gone or another one.
    private struct Memory: Sendable {
        var uid: String
        var standing = Standing()
    }

    /// How many questions one measurement may ask.
    private static let mostQuestions = 1_000

    private let source: any MetricSource
    private let clock: any ClusterClock
    private let environment: [String: String]
    private let memories = Mutex<[ObjectName: Memory]>([:])

    init(source: any MetricSource, clock: any ClusterClock, environment: [String: String] = [:]) {
        self.source = source
        self.clock = clock
        self.environment = environment
    }

    /// The namespace of the controller, in which the Secrets of some providers are.
    private var controllerNamespace: String {
        environment["POD_NAMESPACE"] ?? MeasurementContext.defaultControllerNamespace
    }

    // MARK: What is known

    /// What is known of a run beside its status.
    func standing(of run: AnalysisRun) -> Standing {
        memories.withLock { $0[run.objectName].flatMap { $0.uid == run.uid ? $0.standing : nil } } ?? Standing()
    }

    /// Notes that measurements are written down.
    func settle(_ run: AnalysisRun, _ taken: [String: TakenMeasurement]) {
        guard !taken.isEmpty else { return }
        change(run) { standing in
            for (metric, measurement) in taken where standing.taken[metric] == measurement {
                standing.taken[metric] = nil
            }
        }
    }

    /// Forgets a run that is over or gone.
    func forget(_ name: ObjectName) { memories.withLock { $0[name] = nil } }

    private func change(_ run: AnalysisRun, _ body: (inout Standing) -> Void) {
        memories.withLock { memories in
            var memory = memories[run.objectName] ?? Memory(uid: run.uid)
            // A measurement of a run that has made way for another one of its name is of no use.
            if memory.uid != run.uid { return }
            body(&memory.standing)
            let isEmpty = memory.standing.taken.isEmpty && memory.standing.underWay.isEmpty
            memories[run.objectName] = isEmpty ? nil : memory
        }
    }

    // MARK: Measuring

    /// Notes what a plan asks for as begun, and returns it for the caller to have it done.
    func begin(_ plan: AnalysisPlan, of run: AnalysisRun) -> [Work] {
        var run = run
        run.status = plan.status
        if !plan.tasks.isEmpty {
            memories.withLock { memories in
                if memories[run.objectName]?.uid != run.uid { memories[run.objectName] = Memory(uid: run.uid) }
                memories[run.objectName]?.standing.underWay.formUnion(plan.tasks.map(\.metric))
            }
        }
        return plan.tasks.map { Work(run: run, task: .measure($0)) }
            + plan.kept.sorted { $0.key < $1.key }.map {
                Work(run: run, task: .prune(metric: $0.key, keeping: $0.value))
            }
    }

    /// Takes a measurement; what came of it is there for the next plan when this returns.
    func perform(_ work: Work) async {
        switch work.task {
        case .prune(let name, let count): await prune(work.run, name, keeping: count)
        case .measure(let task):
            let taken = await measure(work.run, task)
            change(work.run) { standing in
                standing.underWay.remove(task.metric)
                if !Swift.Task.isCancelled { standing.taken[task.metric] = taken }
            }
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
                    run: run, metric: metric, ordinal: task.ordinal, now: clock.instant, environment: environment,
                    controllerNamespace: controllerNamespace)
            }
            var wasEnded = false
            if case .end = task.kind { wasEnded = true }
            let move = source.measurement(task.kind, context(), of: provider).map { MeasurementMove.finish($0) }
                ?? Self.move(task.kind, context(), of: provider)
            let measurement = try await follow(move)
            return TakenMeasurement(measurement, metadata: provider.metadata, wasEnded: wasEnded)
                .without(Set(secrets.values))
        } catch {
            var measurement = start
            switch task.kind {
            case .begin: break
            case .resume(let known), .end(let known): measurement = known
            }
            measurement.phase = .error
            measurement.message = error.description
            measurement.finishedAt = clock.time
            return TakenMeasurement(measurement).without(Set(secrets.values))
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
            case .ask(let question, let then): move = then(await source.answer(question))
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
            run: run, metric: metric, ordinal: 0, now: clock.instant, environment: environment,
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
            switch await source.answer(question) {
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

extension TakenMeasurement {
    /// The measurement with nothing secret in it.
    fileprivate func without(_ secrets: Set<String>) -> TakenMeasurement {
        var result = self
        // The longest first: one may be a part of another.
        for secret in secrets.sorted(by: { $0.utf8.count > $1.utf8.count }) where !secret.isEmpty {
            result.measurement.message = result.measurement.message.replacing(secret, with: "*****")
            result.measurement.value = result.measurement.value.replacing(secret, with: "*****")
            result.measurement.metadata = result.measurement.metadata.mapValues { $0.replacing(secret, with: "*****") }
            result.metadata = result.metadata.mapValues { $0.replacing(secret, with: "*****") }
        }
        return result
    }
}

extension ClusterClock {
    /// The moment with its fraction of a second.
    var instant: ExpressionValue.Instant {
        let whole = now.rounded(.down)
        return ExpressionValue.Instant(seconds: Int64(whole), nanoseconds: Int64((now - whole) * 1e9))
    }
}
