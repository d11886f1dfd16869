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
    case grpcRoute = "GRPCRoute"
    case tcpRoute = "TCPRoute"
    case tlsRoute = "TLSRoute"
    case referenceGrant = "ReferenceGrant"
    case ingressRoute = "IngressRoute"
    case httpProxy = "HTTPProxy"
    case openShiftRoute = "Route"
    case virtualRouter = "VirtualRouter"
    case virtualNode = "VirtualNode"
    /// Another VirtualService than Istio's; the group tells them apart.
    case appMeshVirtualService = "VirtualService.appmesh.k8s.aws"
    case targetGroupBinding = "TargetGroupBinding"
    case scaledObject = "ScaledObject"
    case verticalPodAutoscaler = "VerticalPodAutoscaler"
    /// The ConfigMap of notifications, told from others by its name; other ConfigMaps are left alone.
    case notificationConfigMap = "ConfigMap of notifications"

    /// The API group that the kind belongs to; empty for the core group.
    public var group: String {
        switch self {
        case .rollout, .analysisTemplate, .clusterAnalysisTemplate, .analysisRun, .experiment: "argoproj.io"
        case .deployment, .replicaSet: "apps"
        case .service, .podTemplate, .notificationConfigMap: ""
        case .ingress: "networking.k8s.io"
        case .horizontalPodAutoscaler: "autoscaling"
        case .podDisruptionBudget: "policy"
        case .virtualService, .destinationRule: "networking.istio.io"
        case .traefikService, .ingressRoute: "traefik.io"
        case .apisixRoute: "apisix.apache.org"
        case .mapping: "getambassador.io"
        case .trafficSplit: "split.smi-spec.io"
        case .httpRoute, .grpcRoute, .tcpRoute, .tlsRoute, .referenceGrant: "gateway.networking.k8s.io"
        case .httpProxy: "projectcontour.io"
        case .openShiftRoute: "route.openshift.io"
        case .virtualRouter, .virtualNode, .appMeshVirtualService: "appmesh.k8s.aws"
        case .targetGroupBinding: "elbv2.k8s.aws"
        case .scaledObject: "keda.sh"
        case .verticalPodAutoscaler: "autoscaling.k8s.io"
        }
    }

    /// The kind that an `apiVersion` and `kind` name, or nil for one that the product has no rules for.
    ///
    /// The version is not looked at: a wrong version of a known kind is a finding, not an unknown kind.
    public init?(apiVersion: String, kind: String) {
        let slash = apiVersion.firstIndex(of: "/")
        let group = slash.map { String(apiVersion[..<$0]) } ?? ""
        // Between its second and third version Ambassador had another name for it, in a group of its own.
        if group == "x.getambassador.io", kind == "AmbassadorMapping" {
            self = .mapping
            return
        }
        let candidates = [ResourceKind(rawValue: kind), ResourceKind(rawValue: "\(kind).\(group)")]
        guard let found = candidates.lazy.compactMap({ $0 }).first(where: {
            $0.group == group || $0.formerGroups.contains(group)
        }) else { return nil }
        self = found
    }

    /// `kind` of its objects.
    public var name: String {
        switch self {
        case .appMeshVirtualService: "VirtualService"
        case .notificationConfigMap: "ConfigMap"
        default: rawValue
        }
    }

    /// Groups that the kind once was served under and that manifests still name.
    private var formerGroups: [String] {
        switch self {
        case .traefikService, .ingressRoute: ["traefik.containo.us"]
        case .ingress, .deployment, .replicaSet: ["extensions"]
        case .mapping: ["x.getambassador.io"]
        default: []
        }
    }
}
