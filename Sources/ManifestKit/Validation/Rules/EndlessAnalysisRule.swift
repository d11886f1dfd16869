/// RR0409: an analysis that a step waits for and that never ends.
enum EndlessAnalysisRule: ManifestSetRule {
    static let id: RuleID = "RR0409"
    static let severity = Severity.error
    static let summary = "An analysis that an update waits for has metrics that end."
    static let rationale = """
        A metric with an interval and no count is measured for ever. That is right for a background analysis; a \
        step, or an analysis before or after promotion, would wait for it without end, and the controller refuses \
        such a Rollout.
        """
    static let failing = [RuleExample(example("{name: rate, interval: 1m}", mark: true))]
    static let passing = [
        RuleExample(example("{name: rate, interval: 1m, count: 5}")), RuleExample(example("{name: rate}")),
    ]

    private static func example(_ metric: String, mark: Bool = false) -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: web}
        spec:
          strategy:
            canary:
              steps: [{analysis: {templates: [{templateName: success}]}}]
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: success}
        spec:
          metrics:
        \(mark ? "  # ↓\n" : "")  - \(metric)
        """
    }

    static func check(_ index: ManifestIndex, _ findings: inout Findings) {
        for (facts, rollout) in index.rollouts {
            for analysis in rollout.analyses where ![.background, .experiment].contains(analysis.moment) {
                for (object, template) in index.templates(of: analysis, beside: facts).found {
                    for metric in template.metrics where metric.isEndless {
                        findings.report(
                            self, at: metric.place,
                            "metric \"\(metric.name)\" of \(object.kind.rawValue) \"\(object.name)\" has an "
                                + "interval and no count, so it never ends, and Rollout \"\(facts.name)\" waits for it",
                            hint: "give it a count, or use the template as background analysis",
                            related: [(analysis.place, "the Rollout waits here")])
                    }
                }
            }
        }
    }
}
