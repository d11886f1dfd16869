/// A Rollout as the planner sees it: every field it acts on, read once.
public struct Rollout: Sendable {
    /// `metadata.name`.
    public var name: String
    /// `metadata.namespace`, or nil where a manifest names none.
    public var namespace: String?
    /// `metadata.uid`, which objects from files do not have.
    public var uid: String?
    /// `metadata.generation`.
    public var generation: Int
    /// `metadata.annotations`.
    public var annotations: [String: String]
    /// Whether it is being deleted.
    public var isBeingDeleted: Bool
    /// What is wanted.
    public var spec: RolloutSpec
    /// What has been reached.
    public var status: RolloutStatus
    /// The whole object, for arguments of analyses that are taken from its fields.
    public var object: JSONValue

    /// Reads a Rollout; nil where it has no name or no strategy.
    public init?(_ object: JSONValue) {
        guard let metadata = object["metadata"], let name = metadata.text("name"),
            let spec = object["spec"].flatMap({ RolloutSpec($0) })
        else { return nil }
        self.name = name
        namespace = metadata.text("namespace")
        uid = metadata.text("uid")
        generation = metadata["generation"]?.integer ?? 0
        annotations = metadata["annotations"]?.stringDictionary ?? [:]
        isBeingDeleted = metadata.present("deletionTimestamp") != nil
        self.spec = spec
        status = RolloutStatus(object["status"] ?? .null)
        self.object = object
    }

    /// The number of the update that the Rollout says it is at.
    public var revision: Int? { annotations[RolloutMarks.revision].flatMap { Int($0) } }

    /// Whether the version wanted is the stable one.
    var isFullyPromoted: Bool { status.stableHash == status.currentPodHash }

    /// The reference by which objects say that the Rollout owns them.
    public var ownerReference: JSONValue {
        var fields: [(key: String, value: JSONValue)] = [
            ("apiVersion", .string(RolloutMarks.apiVersion)), ("kind", "Rollout"), ("name", .string(name)),
        ]
        if let uid { fields.append(("uid", .string(uid))) }
        fields.append(("controller", true))
        fields.append(("blockOwnerDeletion", true))
        return .object(JSONObject(distinct: fields))
    }
}

/// `spec` of a Rollout.
public struct RolloutSpec: Sendable {
    /// How the pods of another workload are taken over.
    public struct WorkloadReference: Hashable, Sendable {
        /// What happens to the referenced Deployment's own pods.
        public enum ScaleDown: String, Sendable {
            case never, onSuccess = "onsuccess", progressively
        }

        /// `apiVersion` of the workload.
        public var apiVersion: String
        /// Its kind.
        public var kind: String
        /// Its name.
        public var name: String
        /// What happens to its own pods.
        public var scaleDown: ScaleDown

        /// Where the workload has its pod template.
        public var templatePath: [String] { kind == "PodTemplate" ? ["template"] : ["spec", "template"] }
    }

    /// `replicas`, or nil where the manifest leaves it to the controller.
    public var declaredReplicas: Int?
    /// `selector`, absent where a workload is referenced.
    public var selector: JSONValue?
    /// `template`, absent where a workload is referenced.
    public var template: JSONValue?
    /// `workloadRef`.
    public var workload: WorkloadReference?
    /// `minReadySeconds`.
    public var minReadySeconds: Int
    /// How the Rollout updates.
    public var strategy: Strategy
    /// `revisionHistoryLimit`.
    public var revisionHistoryLimit: Int
    /// `paused`.
    public var isPaused: Bool
    /// `progressDeadlineSeconds`.
    public var progressDeadlineSeconds: Int
    /// `progressDeadlineAbort`.
    public var abortsAtProgressDeadline: Bool
    /// `restartAt`.
    public var restartAt: KubernetesTime?
    /// `rollbackWindow.revisions`.
    public var rollbackWindowRevisions: Int?

    /// `analysis.successfulRunHistoryLimit`.
    public var successfulRunHistoryLimit: Int
    /// `analysis.unsuccessfulRunHistoryLimit`.
    public var unsuccessfulRunHistoryLimit: Int

    /// The number of pods wanted.
    public var replicas: Int { declaredReplicas ?? RolloutDefaults.replicas }

    init?(_ spec: JSONValue) {
        guard let strategy = Strategy(spec["strategy"] ?? .null) else { return nil }
        declaredReplicas = spec.count("replicas").map { max(0, $0) }
        selector = spec.present("selector")
        template = spec.present("template")
        workload = spec.present("workloadRef").flatMap { WorkloadReference($0) }
        minReadySeconds = spec.count("minReadySeconds") ?? 0
        self.strategy = strategy
        revisionHistoryLimit = spec.count("revisionHistoryLimit") ?? RolloutDefaults.revisionHistoryLimit
        isPaused = spec.flag("paused")
        progressDeadlineSeconds = spec.count("progressDeadlineSeconds") ?? RolloutDefaults.progressDeadlineSeconds
        abortsAtProgressDeadline = spec.flag("progressDeadlineAbort")
        restartAt = spec.time("restartAt")
        rollbackWindowRevisions = spec["rollbackWindow"]?.count("revisions")
        let analysis = spec["analysis"]
        successfulRunHistoryLimit = analysis?.count("successfulRunHistoryLimit") ?? RolloutDefaults.runHistoryLimit
        unsuccessfulRunHistoryLimit = analysis?.count("unsuccessfulRunHistoryLimit") ?? RolloutDefaults.runHistoryLimit
    }
}

extension RolloutSpec.WorkloadReference {
    init?(_ value: JSONValue) {
        guard let name = value.text("name"), let kind = value.text("kind") else { return nil }
        apiVersion = value.text("apiVersion") ?? "apps/v1"
        self.kind = kind
        self.name = name
        scaleDown = value.text("scaleDown").flatMap { ScaleDown(rawValue: $0) } ?? .never
    }
}
