/// RR0421: a TraefikService that no traffic comes to.
enum UnreachedTraefikServiceRule: ManifestSetRule {
    static let id: RuleID = "RR0421"
    static let severity = Severity.warning
    static let summary = "Something leads to the TraefikService that a Rollout divides."
    static let rationale = """
        Traefik asks a TraefikService only where a route of an IngressRoute, or another TraefikService, leads to it \
        with `kind: TraefikService`. An IngressRoute that leads to the stable Service itself passes by it, so that the \
        weights change and the traffic does not.
        """
    static let failing = [
        RuleExample(example("services: [{name: web, port: 80}]", mark: true)),
        RuleExample(example(nil, mark: true)),
    ]
    static let passing = [
        RuleExample(example("services: [{kind: TraefikService, name: web-weighted}]"))
    ]

    private static func example(_ services: String?, mark: Bool = false) -> String {
        let route = services.map {
            """

            ---
            apiVersion: traefik.io/v1alpha1
            kind: IngressRoute
            metadata: {name: web}
            spec:
              routes:
              - match: Host(`example.com`)
                kind: Rule
                \($0)
            """
        }
        return """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web}
            spec:
              strategy:
                canary:
                  stableService: web
                  canaryService: web-canary
                  trafficRouting: {traefik: {weightedTraefikServiceName: web-weighted}}
            ---
            apiVersion: traefik.io/v1alpha1
            kind: TraefikService
            \(mark ? "# ↓\n" : "")metadata: {name: web-weighted}
            spec:
              weighted:
                services: [{name: web, port: 80}, {name: web-canary, port: 80}]
            """ + (route ?? "")
    }

    static func check(_ index: ManifestIndex, _ findings: inout Findings) {
        let names = index.rollouts.flatMap { $0.rollout.routerObjects }.filter { $0.kind == .traefikService }
        guard !names.isEmpty else { return }
        var reached: Set<String> = []
        var direct: [String: ManifestPlace] = [:]
        for object in index.objects {
            guard case .route(let route) = object.detail else { continue }
            for link in route.links where link.kind == .traefikService { reached.insert(link.name) }
            guard object.kind == .ingressRoute else { continue }
            for group in route.groups {
                for service in group.destinations where direct[service] == nil { direct[service] = group.place }
            }
        }
        for (facts, rollout) in index.rollouts {
            for reference in rollout.routerObjects
            where reference.kind == .traefikService && !reached.contains(reference.name) {
                let stable = rollout.service("stableService")?.name
                let bypass = stable.flatMap { direct[$0] }.map { [($0, "this leads to the stable Service itself")] }
                for object in index.objects(.traefikService, named: reference.name, beside: facts) {
                    findings.report(
                        self, at: object.place, "nothing among the inputs leads to TraefikService \"\(object.name)\"",
                        hint: "let a route of an IngressRoute lead to it, with `kind: TraefikService`",
                        related: [(reference.place, "the Rollout divides it here")] + (bypass ?? []))
                }
            }
        }
    }
}
