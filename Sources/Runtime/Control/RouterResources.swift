extension ResourceType {
    public static let virtualServices = ResourceType(
        group: "networking.istio.io", version: "v1", plural: "virtualservices", kind: "VirtualService")
    public static let destinationRules = ResourceType(
        group: "networking.istio.io", version: "v1", plural: "destinationrules", kind: "DestinationRule")
    public static let traefikServices = ResourceType(
        group: "traefik.io", version: "v1alpha1", plural: "traefikservices", kind: "TraefikService")
    public static let ingressRoutes = ResourceType(
        group: "traefik.io", version: "v1alpha1", plural: "ingressroutes", kind: "IngressRoute")
    public static let apisixRoutes = ResourceType(
        group: "apisix.apache.org", version: "v2", plural: "apisixroutes", kind: "ApisixRoute")
    public static let mappings = ResourceType(
        group: "getambassador.io", version: "v2", plural: "mappings", kind: "Mapping")
    public static let trafficSplits = ResourceType(
        group: "split.smi-spec.io", version: "v1alpha2", plural: "trafficsplits", kind: "TrafficSplit")
    public static let httpRoutes = gateway("v1", "httproutes", "HTTPRoute")
    public static let grpcRoutes = gateway("v1", "grpcroutes", "GRPCRoute")
    public static let tcpRoutes = gateway("v1", "tcproutes", "TCPRoute")
    public static let tlsRoutes = gateway("v1", "tlsroutes", "TLSRoute")
    public static let referenceGrants = gateway("v1beta1", "referencegrants", "ReferenceGrant")
    public static let httpProxies = ResourceType(
        group: "projectcontour.io", version: "v1", plural: "httpproxies", kind: "HTTPProxy")
    public static let openShiftRoutes = ResourceType(
        group: "route.openshift.io", version: "v1", plural: "routes", kind: "Route")
    public static let virtualRouters = appMesh("virtualrouters", "VirtualRouter")
    public static let virtualNodes = appMesh("virtualnodes", "VirtualNode")
    public static let appMeshVirtualServices = appMesh("virtualservices", "VirtualService")

    private static func gateway(_ version: String, _ plural: String, _ kind: String) -> ResourceType {
        ResourceType(group: "gateway.networking.k8s.io", version: version, plural: plural, kind: kind)
    }

    private static func appMesh(_ plural: String, _ kind: String) -> ResourceType {
        ResourceType(group: "appmesh.k8s.aws", version: "v1beta2", plural: plural, kind: kind)
    }

    /// The same kind in another version.
    private func version(_ version: String) -> ResourceType {
        var type = self
        type.version = version
        return type
    }

    /// The same kind in another group.
    private func group(_ group: String) -> ResourceType {
        var type = self
        type.group = group
        return type
    }

    /// Under which groups and versions clusters serve a kind of another project, the one to use first, which is this,
    /// in front; nil for a kind that is found in one place only.
    var alternatives: [ResourceType]? {
        switch self {
        case .virtualServices, .destinationRules: ["v1", "v1beta1", "v1alpha3"].map { version($0) }
        case .traefikServices, .ingressRoutes: [self, group("traefik.containo.us")]
        case .apisixRoutes: ["v2", "v2beta3"].map { version($0) }
        case .mappings:
            ["v2", "v3alpha1", "v1"].map { version($0) } + [ResourceType(
                group: "x.getambassador.io", version: "v3alpha1", plural: "ambassadormappings",
                kind: "AmbassadorMapping")]
        case .trafficSplits: ["v1alpha2", "v1alpha3", "v1alpha4", "v1alpha1"].map { version($0) }
        case .httpRoutes: ["v1", "v1beta1"].map { version($0) }
        case .grpcRoutes, .tcpRoutes: ["v1", "v1alpha2"].map { version($0) }
        case .tlsRoutes: ["v1", "v1alpha3", "v1alpha2"].map { version($0) }
        case .referenceGrants: ["v1beta1", "v1"].map { version($0) }
        default: nil
        }
    }
}
