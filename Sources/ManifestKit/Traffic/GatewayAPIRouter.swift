/// Gateway API: weights stand in the backends of HTTPRoutes, GRPCRoutes, TCPRoutes and TLSRoutes.
///
/// It is configured as the reference's plugin is. Only rules that lead to both versions are divided; rules that lead to
/// one of them, or to neither, are somebody else's and stay as they are.
public struct GatewayAPIRouter: TrafficRouter {
    /// A route that is divided.
    struct Route: Hashable, Sendable {
        var key: ObjectKey
        /// Whether steps may add rules for headers to it.
        var takesHeaderRoutes: Bool
    }

    /// The routes of a kind as the configuration names them.
    struct RouteList: Sendable {
        var kind: ResourceKind
        var names: [(name: String, takesHeaderRoutes: Bool)] = []
        /// Labels of further routes, or nil.
        var selector: LabelSelector?
    }

    /// The label that tells GitOps tools that a route is being changed, or nil for none.
    struct Mark: Sendable {
        var key: String
        var value: String
    }

    public static let key = "gatewayAPI"
    public static let plugin: String? = "argoproj-labs/gatewayAPI"
    public static let capabilities = TrafficRouterCapabilities(
        key, "Gateway API", headerRoutes: true, mirrorRoutes: true, maxTrafficWeight: true, experimentWeights: true)
    /// How many rules a route may have; an API server refuses more.
    static let maximumRules = 16
    private let lists: [RouteList]
    /// The namespace of the routes where that is not the Rollout's.
    private let namespace: String?
    let mark: Mark?

    /// The fields that name routes of each kind: one, several, and by labels.
    static let fields: [(kind: ResourceKind, single: String)] = [
        (.httpRoute, "httpRoute"), (.grpcRoute, "grpcRoute"), (.tcpRoute, "tcpRoute"), (.tlsRoute, "tlsRoute"),
    ]

    public init(_ settings: JSONValue) {
        lists = Self.fields.map { kind, single in
            var list = RouteList(
                kind: kind, selector: settings.present(single + "Selector").map { LabelSelector(object: $0) })
            for route in settings[single + "s"]?.array ?? [] {
                guard let name = route.text("name") else { continue }
                list.add(name, takesHeaderRoutes: route.flag("useHeaderRoutes"))
            }
            if let name = settings.text(single) { list.add(name, takesHeaderRoutes: true) }
            return list
        }
        namespace = settings.text("namespace")
        let isMarked = !settings.flag("disableInProgressLabel")
        mark = isMarked ? Mark(
            key: settings.text("inProgressLabelKey") ?? "rollouts.argoproj.io/gatewayapi-canary",
            value: settings.text("inProgressLabelValue") ?? "in-progress") : nil
    }

    // MARK: Objects

    public func objects(for rollout: Rollout) -> [ObjectKey] {
        let namespace = otherNamespace(rollout)
        return lists.flatMap { list in list.names.map { ObjectKey(list.kind, $0.name, namespace: namespace) } }
    }

    public func onlookedObjects(for rollout: Rollout) -> [ObjectKey] {
        let namespace = otherNamespace(rollout)
        let selected = lists.filter { $0.selector != nil }.map { ObjectKey.all($0.kind, namespace: namespace) }
        // A route of another namespace leads here only where a grant of ours allows it.
        return selected + (namespace == nil ? [] : [.all(.referenceGrant)])
    }

    /// The namespace of the routes, or nil where it is the Rollout's own.
    private func otherNamespace(_ rollout: Rollout) -> String? { namespace == rollout.namespace ? nil : namespace }

    /// The routes, with those that have the labels asked for.
    private func routes(of rollout: Rollout, in world: World) -> [Route] {
        let namespace = otherNamespace(rollout)
        return lists.flatMap { list -> [Route] in
            var routes = list.names.map {
                Route(
                    key: ObjectKey(list.kind, $0.name, namespace: namespace), takesHeaderRoutes: $0.takesHeaderRoutes)
            }
            guard let selector = list.selector else { return routes }
            let selected = world.objects.filter { key, object in
                key.kind == list.kind && key.namespace == namespace
                    && selector.matches(object["metadata"]?["labels"]?.object)
            }
            let further = selected.keys.filter { key in !routes.contains { $0.key == key } }
            routes += further.sorted { $0.name < $1.name }.map { Route(key: $0, takesHeaderRoutes: false) }
            return routes
        }
    }

    /// The name of a ReferenceGrant that is made up where none is given, since nobody names them.
    static let placeholderGrant = "allow-routes"

    public func placeholder(for key: ObjectKey, of rollout: Rollout) -> JSONValue {
        if key.kind == .referenceGrant { return placeholderGrant(named: key.name, of: rollout) }
        let services = VersionServices(rollout, prefersPingPong: false)
        let backends = [(services.stable, 100), (services.canary, 0)].map { name, weight -> JSONValue in
            var backend: JSONValue = ["name": .string(name), "port": 80, "weight": .int(weight)]
            if key.namespace != nil { backend["namespace"] = rollout.namespace.map { .string($0) } }
            return backend
        }
        var route: JSONValue = [
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": .string(key.kind.name),
            "metadata": ["name": .string(key.name)],
            "spec": ["rules": .array([["backendRefs": .array(backends)]])],
        ]
        let list = lists.first { $0.kind == key.kind }
        if let list, !list.names.contains(where: { $0.name == key.name }), let labels = list.selector?.leastLabels,
            !labels.isEmpty {
            route.set(["metadata", "labels"], to: .object(labels))
        }
        return route
    }

    private func placeholderGrant(named name: String, of rollout: Rollout) -> JSONValue {
        let kinds = lists.filter { !$0.names.isEmpty || $0.selector != nil }.map(\.kind)
        let from = kinds.map { kind -> JSONValue in
            [
                "group": .string(kind.group), "kind": .string(kind.name),
                "namespace": .string(otherNamespace(rollout) ?? ""),
            ]
        }
        return [
            "apiVersion": "gateway.networking.k8s.io/v1beta1", "kind": "ReferenceGrant",
            "metadata": ["name": .string(name)],
            "spec": ["from": .array(from), "to": [["group": "", "kind": "Service"]]],
        ]
    }

    public func unmetChoices(of rollout: Rollout, in objects: [ObjectKey: JSONValue]) -> [UnmetChoice] {
        let namespace = otherNamespace(rollout)
        return lists.compactMap { list in
            guard let selector = list.selector, let labels = selector.leastLabels else { return nil }
            let isMet = objects.contains { key, object in
                key.kind == list.kind && key.namespace == namespace
                    && selector.matches(object["metadata"]?["labels"]?.object)
            }
            guard !isMet else { return nil }
            let wanted = labels.fields.map { "\($0.key)=\($0.value.string ?? "")" }.joined(separator: ", ")
            var key = ObjectKey(list.kind, rollout.name, namespace: namespace)
            // A route of this name that has other labels is another route.
            if objects[key] != nil || list.names.contains(where: { $0.name == key.name }) { key.name += "-by-labels" }
            return UnmetChoice(
                key: key, text: "no \(list.kind.name) among the files has the labels that are asked for"
                    + (wanted.isEmpty ? "" : " (\(wanted))"))
        }
    }

    // MARK: Traffic

    public func changes(for intent: TrafficIntent, of rollout: Rollout, in world: World) -> RouteChanges {
        var changes = RouteChanges()
        for route in routes(of: rollout, in: world) {
            guard let object = world.objects[route.key] else {
                return .problem("there is no \(Self.name(of: route.key))")
            }
            var draft = GatewayRouteDraft(object, route: route, router: self, rollout: rollout)
            if intent.leavesTraffic {
                if intent.removesManagedRoutes { draft.removeManagedRules() }
            } else if let problem = draft.divide(intent) {
                // Nothing is written to any route then: they lead to the same pods.
                return .problem("\(Self.name(of: route.key)) \(problem)")
            }
            changes.actions += draft.patch.map { [.patch(route.key, $0)] } ?? []
        }
        return changes
    }

    public func observedWeights(of rollout: Rollout, in world: World) -> [Int] {
        routes(of: rollout, in: world).flatMap { route in
            world.objects[route.key].map {
                GatewayRouteDraft($0, route: route, router: self, rollout: rollout).canaryWeights
            } ?? []
        }
    }

    static func name(of key: ObjectKey) -> String {
        "\(key.kind.name) \(key.namespace.map { "\($0)/" } ?? "")\(key.name)"
    }

    // MARK: Problems

    public func problem(of rollout: Rollout, in world: World) -> String? {
        let routes = routes(of: rollout, in: world)
        if routes.isEmpty {
            let selected = lists.filter { $0.selector != nil }.map(\.kind.name)
            return selected.isEmpty
                ? "no route is named: one of httpRoute, grpcRoute, tcpRoute, tlsRoute and their plurals must be set"
                : "no \(Wording.alternatives(selected)) has the labels that are asked for"
        }
        let services = VersionServices(rollout, prefersPingPong: false)
        for route in routes {
            guard let object = world.objects[route.key] else { continue }
            let name = Self.name(of: route.key)
            let draft = GatewayRouteDraft(object, route: route, router: self, rollout: rollout)
            if let problem = draft.lackOfBackends { return "\(name) \(problem)" }
            guard let other = route.key.namespace, draft.leadsToServices else { continue }
            for service in [services.stable, services.canary]
            where !Self.isGranted(route.key.kind, of: other, to: service, in: world) {
                return "\(name) may not lead to Service \(service) of namespace \(rollout.namespace ?? ""): no "
                    + "ReferenceGrant there allows it"
            }
        }
        return nil
    }

    /// Whether a ReferenceGrant of the Rollout's namespace lets routes of another one lead to a service.
    private static func isGranted(
        _ kind: ResourceKind, of namespace: String, to service: String, in world: World
    ) -> Bool {
        world.objects.contains { key, grant in
            guard key.kind == .referenceGrant else { return false }
            let from = grant["spec"]?["from"]?.array ?? [], to = grant["spec"]?["to"]?.array ?? []
            return from.contains {
                $0.text("group") == kind.group && $0.text("kind") == kind.name && $0.text("namespace") == namespace
            } && to.contains {
                $0.text("group") == nil && $0.text("kind") == "Service"
                    && ($0.text("name").map { $0 == service } ?? true)
            }
        }
    }
}

extension GatewayAPIRouter.RouteList {
    /// Adds a route; one that is named twice is one.
    fileprivate mutating func add(_ name: String, takesHeaderRoutes: Bool) {
        if let place = names.firstIndex(where: { $0.name == name }) {
            names[place].takesHeaderRoutes = names[place].takesHeaderRoutes || takesHeaderRoutes
        } else {
            names.append((name, takesHeaderRoutes))
        }
    }
}
