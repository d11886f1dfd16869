/// Where measurements come from: the half that knows what to ask and what an answer means, and sends nothing itself.
public protocol MetricProvider: Sendable {
    /// The field under `provider` that makes it this one.
    static var key: String { get }

    /// Reads the settings of a metric, arguments filled in; settings that cannot work are a problem.
    init(_ settings: JSONValue, of metric: AnalysisMetric) throws(AnalysisProblem)

    /// What a run's status says of the metric, such as the query with its arguments filled in.
    var metadata: [String: String] { get }

    /// Begins a measurement.
    func begin(_ context: MeasurementContext) -> MeasurementMove
    /// Looks again at a measurement that is under way.
    func resume(_ measurement: Measurement, _ context: MeasurementContext) -> MeasurementMove
    /// Ends a measurement before its time.
    func end(_ measurement: Measurement, _ context: MeasurementContext) -> MeasurementMove
    /// Cleans up what older measurements have left, all but the latest so many; nil where nothing is left behind.
    func prune(keeping count: Int, _ context: MeasurementContext) -> MeasurementMove?
}

extension MetricProvider {
    public var metadata: [String: String] { [:] }

    public func resume(_ measurement: Measurement, _ context: MeasurementContext) -> MeasurementMove {
        .finish(measurement.failed("a measurement of this provider has no second look", context))
    }

    public func end(_ measurement: Measurement, _ context: MeasurementContext) -> MeasurementMove {
        .finish(measurement.failed("the measurement was ended", context))
    }

    public func prune(keeping count: Int, _ context: MeasurementContext) -> MeasurementMove? { nil }
}

/// The providers that there are.
public enum MetricProviders {
    /// Every provider, sorted by the field that makes it.
    public static let all: [any MetricProvider.Type] = [
        CloudWatchProvider.self,
        DatadogProvider.self,
        GraphiteProvider.self,
        InfluxdbProvider.self,
        JobProvider.self,
        KayentaProvider.self,
        NewRelicProvider.self,
        PrometheusProvider.self,
        SkyWalkingProvider.self,
        WavefrontProvider.self,
        WebProvider.self,
    ]

    /// The provider of a metric; one that is not there is a problem.
    public static func provider(of metric: AnalysisMetric) throws(AnalysisProblem) -> any MetricProvider {
        guard let (key, settings) = metric.provider else { throw AnalysisProblem("no provider specified") }
        guard let type = all.first(where: { $0.key == key }) else {
            if key == "plugin" {
                let name = settings.object?.fields.first?.key ?? ""
                throw AnalysisProblem(
                    "metric plugins are programs that another controller loads, and `\(name)` is one: use one of the "
                        + "built-in providers, or `web` against a service that answers with the measurement")
            }
            throw AnalysisProblem("there is no provider `\(key)`")
        }
        return try type.init(settings, of: metric)
    }
}

/// What a measurement is taken for.
public struct MeasurementContext: Sendable {
    /// The run.
    public var run: AnalysisRun
    /// The metric, arguments filled in.
    public var metric: AnalysisMetric
    /// How many measurements of the metric there will have been with this one.
    public var ordinal: Int
    /// The moment, and the time zones that conditions can name.
    public var now: PresentMoment
    /// Settings of the controller that providers fall back to, such as `ARGO_ROLLOUTS_PROMETHEUS_ADDRESS`.
    public var environment: [String: String]
    /// The namespace of the controller, where the Secrets with the credentials of most providers are.
    public var controllerNamespace: String

    /// The controller's namespace where nothing says another one.
    public static let defaultControllerNamespace = "argo-rollouts"

    /// Makes a context.
    public init(
        run: AnalysisRun, metric: AnalysisMetric, ordinal: Int, now: PresentMoment,
        environment: [String: String] = [:],
        controllerNamespace: String = MeasurementContext.defaultControllerNamespace
    ) {
        self.run = run
        self.metric = metric
        self.ordinal = ordinal
        self.now = now
        self.environment = environment
        self.controllerNamespace = controllerNamespace
    }

    /// The moment as a status has it.
    public var time: KubernetesTime { KubernetesTime(seconds: now.instant.seconds) }

    /// A measurement that begins now.
    var begun: Measurement { Measurement(.running, startedAt: time) }
}

extension Measurement {
    /// The measurement with an error for its end.
    func failed(_ message: String, _ context: MeasurementContext) -> Measurement {
        var measurement = self
        measurement.phase = .error
        measurement.message = message
        measurement.finishedAt = measurement.finishedAt ?? context.time
        return measurement
    }

    /// The measurement with a value, judged by the conditions of its metric.
    func judged(_ result: ExpressionValue, value: String, type: ExpressionType? = nil, _ context: MeasurementContext)
        -> Measurement
    {
        switch context.metric.verdict(on: result, type: type, now: context.now) {
        case .failure(let problem):
            return failed(problem.description, context)
        case .success(let phase):
            var measurement = self
            measurement.phase = phase
            measurement.value = value
            measurement.finishedAt = context.time
            return measurement
        }
    }
}
