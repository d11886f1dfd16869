import ManifestKit

/// Which lists of the built-in kinds are maps in disguise, and by which fields their elements are told apart.
///
/// The facts are the `patchMergeKey` and `listMapKey` marks of the Kubernetes API types. Lists of kinds that a CRD
/// defines are taken as a whole, as their schemas have no such marks.
enum ListKeys {
    /// How a list is merged.
    enum Merging: Hashable {
        /// It is replaced as a whole.
        case atomic
        /// Its elements are told apart by these fields; a patch of the older kind uses only the first.
        case map([String])
        /// Its elements are told apart by themselves.
        case set
    }

    /// How the list in a field is merged.
    static func merging(of field: String, in parent: String, kind: String) -> Merging {
        if parent == "metadata", field == "ownerReferences" { return .map(["uid"]) }
        if parent == "metadata", field == "finalizers" { return .set }
        guard builtInKinds.contains(kind) else { return .atomic }
        switch field {
        case "ports":
            if kind == "Service" { return .map(["port", "protocol"]) }
            return parent == "subsets" ? .atomic : .map(["containerPort", "protocol"])
        case "env", "containers", "initContainers", "ephemeralContainers", "volumes", "imagePullSecrets",
            "resourceClaims", "schedulingGates":
            return .map(["name"])
        case "volumeMounts": return .map(["mountPath"])
        case "volumeDevices": return .map(["devicePath"])
        case "hostAliases": return .map(["ip"])
        case "topologySpreadConstraints": return .map(["topologyKey", "whenUnsatisfiable"])
        case "conditions": return .map(["type"])
        case "secrets": return kind == "ServiceAccount" ? .map(["name"]) : .atomic
        default: return .atomic
        }
    }

    private static let builtInKinds: Set<String> = [
        "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Pod", "PodTemplate", "Job", "Service",
        "ServiceAccount", "Node", "Namespace", "PodDisruptionBudget", "HorizontalPodAutoscaler",
        "CustomResourceDefinition",
    ]
}
