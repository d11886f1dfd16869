/// What is kept of an object that divides traffic with lists of destinations, or leads to one that does.
public struct RouteFacts: Sendable {
    /// Destinations that share the traffic of one route.
    public struct Group: Sendable {
        /// The route's name, or empty.
        public var name: String
        /// The names of Services, or of VirtualNodes of App Mesh.
        public var destinations: [String]
        /// Where the destinations are.
        public var place: ManifestPlace
    }

    /// The routes.
    public var groups: [Group] = []
    /// Objects that it leads to in place of Services: TraefikServices, or a VirtualRouter.
    public var links: [(kind: ResourceKind, name: String, namespace: String)] = []

    init(_ object: ManifestDocument, _ kind: ResourceKind) {
        guard let spec = object.spec, spec.isMapping else { return }
        switch kind {
        case .traefikService: readTraefikService(spec, in: object)
        case .ingressRoute:
            for route in spec.mappings(in: "routes") {
                add("", services(of: route), at: route["services"], in: object)
                link(route.mappings(in: "services"))
            }
        case .apisixRoute:
            for rule in spec.mappings(in: "http") {
                let names = rule.mappings(in: "backends").map { $0["serviceName"]?.text ?? "" }
                add(rule["name"]?.text ?? "", names, at: rule["backends"] ?? rule, in: object)
            }
        case .httpProxy:
            for route in spec.mappings(in: "routes") + [spec.mapping("tcpproxy")].compactMap({ $0 }) {
                add("", services(of: route), at: route["services"], in: object)
            }
        case .openShiftRoute: add("", [spec["to"]?["name"]?.text ?? ""], at: spec["to"], in: object)
        case .virtualRouter: readVirtualRouter(spec, in: object)
        case .appMeshVirtualService:
            let reference = spec["provider"]?["virtualRouter"]?["virtualRouterRef"]
            if let name = reference?.filled("name") {
                links = [(.virtualRouter, name.text, reference?["namespace"]?.text ?? "")]
            }
        default: break
        }
    }

    private mutating func readTraefikService(_ spec: YAMLNode, in object: ManifestDocument) {
        if let weighted = spec.mapping("weighted") {
            add("", services(of: weighted), at: weighted["services"], in: object)
            link(weighted.mappings(in: "services"))
        }
        if let mirroring = spec.mapping("mirroring") { link([mirroring] + mirroring.mappings(in: "mirrors")) }
    }

    private mutating func readVirtualRouter(_ spec: YAMLNode, in object: ManifestDocument) {
        for route in spec.mappings(in: "routes") {
            for type in ["httpRoute", "tcpRoute", "http2Route", "grpcRoute"] {
                guard let action = route.mapping(type)?.mapping("action") else { continue }
                let targets = action.mappings(in: "weightedTargets")
                add(
                    route["name"]?.text ?? "", targets.map { $0["virtualNodeRef"]?["name"]?.text ?? "" },
                    at: action["weightedTargets"] ?? action, in: object)
                break
            }
        }
    }

    private mutating func add(
        _ name: String, _ destinations: [String], at node: YAMLNode?, in object: ManifestDocument
    ) {
        guard let node else { return }
        groups.append(Group(name: name, destinations: destinations, place: ManifestPlace(node, in: object)))
    }

    private mutating func link(_ services: [YAMLNode]) {
        for service in services where service["kind"]?.text == "TraefikService" {
            guard let name = service.filled("name") else { continue }
            links.append((.traefikService, name.text, service["namespace"]?.text ?? ""))
        }
    }

    /// The names of the plain Services in `services`.
    private func services(of route: YAMLNode) -> [String] {
        route.mappings(in: "services").filter { $0["kind"]?.text ?? "Service" == "Service" }
            .map { $0["name"]?.text ?? "" }
    }
}
