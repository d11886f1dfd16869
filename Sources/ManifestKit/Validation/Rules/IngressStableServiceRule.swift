/// RR0403: an Ingress that carries the traffic never mentions the stable Service.
enum IngressStableServiceRule: ManifestSetRule {
    static let id: RuleID = "RR0403"
    static let severity = Severity.error
    static let summary = "An Ingress named for traffic routing has a path to the stable Service."
    static let rationale = """
        The canary's rules are made from the paths that lead to the stable Service (for an AWS load balancer: to the root \
        Service, where one is named). Without such a path the controller refuses the Rollout, and no traffic moves.
        """
    static let failing = [
        RuleExample("""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web}
            spec:
              strategy:
                canary:
                  stableService: web
                  canaryService: web-canary
                  trafficRouting: {nginx: {stableIngress: web}}
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: web}
            spec:
              rules:
              - http:
                  paths:
                  - path: /
                    pathType: Prefix
                    backend:
                      service:
                        # ↓
                        name: other
                        port: {number: 80}
            """)
    ]
    static let passing = [
        RuleExample("""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web}
            spec:
              strategy:
                canary:
                  stableService: web
                  canaryService: web-canary
                  trafficRouting: {alb: {ingress: web, rootService: root, servicePort: 80}}
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: web}
            spec:
              rules:
              - http:
                  paths:
                  - {path: /, pathType: Prefix, backend: {service: {name: root, port: {name: use-annotation}}}}
            """)
    ]

    static func check(_ index: ManifestIndex, _ findings: inout Findings) {
        for (facts, rollout) in index.rollouts {
            for route in rollout.ingresses {
                guard let service = route.service else { continue }
                for ingress in index.objects(.ingress, named: route.ingress.name, beside: facts) {
                    guard case .ingress(let details) = ingress.detail,
                        !details.backends.contains(where: { $0.service == service })
                    else { continue }
                    findings.report(
                        self, at: details.backends.first?.place ?? details.place ?? ingress.place,
                        "Ingress \"\(ingress.name)\" has no path to Service \"\(service)\", from which Rollout "
                            + "\"\(facts.name)\" would divide the traffic",
                        hint: "point a path at \"\(service)\", or name another Ingress in the Rollout",
                        related: [(route.ingress.place, "the Rollout names the Ingress here")])
                }
            }
        }
    }
}
