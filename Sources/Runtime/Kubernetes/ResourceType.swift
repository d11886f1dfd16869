import ManifestKit

/// A kind of object as the API serves it: where it is found, and what it is called.
public struct ResourceType: Hashable, Sendable, CustomStringConvertible {
    /// The API group; empty for the core group.
    public var group: String
    /// The version, such as `v1alpha1`.
    public var version: String
    /// The name in paths, such as `rollouts`.
    public var plural: String
    /// The kind, such as `Rollout`.
    public var kind: String
    /// Whether its objects belong to a namespace.
    public var isNamespaced: Bool

    /// Makes a type.
    public init(group: String, version: String, plural: String, kind: String, isNamespaced: Bool = true) {
        self.group = group
        self.version = version
        self.plural = plural
        self.kind = kind
        self.isNamespaced = isNamespaced
    }

    /// `apiVersion` of its objects.
    public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// The path of its group and version.
    public var root: String { group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)" }

    public var description: String { group.isEmpty ? plural : "\(plural).\(group)" }
}

extension ResourceType {
    public static let rollouts = ResourceType(
        group: "argoproj.io", version: "v1alpha1", plural: "rollouts", kind: "Rollout")
    public static let analysisRuns = ResourceType(
        group: "argoproj.io", version: "v1alpha1", plural: "analysisruns", kind: "AnalysisRun")
    public static let analysisTemplates = ResourceType(
        group: "argoproj.io", version: "v1alpha1", plural: "analysistemplates", kind: "AnalysisTemplate")
    public static let clusterAnalysisTemplates = ResourceType(
        group: "argoproj.io", version: "v1alpha1", plural: "clusteranalysistemplates", kind: "ClusterAnalysisTemplate",
        isNamespaced: false)
    public static let experiments = ResourceType(
        group: "argoproj.io", version: "v1alpha1", plural: "experiments", kind: "Experiment")
    public static let jobs = ResourceType(group: "batch", version: "v1", plural: "jobs", kind: "Job")
    public static let secrets = ResourceType(group: "", version: "v1", plural: "secrets", kind: "Secret")
    public static let replicaSets = ResourceType(
        group: "apps", version: "v1", plural: "replicasets", kind: "ReplicaSet")
    public static let deployments = ResourceType(
        group: "apps", version: "v1", plural: "deployments", kind: "Deployment")
    public static let podTemplates = ResourceType(
        group: "", version: "v1", plural: "podtemplates", kind: "PodTemplate")
    public static let pods = ResourceType(group: "", version: "v1", plural: "pods", kind: "Pod")
    public static let services = ResourceType(group: "", version: "v1", plural: "services", kind: "Service")
    public static let events = ResourceType(group: "", version: "v1", plural: "events", kind: "Event")
    public static let namespaces = ResourceType(
        group: "", version: "v1", plural: "namespaces", kind: "Namespace", isNamespaced: false)
    public static let ingresses = ResourceType(
        group: "networking.k8s.io", version: "v1", plural: "ingresses", kind: "Ingress")
}

/// What an object is called within its type.
public struct ObjectName: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The namespace; empty for an object of the whole cluster.
    public var namespace: String
    /// The name.
    public var name: String

    /// Makes a name.
    public init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    public var description: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }

    public static func < (left: ObjectName, right: ObjectName) -> Bool {
        (left.namespace, left.name) < (right.namespace, right.name)
    }
}
