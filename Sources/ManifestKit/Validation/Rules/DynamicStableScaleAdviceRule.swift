/// RR0502: stable pods that go before the load balancer knows.
enum DynamicStableScaleAdviceRule: RolloutRule {
    static let id: RuleID = "RR0502"
    static let severity = Severity.warning
    static let summary = "`dynamicStableScale` is not used behind an ALB."
    static let rationale = """
        With `dynamicStableScale` stable pods are removed as soon as the weights are written into the Ingress. An \
        ALB is told of them by another controller and takes them over later, so that for some time users are sent to \
        pods that are gone (argo-rollouts 4834, 1283).
        """
    static let failing = [
        RuleExample(
            "trafficRouting:\n  alb: {ingress: web, servicePort: 80}\n# ↓\ndynamicStableScale: true", in: .routedCanary)
    ]
    static let passing = [
        RuleExample(
            "trafficRouting:\n  istio: {virtualService: {name: web}}\ndynamicStableScale: true", in: .routedCanary),
        RuleExample("trafficRouting:\n  alb: {ingress: web, servicePort: 80}", in: .routedCanary),
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        guard let alb = rollout.trafficRouting?.present("alb"), let dynamic = rollout.canary?["dynamicStableScale"],
            dynamic.boolean == true
        else { return }
        findings.report(
            self, field: dynamic, "behind an ALB, dynamicStableScale removes stable pods that still get traffic",
            hint: "remove it, so that all stable pods stay until the update is done; `--aws-verify-target-group` holds "
                + "back the next step, but not the removal",
            related: [(alb.key ?? alb, "the ALB")])
    }
}
