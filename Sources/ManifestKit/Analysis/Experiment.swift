/// An Experiment as it is in a cluster: versions that run beside each other for a while, and what is measured of them.
public struct Experiment: Sendable {
    /// One of the versions.
    public struct Template: Hashable, Sendable {
        /// `name`.
        public var name: String
        /// `replicas`, 1 where it is absent.
        public var replicas: Int
        /// `minReadySeconds`.
        public var minReadySeconds: Int
        /// `selector`.
        public var selector: JSONValue
        /// `template`.
        public var template: JSONValue
        /// Whether a Service is made for it.
        public var wantsService: Bool
        /// The name of that Service, if it is not to be the ReplicaSet's.
        public var serviceName: String?
    }

    /// One of the analyses.
    public struct Analysis: Hashable, Sendable {
        /// `name`.
        public var name: String
        /// `templateName` and `clusterScope`.
        public var template: RolloutAnalysis.TemplateReference
        /// `args`, as they are written.
        var arguments: [JSONValue]
        /// `requiredForCompletion`: whether the experiment ends well as soon as it has.
        public var isRequired: Bool
    }

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
    /// `spec.templates`.
    public var templates: [Template]
    /// `spec.analyses`.
    public var analyses: [Analysis]
    /// `spec.duration`, nil where it runs until its analyses have ended.
    public var duration: GoDuration?
    /// `spec.progressDeadlineSeconds`.
    public var progressDeadlineSeconds: Int
    /// `spec.scaleDownDelaySeconds`.
    public var scaleDownDelaySeconds: Int
    /// `spec.terminate`: whether it is asked to end.
    public var isAskedToEnd: Bool
    /// What has come of it.
    public var status: ExperimentStatus
    /// The whole object.
    public var object: JSONValue

    /// Reads an experiment; nil where it has no name.
    public init?(_ object: JSONValue) {
        guard let metadata = object["metadata"], let name = metadata.text("name") else { return nil }
        self.name = name
        namespace = metadata.text("namespace") ?? ""
        uid = metadata.text("uid") ?? ""
        labels = metadata["labels"]?.stringDictionary ?? [:]
        createdAt = metadata.time("creationTimestamp")
        isBeingDeleted = metadata.present("deletionTimestamp") != nil
        let spec = object["spec"] ?? .null
        templates = (spec["templates"]?.array ?? []).map { Template($0) }
        analyses = (spec["analyses"]?.array ?? []).compactMap { Analysis($0) }
        duration = spec.text("duration").flatMap { GoDuration($0) }
        progressDeadlineSeconds = spec.count("progressDeadlineSeconds") ?? RolloutDefaults.progressDeadlineSeconds
        scaleDownDelaySeconds = spec.count("scaleDownDelaySeconds") ?? RolloutDefaults.scaleDownDelaySeconds
        isAskedToEnd = spec.flag("terminate")
        status = ExperimentStatus(object["status"] ?? .null)
        self.object = object
    }

    /// Whether it is ending: asked to, at its end, or with a version or an analysis that has come to a bad one.
    var isEnding: Bool {
        isAskedToEnd || status.phase?.isCompleted == true
            || status.templates.contains { $0.phase == .failed || $0.phase == .error }
            || status.runs.contains { [.failed, .error, .inconclusive].contains($0.phase) }
            || hasPassedRequiredAnalyses(status)
    }

    /// Whether there are analyses that it ends with, and all of them have succeeded.
    func hasPassedRequiredAnalyses(_ status: ExperimentStatus) -> Bool {
        let required = analyses.filter(\.isRequired)
        return !required.isEmpty && required.allSatisfy { status.run($0.name)?.phase == .successful }
    }

    /// When its time is over, nil where it has none or has not begun.
    func end(_ status: ExperimentStatus) -> KubernetesTime? {
        guard let duration, let start = status.availableAt else { return nil }
        return start.after(duration.wholeSeconds)
    }
}

extension Experiment.Template {
    init(_ value: JSONValue) {
        name = value.text("name") ?? ""
        replicas = max(0, value.count("replicas") ?? 1)
        minReadySeconds = value.count("minReadySeconds") ?? 0
        selector = value["selector"] ?? .object(JSONObject())
        template = value["template"] ?? .object(JSONObject())
        wantsService = value.present("service") != nil
        serviceName = value["service"]?.text("name")
    }
}

extension Experiment.Analysis {
    init?(_ value: JSONValue) {
        guard let name = value.text("name"), let template = RolloutAnalysis.TemplateReference(value) else { return nil }
        self.name = name
        self.template = template
        arguments = value["args"]?.array ?? []
        isRequired = value.flag("requiredForCompletion")
    }
}
