/// RR0508: a failed version that keeps its pods.
enum AbortDelayAdviceRule: RolloutRule {
    static let id: RuleID = "RR0508"
    static let severity = Severity.note
    static let summary = "`abortScaleDownDelaySeconds: 0` is meant to keep the new pods for good."
    static let rationale = """
        0 does not mean at once: after an abort the pods of the new version then stay until someone removes them. \
        Where the setting is absent they go after 30 seconds.
        """
    static let failing = [
        RuleExample("activeService: web\n# ↓\nabortScaleDownDelaySeconds: 0", in: .blueGreen),
        RuleExample(
            "trafficRouting: {nginx: {stableIngress: web}}\n# ↓\nabortScaleDownDelaySeconds: 0", in: .routedCanary),
    ]
    static let passing = [RuleExample("activeService: web\nabortScaleDownDelaySeconds: 1", in: .blueGreen)]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        for strategy in rollout.strategies {
            guard let delay = strategy.node["abortScaleDownDelaySeconds"], delay.integer == 0 else { continue }
            if strategy.name == "canary", strategy.node.present("trafficRouting") == nil { continue }
            findings.report(
                self, field: delay, "0 does not mean at once: the new version's pods stay for good after an abort",
                hint: "write 1 to remove them at once; if they are meant to stay, silence this rule here")
        }
    }
}
