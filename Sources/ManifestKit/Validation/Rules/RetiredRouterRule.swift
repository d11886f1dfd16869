/// RR0511: routers whose time is over.
enum RetiredRouterRule: RolloutRule {
    static let id: RuleID = "RR0511"
    static let severity = Severity.warning
    static let summary = "The traffic router is one that is still maintained."
    static let rationale = """
        ingress-nginx was retired in March 2026 and gets no security fixes any more; Traefik's \
        `kubernetesIngressNGINX` provider reads its canary annotations, so that such a Rollout can go on as it is. \
        AWS ended App Mesh in September 2026. The SMI specification was archived in 2023.
        """
    static let failing = [
        RuleExample("trafficRouting:\n  # ↓\n  nginx: {stableIngress: web}", in: .routedCanary),
        RuleExample("trafficRouting:\n  # ↓\n  smi: {}", in: .routedCanary),
        RuleExample("trafficRouting:\n  # ↓\n  appMesh: {}", in: .routedCanary),
    ]
    static let passing = [RuleExample("trafficRouting:\n  istio: {virtualService: {name: web}}", in: .routedCanary)]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        guard let trafficRouting = rollout.trafficRouting else { return }
        let next = "move to a router that is maintained, such as Istio, Traefik or the Gateway API"
        if let nginx = trafficRouting.present("nginx") {
            findings.report(
                self, at: nginx.key ?? nginx, "ingress-nginx was retired in March 2026",
                hint: "Traefik's kubernetesIngressNGINX provider reads the same annotations; or \(next)",
                severity: .note)
        }
        if let mesh = trafficRouting.present("appMesh") {
            findings.report(self, at: mesh.key ?? mesh, "AWS ended App Mesh on 30 September 2026", hint: next)
        }
        if let smi = trafficRouting.present("smi") {
            findings.report(self, at: smi.key ?? smi, "the SMI specification has been archived since 2023", hint: next)
        }
    }
}
