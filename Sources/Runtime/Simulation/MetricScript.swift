import ManifestKit
import Synchronization

/// Takes the measurements of a simulation as its scenario says. No server is asked.
///
/// A metric that no scenario says anything of is measured as successful, and is noted. Jobs run in the embedded
/// cluster, unless the scenario says what comes of them.
final class MetricScript: MetricSource {
    /// Something that the scenario says, and since when.
    private struct Rule {
        var metric: ScenarioMetric
        var since: Double
        var wasUsed = false
        /// Which measurement of a run was the first under the rule.
        var first: [String: Int] = [:]
    }

    private struct State {
        var rules: [Rule] = []
        /// What slow measurements come to, by run and metric.
        var pending: [String: ScriptedAnswer] = [:]
        var unscripted: Set<String> = []
        var measured: Set<String> = []
    }

    private let cluster: EmbeddedCluster
    private let state: Mutex<State>
    /// The environment in which metrics without an address of their own have one.
    static let environment = ["ARGO_ROLLOUTS_PROMETHEUS_ADDRESS": "http://prometheus.invalid"]

    init(cluster: EmbeddedCluster, _ metrics: [ScenarioMetric]) {
        self.cluster = cluster
        let now = cluster.clock.now
        state = Mutex(State(rules: metrics.map { Rule(metric: $0, since: now) }))
    }

    /// Begins to count the time of what holds from the beginning.
    func start() {
        let now = cluster.clock.now
        state.withLock { state in
            for index in state.rules.indices { state.rules[index].since = now }
        }
    }

    /// Lets a metric come to something else from now on.
    func add(_ metric: ScenarioMetric) {
        let rule = Rule(metric: metric, since: cluster.clock.now)
        state.withLock { $0.rules.append(rule) }
    }

    /// What a reader should know: metrics without values, and values without a metric.
    var notes: [String] {
        state.withLock { state in
            var notes = state.unscripted.sorted().map { name in
                "no values are given for metric \(name), so its measurements count as successful; a scenario can "
                    + "give some under metrics"
            }
            let unused = Set(state.rules.filter { !$0.wasUsed }.map(\.metric.name))
            // A later value may come too late to be seen.
            for name in unused.subtracting(state.measured).sorted() {
                notes.append("the scenario gives values for metric \(name), and nothing measures it")
            }
            return notes
        }
    }

    func answer(_ question: MetricQuestion) async -> MetricAnswer { .failure("no servers are asked in a simulation") }

    func measurement(
        _ task: MeasurementTask.Kind, _ context: MeasurementContext, of provider: any MetricProvider
    ) -> Measurement? {
        let name = context.metric.name
        let key = "\(context.run.uid)/\(name)"
        let isJob = type(of: provider).key == JobProvider.key
        switch task {
        case .begin:
            guard let (answer, delay) = answer(context, key) else {
                if isJob { return nil }
                state.withLock { _ = $0.unscripted.insert(name) }
                return ScriptedAnswer.outcome(.successful).measurement(nil, context, of: provider)
            }
            guard delay > 0 else { return answer.measurement(nil, context, of: provider) }
            return slow(answer, delay, key, context, provider)
        case .resume(let measurement):
            let answer = state.withLock { $0.pending.removeValue(forKey: key) }
            return answer.map { $0.measurement(measurement, context, of: provider) }
        case .end(let measurement):
            guard state.withLock({ $0.pending.removeValue(forKey: key) }) != nil else { return nil }
            return ScriptedAnswer.outcome(.successful).measurement(measurement, context, of: provider)
        }
    }

    /// A measurement that is under way until the server answers, or for as long as it is waited for.
    private func slow(
        _ answer: ScriptedAnswer, _ delay: Double, _ key: String, _ context: MeasurementContext,
        _ provider: any MetricProvider
    ) -> Measurement {
        if let refusal = provider.refusal(context) { return refusal }
        let patience = provider.patience(context) ?? delay
        let end: ScriptedAnswer = delay > patience
            ? .error("no answer within \(ScenarioText.duration(patience))") : answer
        state.withLock { $0.pending[key] = end }
        var measurement = Measurement(.running, startedAt: context.time)
        measurement.resumeAt = KubernetesTime(seconds: Int64((cluster.clock.now + min(delay, patience)).rounded(.up)))
        return measurement
    }

    /// What the latest rule about a metric says, and after how long; nil where there is none.
    private func answer(_ context: MeasurementContext, _ key: String) -> (answer: ScriptedAnswer, delay: Double)? {
        let now = cluster.clock.now
        let started = context.run.status.startedAt.map { Double($0.seconds) } ?? now
        return state.withLock { state in
            state.measured.insert(context.metric.name)
            let found = state.rules.lastIndex { rule in
                rule.metric.name == context.metric.name && isMeant(rule.metric, context.run)
            }
            guard let found else { return nil }
            state.rules[found].wasUsed = true
            let rule = state.rules[found]
            switch rule.metric.answers {
            case .recorded(let series):
                let start = series.kind == .samples ? rule.since : started
                return (series.answer(at: now - start), rule.metric.slowSeconds)
            case .listed(let answers):
                let first = rule.first[key] ?? context.ordinal
                state.rules[found].first[key] = first
                let place = min(max(0, context.ordinal - first), answers.count - 1)
                return (answers[place], rule.metric.slowSeconds)
            }
        }
    }

    /// Whether a run has the metric from the template that a scenario names.
    private func isMeant(_ metric: ScenarioMetric, _ run: AnalysisRun) -> Bool {
        guard let template = metric.template else { return true }
        let own = run.metrics.first { $0["name"]?.string == metric.name }
        let objects = [
            cluster.object(.analysisTemplates, ObjectName(namespace: run.namespace, name: template)),
            cluster.object(.clusterAnalysisTemplates, ObjectName(namespace: "", name: template)),
        ]
        return objects.contains { object in
            object?["spec"]?["metrics"]?.array?.contains { $0["name"]?.string == metric.name && $0 == own } ?? false
        }
    }
}
