import ManifestKit

/// What metrics tell of an AnalysisRun or an Experiment: its phase, and those of a run's metrics.
struct PhaseFigures: Hashable, Sendable {
    /// One metric of a run.
    struct Metric: Hashable, Sendable {
        var name: String
        /// The provider, as the reference's metrics call it.
        var type: String
        var isDryRun: Bool
        /// Empty before the first measurement.
        var phase: String
    }

    /// Empty before it begins.
    var phase: String
    /// When it was made, as it is written: the later, the greater.
    var createdAt: String
    /// A run's metrics, each name once.
    var metrics: [Metric]

    /// Reads an AnalysisRun or an Experiment.
    init(_ object: JSONValue) {
        let status = object["status"]
        phase = status?["phase"]?.string ?? ""
        createdAt = object["metadata"]?["creationTimestamp"]?.string ?? ""
        let results = status?["metricResults"]?.array ?? []
        metrics = Self.metrics(of: object).map { name, type in
            let result = results.first { $0["name"]?.string == name }
            return Metric(
                name: name, type: type, isDryRun: result?["dryRun"]?.boolean ?? false,
                phase: result?["phase"]?.string ?? "")
        }
    }

    /// Whether nothing more will come of it.
    var hasEnded: Bool { AnalysisPhase(rawValue: phase)?.isCompleted ?? false }

    /// The metrics that a run or a template names, each name once, with their providers.
    static func metrics(of object: JSONValue) -> [(name: String, type: String)] {
        var seen: Set<String> = []
        return (object["spec"]?["metrics"]?.array ?? []).compactMap { metric in
            let name = metric["name"]?.string ?? ""
            return seen.insert(name).inserted ? (name, type(of: metric)) : nil
        }
    }

    /// The reference's word for the provider of a metric.
    private static func type(of metric: JSONValue) -> String {
        let fields = metric["provider"]?.object?.fields ?? []
        return fields.lazy.filter { !$0.value.isNull }.compactMap { types[$0.key] }.first ?? "Unknown Provider"
    }

    private static let types = [
        "cloudWatch": "CloudWatch", "datadog": "Datadog", "graphite": "Graphite", "influxdb": "Influxdb", "job": "Job",
        "kayenta": "Kayenta", "newRelic": "NewRelic", "plugin": "RPCPlugin", "prometheus": "Prometheus",
        "skywalking": "skywalking", "wavefront": "Wavefront", "web": "Web",
    ]
}

/// What metrics tell of the templates of analyses, each read again only where it has changed.
struct TemplateFigures: Sendable {
    /// One template.
    struct Template: Sendable {
        var name: ObjectName
        /// Its metrics, each name once, with their providers.
        var metrics: [(name: String, type: String)]
    }

    private var known: [ResourceType: [ObjectName: (version: UInt64, template: Template)]] = [:]

    /// The templates of a store, in the order of their names.
    mutating func templates(in store: Store) -> [Template] {
        let before = known[store.resource] ?? [:]
        var now: [ObjectName: (version: UInt64, template: Template)] = [:]
        for (name, version) in store.versions {
            if let entry = before[name], entry.version == version {
                now[name] = entry
            } else if let object = store.object(name) {
                now[name] = (version, Template(name: name, metrics: PhaseFigures.metrics(of: object)))
            }
        }
        known[store.resource] = now
        return now.values.map(\.template).sorted { $0.name < $1.name }
    }
}
