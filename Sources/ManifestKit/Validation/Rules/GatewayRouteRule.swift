/// RR0417: a route of Gateway API that cannot carry the weights.
enum GatewayRouteRule: ManifestSetRule {
    static let id: RuleID = "RR0417"
    static let severity = Severity.error
    static let summary = "A route of Gateway API has a rule that leads to both versions, and may lead to them."
    static let rationale = """
        The controller sets the weights of the backends that are there; it adds none. So a rule of each route has both \
        `stableService` and `canaryService` as backends. A route of another namespace leads to them only if its \
        backends name the Rollout's namespace and a ReferenceGrant there allows it; otherwise the gateway answers \
        these requests with errors.
        """
    static let failing = [
        RuleExample(
            rollout("httpRoute: web") + route(
                """
                # ↓
                rules:
                - backendRefs: [{name: web, port: 80}]
                """)),
        RuleExample(
            rollout("tcpRoutes: [{name: web}]") + route(
                """
                # ↓
                rules:
                - backendRefs: [{name: web, port: 80}]
                - backendRefs: [{name: web-canary, port: 80}]
                """, kind: "TCPRoute")),
        RuleExample(
            rollout("httpRouteSelector: {matchLabels: {team: shop}}") + route(
                """
                # ↓
                rules:
                - backendRefs: [{name: web, port: 80}]
                """, labels: "{team: shop}")),
        RuleExample(
            rollout("httpRoute: web, namespace: edge", mark: true) + route(
                "rules: [{backendRefs: [{name: web, namespace: shop, port: 80}, "
                    + "{name: web-canary, namespace: shop, port: 80}]}]", namespace: "edge")),
        RuleExample(
            rollout("httpRoute: web, namespace: edge") + grant() + route(
                "# ↓\nrules: [{backendRefs: [{name: web, port: 80}, {name: web-canary, port: 80}]}]",
                namespace: "edge")),
        RuleExample(
            rollout("httpRoute: web, namespace: edge", mark: true) + grant(from: "example.com") + route(
                "rules: [{backendRefs: [{name: web, namespace: shop, port: 80}, "
                    + "{name: web-canary, namespace: shop, port: 80}]}]", namespace: "edge")),
        RuleExample(
            rollout("httpRoute: web, namespace: edge", mark: true) + grant(to: "example.com") + route(
                "rules: [{backendRefs: [{name: web, namespace: shop, port: 80}, "
                    + "{name: web-canary, namespace: shop, port: 80}]}]", namespace: "edge")),
    ]
    static let passing = [
        RuleExample(
            rollout("httpRoute: web") + route(
                """
                rules:
                - backendRefs: [{name: other, port: 80}]
                - backendRefs: [{name: web, port: 80, weight: 100}, {name: web-canary, port: 80, weight: 0}]
                """)),
        RuleExample(
            rollout("httpRoute: web, namespace: edge") + grant() + route(
                "rules: [{backendRefs: [{name: web, namespace: shop, port: 80}, "
                    + "{name: web-canary, namespace: shop, port: 80}]}]", namespace: "edge")),
    ]

    private static func rollout(_ settings: String, mark: Bool = false) -> String {
        routedRollout(
            "plugins:\n" + (mark ? "  # ↓\n" : "") + "  argoproj-labs/gatewayAPI: {\(settings)}", namespace: "shop")
    }

    private static func route(
        _ spec: String, kind: String = "HTTPRoute", namespace: String = "shop", labels: String = "{}"
    ) -> String {
        "---\napiVersion: gateway.networking.k8s.io/v1\nkind: \(kind)\n"
            + "metadata: {name: web, namespace: \(namespace), labels: \(labels)}\nspec:\n"
            + spec.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n") + "\n"
    }

    private static func grant(from: String = "gateway.networking.k8s.io", to: String = "''") -> String {
        """
        ---
        apiVersion: gateway.networking.k8s.io/v1beta1
        kind: ReferenceGrant
        metadata: {name: edge, namespace: shop}
        spec:
          from: [{group: \(from), kind: HTTPRoute, namespace: edge}]
          to: [{group: \(to), kind: Service}]

        """
    }

    static func check(_ index: ManifestIndex, _ findings: inout Findings) {
        for (facts, rollout) in index.rollouts {
            guard let stable = rollout.service("stableService")?.name,
                let canary = rollout.service("canaryService")?.name
            else { continue }
            for reference in rollout.routerObjects where reference.kind.group == ResourceKind.httpRoute.group {
                let namespace = reference.namespace.isEmpty ? facts.namespace : reference.namespace
                for object in index.objects(
                    reference.kind, named: reference.name, beside: facts, namespace: namespace) {
                    guard case .gatewayRoute(let route) = object.detail else { continue }
                    let subject = Subject(facts: facts, stable: stable, canary: canary, reference: reference)
                    check(route, object, subject, index, &findings)
                }
            }
            let named = Set(rollout.routerObjects.map { [$0.kind.rawValue, $0.name] })
            for choice in rollout.routeChoices {
                let subject = Subject(facts: facts, stable: stable, canary: canary, reference: choice.reference)
                for (route, object) in index.routes(choice, of: facts)
                where !named.contains([object.kind.rawValue, object.name]) {
                    check(route, object, subject, index, &findings)
                }
            }
        }
    }

    /// A Rollout that divides a route.
    private struct Subject {
        var facts: ObjectFacts
        var stable: String
        var canary: String
        var reference: ObjectReference
    }

    private static func check(
        _ route: GatewayRouteFacts, _ object: ObjectFacts, _ subject: Subject, _ index: ManifestIndex,
        _ findings: inout Findings
    ) {
        let own = subject.facts.namespace
        func leads(_ backend: GatewayRouteFacts.Backend, _ service: String, _ isStrict: Bool) -> Bool {
            let namespace = backend.namespace.isEmpty ? object.namespace : backend.namespace
            return backend.name == service
                && (!isStrict || !backend.isService || ManifestIndex.mayShare(namespace, own))
        }
        func hasRule(_ isStrict: Bool) -> Bool {
            route.rules.contains { backends in
                backends.contains { leads($0, subject.stable, isStrict) }
                    && backends.contains { leads($0, subject.canary, isStrict) }
            }
        }
        let name = "\(object.kind.name) \"\(object.name)\""
        let related = [(place: subject.reference.place, message: "the Rollout divides it here")]
        guard hasRule(true) else {
            let isElsewhere = hasRule(false)
            findings.report(
                self, at: route.place ?? object.place,
                isElsewhere
                    ? "\(name) leads to Services of its own namespace, not of Rollout \"\(subject.facts.name)\"'s"
                    : "no rule of \(name) leads to both \"\(subject.stable)\" and \"\(subject.canary)\"",
                hint: isElsewhere
                    ? "add `namespace: \(own)` to these backends, and a ReferenceGrant to that namespace"
                    : "the controller sets weights of backends that are there and adds none", related: related)
            return
        }
        guard !own.isEmpty, !object.namespace.isEmpty, own != object.namespace else { return }
        for service in [subject.stable, subject.canary]
        where !isGranted(object, own, to: service, index) {
            findings.report(
                self, at: subject.reference.place,
                "\(name) of namespace \(object.namespace) may not lead to Service \"\(service)\" of namespace \(own)",
                hint: "add a ReferenceGrant to namespace \(own) from \(object.kind.name) of \(object.namespace) to "
                    + "Service", related: [(object.place, "the route")])
            return
        }
    }

    private static func isGranted(
        _ route: ObjectFacts, _ namespace: String, to service: String, _ index: ManifestIndex
    ) -> Bool {
        index.objects.contains { object in
            guard case .referenceGrant(let grant) = object.detail else { return false }
            return ManifestIndex.mayShare(object.namespace, namespace)
                && grant.from.contains { $0.kind == route.kind.name && $0.namespace == route.namespace }
                && grant.services.contains { $0.isEmpty || $0 == service }
        }
    }
}
