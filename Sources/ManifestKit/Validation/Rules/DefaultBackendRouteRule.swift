/// RR0423: a route for headers that a default backend cannot have.
enum DefaultBackendRouteRule: ManifestSetRule {
    static let id: RuleID = "RR0423"
    static let severity = Severity.error
    static let summary = "An ALB Ingress has a path to the Service that a Rollout adds routes for headers to."
    static let rationale = """
        A route for headers is a path with conditions before the path that is divided. The default backend of an \
        Ingress is the listener's last resort, without path or conditions: it takes weights, but requests with the \
        header that come to it are divided as all others are. So where nothing else leads to the Service, the update \
        stops before its first weight.
        """
    static let failing = [
        RuleExample(routedRollout(router) + steps + ingress("# ↓\ndefaultBackend: \(backend)")),
        RuleExample(
            routedRollout(router) + steps + ingress(
                """
                # ↓
                defaultBackend: \(backend)
                rules:
                - host: web.example.com
                  http: {paths: [{path: /, pathType: Prefix, backend: \(backend)}]}
                """)),
    ]
    static let passing = [
        RuleExample(
            routedRollout(router) + steps + ingress(
                """
                defaultBackend: {service: {name: other, port: {number: 80}}}
                rules:
                - host: web.example.com
                  http: {paths: [{path: /, pathType: Prefix, backend: \(backend)}]}
                """)),
        RuleExample(routedRollout(router) + ingress("defaultBackend: \(backend)")),
    ]

    private static let router = "managedRoutes: [{name: beta}]\nalb: {ingress: web, servicePort: 80}"
    private static let backend = "{service: {name: web, port: {name: use-annotation}}}"
    private static let steps = """
              steps:
              - setWeight: 10
              - setHeaderRoute: {name: beta, match: [{headerName: x-beta, headerValue: {exact: '1'}}]}

        """

    private static func ingress(_ spec: String) -> String {
        "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\nspec:\n"
            + ExampleFrames.indented(spec, by: 2) + "\n"
    }

    static func check(_ index: ManifestIndex, _ findings: inout Findings) {
        for (facts, rollout) in index.rollouts {
            guard let step = rollout.headerRoutes.first else { continue }
            for route in rollout.ingresses where route.isALB {
                guard let service = route.service else { continue }
                for ingress in index.objects(.ingress, named: route.ingress.name, beside: facts) {
                    guard case .ingress(let details) = ingress.detail else { continue }
                    let own = details.backends.filter { $0.service == service }
                    guard let last = own.first(where: \.isDefault) else { continue }
                    let hasPath = own.contains { !$0.isDefault }
                    findings.report(
                        self, at: last.place,
                        hasPath
                            ? "requests for the default backend get no route for headers, which only paths to "
                                + "\"\(service)\" have"
                            : "only the default backend leads to \"\(service)\", and Rollout \"\(facts.name)\" adds a "
                                + "route for headers to its paths",
                        hint: "add a rule with a path to \"\(service)\" for these requests",
                        related: [(step, "the step that adds it")], severity: hasPath ? .warning : nil)
                }
            }
        }
    }
}
