/// RR0212: weights.
enum StepWeightRule: RolloutRule {
    static let id: RuleID = "RR0212"
    static let severity = Severity.error
    static let summary = "A weight is from 0 to 100, or to `maxTrafficWeight` where the router knows other totals."
    static let rationale = """
        The controller refuses a weight above the total. Only ingress-nginx and plugins can have another total than \
        100; a total of less than 1 would have it divide by zero.
        """
    static let failing = [
        RuleExample("# ↓\n- setWeight: 101", in: .steps),
        RuleExample("# ↓\n- setWeight: -1", in: .steps),
        RuleExample(
            "trafficRouting:\n  # ↓\n  maxTrafficWeight: 1000\n"
                + "  istio: {virtualService: {name: web}}", in: .routedCanary),
        RuleExample(
            "trafficRouting:\n  maxTrafficWeight: 50\n  nginx: {stableIngress: web}\nsteps:\n# ↓\n- setWeight: 60",
            in: .routedCanary),
        RuleExample("trafficRouting:\n  # ↓\n  maxTrafficWeight: 0\n  nginx: {stableIngress: web}", in: .routedCanary),
        RuleExample(
            "trafficRouting:\n  # ↓\n  maxTrafficWeight: 1000\n  nginx: {stableIngress: web}\n"
                + "  istio: {virtualService: {name: web}}", in: .routedCanary),
    ]
    static let passing = [
        RuleExample("- setWeight: 0\n- setWeight: 100", in: .steps),
        RuleExample(
            "trafficRouting:\n  maxTrafficWeight: 1000\n  nginx: {stableIngress: web}\nsteps:\n- setWeight: 995",
            in: .routedCanary),
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        let total = rollout.trafficRouting?.present("maxTrafficWeight")
        if let total { checkTotal(total, rollout, &findings) }
        let limit = total?.integer.flatMap { $0 < 1 ? nil : $0 } ?? 100
        for step in rollout.steps {
            guard let weight = step.node["setWeight"], let number = weight.integer, number < 0 || number > limit else {
                continue
            }
            let isOverOwnTotal = total != nil && number >= 0
            findings.report(
                self, field: weight, "a weight is from 0 to \(limit), not \(number)",
                hint: isOverOwnTotal ? "lower it, or raise maxTrafficWeight" : "write a weight from 0 to \(limit)",
                related: total.map { [($0, "the total")] } ?? [])
        }
    }

    private static func checkTotal(_ total: YAMLNode, _ rollout: RolloutManifest, _ findings: inout Findings) {
        if let number = total.integer, number < 1 {
            findings.report(
                self, field: total, "maxTrafficWeight is \(number), and has to be at least 1",
                hint: "write the total of all weights, such as 1000")
            return
        }
        // One that knows other totals does not help the others: all of them get the same weights.
        let routers = rollout.routers
        guard let router = routers.first(where: { !$0.capabilities.maxTrafficWeight }),
            total.integer != 100 || !routers.contains(where: \.capabilities.maxTrafficWeight)
        else { return }
        findings.report(
            self, field: total, "\(router.capabilities.name) has weights out of 100, and knows no maxTrafficWeight",
            hint: "remove it; \(TrafficRouterCapabilities.names(where: \.maxTrafficWeight)) can have other totals",
            related: [(router.node.key ?? router.node, "the router")])
    }
}
