/// RR0206: two services that change roles.
enum PingPongRule: RolloutRule {
    static let id: RuleID = "RR0206"
    static let severity = Severity.error
    static let summary = "`pingPong` names two different services, behind a router that can let them change roles."
    static let rationale = """
        With ping-pong the stable and the canary Service swap roles instead of selectors, so that no pod is taken \
        out of a target group. Only AWS ALB, Istio and plugins can do it, and an ALB needs a `rootService` that \
        stays the same.
        """
    static let failing = [
        RuleExample(alb + "\npingPong:\n  pingService: a\n  # ↓\n  pongService: a", in: .canary),
        RuleExample(alb + "\npingPong:\n  pingService: a\n  # ↓\n  pongService: ''", in: .canary),
        RuleExample(
            "pingPong: {pingService: a, pongService: b}\ntrafficRouting:\n  # ↓\n  alb:\n    ingress: web\n"
                + "    servicePort: 80", in: .canary),
        RuleExample(
            router("nginx", "stableIngress: web") + "\n# ↓\npingPong: {pingService: a, pongService: b}", in: .canary),
        RuleExample(
            alb + "\n  nginx:\n    stableIngress: web\n# ↓\npingPong: {pingService: a, pongService: b}", in: .canary),
    ]
    static let passing = [
        RuleExample(alb + "\npingPong: {pingService: a, pongService: b}", in: .canary),
        RuleExample(router("nginx", "stableIngress: web"), in: .canary),
    ]

    private static let alb = router("alb", "ingress: web\n    servicePort: 80\n    rootService: web-root")

    private static func router(_ field: String, _ setting: String) -> String {
        "canaryService: web-canary\nstableService: web-stable\ntrafficRouting:\n  \(field):\n    \(setting)"
    }

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        guard let pingPong = rollout.canary?.present("pingPong") else { return }
        let routers = rollout.routers
        let unable = routers.filter { !$0.capabilities.pingPong }
        if let first = unable.first {
            let names = Wording.all(unable.map(\.capabilities.name))
            findings.report(
                self, field: pingPong, "\(names) cannot let two services change roles",
                hint: "remove pingPong, or use \(TrafficRouterCapabilities.names(where: \.pingPong))",
                related: [(first.node.key ?? first.node, "the router")])
        }
        if let alb = routers.first(where: { $0.capabilities.field == "alb" }), alb.node.isMapping,
            alb.node.filled("rootService") == nil
        {
            findings.report(
                self, field: alb.node["rootService"] ?? alb.node.key ?? alb.node,
                "ping-pong behind an ALB needs a rootService, which the Ingress names whatever the roles are",
                hint: "add `rootService` with a Service of its own", related: [(pingPong.key ?? pingPong, "ping-pong")])
        }
        guard pingPong.isMapping else { return }
        for field in ["pingService", "pongService"] {
            guard let service = pingPong[field], service.isScalar, pingPong.filled(field) == nil else { continue }
            findings.report(self, field: service, "\(field) is empty", hint: "ping-pong needs two Services")
        }
        guard let ping = pingPong.filled("pingService"), let pong = pingPong.filled("pongService"),
            ping.hasText(of: pong)
        else { return }
        findings.report(
            self, field: pong, "pingService and pongService are both \(Wording.quoted(pong.text))",
            hint: "name two different Services that select the same pods", related: [(ping, "pingService")])
    }
}
