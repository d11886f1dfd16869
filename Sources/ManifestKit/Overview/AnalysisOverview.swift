/// An AnalysisRun: how it goes, and what it has measured.
public struct AnalysisRunOverview: Hashable, Sendable {
    /// One metric of a run.
    public struct Metric: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// How it goes: `Running`, `Successful`, `Failed`, `Error`, `Inconclusive`; empty before it has begun.
        public var phase: String
        /// The number of measurements so far.
        public var count: Int
        /// The number of measurements that there are to be, or nil where it goes on until it is stopped.
        public var wantedCount: Int?
        /// The last value that was measured; empty for none.
        public var lastValue: String
        /// What is said of it; empty for nothing.
        public var message: String
    }

    /// A Job that measures something.
    public struct Job: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// How it went.
        public var phase: String
        /// When it was started.
        public var startedAt: KubernetesTime?
        /// What is said of it; empty for nothing.
        public var message: String
    }

    /// Its name.
    public var name: String
    /// The number of the update that it belongs to.
    public var revision: Int?
    /// What it is for: `step 2`, `background`, `pre-promotion`, `post-promotion`; empty where that is not known.
    public var purpose: String
    /// How it goes.
    public var phase: String
    /// What is said of it; empty for nothing.
    public var message: String
    /// Measurements by how they came out.
    public var successful = 0, failed = 0, inconclusive = 0, errors = 0
    /// Its metrics.
    public var metrics: [Metric]
    /// The Jobs that measure.
    public var jobs: [Job]
    /// When it was made.
    public var createdAt: KubernetesTime?

    init(_ run: JSONValue) {
        let (metadata, status) = (run["metadata"] ?? .null, run["status"] ?? .null)
        name = run.objectName
        revision = run.revisionNumber
        phase = status.text("phase") ?? "Pending"
        message = status.text("message") ?? ""
        createdAt = run.creationTime
        purpose = Self.purpose(metadata["labels"] ?? .null)
        let results = status["metricResults"]?.array ?? []
        for result in results {
            successful += result.count("successful") ?? 0
            failed += result.count("failed") ?? 0
            inconclusive += result.count("inconclusive") ?? 0
            errors += result.count("error") ?? 0
        }
        metrics = (run["spec"]?["metrics"]?.array ?? []).map { metric in
            let name = metric.text("name") ?? ""
            let result = results.first { $0.text("name") == name } ?? .null
            let last = result["measurements"]?.array?.last
            return Metric(
                name: name, phase: result.text("phase") ?? "", count: result.count("count") ?? 0,
                wantedCount: Self.wantedCount(metric), lastValue: last?.text("value") ?? "",
                message: result.text("message") ?? last?.text("message") ?? "")
        }
        jobs = results.flatMap { $0["measurements"]?.array ?? [] }.compactMap { measurement in
            guard let name = measurement["metadata"]?.text("job-name") else { return nil }
            return Job(
                name: name, phase: measurement.text("phase") ?? "", startedAt: measurement.time("startedAt"),
                message: measurement.text("message") ?? "")
        }
    }

    private static func purpose(_ labels: JSONValue) -> String {
        switch labels.text("rollout-type") {
        case "Step": labels.text("step-index").flatMap { Int($0) }.map { "step \($0 + 1)" } ?? "step"
        case "Background": "background"
        case "PrePromotion": "pre-promotion"
        case "PostPromotion": "post-promotion"
        default: ""
        }
    }

    private static func wantedCount(_ metric: JSONValue) -> Int? {
        if let count = metric["count"]?.integer ?? metric.text("count").flatMap({ Int($0) }), count > 0 { return count }
        return metric.present("interval") == nil ? 1 : nil
    }

    /// Whether it has ended.
    public var isDone: Bool { !["", "Pending", "Running"].contains(phase) }

    /// How far it is, in a few words: `success-rate 3 of 5, last 0.97`.
    var progress: String {
        metrics.filter { $0.phase.isEmpty || $0.phase == "Running" || $0.phase == "Pending" }.map { metric in
            var text = "\(metric.name) \(metric.count)"
            if let wanted = metric.wantedCount { text += " of \(wanted)" }
            if !metric.lastValue.isEmpty { text += ", last \(metric.lastValue)" }
            return text
        }.joined(separator: "; ")
    }
}

/// An Experiment with its versions and its runs.
public struct ExperimentOverview: Hashable, Sendable {
    /// A version that an experiment runs, as its status tells it.
    public struct Template: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// How it goes.
        public var status: String
        /// The number of its pods.
        public var replicas: Int
        /// The number of its pods that are available.
        public var available: Int
        /// What is said of it; empty for nothing.
        public var message: String
    }

    /// Its name.
    public var name: String
    /// The number of the update that it belongs to.
    public var revision: Int?
    /// How it goes.
    public var phase: String
    /// What is said of it; empty for nothing.
    public var message: String
    /// What it runs.
    public var templates: [Template]
    /// Its ReplicaSets.
    public var replicaSets: [ReplicaSetOverview]
    /// Its runs.
    public var analysisRuns: [AnalysisRunOverview]
    /// When it was made.
    public var createdAt: KubernetesTime?

    init(_ experiment: JSONValue, replicaSets: [ReplicaSetOverview], analysisRuns: [AnalysisRunOverview]) {
        let status = experiment["status"] ?? .null
        name = experiment.objectName
        revision = experiment.revisionNumber
        phase = status.text("phase") ?? "Pending"
        message = status.text("message") ?? ""
        createdAt = experiment.creationTime
        self.replicaSets = replicaSets
        self.analysisRuns = analysisRuns
        templates = (status["templateStatuses"]?.array ?? []).map { template in
            Template(
                name: template.text("name") ?? "", status: template.text("status") ?? "",
                replicas: template.count("replicas") ?? 0, available: template.count("availableReplicas") ?? 0,
                message: template.text("message") ?? "")
        }
    }

    /// Whether it has ended.
    public var isDone: Bool { !["", "Pending", "Running"].contains(phase) }
}
