/// A ReplicaSet of a Rollout, with what its pods report.
public struct ReplicaSet: Hashable, Sendable {
    /// `metadata.name`.
    public var name: String
    /// The label with the hash of its template.
    public var hash: String
    /// `metadata.annotations`.
    public var annotations: [String: String]
    /// `metadata.creationTimestamp`.
    public var createdAt: KubernetesTime?
    /// Whether it is being deleted.
    public var isBeingDeleted = false
    /// `spec.replicas`.
    public var replicas: Int
    /// `spec.minReadySeconds`.
    public var minReadySeconds: Int
    /// `spec.template`.
    public var template: JSONValue
    /// `status.replicas`.
    public var currentReplicas = 0
    /// `status.readyReplicas`.
    public var readyReplicas = 0
    /// `status.availableReplicas`.
    public var availableReplicas = 0
    /// The condition of `status` that says that pods cannot be made, if there is one.
    public var failure: JSONValue?
    /// The object with everything that is not kept in a field of its own.
    public var object: JSONValue

    /// Reads a ReplicaSet; nil where it has no name.
    public init?(_ object: JSONValue) {
        guard let metadata = object["metadata"], let name = metadata.text("name") else { return nil }
        self.name = name
        hash = metadata["labels"]?.text(RolloutMarks.podTemplateHash) ?? ""
        annotations = metadata["annotations"]?.stringDictionary ?? [:]
        createdAt = metadata.time("creationTimestamp")
        isBeingDeleted = metadata.present("deletionTimestamp") != nil
        let spec = object["spec"] ?? .null
        replicas = max(0, spec.count("replicas") ?? 1)
        minReadySeconds = spec.count("minReadySeconds") ?? 0
        template = spec["template"] ?? .object(JSONObject())
        let status = object["status"] ?? .null
        currentReplicas = status.count("replicas") ?? 0
        readyReplicas = status.count("readyReplicas") ?? 0
        availableReplicas = status.count("availableReplicas") ?? 0
        failure = status["conditions"]?.array?.first { $0.text("type") == "ReplicaFailure" }
        self.object = object
    }

    init(
        name: String, hash: String, annotations: [String: String], minReadySeconds: Int, template: JSONValue,
        object: JSONValue
    ) {
        self.name = name
        self.hash = hash
        self.annotations = annotations
        replicas = 0
        self.minReadySeconds = minReadySeconds
        self.template = template
        self.object = object
    }

    /// The number of the update that made it.
    public var revision: Int? { annotations[RolloutMarks.revision].flatMap { Int($0) } }

    /// The size of the whole Rollout when it was last scaled.
    var desiredReplicas: Int? { annotations[RolloutMarks.desiredReplicas].flatMap { Int($0) } }

    /// Whether it has a moment at which it is scaled to zero.
    var hasScaleDownDeadline: Bool { annotations[RolloutMarks.scaleDownDeadline]?.isEmpty == false }

    /// The moment at which it is scaled to zero.
    var scaleDownDeadline: KubernetesTime? {
        annotations[RolloutMarks.scaleDownDeadline].flatMap { KubernetesTime($0) }
    }

    /// Pods beyond the wanted number are on their way out, so nothing may count on them any more; not even when the
    /// number is raised again, for they go all the same.
    mutating func discountLeavingPods() {
        availableReplicas = min(availableReplicas, replicas)
        readyReplicas = min(readyReplicas, replicas)
    }

    /// Whether it is scaled up and every pod of it is available.
    var isAvailable: Bool { replicas > 0 && availableReplicas >= replicas }

    /// The object as a cluster has it now, without its status.
    public var json: JSONValue {
        var object = object
        var metadata = object["metadata"] ?? .object(JSONObject())
        metadata["annotations"] = annotations.isEmpty ? nil : .strings(annotations)
        object["metadata"] = metadata
        var spec = object["spec"] ?? .object(JSONObject())
        spec["replicas"] = .int(replicas)
        if minReadySeconds != 0 || spec["minReadySeconds"] != nil { spec["minReadySeconds"] = .int(minReadySeconds) }
        spec["template"] = template
        object["spec"] = spec
        return object
    }
}
