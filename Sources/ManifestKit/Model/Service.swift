/// A Service, as far as the planner looks at it.
public struct Service: Hashable, Sendable {
    /// The object.
    public var object: JSONValue

    /// Wraps a Service.
    public init(_ object: JSONValue) { self.object = object }

    /// `metadata.name`.
    public var name: String { object["metadata"]?["name"]?.string ?? "" }
    /// The hash of the pods that it selects, or nil where it selects by labels alone.
    public var podTemplateHash: String? { object["spec"]?["selector"]?[RolloutMarks.podTemplateHash]?.string }
    /// The Rollout that manages it.
    public var manager: String? { object["metadata"]?["annotations"]?[RolloutMarks.managedBy]?.string }

    /// The patch that points it at the pods with a hash, and names its manager where it has none.
    public func patch(pointingAt hash: String, manager: String) -> JSONValue {
        var fields: [(key: String, value: JSONValue)] = []
        if self.manager == nil {
            let annotations = JSONObject([(RolloutMarks.managedBy, .string(manager))])
            fields.append(("metadata", ["annotations": .object(annotations)]))
        }
        fields.append(("spec", ["selector": .object(JSONObject([(RolloutMarks.podTemplateHash, .string(hash))]))]))
        return .object(JSONObject(distinct: fields))
    }
}

/// Where an object is found in a world.
public struct ObjectKey: Hashable, Sendable {
    /// Its kind.
    public var kind: ResourceKind
    /// Its namespace where that is not the Rollout's.
    public var namespace: String?
    /// Its name.
    public var name: String

    /// The name alone tells most keys apart, and plans look many of them up.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    /// Makes a key.
    public init(_ kind: ResourceKind, _ name: String, namespace: String? = nil) {
        self.kind = kind
        self.name = name
        self.namespace = namespace
    }

    /// The key as a world of a Rollout has it: without a namespace that is the Rollout's own.
    func seen(from rollout: Rollout) -> ObjectKey {
        ObjectKey(kind, name, namespace: namespace == rollout.namespace ? nil : namespace)
    }

    /// Stands for a name where every object of a kind in a namespace is meant; no object can be called so.
    public static let allNames = "*"

    /// Every object of a kind in a namespace.
    public static func all(_ kind: ResourceKind, namespace: String? = nil) -> ObjectKey {
        ObjectKey(kind, allNames, namespace: namespace)
    }

    /// Whether every object of the kind and namespace is meant.
    public var namesAll: Bool { name == Self.allNames }
}

/// A pod, for what is done pod by pod: restarts, and metadata that changes with a version's role.
public struct Pod: Hashable, Sendable {
    /// `metadata.name`.
    public var name: String
    /// The name of the ReplicaSet that owns it.
    public var replicaSet: String
    /// `metadata.creationTimestamp`.
    public var createdAt: KubernetesTime
    /// Whether it is available.
    public var isAvailable: Bool
    /// Whether it is being deleted.
    public var isBeingDeleted: Bool
    /// `metadata.labels`.
    public var labels: [String: String]
    /// `metadata.annotations`.
    public var annotations: [String: String]

    /// Makes a pod.
    public init(
        name: String, replicaSet: String, createdAt: KubernetesTime, isAvailable: Bool, isBeingDeleted: Bool = false,
        labels: [String: String] = [:], annotations: [String: String] = [:]
    ) {
        self.name = name
        self.replicaSet = replicaSet
        self.createdAt = createdAt
        self.isAvailable = isAvailable
        self.isBeingDeleted = isBeingDeleted
        self.labels = labels
        self.annotations = annotations
    }
}
