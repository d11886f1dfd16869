import ManifestKit

extension ResourceCatalog {
    /// The kinds that an embedded cluster serves with nothing installed.
    static let builtIn: [Entry] = core + apps + ours + routers + gatewayAPI + reviews

    private static func entry(
        _ group: String, _ versions: [String], _ plural: String, _ kind: String, short: [String] = [],
        isNamespaced: Bool = true, hasStatus: Bool = true, inAll: Bool = false, scale: ScalePaths? = nil,
        columns: [PrinterColumn] = []
    ) -> Entry {
        Entry(
            type: ResourceType(
                group: group, version: versions[0], plural: plural, kind: kind, isNamespaced: isNamespaced),
            versions: versions, singular: kind.lowercased(), shortNames: short, categories: inAll ? ["all"] : [],
            hasStatus: hasStatus, scale: scale, columns: columns)
    }

    private static let core: [Entry] = [
        entry("", ["v1"], "namespaces", "Namespace", short: ["ns"], isNamespaced: false),
        entry("", ["v1"], "nodes", "Node", short: ["no"], isNamespaced: false),
        entry("", ["v1"], "pods", "Pod", short: ["po"], inAll: true),
        entry("", ["v1"], "services", "Service", short: ["svc"], inAll: true),
        entry("", ["v1"], "endpoints", "Endpoints", short: ["ep"], hasStatus: false),
        entry("", ["v1"], "configmaps", "ConfigMap", short: ["cm"], hasStatus: false),
        entry("", ["v1"], "secrets", "Secret", hasStatus: false),
        entry("", ["v1"], "serviceaccounts", "ServiceAccount", short: ["sa"], hasStatus: false),
        entry("", ["v1"], "events", "Event", short: ["ev"], hasStatus: false),
        entry("", ["v1"], "podtemplates", "PodTemplate", hasStatus: false),
        entry("", ["v1"], "persistentvolumeclaims", "PersistentVolumeClaim", short: ["pvc"]),
        entry("discovery.k8s.io", ["v1"], "endpointslices", "EndpointSlice", hasStatus: false),
        entry("coordination.k8s.io", ["v1"], "leases", "Lease", hasStatus: false),
        entry("networking.k8s.io", ["v1"], "ingresses", "Ingress", short: ["ing"]),
        entry("networking.k8s.io", ["v1"], "ingressclasses", "IngressClass", isNamespaced: false, hasStatus: false),
        entry("policy", ["v1"], "poddisruptionbudgets", "PodDisruptionBudget", short: ["pdb"]),
        entry(
            "autoscaling", ["v2", "v1"], "horizontalpodautoscalers", "HorizontalPodAutoscaler", short: ["hpa"],
            inAll: true),
        entry("batch", ["v1"], "jobs", "Job", inAll: true),
        entry(
            "apiextensions.k8s.io", ["v1"], "customresourcedefinitions", "CustomResourceDefinition",
            short: ["crd", "crds"], isNamespaced: false),
        entry("rbac.authorization.k8s.io", ["v1"], "roles", "Role", hasStatus: false),
        entry("rbac.authorization.k8s.io", ["v1"], "rolebindings", "RoleBinding", hasStatus: false),
        entry(
            "rbac.authorization.k8s.io", ["v1"], "clusterroles", "ClusterRole", isNamespaced: false, hasStatus: false),
        entry(
            "rbac.authorization.k8s.io", ["v1"], "clusterrolebindings", "ClusterRoleBinding", isNamespaced: false,
            hasStatus: false),
    ]

    private static let apps: [Entry] = [
        entry("apps", ["v1"], "deployments", "Deployment", short: ["deploy"], inAll: true, scale: ScalePaths()),
        entry("apps", ["v1"], "replicasets", "ReplicaSet", short: ["rs"], inAll: true, scale: ScalePaths()),
        entry("apps", ["v1"], "statefulsets", "StatefulSet", short: ["sts"], inAll: true, scale: ScalePaths()),
        entry("apps", ["v1"], "daemonsets", "DaemonSet", short: ["ds"], inAll: true),
    ]

    private static let ours: [Entry] = [
        entry(
            "argoproj.io", ["v1alpha1"], "rollouts", "Rollout", short: ["ro"],
            scale: ScalePaths(statusReplicas: ["status", "HPAReplicas"], selector: ["status", "selector"]),
            columns: [
                column("Desired", "integer", ".spec.replicas"), column("Current", "integer", ".status.replicas"),
                column("Up-to-date", "integer", ".status.updatedReplicas"),
                column("Available", "integer", ".status.availableReplicas"), age,
            ]),
        entry(
            "argoproj.io", ["v1alpha1"], "analysistemplates", "AnalysisTemplate", short: ["at"], hasStatus: false,
            columns: [age]),
        entry(
            "argoproj.io", ["v1alpha1"], "clusteranalysistemplates", "ClusterAnalysisTemplate", short: ["cat"],
            isNamespaced: false, hasStatus: false, columns: [age]),
        entry(
            "argoproj.io", ["v1alpha1"], "analysisruns", "AnalysisRun", short: ["ar"], hasStatus: false,
            columns: [column("Status", "string", ".status.phase"), age]),
        entry(
            "argoproj.io", ["v1alpha1"], "experiments", "Experiment", short: ["exp"], hasStatus: false,
            columns: [column("Status", "string", ".status.phase"), age]),
    ]

    private static let routers: [Entry] = [
        entry(
            "networking.istio.io", ["v1", "v1beta1", "v1alpha3"], "virtualservices", "VirtualService", short: ["vs"]),
        entry(
            "networking.istio.io", ["v1", "v1beta1", "v1alpha3"], "destinationrules", "DestinationRule", short: ["dr"]),
        entry("traefik.io", ["v1alpha1"], "traefikservices", "TraefikService", hasStatus: false),
        entry("traefik.containo.us", ["v1alpha1"], "traefikservices", "TraefikService", hasStatus: false),
        entry("apisix.apache.org", ["v2", "v2beta3"], "apisixroutes", "ApisixRoute", short: ["ar6"]),
        entry("getambassador.io", ["v2", "v3alpha1", "v1"], "mappings", "Mapping"),
        entry(
            "split.smi-spec.io", ["v1alpha2", "v1alpha1", "v1alpha3", "v1alpha4"], "trafficsplits", "TrafficSplit",
            short: ["ts"]),
        entry("traefik.io", ["v1alpha1"], "ingressroutes", "IngressRoute", hasStatus: false),
        entry("projectcontour.io", ["v1"], "httpproxies", "HTTPProxy", short: ["proxy"]),
        entry("route.openshift.io", ["v1"], "routes", "Route"),
        entry("appmesh.k8s.aws", ["v1beta2"], "virtualservices", "VirtualService"),
        entry("appmesh.k8s.aws", ["v1beta2"], "virtualrouters", "VirtualRouter"),
        entry("appmesh.k8s.aws", ["v1beta2"], "virtualnodes", "VirtualNode"),
        entry("elbv2.k8s.aws", ["v1beta1"], "targetgroupbindings", "TargetGroupBinding"),
    ]

    private static let gatewayAPI: [Entry] = [
        gateway(["v1", "v1beta1"], "gatewayclasses", "GatewayClass", short: ["gc"], isNamespaced: false),
        gateway(["v1", "v1beta1"], "gateways", "Gateway", short: ["gtw"]),
        gateway(["v1", "v1beta1"], "httproutes", "HTTPRoute"),
        gateway(["v1", "v1alpha2"], "grpcroutes", "GRPCRoute"),
        gateway(["v1", "v1alpha2"], "tcproutes", "TCPRoute"),
        gateway(["v1", "v1alpha3", "v1alpha2"], "tlsroutes", "TLSRoute"),
        gateway(["v1beta1", "v1"], "referencegrants", "ReferenceGrant", short: ["refgrant"], hasStatus: false),
        gateway(["v1", "v1alpha3"], "backendtlspolicies", "BackendTLSPolicy", short: ["btlspolicy"]),
    ]

    private static func gateway(
        _ versions: [String], _ plural: String, _ kind: String, short: [String] = [], isNamespaced: Bool = true,
        hasStatus: Bool = true
    ) -> Entry {
        entry(
            "gateway.networking.k8s.io", versions, plural, kind, short: short, isNamespaced: isNamespaced,
            hasStatus: hasStatus)
    }

    private static let reviews: [Entry] = [
        review("authentication", "selfsubjectreviews", "SelfSubjectReview"),
        review("authentication", "tokenreviews", "TokenReview"),
        review("authorization", "localsubjectaccessreviews", "LocalSubjectAccessReview", isNamespaced: true),
        review("authorization", "selfsubjectaccessreviews", "SelfSubjectAccessReview"),
        review("authorization", "selfsubjectrulesreviews", "SelfSubjectRulesReview"),
        review("authorization", "subjectaccessreviews", "SubjectAccessReview"),
    ]

    private static func review(_ group: String, _ plural: String, _ kind: String, isNamespaced: Bool = false) -> Entry {
        var entry = entry("\(group).k8s.io", ["v1"], plural, kind, isNamespaced: isNamespaced, hasStatus: false)
        entry.isReview = true
        return entry
    }

    private static let age = column("Age", "date", ".metadata.creationTimestamp")

    private static func column(_ name: String, _ type: String, _ path: String) -> PrinterColumn {
        PrinterColumn(name: name, type: type, path: path)
    }
}
