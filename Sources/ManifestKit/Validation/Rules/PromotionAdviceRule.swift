/// RR0509: a preview that nobody sees.
enum PromotionAdviceRule: RolloutRule {
    static let id: RuleID = "RR0509"
    static let severity = Severity.warning
    static let summary = "A blue-green Rollout with a preview service says when it is promoted."
    static let rationale = """
        Promotion is automatic where `autoPromotionEnabled` is absent: users are switched to the new version as soon \
        as its pods are ready, so that there is no time to look at the preview.
        """
    static let failing = [RuleExample("activeService: web\n# ↓\npreviewService: web-preview", in: .blueGreen)]
    static let passing = [
        RuleExample("activeService: web\npreviewService: web-preview\nautoPromotionEnabled: false", in: .blueGreen),
        RuleExample("activeService: web\npreviewService: web-preview\nautoPromotionSeconds: 60", in: .blueGreen),
        RuleExample(
            "activeService: web\npreviewService: web-preview\nprePromotionAnalysis: {templates: [{templateName: a}]}",
            in: .blueGreen),
        RuleExample("activeService: web", in: .blueGreen),
    ]

    private static let deciding = ["autoPromotionEnabled", "autoPromotionSeconds", "prePromotionAnalysis"]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        guard let blueGreen = rollout.blueGreen, let preview = blueGreen.filled("previewService"),
            !deciding.contains(where: { blueGreen.present($0) != nil })
        else { return }
        findings.report(
            self, field: preview,
            "users are switched as soon as the new pods are ready, with no time to look at the preview",
            hint: "set `autoPromotionEnabled: false`, `autoPromotionSeconds` or `prePromotionAnalysis`; or write "
                + "`autoPromotionEnabled: true` if it is meant so")
    }
}
