/// RR0215: steps that add routes of their own.
enum ManagedRouteRule: RolloutRule {
    static let id: RuleID = "RR0215"
    static let severity = Severity.error
    static let summary = "Header and mirror routes have a router that can do them, and a name in `managedRoutes`."
    static let rationale = """
        The controller adds and removes only routes that `trafficRouting.managedRoutes` lists, in that order before \
        the others, and refuses a step that names another one, or that the router cannot do. When no update runs it \
        removes every route of these names: one that carries the traffic must not be among them.
        """
    static let failing = [
        RuleExample("# ↓\n- setHeaderRoute:\n    name: beta", in: .steps),
        RuleExample("- setHeaderRoute:\n    # ↓\n    name: preview", in: .routedSteps),
        RuleExample(
            "trafficRouting:\n  managedRoutes: [{name: copy}]\n  nginx: {stableIngress: web}\nsteps:\n# ↓\n"
                + "- setMirrorRoute:\n    name: copy", in: .routedCanary),
        RuleExample(
            "trafficRouting:\n  managedRoutes: [{name: copy}]\n  istio: {virtualService: {name: web}}\nsteps:\n"
                + "- setMirrorRoute:\n    # ↓\n    name: mirror", in: .routedCanary),
        RuleExample(
            "trafficRouting:\n  istio: {virtualService: {name: web}}\n  managedRoutes:\n  - name: a\n"
                + "  # ↓\n  - name: a", in: .routedCanary),
        RuleExample(
            "trafficRouting:\n  istio: {virtualService: {name: web, routes: [primary]}}\n  managedRoutes:\n  # ↓\n"
                + "  - name: primary", in: .routedCanary),
        RuleExample(
            "trafficRouting:\n  managedRoutes: [{name: beta}]\n  istio: {virtualService: {name: web}}\n"
                + "  nginx: {stableIngress: web}\nsteps:\n# ↓\n- setHeaderRoute: {name: beta}", in: .routedCanary),
    ]
    static let passing = [
        RuleExample(
            "trafficRouting:\n  managedRoutes: [{name: beta}]\n"
                + "  istio: {virtualService: {name: web, routes: [primary]}}", in: .routedCanary),
        RuleExample(
            "trafficRouting:\n  managedRoutes: [{name: beta}, {name: copy}]\n  istio: {virtualService: {name: web}}\n"
                + "steps:\n- setHeaderRoute: {name: beta}\n- setMirrorRoute: {name: copy}", in: .routedCanary)
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        let managed = rollout.trafficRouting?.present("managedRoutes")
        if let managed {
            checkNames(managed, &findings)
            checkOwnRoutes(managed, rollout, &findings)
        }
        for step in rollout.steps {
            for kind in ["setHeaderRoute", "setMirrorRoute"] {
                guard let route = step[kind] else { continue }
                guard checkRouter(kind, route, rollout, &findings), let trafficRouting = rollout.trafficRouting,
                    route.isMapping
                else { continue }
                checkName(kind, route, managed, trafficRouting, &findings)
            }
        }
    }

    private static func checkNames(_ managed: YAMLNode, _ findings: inout Findings) {
        let names = managed.elements.compactMap { $0["name"] }
        for (index, name) in names.enumerated() {
            if name.isScalar, name.withText({ $0.isEmpty }) {
                findings.report(self, field: name, "a managed route has an empty name", hint: "give it a name")
            } else if let first = names[..<index].first(where: { $0.hasText(of: name) }) {
                findings.report(
                    self, field: name, "the managed route \(Wording.quoted(name.text)) is listed twice",
                    hint: "remove one of them", related: [(first, "first here")])
            }
        }
    }

    /// The controller would take away the very route that it is to split.
    private static func checkOwnRoutes(_ managed: YAMLNode, _ rollout: RolloutManifest, _ findings: inout Findings) {
        for router in rollout.routers {
            let own = router.type?.ownNames(in: router.node, of: rollout) ?? []
            for name in managed.elements.compactMap({ $0.filled("name") }) {
                guard let route = own.first(where: { $0.isScalar && $0.hasText(of: name) }) else { continue }
                findings.report(
                    self, field: name,
                    "\(Wording.quoted(name.text)) carries the traffic, and the controller removes every managed route",
                    hint: "list only routes that setHeaderRoute and setMirrorRoute add",
                    related: [(route, "the route that carries the traffic")])
            }
        }
    }

    /// Reports a step that no router of the Rollout can do, or not all of them, and says whether one can.
    private static func checkRouter(
        _ kind: String, _ route: YAMLNode, _ rollout: RolloutManifest, _ findings: inout Findings
    ) -> Bool {
        let capability: KeyPath<TrafficRouterCapabilities, Bool> =
            kind == "setHeaderRoute" ? \.headerRoutes : \.mirrorRoutes
        let routers = rollout.routers
        if routers.contains(where: { $0.capabilities[keyPath: capability] }) {
            if let router = routers.first(where: { !$0.capabilities[keyPath: capability] }) {
                findings.report(
                    self, field: route,
                    "\(router.capabilities.name) cannot do \(kind), so the step does nothing for what comes through it",
                    hint: "remove the step, or that router", related: [(router.node.key ?? router.node, "the router")],
                    severity: .warning)
            }
            return true
        }
        let able = TrafficRouterCapabilities.names(where: capability)
        if let router = routers.first {
            findings.report(
                self, field: route, "\(router.capabilities.name) cannot do \(kind)",
                hint: "remove the step, or use \(able)", related: [(router.node.key ?? router.node, "the router")])
        } else {
            findings.report(
                self, field: route, "\(kind) works only with trafficRouting", hint: "remove the step, or use \(able)")
        }
        return false
    }

    private static func checkName(
        _ kind: String, _ route: YAMLNode, _ managed: YAMLNode?, _ trafficRouting: YAMLNode, _ findings: inout Findings
    ) {
        guard let name = route.filled("name") else {
            findings.report(
                self, missing: "name", in: route, "\(kind) names no route", hint: "name one of `managedRoutes`")
            return
        }
        let names = managed?.elements.compactMap { $0["name"] } ?? []
        guard !names.contains(where: { $0.hasText(of: name) }) else { return }
        let place = managed?.key ?? trafficRouting.key ?? trafficRouting
        findings.report(
            self, field: name, "the route \(Wording.quoted(name.text)) is not in managedRoutes",
            hint: names.isEmpty
                ? "add `managedRoutes: [{name: \(name.text)}]` under trafficRouting"
                : "add it there, or use \(Wording.alternatives(names.map(\.text)))",
            related: [(place, "the routes that may be managed")])
    }
}
