/// AWS App Mesh: routes of a VirtualRouter divide the traffic between two VirtualNodes, which select the pods.
///
/// The Rollout names the VirtualService; that names the VirtualRouter behind it.
public struct AppMeshRouter: TrafficRouter {
    public static let key = "appMesh"
    public static let capabilities = TrafficRouterCapabilities(key, "AWS App Mesh")
    /// The kinds of route that divide traffic, of which a route has one.
    private static let routeTypes = ["httpRoute", "tcpRoute", "http2Route", "grpcRoute"]
    private static let hashPath = ["spec", "podSelector", "matchLabels", RolloutMarks.podTemplateHash]
    private let virtualService: String
    private let routes: [String]
    private let canaryNode: String
    private let stableNode: String

    public init(_ settings: JSONValue) {
        virtualService = settings["virtualService"]?.text("name") ?? ""
        routes = settings["virtualService"]?.texts("routes") ?? []
        let group = settings["virtualNodeGroup"]
        canaryNode = group?["canaryVirtualNodeRef"]?.text("name") ?? ""
        stableNode = group?["stableVirtualNodeRef"]?.text("name") ?? ""
    }

    private var serviceKey: ObjectKey { ObjectKey(.appMeshVirtualService, virtualService) }

    public func objects(for rollout: Rollout) -> [ObjectKey] {
        [serviceKey, ObjectKey(.virtualNode, stableNode), ObjectKey(.virtualNode, canaryNode)]
            .filter { !$0.name.isEmpty }
    }

    public var linkedKinds: Set<ResourceKind> { [.virtualRouter] }

    public func linkedObjects(for rollout: Rollout, in objects: [ObjectKey: JSONValue]) -> [ObjectKey] {
        routerKey(of: rollout, in: objects).map { [$0] } ?? []
    }

    /// The VirtualRouter behind the VirtualService, which may be one of another namespace.
    private func routerKey(of rollout: Rollout, in objects: [ObjectKey: JSONValue]) -> ObjectKey? {
        let reference = objects[serviceKey]?["spec", "provider", "virtualRouter", "virtualRouterRef"]
        guard let name = reference?.text("name") else { return nil }
        return ObjectKey(.virtualRouter, name, namespace: reference?.text("namespace")).seen(from: rollout)
    }

    public func placeholder(for key: ObjectKey, of rollout: Rollout) -> JSONValue {
        let spec: JSONValue
        let name = JSONValue.string(key.name)
        switch key.kind {
        case .appMeshVirtualService:
            spec = ["awsName": name, "provider": ["virtualRouter": ["virtualRouterRef": ["name": name]]]]
        case .virtualRouter:
            let targets = zip([stableNode, canaryNode], [100, 0]).map { node, weight -> JSONValue in
                ["virtualNodeRef": ["name": .string(node)], "weight": .int(weight)]
            }
            let list = (routes.isEmpty ? [rollout.name] : routes).map { route -> JSONValue in
                [
                    "name": .string(route),
                    "httpRoute": ["match": ["prefix": "/"], "action": ["weightedTargets": .array(targets)]],
                ]
            }
            spec = ["routes": .array(list)]
        default:
            spec = ["podSelector": ["matchLabels": rollout.spec.selector?["matchLabels"] ?? .object(JSONObject())]]
        }
        return [
            "apiVersion": "appmesh.k8s.aws/v1beta2", "kind": .string(key.kind.name), "metadata": ["name": name],
            "spec": spec,
        ]
    }

    public func changes(for intent: TrafficIntent, of rollout: Rollout, in world: World) -> RouteChanges {
        guard !intent.leavesTraffic else { return RouteChanges() }
        guard world.objects[serviceKey] != nil else { return .problem("there is no VirtualService \(virtualService)") }
        guard let key = routerKey(of: rollout, in: world.objects) else {
            return .problem("VirtualService \(virtualService) has no VirtualRouter behind it")
        }
        guard let router = world.objects[key] else { return .problem("there is no VirtualRouter \(key.name)") }
        var draft = RouteDraft(key, router)
        if let problem = divide(&draft, intent.weight, rollout) { return .problem(problem) }
        // Two nodes must not select the same pods, so the canary's selects none while both versions are one.
        let hasCanary = !intent.canaryHash.isEmpty && intent.canaryHash != intent.stableHash
        let stableHash = intent.stableHash.isEmpty ? "stable-hash" : intent.stableHash
        guard let stable = nodeChanges(stableNode, stableHash, rollout, in: world) else {
            return .problem("there is no VirtualNode \(stableNode)")
        }
        guard let canary = nodeChanges(canaryNode, hasCanary ? intent.canaryHash : "canary-hash", rollout, in: world)
        else { return .problem("there is no VirtualNode \(canaryNode)") }
        // A node that is about to select no ready pod loses its share before.
        let weightFirst = intent.takesWeightFirst || !hasCanary
        return RouteChanges(actions: stable + (weightFirst ? draft.actions + canary : canary + draft.actions))
    }

    /// Divides the routes that are ours; returns what is in the way, if something is.
    private func divide(_ draft: inout RouteDraft, _ weight: Int, _ rollout: Rollout) -> String? {
        let router = "VirtualRouter \(draft.key.name)"
        var problem: String?
        var divided: Set<String> = []
        _ = draft.change(listAt: ["spec", "routes"]) { list in
            for place in list.indices {
                let name = list[place].text("name") ?? ""
                guard routes.isEmpty || routes.contains(name),
                    let type = Self.routeTypes.first(where: { list[place].present($0) != nil }),
                    var targets = list[place][type, "action", "weightedTargets"]?.array
                else { continue }
                let nodes = [canaryNode, stableNode].map { node in
                    targets.firstIndex { isNode($0, node, of: rollout) }
                }
                // Without a list of names, what leads to neither version is no route of this Rollout.
                guard !routes.isEmpty || nodes.contains(where: { $0 != nil }) else { continue }
                guard let canary = nodes[0], let stable = nodes[1] else {
                    let missing = nodes[0] == nil ? canaryNode : stableNode
                    problem = "route \(name) of \(router) does not lead to VirtualNode \(missing)"
                    return
                }
                divided.insert(name)
                let old = targets
                targets[canary].setWeight(weight)
                targets[stable].setWeight(100 - weight)
                if targets != old { list[place].set([type, "action", "weightedTargets"], to: .array(targets)) }
            }
        }
        if let problem { return problem }
        if let missing = routes.first(where: { !divided.contains($0) }) {
            return "\(router) has no route \(missing) with weighted targets"
        }
        return divided.isEmpty ? "no route of \(router) leads to VirtualNode \(stableNode)" : nil
    }

    private func isNode(_ target: JSONValue, _ name: String, of rollout: Rollout) -> Bool {
        let reference = target["virtualNodeRef"]
        guard reference?["name"]?.string == name else { return false }
        guard let namespace = reference?.text("namespace"), let own = rollout.namespace else { return true }
        return namespace == own
    }

    /// Lets a node select the pods with a hash; nil where there is no such node.
    private func nodeChanges(_ name: String, _ hash: String, _ rollout: Rollout, in world: World) -> [Action]? {
        let key = ObjectKey(.virtualNode, name)
        guard let node = world.objects[key] else { return nil }
        var draft = RouteDraft(key, node)
        draft.object.set(["metadata", "annotations", RolloutMarks.managedBy], to: .string(rollout.name))
        draft.object.set(Self.hashPath, to: .string(hash))
        return draft.actions
    }

    public func observedWeights(of rollout: Rollout, in world: World) -> [Int] {
        let router = routerKey(of: rollout, in: world.objects).flatMap { world.objects[$0] }
        return (router?["spec"]?["routes"]?.array ?? []).compactMap { route -> Int? in
            guard routes.isEmpty || routes.contains(route.text("name") ?? ""),
                let type = Self.routeTypes.first(where: { route.present($0) != nil })
            else { return nil }
            let share = RouteShare(
                route[type, "action", "weightedTargets"]?.array ?? [], canary: canaryNode, stable: stableNode,
                defaultWeight: 0
            ) { isNode($0, $1, of: rollout) }
            return share?.of(rollout.spec.strategy.maximumWeight)
        }
    }

    public func versionHashes(in objects: [ObjectKey: JSONValue]) -> (stable: String, new: String)? {
        let hashes = [stableNode, canaryNode].map { name in
            Self.hashPath.reduce(objects[ObjectKey(.virtualNode, name)]) { $0?[$1] }?.string ?? ""
        }
        return (hashes[0], hashes[1])
    }

    public static func check(_ settings: YAMLNode, _ findings: inout Findings) {
        for field in ["virtualService", "virtualNodeGroup"] where settings.present(field) == nil {
            findings.report(
                TrafficRouterRule.self, missing: field, in: settings, "appMesh has no \(field)", hint: "add `\(field)`")
        }
        guard let group = settings.mapping("virtualNodeGroup"),
            let canary = group["canaryVirtualNodeRef"]?.filled("name"),
            let stable = group["stableVirtualNodeRef"]?.filled("name"), canary.hasText(of: stable)
        else { return }
        findings.report(
            TrafficRouterRule.self, field: stable,
            "the canary and the stable virtual node are both \(Wording.quoted(stable.text))",
            hint: "name two different VirtualNodes", related: [(canary, "the canary's")])
    }
}
