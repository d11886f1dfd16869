/// Apache APISIX: rules of an ApisixRoute divide the traffic, and a second ApisixRoute takes requests with certain
/// headers.
public struct ApisixRouter: TrafficRouter {
    public static let key = "apisix"
    public static let capabilities = TrafficRouterCapabilities(key, "APISIX", headerRoutes: true)
    private let route: String
    /// The names of the rules that are divided.
    private let rules: [String]

    public init(_ settings: JSONValue) {
        route = settings["route"]?.text("name") ?? ""
        let rules = settings["route"]?.texts("rules") ?? []
        self.rules = rules.isEmpty ? [route] : rules
    }

    public func objects(for rollout: Rollout) -> [ObjectKey] { route.isEmpty ? [] : [ObjectKey(.apisixRoute, route)] }

    public func ownObjects(for rollout: Rollout) -> [ObjectKey] {
        let canary = rollout.spec.strategy.canary
        var names = canary?.trafficRouting?.managedRoutes ?? []
        for step in canary?.headerRouteSteps ?? [] where !names.contains(step.name) {
            names.append(step.name)
        }
        return names.filter { $0 != route }.map { ObjectKey(.apisixRoute, $0) }
    }

    public func placeholder(for key: ObjectKey, of rollout: Rollout) -> JSONValue {
        let services = VersionServices(rollout, prefersPingPong: false)
        let backends = [services.stable, services.canary].map { name -> JSONValue in
            ["serviceName": .string(name), "servicePort": 80]
        }
        let http = rules.map { name -> JSONValue in
            ["name": .string(name), "match": ["paths": ["/*"]], "backends": .array(backends)]
        }
        return [
            "apiVersion": "apisix.apache.org/v2", "kind": "ApisixRoute", "metadata": ["name": .string(key.name)],
            "spec": ["http": .array(http)],
        ]
    }

    public func changes(for intent: TrafficIntent, of rollout: Rollout, in world: World) -> RouteChanges {
        var changes = RouteChanges()
        if intent.removesManagedRoutes {
            for key in ownObjects(for: rollout) {
                guard let object = world.objects[key], Ingress.isControlled(object, by: rollout) else { continue }
                changes.actions.append(.delete(key))
            }
        }
        guard !intent.leavesTraffic else { return changes }
        let key = ObjectKey(.apisixRoute, route)
        guard let object = world.objects[key] else { return .problem("there is no ApisixRoute \(route)") }
        // A route to a version without pods goes away above, and is not made anew.
        if let step = intent.headerRoute, !intent.removesManagedRoutes {
            let header = headerChanges(step, of: object, rollout, in: world)
            guard header.problem == nil else { return header }
            changes.actions += header.actions
        }
        var draft = RouteDraft(key, object)
        let shares = VersionShares(rollout, intent.weight)
        var problem: String?
        _ = draft.change(listAt: ["spec", "http"]) { http in
            problem = changeRules(in: &http) { backends in
                shares.apply(to: &backends, isDestination: Self.isService)
            }
        }
        guard problem == nil, object["spec"]?["http"]?.array?.isEmpty == false else {
            return .problem(problem ?? "ApisixRoute \(route) has no HTTP rules")
        }
        changes.actions += draft.actions
        return changes
    }

    public func observedWeights(of rollout: Rollout, in world: World) -> [Int] {
        let http = world.object(.apisixRoute, route)?["spec"]?["http"]?.array ?? []
        return http.filter { rules.contains($0["name"]?.string ?? "") }.compactMap { rule in
            // A backend without a weight has 100.
            RouteShare(
                rule["backends"]?.array ?? [], rollout, defaultWeight: 100, isDestination: Self.isService
            )?.of(rollout.spec.strategy.maximumWeight)
        }
    }

    private static func isService(_ backend: JSONValue, _ name: String) -> Bool {
        backend["serviceName"]?.string == name
    }

    /// Changes the backends of the rules that are divided; `change` says which service is missing from them.
    private func changeRules(in http: inout [JSONValue], _ change: (inout [JSONValue]) -> String?) -> String? {
        for name in rules {
            guard let place = http.firstIndex(where: { $0["name"]?.string == name }) else {
                return "ApisixRoute \(route) has no rule \(name)"
            }
            var backends = http[place]["backends"]?.array ?? []
            let old = backends
            if let missing = change(&backends) {
                return "rule \(name) of ApisixRoute \(route) does not lead to service \(missing)"
            }
            if backends != old { http[place]["backends"] = .array(backends) }
        }
        return nil
    }

    // MARK: Requests with headers

    /// Makes, changes or deletes the route of a step.
    private func headerChanges(
        _ step: SetHeaderRouteStep, of object: JSONValue, _ rollout: Rollout, in world: World
    ) -> RouteChanges {
        guard step.name != route else {
            return .problem("the route for headers cannot have the name of ApisixRoute \(route) itself")
        }
        let key = ObjectKey(.apisixRoute, step.name)
        let known = world.objects[key]
        if let known, !Ingress.isControlled(known, by: rollout) {
            return .problem("ApisixRoute \(step.name) does not belong to this Rollout")
        }
        guard let matches = step.matches else {
            return RouteChanges(actions: known == nil ? [] : [.delete(key)])
        }
        var spec = object["spec"] ?? .null
        // Streams have no headers, and a second listener of the same port would be refused.
        spec["stream"] = nil
        var http = (spec["http"]?.array ?? []).filter { rules.contains($0["name"]?.string ?? "") }
        let services = VersionServices(rollout, prefersPingPong: false)
        let problem = changeRules(in: &http) { backends in
            guard let place = backends.firstIndex(where: { Self.isService($0, services.canary) }) else {
                return services.canary
            }
            backends[place].setWeight(100)
            backends.removeAll { Self.isService($0, services.stable) }
            return nil
        }
        if let problem { return .problem(problem) }
        for place in http.indices {
            http[place]["priority"] = .int((http[place].count("priority") ?? 0) + 1)
            let own = http[place]["match"]?["exprs"]?.array ?? []
            http[place].set(["match", "exprs"], to: .array(own + matches.flatMap { Self.expressions($0) }))
        }
        spec["http"] = .array(http)
        guard let known else {
            return RouteChanges(actions: [.create(key, headerRoute(step.name, like: object, spec, rollout))])
        }
        var draft = RouteDraft(key, known)
        draft.object["spec"] = spec
        return RouteChanges(actions: draft.actions)
    }

    private func headerRoute(
        _ name: String, like object: JSONValue, _ spec: JSONValue, _ rollout: Rollout
    ) -> JSONValue {
        var metadata = rollout.ownMetadata(named: name)
        metadata["labels"] = object["metadata"]?.present("labels")
        if var annotations = object["metadata"]?["annotations"]?.object {
            // What says who applied the other one would have this one deleted.
            for key in [RolloutMarks.lastApplied, "argocd.argoproj.io/tracking-id"] { annotations[key] = nil }
            if !annotations.isEmpty { metadata["annotations"] = .object(annotations) }
        }
        metadata["ownerReferences"] = .array([rollout.ownerReference])
        return [
            "apiVersion": object["apiVersion"] ?? "apisix.apache.org/v2", "kind": "ApisixRoute",
            "metadata": .object(metadata), "spec": spec,
        ]
    }

    private static func expressions(_ match: SetHeaderRouteStep.Match) -> [JSONValue] {
        let subject: JSONValue = ["scope": "Header", "name": .string(match.name)]
        func expression(_ operation: String, _ value: String) -> JSONValue {
            ["subject": subject, "op": .string(operation), "value": .string(value)]
        }
        return [
            match.value.text("exact").map { expression("Equal", $0) },
            match.value.text("regex").map { expression("RegexMatch", $0) },
            match.value.text("prefix").map { expression("RegexMatch", "^\(RouteText.pattern(of: $0)).*") },
        ].compactMap { $0 }
    }

    public static func ownNames(in settings: YAMLNode, of rollout: RolloutManifest) -> [YAMLNode] {
        settings["route"]?.filled("name").map { [$0] } ?? []
    }

    public static func check(_ settings: YAMLNode, _ findings: inout Findings) {
        guard let route = settings.present("route") else {
            findings.report(
                TrafficRouterRule.self, missing: "route", in: settings, "apisix names no route",
                hint: "add `route` with the `name` of an ApisixRoute")
            return
        }
        if route.isMapping { RouterSettings.checkFilled("name", "ApisixRoute", route, &findings) }
    }
}
