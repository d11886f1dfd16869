/// RR0220: the settings of the traffic routers.
enum TrafficRouterRule: RolloutRule {
    static let id: RuleID = "RR0220"
    static let severity = Severity.error
    static let summary = "`trafficRouting` names a router, and each router the objects that it needs."
    static let rationale = """
        The controller finds some of these faults only when it reconciles, and stops at some with a crash. With no \
        router that it knows, nobody splits the traffic: a made-up `trafficRouting.gatewayAPI` once left it at half \
        and half (argo-rollouts 4569).
        """
    static let failing = [
        RuleExample("# ↓\ntrafficRouting: {}", in: .routedCanary),
        RuleExample(
            "trafficRouting:\n  nginx:\n    stableIngress: web\n    # ↓\n"
                + "    stableIngresses: [web]", in: .routedCanary),
        RuleExample("trafficRouting:\n  # ↓\n  nginx: {}", in: .routedCanary),
        RuleExample("trafficRouting:\n  alb:\n    ingress: web\n    # ↓\n    servicePort: 0", in: .routedCanary),
        RuleExample(
            "trafficRouting:\n  alb:\n    ingress: web\n    servicePort: 80\n    stickinessConfig:\n"
                + "      enabled: true\n      # ↓\n      durationSeconds: 700000", in: .routedCanary),
        RuleExample("trafficRouting:\n  istio:\n    # ↓\n    virtualServices: []", in: .routedCanary),
        RuleExample(
            "trafficRouting:\n  istio:\n    virtualService: {name: web}\n    destinationRule:\n      name: web\n"
                + "      canarySubsetName: a\n      # ↓\n      stableSubsetName: a", in: .routedCanary),
        RuleExample("trafficRouting:\n  ambassador:\n    # ↓\n    mappings: []", in: .routedCanary),
        RuleExample("trafficRouting:\n  # ↓\n  apisix: {}", in: .routedCanary),
        RuleExample("trafficRouting:\n  traefik:\n    # ↓\n    weightedTraefikServiceName: ''", in: .routedCanary),
        RuleExample("trafficRouting:\n  # ↓\n  appMesh:\n    virtualService: {name: web}", in: .routedCanary),
        RuleExample(
            "trafficRouting:\n  plugins:\n    argoproj-labs/contour:\n      # ↓\n      httpProxies: []",
            in: .routedCanary),
        RuleExample(
            "trafficRouting:\n  plugins:\n    # ↓\n    argoproj-labs/openshift: {route: web}", in: .routedCanary),
    ]
    static let passing = [
        RuleExample("trafficRouting:\n  nginx: {stableIngresses: [web, shop]}\n  smi: {}", in: .routedCanary),
        RuleExample(
            "trafficRouting:\n  istio: {virtualServices: [{name: web}]}\n"
                + "  apisix: {route: {name: web}}", in: .routedCanary),
        RuleExample(
            "trafficRouting:\n  alb:\n    ingress: web\n    servicePort: 80\n"
                + "    stickinessConfig: {enabled: false, durationSeconds: 0}", in: .routedCanary),
        RuleExample(
            "trafficRouting:\n  ambassador: {mappings: [web]}\n"
                + "  traefik: {weightedTraefikServiceName: web}", in: .routedCanary),
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        guard let trafficRouting = rollout.trafficRouting else { return }
        let routers = rollout.routers
        if routers.isEmpty {
            let fields = (TrafficRouters.all.filter { $0.plugin == nil }.map { $0.key } + ["plugins"]).sorted()
            findings.report(
                self, field: trafficRouting, "trafficRouting names no router, so that nothing splits the traffic",
                hint: "add one of \(Wording.alternatives(fields)), or remove it")
        }
        for router in routers where router.node.isMapping {
            router.type?.check(router.node, &findings)
        }
    }
}
