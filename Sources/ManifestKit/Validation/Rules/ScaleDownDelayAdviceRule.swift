/// RR0513: old pods that go before traffic has left them.
enum ScaleDownDelayAdviceRule: RolloutRule {
    static let id: RuleID = "RR0513"
    static let severity = Severity.warning
    static let summary = "Old pods stay for a while after traffic has been moved away from them."
    static let rationale = """
        It takes seconds until every node and router knows that a Service has other pods. With a \
        `scaleDownDelaySeconds` of 0 the old ones are gone before, and requests on the way to them fail. 30 seconds, \
        the default, are enough for most clusters.
        """
    static let failing = [RuleExample("activeService: web\n# ↓\nscaleDownDelaySeconds: 0", in: .blueGreen)]
    static let passing = [RuleExample("activeService: web\nscaleDownDelaySeconds: 30", in: .blueGreen)]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        for strategy in rollout.strategies {
            guard let delay = strategy.node["scaleDownDelaySeconds"], delay.integer == 0 else { continue }
            if strategy.name == "canary", strategy.node.present("trafficRouting") == nil { continue }
            findings.report(
                self, field: delay, "old pods are removed at once, while requests are still on their way to them",
                hint: "leave it out for 30 seconds, or write at least a few")
        }
    }
}
