/// RR0507: settings that nothing looks at.
enum IgnoredSettingRule: RolloutRule {
    static let id: RuleID = "RR0507"
    static let severity = Severity.warning
    static let summary = "Every setting of a strategy has an effect beside the others."
    static let rationale = """
        The controller accepts settings that it does not look at: some work only with traffic routing, and the delay \
        before a blue-green promotion only where promotion is automatic.
        """
    static let failing = [
        RuleExample("# ↓\nabortScaleDownDelaySeconds: 600", in: .canary),
        RuleExample("# ↓\nminPodsPerReplicaSet: 2", in: .canary),
        RuleExample("activeService: web\nautoPromotionEnabled: false\n# ↓\nautoPromotionSeconds: 30", in: .blueGreen),
    ]
    static let passing = [
        RuleExample(
            "abortScaleDownDelaySeconds: 600\nminPodsPerReplicaSet: 2\ntrafficRouting: {nginx: {stableIngress: web}}",
            in: .routedCanary),
        RuleExample("activeService: web\nautoPromotionEnabled: true\nautoPromotionSeconds: 30", in: .blueGreen),
    ]

    private static let routedFields = [
        "abortScaleDownDelaySeconds", "minPodsPerReplicaSet", "scaleDownDelayRevisionLimit",
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        if let canary = rollout.canary, canary.present("trafficRouting") == nil {
            for field in routedFields {
                guard let setting = canary.present(field) else { continue }
                findings.report(
                    self, field: setting, "\(field) has no effect without trafficRouting",
                    hint: "remove it, or set a router under `trafficRouting`")
            }
        }
        guard let blueGreen = rollout.blueGreen, let enabled = blueGreen["autoPromotionEnabled"],
            enabled.boolean == false, let seconds = blueGreen.present("autoPromotionSeconds"), seconds.integer != 0
        else { return }
        findings.report(
            self, field: seconds, "autoPromotionSeconds is not used, since autoPromotionEnabled is false",
            hint: "remove one of them", related: [(enabled, "no automatic promotion")])
    }
}
