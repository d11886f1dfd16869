/// When an object is applied: what others need comes before them.
public enum ApplyStage: Int, Comparable, CaseIterable, Sendable {
    case namespaces, definitions, access, settings, templates, services, routes, others, workloads, rollouts, webhooks

    /// The stage of a kind.
    public init(group: String, kind: String) {
        self = switch (group, kind) {
        case ("", "Namespace"): .namespaces
        case ("apiextensions.k8s.io", "CustomResourceDefinition"): .definitions
        case ("", "ServiceAccount"), ("rbac.authorization.k8s.io", _), ("", "ResourceQuota"), ("", "LimitRange"),
            ("scheduling.k8s.io", _), ("storage.k8s.io", _): .access
        case ("", "ConfigMap"), ("", "Secret"), ("", "PersistentVolume"), ("", "PersistentVolumeClaim"): .settings
        case ("argoproj.io", "AnalysisTemplate"), ("argoproj.io", "ClusterAnalysisTemplate"): .templates
        case ("", "Service"): .services
        case ("argoproj.io", "Rollout"): .rollouts
        // Nothing else could be written if these came first and what answers them did not run yet.
        case ("admissionregistration.k8s.io", _), ("apiregistration.k8s.io", _): .webhooks
        case ("apps", _), ("batch", _), ("", "Pod"), ("", "ReplicationController"), ("argoproj.io", _): .workloads
        case let (group, _) where Self.routeGroups.contains(group): .routes
        default: .others
        }
    }

    private static let routeGroups: Set<String> = [
        "networking.k8s.io", "networking.istio.io", "traefik.io", "traefik.containo.us", "apisix.apache.org",
        "getambassador.io", "split.smi-spec.io", "gateway.networking.k8s.io", "elbv2.k8s.aws",
        "projectcontour.io", "route.openshift.io", "appmesh.k8s.aws",
    ]

    public static func < (left: ApplyStage, right: ApplyStage) -> Bool { left.rawValue < right.rawValue }
}

/// A kind whose objects a prune may delete.
///
/// There is nothing here that holds data or others' objects: no namespaces, no CRDs, no claims of volumes, and nothing
/// that belongs to the whole cluster.
public struct PrunableKind: Hashable, Sendable {
    /// The group and the versions that it may be served in, the newest first; `v1` stands for the core group.
    public var apiVersions: [String]
    /// The kind.
    public var kind: String

    /// What uses others goes before them, so that nothing runs without what it needs.
    public static let all: [PrunableKind] = [
        PrunableKind(["argoproj.io/v1alpha1"], "Rollout"),
        PrunableKind(["autoscaling/v2"], "HorizontalPodAutoscaler"),
        PrunableKind(["keda.sh/v1alpha1"], "ScaledObject"),
        PrunableKind(["policy/v1"], "PodDisruptionBudget"),
        PrunableKind(["apps/v1"], "Deployment"),
        PrunableKind(["batch/v1"], "CronJob"),
        PrunableKind(["batch/v1"], "Job"),
        PrunableKind(["networking.k8s.io/v1"], "Ingress"),
        PrunableKind(["networking.k8s.io/v1"], "NetworkPolicy"),
        PrunableKind(["networking.istio.io/v1", "networking.istio.io/v1beta1"], "VirtualService"),
        PrunableKind(["networking.istio.io/v1", "networking.istio.io/v1beta1"], "DestinationRule"),
        PrunableKind(["gateway.networking.k8s.io/v1"], "HTTPRoute"),
        PrunableKind(["gateway.networking.k8s.io/v1"], "GRPCRoute"),
        PrunableKind(["traefik.io/v1alpha1"], "IngressRoute"),
        PrunableKind(["traefik.io/v1alpha1"], "TraefikService"),
        PrunableKind(["projectcontour.io/v1"], "HTTPProxy"),
        PrunableKind(["route.openshift.io/v1"], "Route"),
        PrunableKind(["apisix.apache.org/v2"], "ApisixRoute"),
        PrunableKind(["getambassador.io/v2"], "Mapping"),
        PrunableKind(["split.smi-spec.io/v1alpha2"], "TrafficSplit"),
        PrunableKind(["v1"], "Service"),
        PrunableKind(["argoproj.io/v1alpha1"], "AnalysisTemplate"),
        PrunableKind(["v1"], "ConfigMap"),
        PrunableKind(["v1"], "Secret"),
        PrunableKind(["rbac.authorization.k8s.io/v1"], "RoleBinding"),
        PrunableKind(["rbac.authorization.k8s.io/v1"], "Role"),
        PrunableKind(["v1"], "ServiceAccount"),
    ]

    init(_ apiVersions: [String], _ kind: String) {
        self.apiVersions = apiVersions
        self.kind = kind
    }
}
