/// RR0404: an ALB Ingress that does not read the annotation that carries the weights.
enum ALBBackendRule: ManifestSetRule {
    static let id: RuleID = "RR0404"
    static let severity = Severity.error
    static let summary = "The path of an ALB Ingress that a Rollout divides has the port name `use-annotation`."
    static let rationale = """
        The weights are written into an action annotation of the Ingress. The AWS load balancer controller reads it only \
        for a backend whose port is named `use-annotation`; with a port number all traffic stays where it is, and the \
        update goes on as if it had moved.
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
                  trafficRouting: {alb: {ingress: web, servicePort: 80}}
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: web}
            spec:
              rules:
              - http:
                  paths:
                  # ↓
                  - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
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
                  trafficRouting: {alb: {ingress: web, servicePort: 80}}
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: web}
            spec:
              rules:
              - http:
                  paths:
                  - {path: /, pathType: Prefix, backend: {service: {name: web, port: {name: use-annotation}}}}
            """)
    ]

    static func check(_ index: ManifestIndex, _ findings: inout Findings) {
        for (facts, rollout) in index.rollouts {
            for route in rollout.ingresses where route.isALB {
                guard let service = route.service else { continue }
                for ingress in index.objects(.ingress, named: route.ingress.name, beside: facts) {
                    guard case .ingress(let details) = ingress.detail else { continue }
                    let paths = details.backends.filter { $0.service == service }
                    guard !paths.isEmpty, !paths.contains(where: { $0.portName == "use-annotation" }) else { continue }
                    findings.report(
                        self, at: paths[0].place,
                        "no path to Service \"\(service)\" has the port name use-annotation, so the weights of Rollout "
                            + "\"\(facts.name)\" have no effect",
                        hint: "write `port: {name: use-annotation}`",
                        related: [(route.ingress.place, "the Rollout names the Ingress here")])
                }
            }
        }
    }
}
