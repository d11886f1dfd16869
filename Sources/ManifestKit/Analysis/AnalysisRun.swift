/// An AnalysisRun as it is in a cluster.
public struct AnalysisRun: Sendable {
    /// `metadata.name`.
    public var name: String
    /// `metadata.namespace`.
    public var namespace: String
    /// `metadata.uid`.
    public var uid: String
    /// `metadata.labels`.
    public var labels: [String: String]
    /// `metadata.creationTimestamp`.
    public var createdAt: KubernetesTime?
    /// Whether it is being deleted.
    public var isBeingDeleted: Bool
    /// `spec.terminate`: whether it is asked to end.
    public var isAskedToEnd: Bool
    /// `spec.metrics`, as they are written.
    public var metrics: [JSONValue]
    /// `spec.args`.
    public var arguments: [AnalysisArgument]
    /// What has come of it.
    public var status: AnalysisRunStatus
    /// The whole object.
    public var object: JSONValue

    /// Reads a run; nil where it has no name.
    public init?(_ object: JSONValue) {
        guard let metadata = object["metadata"], let name = metadata.text("name") else { return nil }
        self.name = name
        namespace = metadata.text("namespace") ?? ""
        uid = metadata.text("uid") ?? ""
        labels = metadata["labels"]?.stringDictionary ?? [:]
        createdAt = metadata.time("creationTimestamp")
        isBeingDeleted = metadata.present("deletionTimestamp") != nil
        let spec = object["spec"] ?? .null
        isAskedToEnd = spec.flag("terminate")
        metrics = spec["metrics"]?.array ?? []
        arguments = (spec["args"]?.array ?? []).compactMap { AnalysisArgument($0) }
        status = AnalysisRunStatus(object["status"] ?? .null)
        self.object = object
    }

    /// Whether it is ending: it was asked to, or a metric that counts has come to a bad end.
    var isEnding: Bool {
        isAskedToEnd || status.results.contains { result in
            !result.isDryRun && [.failed, .error, .inconclusive].contains(result.phase)
        }
    }

    /// The names of the metrics that a list of rules, each a regular expression, chooses.
    ///
    /// A rule that chooses none is a problem, as it is for the reference; so is one that is no expression.
    func chosen(
        by key: String, among names: [String]
    ) throws(AnalysisProblem) -> [String: JSONValue] {
        var result: [String: JSONValue] = [:]
        for (place, rule) in (object["spec"]?[key]?.array ?? []).enumerated() {
            let expression = try? RegularExpression(rule.text("metricName") ?? "")
            let matching = names.filter { expression?.matches($0) ?? false }
            guard !matching.isEmpty else {
                throw AnalysisProblem("\(key)[\(place)]: Rule didn't match any metric name(s)")
            }
            for name in matching { result[name] = rule }
        }
        return result
    }

    /// When it is deleted after its end, or nil where it stays.
    var expiry: KubernetesTime? {
        guard let phase = status.phase, phase.isCompleted, let end = status.completedAt,
            let strategy = object["spec"]?.present("ttlStrategy")
        else { return nil }
        let own: String? = switch phase {
        case .successful: "secondsAfterSuccess"
        case .failed: "secondsAfterFailure"
        default: nil
        }
        let seconds = own.flatMap { strategy.count($0) } ?? strategy.count("secondsAfterCompletion")
        return seconds.map { end.after($0 + 1) }
    }
}
