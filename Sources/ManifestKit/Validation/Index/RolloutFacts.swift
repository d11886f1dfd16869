/// What is kept of a Rollout: a pointer to `RolloutReferences`, whose fields read as its own.
@dynamicMemberLookup
public final class RolloutFacts: Sendable {
    private let references: RolloutReferences

    init?(_ object: ManifestDocument) {
        guard let references = RolloutReferences(object) else { return nil }
        self.references = references
    }

    /// A field of what the Rollout says.
    public subscript<Value>(dynamicMember field: KeyPath<RolloutReferences, Value>) -> Value {
        references[keyPath: field]
    }

    /// The name of a service by the field that names it, or nil.
    public func service(_ role: String) -> ObjectReference? { references.service(role) }
}

/// What a Rollout says of itself and of other objects.
public struct RolloutReferences: Sendable {
    /// A workload whose pod template the Rollout uses.
    public struct Workload: Sendable {
        /// Its kind, as written.
        public var kind: String
        /// Its name.
        public var name: String
        /// Where the name is written.
        public var place: ManifestPlace
    }

    /// A use of analysis templates.
    public struct Analysis: Sendable {
        /// When the analysis runs.
        public enum Moment: Sendable {
            case background, step, experiment, prePromotion, postPromotion
        }

        /// When it runs.
        public var moment: Moment
        /// The templates that it names, with their kinds.
        public var templates: [ObjectReference]
        /// The names of arguments that it gives a value to.
        public var arguments: [(name: String, place: ManifestPlace)]
        /// Where the arguments are, or the analysis where it has none.
        public var place: ManifestPlace
    }

    /// An Ingress that carries the traffic.
    public struct Route: Sendable {
        /// The Ingress.
        public var ingress: ObjectReference
        /// The service that its rules have to name, or nil where the Rollout names none.
        public var service: String?
        /// Whether an AWS load balancer reads it.
        public var isALB: Bool
    }

    /// A VirtualService that carries the traffic.
    public struct IstioRoute: Sendable {
        /// The VirtualService.
        public var virtualService: ObjectReference
        /// The names of the HTTP routes that are to be changed; empty for the only one.
        public var routes: [(name: String, place: ManifestPlace)]
        /// Whether routes for TLS or TCP are named.
        public var namesOtherRoutes: Bool
    }

    /// The subsets of a DestinationRule.
    public struct Subsets: Sendable {
        /// The DestinationRule.
        public var destinationRule: ObjectReference
        /// The name of the canary's subset.
        public var canary: ObjectReference?
        /// The name of the stable version's subset.
        public var stable: ObjectReference?
    }

    /// Labels of the pod template.
    public var podLabels: Labels?
    /// The workload whose pod template is used.
    public var workload: Workload? { workloads.first }
    /// Where `spec.replicas` is written, or nil.
    public var replicas: ManifestPlace?
    /// The services, by the field that names them.
    public var services: [ObjectReference] = []
    /// Ingresses that carry the traffic.
    public var ingresses: [Route] = []
    /// VirtualServices that carry the traffic.
    public var virtualServices: [IstioRoute] = []
    /// The DestinationRule that tells the versions apart.
    public var subsets: Subsets? { subsetLists.first }
    /// At most one; a list, since few Rollouts have one and the index keeps the room for what all may have.
    private var workloads: [Workload] = []
    /// At most one.
    private var subsetLists: [Subsets] = []
    /// Names of managed HTTP routes.
    public var managedRoutes: [String] = []
    /// Where steps add routes for headers.
    public var headerRoutes: [ManifestPlace] = []
    /// Objects of other routers.
    public var routerObjects: [ObjectReference] = []
    /// Objects that the controller makes itself, with the places from which their names come.
    public var madeObjects: [ObjectReference] = []
    /// Routes of Gateway API that are chosen by their labels; each has the field that does in the place of a name.
    public var routeChoices: [(selector: LabelSelector, reference: ObjectReference)] = []
    /// The names of the routes within them that are to be changed, where the Rollout lists them.
    public var dividedRules: [(name: String, place: ManifestPlace)] = []
    /// Uses of analysis templates.
    public var analyses: [Analysis] = []
    /// Who is told of what happens, by the annotations that say so.
    public var subscriptions: [(subscription: NotificationSubscription, place: ManifestPlace)] = []

    /// The name of a service by the field that names it, or nil.
    public func service(_ role: String) -> ObjectReference? { services.first { $0.role == role } }

    init?(_ object: ManifestDocument) {
        guard let spec = object.spec, spec.isMapping else { return nil }
        readSubscriptions(object)
        podLabels = Labels(
            spec["template", "metadata", "labels"], in: object, path: "spec.template.metadata.labels")
        if let reference = spec["workloadRef"], let name = reference["name"], name.isScalar {
            workloads = [
                Workload(
                    kind: reference["kind"]?.text ?? "", name: name.text,
                    place: ManifestPlace(name, in: object, path: "spec.workloadRef.name"))
            ]
        }
        replicas = spec.present("replicas").map { ManifestPlace($0, in: object, path: "spec.replicas") }
        guard let strategy = spec["strategy"] else { return }
        if let canary = strategy["canary"], canary.isMapping { readCanary(canary, in: object) }
        if let blueGreen = strategy["blueGreen"], blueGreen.isMapping { readBlueGreen(blueGreen, in: object) }
    }

    private mutating func readSubscriptions(_ object: ManifestDocument) {
        for entry in object.root["metadata"]?["annotations"]?.entries.map(\.self) ?? [] where entry.value.isScalar {
            let key = entry.key.text
            guard key.hasPrefix(NotificationSubscription.prefix) || key.hasPrefix(NotificationSubscription.listPrefix)
            else { continue }
            let place = ManifestPlace(entry.value, in: object)
            for subscription in NotificationSubscription.all(in: [key: entry.value.text]) {
                subscriptions.append((subscription, place))
            }
        }
    }

    private mutating func readBlueGreen(_ blueGreen: YAMLNode, in object: ManifestDocument) {
        let path = "spec.strategy.blueGreen"
        services = ["activeService", "previewService"].compactMap {
            ObjectReference(.service, $0, of: blueGreen, in: object, path: path)
        }
        addAnalysis(.prePromotion, blueGreen["prePromotionAnalysis"], in: object)
        addAnalysis(.postPromotion, blueGreen["postPromotionAnalysis"], in: object)
    }

    private mutating func readCanary(_ canary: YAMLNode, in object: ManifestDocument) {
        let path = "spec.strategy.canary"
        services = ["stableService", "canaryService"].compactMap {
            ObjectReference(.service, $0, of: canary, in: object, path: path)
        }
        if let pingPong = canary["pingPong"] {
            services += ["pingService", "pongService"].compactMap {
                ObjectReference(.service, $0, of: pingPong, in: object, path: path + ".pingPong")
            }
        }
        addAnalysis(.background, canary["analysis"], in: object)
        if let steps = canary["steps"] {
            for step in steps.elements {
                addAnalysis(.step, step["analysis"], in: object)
                if let route = step["setHeaderRoute"], route.present("match") != nil {
                    headerRoutes.append(ManifestPlace(route, in: object))
                }
                // Each names one template by itself.
                guard let analyses = step["experiment"]?["analyses"] else { continue }
                for analysis in analyses.elements where analysis.isMapping {
                    addAnalysis(.experiment, analysis, templates: [analysis], in: object)
                }
            }
        }
        if let routing = canary["trafficRouting"], routing.isMapping { readRouting(routing, in: object) }
    }

    private mutating func readRouting(_ routing: YAMLNode, in object: ManifestDocument) {
        let path = "spec.strategy.canary.trafficRouting"
        if let routes = routing["managedRoutes"] {
            managedRoutes = routes.elements.compactMap { $0["name"]?.text }
        }
        if let nginx = routing["nginx"] {
            addIngresses(
                nginx, single: "stableIngress", several: "stableIngresses", service: service("stableService")?.name,
                isALB: false, in: object, path: path + ".nginx")
        }
        if let alb = routing["alb"] {
            let root = ObjectReference(.service, "rootService", of: alb, in: object, path: path + ".alb")
            if let root { services.append(root) }
            addIngresses(
                alb, single: "ingress", several: "ingresses", service: root?.name ?? service("stableService")?.name,
                isALB: true, in: object, path: path + ".alb")
        }
        if let istio = routing["istio"] { readIstio(istio, in: object, path: path + ".istio") }
        let others: [(router: String, field: String, kind: ResourceKind)] = [
            ("traefik", "weightedTraefikServiceName", .traefikService), ("smi", "trafficSplitName", .trafficSplit),
        ]
        for other in others {
            let reference = ObjectReference(
                other.kind, other.field, of: routing[other.router], in: object, path: path + "." + other.router)
            // The reference makes the TrafficSplit itself; only what has to be there beforehand is a reference.
            if let reference, other.kind != .trafficSplit { routerObjects.append(reference) }
        }
        if let route = ObjectReference(
            .apisixRoute, "name", of: routing["apisix", "route"], in: object, path: path + ".apisix.route") {
            routerObjects.append(route)
        }
        addNames(routing["apisix", "route"]?["rules"], in: object)
        readAppMesh(routing["appMesh"], in: object, path: path + ".appMesh")
        readPlugins(routing["plugins"], in: object)
        for mapping in routing["ambassador", "mappings"].map({ Array($0.elements) }) ?? [] where mapping.isScalar {
            routerObjects.append(
                ObjectReference(.mapping, mapping, in: object, path: mapping.path, role: "mappings"))
        }
        if let plugin = GatewayAPIRouter.plugin { readGatewayAPI(routing["plugins"]?[plugin], in: object) }
        readMadeObjects(routing, in: object)
    }

    /// What stands for the canary beside objects of others.
    private mutating func readMadeObjects(_ routing: YAMLNode, in object: ManifestDocument) {
        guard let rollout = object.root["metadata"]?["name"]?.string else { return }
        if routing.present("nginx") != nil {
            madeObjects += ingresses.filter { !$0.isALB }.map { route in
                var made = route.ingress
                made.name = Ingress.canaryName(rollout: rollout, ingress: made.name)
                return made
            }
        }
        if let split = routing.present("smi") {
            let name = split.filled("trafficSplitName")
            var made = ObjectReference(.trafficSplit, name ?? split, in: object, path: split.path, role: "smi")
            made.name = name?.text ?? rollout
            madeObjects.append(made)
        }
        madeObjects += routerObjects.filter { $0.kind == .mapping }.map { mapping in
            var made = mapping
            made.name = AmbassadorRouter.canaryName(of: mapping.name)
            return made
        }
        if routing.present("apisix") != nil {
            for name in routing["managedRoutes"]?.elements.compactMap({ $0.filled("name") }) ?? [] {
                madeObjects.append(
                    ObjectReference(.apisixRoute, name, in: object, path: name.path, role: "managedRoutes"))
            }
        }
    }

    /// The objects of AWS App Mesh, which stand one below the other.
    private mutating func readAppMesh(_ mesh: YAMLNode?, in object: ManifestDocument, path: String) {
        guard let mesh else { return }
        if let service = ObjectReference(
            .appMeshVirtualService, "name", of: mesh["virtualService"], in: object, path: path + ".virtualService",
            role: "virtualService") {
            routerObjects.append(service)
        }
        addNames(mesh["virtualService"]?["routes"], in: object)
        for role in ["canaryVirtualNodeRef", "stableVirtualNodeRef"] {
            let node = mesh["virtualNodeGroup"]?[role]
            let place = "\(path).virtualNodeGroup.\(role)"
            if let reference = ObjectReference(.virtualNode, "name", of: node, in: object, path: place, role: role) {
                routerObjects.append(reference)
            }
        }
    }

    /// The objects of routers that the reference has as plugins, and that are lists of names.
    private mutating func readPlugins(_ plugins: YAMLNode?, in object: ManifestDocument) {
        guard let plugins, plugins.isMapping else { return }
        for name in plugins[ContourRouter.plugin ?? ""]?["httpProxies"].map({ Array($0.elements) }) ?? []
        where name.isScalar {
            routerObjects.append(
                ObjectReference(.httpProxy, name, in: object, path: name.path, role: "httpProxies"))
        }
        for name in plugins[OpenShiftRouter.plugin ?? ""]?["routes"].map({ Array($0.elements) }) ?? []
        where name.isScalar {
            var reference = ObjectReference(.openShiftRoute, name, in: object, path: name.path, role: "routes")
            // The name of a Route may stand behind its namespace.
            let parts = reference.name.split(separator: "/", maxSplits: 1).map(String.init)
            if parts.count == 2 { (reference.namespace, reference.name) = (parts[0], parts[1]) }
            routerObjects.append(reference)
        }
    }

    private mutating func addNames(_ list: YAMLNode?, in object: ManifestDocument) {
        guard let list, list.isSequence else { return }
        dividedRules += list.elements.filter(\.isScalar).map { ($0.text, ManifestPlace($0, in: object)) }
    }

    private mutating func readGatewayAPI(_ plugin: YAMLNode?, in object: ManifestDocument) {
        guard let plugin else { return }
        let namespace = plugin["namespace"]?.text ?? ""
        for (kind, field) in GatewayAPIRouter.fields {
            var names = [plugin[field]].compactMap { $0 }
            names += plugin[field + "s"]?.elements.compactMap { $0["name"] } ?? []
            for name in names where name.isScalar && !name.text.isEmpty {
                var reference = ObjectReference(kind, name, in: object, path: name.path, role: field)
                reference.namespace = namespace
                routerObjects.append(reference)
            }
            let role = field + "Selector"
            if let node = plugin[role], node.isMapping {
                var reference = ObjectReference(kind, node, in: object, path: node.path, role: role)
                (reference.name, reference.namespace) = (role, namespace)
                routeChoices.append((LabelSelector(object: node.json), reference))
            }
        }
    }

    private mutating func addIngresses(
        _ router: YAMLNode, single: String, several: String, service: String?, isALB: Bool, in object: ManifestDocument,
        path: String
    ) {
        if let reference = ObjectReference(.ingress, single, of: router, in: object, path: path) {
            ingresses.append(Route(ingress: reference, service: service, isALB: isALB))
        }
        for (position, node) in (router[several]?.elements ?? router.elements).enumerated() where node.isScalar {
            let reference = ObjectReference(
                .ingress, node, in: object, path: "\(path).\(several)[\(position)]", role: several)
            ingresses.append(Route(ingress: reference, service: service, isALB: isALB))
        }
    }

    private mutating func readIstio(_ istio: YAMLNode, in object: ManifestDocument, path: String) {
        var nodes = [istio["virtualService"]].compactMap { $0 }
        nodes += istio["virtualServices"].map { Array($0.elements) } ?? []
        for node in nodes {
            guard var reference = ObjectReference(
                .virtualService, "name", of: node, in: object, path: node.path, role: "virtualService")
            else { continue }
            // Istio and the reference take `name.namespace`; a name itself has no dot as a rule.
            if let dot = reference.name.firstIndex(of: ".") {
                reference.namespace = String(reference.name[reference.name.index(after: dot)...])
                reference.name = String(reference.name[..<dot])
            }
            let routes = node["routes"]?.elements.filter(\.isScalar).map {
                (name: $0.text, place: ManifestPlace($0, in: object))
            }
            let others = (node["tlsRoutes"]?.count ?? 0) + (node["tcpRoutes"]?.count ?? 0)
            virtualServices.append(
                IstioRoute(virtualService: reference, routes: routes ?? [], namesOtherRoutes: others > 0))
        }
        let rulePath = path + ".destinationRule"
        if let rule = istio["destinationRule"],
            let reference = ObjectReference(.destinationRule, "name", of: rule, in: object, path: rulePath) {
            subsetLists = [
                Subsets(
                    destinationRule: reference,
                    canary: ObjectReference(.destinationRule, "canarySubsetName", of: rule, in: object, path: rulePath),
                    stable: ObjectReference(.destinationRule, "stableSubsetName", of: rule, in: object, path: rulePath))
            ]
        }
    }

    private mutating func addAnalysis(_ moment: Analysis.Moment, _ node: YAMLNode?, in object: ManifestDocument) {
        guard let node, node.isMapping, let templates = node["templates"] else { return }
        addAnalysis(moment, node, templates: Array(templates.elements), in: object)
    }

    private mutating func addAnalysis(
        _ moment: Analysis.Moment, _ node: YAMLNode, templates: [YAMLNode], in object: ManifestDocument
    ) {
        let templates: [ObjectReference] = templates.compactMap { template in
            let isCluster = template["clusterScope"]?.boolean ?? false
            return ObjectReference(
                isCluster ? .clusterAnalysisTemplate : .analysisTemplate, "templateName", of: template, in: object,
                path: template.path)
        }
        guard !templates.isEmpty else { return }
        let arguments: [(name: String, place: ManifestPlace)] = node["args"]?.elements.compactMap { argument in
            guard let name = argument["name"], name.isScalar else { return nil }
            return (name.text, ManifestPlace(name, in: object))
        } ?? []
        analyses.append(Analysis(
            moment: moment, templates: templates, arguments: arguments,
            place: ManifestPlace(node["args"] ?? node["templates"] ?? node, in: object)))
    }
}
