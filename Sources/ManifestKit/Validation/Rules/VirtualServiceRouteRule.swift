/// RR0405: a VirtualService whose routes cannot carry the weights.
enum VirtualServiceRouteRule: ManifestSetRule {
    static let id: RuleID = "RR0405"
    static let severity = Severity.error
    static let summary = "The routes of a VirtualService lead to both versions of the Rollout that divides them."
    static let rationale = """
        The controller sets the weights of the destinations that are there; it adds none. So each route that it is \
        told to change has a destination for the stable and one for the canary version, by host or by subset, and \
        where it is not told which route to change there is only one.
        """
    static let failing = [
        RuleExample(
            rollout("{virtualService: {name: web}}")
                + virtualService(
                    """
                      http:
                      # ↓
                      - route: [{destination: {host: web}, weight: 100}]
                    """)),
        RuleExample(
            rollout("{virtualService: {name: web, routes: [primary]}}", mark: true)
                + virtualService(
                    """
                      http:
                      - name: other
                        route: [{destination: {host: web}}, {destination: {host: web-canary}}]
                    """)),
        RuleExample(
            rollout("{virtualService: {name: web}}", mark: true)
                + virtualService(
                    """
                      http:
                      - {name: one, route: [{destination: {host: web}}, {destination: {host: web-canary}}]}
                      - {name: two, route: [{destination: {host: web}}, {destination: {host: web-canary}}]}
                    """)),
        RuleExample(
            rollout("{virtualService: {name: web}}", mark: true)
                + virtualService(
                    """
                      tcp:
                      - {match: [{port: 1}], route: [{destination: {host: web}}, {destination: {host: web-canary}}]}
                      - {match: [{port: 2}], route: [{destination: {host: web}}, {destination: {host: web-canary}}]}
                    """)),
        RuleExample(
            rollout("{virtualService: {name: web}}")
                + virtualService(
                    """
                      tls:
                      # ↓
                      - route: [{destination: {host: web}}]
                    """)),
    ]
    static let passing = [
        RuleExample(
            rollout("{virtualService: {name: web}}")
                + virtualService(
                    """
                      http: [{route: [{destination: {host: other}}]}, {route: [{destination: {host: another}}]}]
                      tcp:
                      - {match: [{port: 1}], route: [{destination: {host: web}}, {destination: {host: web-canary}}]}
                      - {match: [{port: 2}], route: [{destination: {host: database}}]}
                    """)),
        RuleExample(
            rollout("{virtualService: {name: web}}")
                + virtualService(
                    """
                      http:
                      - route: [{destination: {host: web}, weight: 100}, {destination: {host: web-canary}, weight: 0}]
                    """)),
        RuleExample(
            rollout(
                "{virtualService: {name: web}, destinationRule: {name: web, canarySubsetName: new, "
                    + "stableSubsetName: now}}"
            )
                + virtualService(
                    """
                      http:
                      - route: [{destination: {host: web, subset: now}}, {destination: {host: web, subset: new}}]
                    """)),
        RuleExample(
            routedRollout(
                "istio: {virtualService: {name: web}}", services: "pingPong: {pingService: ping, pongService: pong}")
                + virtualService(
                    """
                      http:
                      - route: [{destination: {host: ping}}, {destination: {host: pong}}]
                    """)),
    ]

    private static func rollout(_ istio: String, mark: Bool = false) -> String {
        routedRollout((mark ? "# ↓\n" : "") + "istio: \(istio)")
    }

    private static func virtualService(_ routes: String) -> String {
        "---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: web}\nspec:\n"
            + routes.split(separator: "\n").map { "  " + $0.drop { $0 == " " }.description }.joined(separator: "\n")
    }

    static func check(_ index: ManifestIndex, _ findings: inout Findings) {
        for (facts, rollout) in index.rollouts {
            for route in rollout.virtualServices {
                let reference = route.virtualService
                let namespace = reference.namespace.isEmpty ? facts.namespace : reference.namespace
                for object in index.objects(.virtualService, named: reference.name, beside: facts, namespace: namespace)
                {
                    guard case .virtualService(let details) = object.detail else { continue }
                    check(route, rollout, facts, details, object, &findings)
                }
            }
        }
    }

    private static func check(
        _ istio: RolloutReferences.IstioRoute, _ rollout: RolloutFacts, _ facts: ObjectFacts,
        _ details: VirtualServiceFacts, _ object: ObjectFacts, _ findings: inout Findings
    ) {
        let reference = istio.virtualService
        guard !details.routes.isEmpty else {
            findings.report(
                self, at: object.place, "VirtualService \"\(object.name)\" has no http, tls or tcp routes",
                hint: "add a route to both versions", related: [(reference.place, "the Rollout divides it here")])
            return
        }
        var http = details.routes.filter { $0.list == "http" && !rollout.managedRoutes.contains($0.name) }
        var others: [VirtualServiceFacts.Route] = []
        if !istio.namesOtherRoutes {
            for list in ["tls", "tcp"] {
                let own = details.routes.filter { $0.list == list && leads($0, rollout) }
                if own.count > 1 {
                    findings.report(
                        self, at: reference.place,
                        "VirtualService \"\(object.name)\" has \(own.count) \(list) routes to the versions, and the "
                            + "Rollout does not say which to divide",
                        hint: "list them in `\(list)Routes`", related: [(object.place, "the VirtualService")])
                }
                others += own
            }
        }
        // HTTP routes may be of somebody else where the versions serve other protocols.
        let hasOthers = istio.namesOtherRoutes || !others.isEmpty
        if istio.routes.isEmpty, hasOthers, !http.contains(where: { leads($0, rollout) }) { http = [] }
        var chosen: [VirtualServiceFacts.Route] = []
        for wanted in istio.routes {
            if let found = http.first(where: { $0.name == wanted.name }) {
                chosen.append(found)
            } else if !http.isEmpty {
                findings.report(
                    self, at: wanted.place,
                    "VirtualService \"\(object.name)\" has no HTTP route named \"\(wanted.name)\"",
                    hint: http.contains { !$0.name.isEmpty }
                        ? "its routes are \(http.map(\.name).filter { !$0.isEmpty }.joined(separator: ", "))"
                        : "name the route in the VirtualService",
                    related: [(object.place, "the VirtualService")])
            }
        }
        if istio.routes.isEmpty {
            if http.count > 1 {
                findings.report(
                    self, at: reference.place,
                    "VirtualService \"\(object.name)\" has \(http.count) HTTP routes, and the Rollout does not "
                        + "say which to divide",
                    hint: "list their names in `routes`", related: [(object.place, "the VirtualService")])
            }
            chosen = http.count == 1 ? http : []
        }
        for route in chosen + others { check(route, rollout, facts, reference, &findings) }
    }

    /// Whether a route leads to one of the versions.
    private static func leads(_ route: VirtualServiceFacts.Route, _ rollout: RolloutFacts) -> Bool {
        let services = ["pingService", "pongService", "stableService", "canaryService"]
            .compactMap { rollout.service($0)?.name }
        let subsets = [rollout.subsets?.stable, rollout.subsets?.canary].compactMap { $0?.name }
        return route.destinations.contains { destination in
            services.contains(String(destination.host.prefix { $0 != "." })) || subsets.contains(destination.subset)
        }
    }

    private static func check(
        _ route: VirtualServiceFacts.Route, _ rollout: RolloutFacts, _ facts: ObjectFacts, _ reference: ObjectReference,
        _ findings: inout Findings
    ) {
        func hasHost(_ service: String?) -> Bool {
            guard let service else { return false }
            return route.destinations.contains { $0.host.prefix { $0 != "." } == service }
        }
        func hasSubset(_ subset: ObjectReference?) -> Bool {
            guard let subset else { return false }
            return route.destinations.contains { $0.subset == subset.name }
        }
        let subsets = rollout.subsets
        let stable = rollout.service("pingService") ?? rollout.service("stableService")
        let canary = rollout.service("pongService") ?? rollout.service("canaryService")
        let hasHosts = hasHost(stable?.name) && hasHost(canary?.name)
        let hasSubsets = hasSubset(subsets?.stable) && hasSubset(subsets?.canary)
        guard !hasHosts, !hasSubsets else { return }
        let (kind, one, other) = subsets.map { ("subsets", $0.stable, $0.canary) } ?? ("hosts", stable, canary)
        // Names that the Rollout does not give are another rule's matter.
        guard let one, let other else { return }
        let wanted = "the \(kind) \"\(one.name)\" and \"\(other.name)\""
        findings.report(
            self, at: route.place,
            "this route does not lead to both versions of Rollout \"\(facts.name)\": it needs destinations for "
                + "\(wanted)",
            hint: "the controller sets weights of destinations that are there and adds none",
            related: [(reference.place, "the Rollout divides it here")])
    }
}
