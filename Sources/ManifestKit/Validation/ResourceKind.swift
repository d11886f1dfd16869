/// The kinds of object that the product knows; anything else is counted and left alone.
public enum ResourceKind: String, Sendable, CaseIterable, Hashable {
    case rollout = "Rollout"
    case analysisTemplate = "AnalysisTemplate"
    case clusterAnalysisTemplate = "ClusterAnalysisTemplate"
    case analysisRun = "AnalysisRun"
    case experiment = "Experiment"
    case deployment = "Deployment"
    case replicaSet = "ReplicaSet"
    case podTemplate = "PodTemplate"
    case service = "Service"
    case ingress = "Ingress"
    case horizontalPodAutoscaler = "HorizontalPodAutoscaler"
    case podDisruptionBudget = "PodDisruptionBudget"
    case virtualService = "VirtualService"
    case destinationRule = "DestinationRule"
    case traefikService = "TraefikService"
    case apisixRoute = "ApisixRoute"
    case mapping = "Mapping"
    case trafficSplit = "TrafficSplit"
    case httpRoute = "HTTPRoute"
    case targetGroupBinding = "TargetGroupBinding"
    case scaledObject = "ScaledObject"
    case verticalPodAutoscaler = "VerticalPodAutoscaler"

    /// The API group that the kind belongs to; empty for the core group.
    public var group: String {
        switch self {
        case .rollout, .analysisTemplate, .clusterAnalysisTemplate, .analysisRun, .experiment: "argoproj.io"
        case .deployment, .replicaSet: "apps"
        case .service, .podTemplate: ""
        case .ingress: "networking.k8s.io"
        case .horizontalPodAutoscaler: "autoscaling"
        case .podDisruptionBudget: "policy"
        case .virtualService, .destinationRule: "networking.istio.io"
        case .traefikService: "traefik.io"
        case .apisixRoute: "apisix.apache.org"
        case .mapping: "getambassador.io"
        case .trafficSplit: "split.smi-spec.io"
        case .httpRoute: "gateway.networking.k8s.io"
        case .targetGroupBinding: "elbv2.k8s.aws"
        case .scaledObject: "keda.sh"
        case .verticalPodAutoscaler: "autoscaling.k8s.io"
        }
    }

    /// The kind that an `apiVersion` and `kind` name, or nil for one that the product has no rules for.
    ///
    /// The version is not looked at: a wrong version of a known kind is a finding, not an unknown kind.
    public init?(apiVersion: String, kind: String) {
        guard let found = ResourceKind(rawValue: kind) else { return nil }
        let slash = apiVersion.firstIndex(of: "/")
        let group = slash.map { apiVersion[..<$0] } ?? ""
        guard found.group == group || found.formerGroups.contains(String(group)) else { return nil }
        self = found
    }

    /// Groups that the kind once was served under and that manifests still name.
    private var formerGroups: [String] {
        switch self {
        case .traefikService: ["traefik.containo.us"]
        case .ingress, .deployment, .replicaSet: ["extensions"]
        case .mapping: ["x.getambassador.io"]
        default: []
        }
    }
}
