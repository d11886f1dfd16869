/// `status` of an Experiment.
public struct ExperimentStatus: Hashable, Sendable {
    /// How far a version is.
    public enum TemplatePhase: String, Hashable, Sendable {
        case successful = "Successful"
        case running = "Running"
        case progressing = "Progressing"
        case error = "Error"
        case failed = "Failed"

        /// The phase that an analysis as far as this would have.
        var analysisPhase: AnalysisPhase {
            switch self {
            case .successful: .successful
            case .running: .running
            case .progressing: .pending
            case .error: .error
            case .failed: .failed
            }
        }
    }

    /// How one of the versions is.
    public struct Template: Hashable, Sendable {
        /// `name`.
        public var name: String
        /// `status`; nil for one that nobody has looked at.
        public var phase: TemplatePhase?
        /// `message`.
        public var message = ""
        /// `replicas`, and `updatedReplicas` too.
        public var replicas = 0
        /// `readyReplicas`.
        public var readyReplicas = 0
        /// `availableReplicas`.
        public var availableReplicas = 0
        /// `collisionCount`.
        public var collisionCount: Int?
        /// `lastTransitionTime`: when the number of its pods last changed.
        public var lastTransitionTime: KubernetesTime?
        /// `serviceName`.
        public var serviceName = ""
        /// `podTemplateHash`.
        public var podTemplateHash = ""

        init(name: String) { self.name = name }
    }

    /// How one of the analyses is.
    public struct Run: Hashable, Sendable {
        /// `name` of the analysis.
        public var name: String
        /// `analysisRun`: the name of its run.
        public var run = ""
        /// `phase`; nil for one that has not begun.
        public var phase: AnalysisPhase?
        /// `message`.
        public var message = ""

        init(name: String) { self.name = name }
    }

    /// `phase`; nil for one that nobody has looked at.
    public var phase: AnalysisPhase?
    /// `message`.
    public var message = ""
    /// `templateStatuses`.
    public var templates: [Template] = []
    /// `availableAt`: when all versions had their pods.
    public var availableAt: KubernetesTime?
    /// `conditions`.
    public var conditions: [RolloutCondition] = []
    /// `analysisRuns`.
    public var runs: [Run] = []

    /// How a version is.
    public func template(_ name: String) -> Template? { templates.first { $0.name == name } }

    /// How an analysis is.
    public func run(_ name: String) -> Run? { runs.first { $0.name == name } }

    mutating func set(_ template: Template) {
        if let place = templates.firstIndex(where: { $0.name == template.name }) {
            templates[place] = template
        } else {
            templates.append(template)
        }
    }

    mutating func set(_ run: Run) {
        if let place = runs.firstIndex(where: { $0.name == run.name }) {
            runs[place] = run
        } else {
            runs.append(run)
        }
    }
}

extension ExperimentStatus {
    /// Reads a status; what is missing has its zero value.
    public init(_ value: JSONValue) {
        phase = value.text("phase").flatMap { AnalysisPhase(rawValue: $0) }
        message = value.text("message") ?? ""
        templates = (value["templateStatuses"]?.array ?? []).compactMap { Template($0) }
        availableAt = value.time("availableAt")
        conditions = (value["conditions"]?.array ?? []).compactMap { RolloutCondition($0) }
        runs = (value["analysisRuns"]?.array ?? []).compactMap { Run($0) }
    }

    /// The status as a cluster stores it.
    public var json: JSONValue {
        var fields = StatusFields()
        fields.add("phase", phase?.rawValue ?? "")
        fields.add("message", message)
        fields.add("templateStatuses", templates.map(\.json))
        fields.add("availableAt", availableAt)
        fields.add("conditions", conditions.map(\.json))
        fields.add("analysisRuns", runs.map(\.json))
        return fields.json
    }
}

extension ExperimentStatus.Template {
    init?(_ value: JSONValue) {
        guard let name = value.text("name") else { return nil }
        self.name = name
        phase = value.text("status").flatMap { ExperimentStatus.TemplatePhase(rawValue: $0) }
        message = value.text("message") ?? ""
        replicas = value.count("replicas") ?? 0
        readyReplicas = value.count("readyReplicas") ?? 0
        availableReplicas = value.count("availableReplicas") ?? 0
        collisionCount = value.count("collisionCount")
        lastTransitionTime = value.time("lastTransitionTime")
        serviceName = value.text("serviceName") ?? ""
        podTemplateHash = value.text("podTemplateHash") ?? ""
    }

    var json: JSONValue {
        var fields = StatusFields()
        fields.values.append(("name", .string(name)))
        // These four are written even where they are zero.
        fields.values.append(("replicas", .int(replicas)))
        fields.values.append(("updatedReplicas", .int(replicas)))
        fields.values.append(("readyReplicas", .int(readyReplicas)))
        fields.values.append(("availableReplicas", .int(availableReplicas)))
        if let collisionCount { fields.values.append(("collisionCount", .int(collisionCount))) }
        fields.add("status", phase?.rawValue ?? "")
        fields.add("message", message)
        fields.add("lastTransitionTime", lastTransitionTime)
        fields.add("serviceName", serviceName)
        fields.add("podTemplateHash", podTemplateHash)
        return fields.json
    }
}

extension ExperimentStatus.Run {
    init?(_ value: JSONValue) {
        guard let name = value.text("name") else { return nil }
        self.name = name
        run = value.text("analysisRun") ?? ""
        phase = value.text("phase").flatMap { AnalysisPhase(rawValue: $0) }
        message = value.text("message") ?? ""
    }

    var json: JSONValue {
        var fields = StatusFields()
        fields.values.append(("name", .string(name)))
        fields.values.append(("analysisRun", .string(run)))
        fields.values.append(("phase", .string(phase?.rawValue ?? "")))
        fields.add("message", message)
        return fields.json
    }
}
