/// RR0410: two templates of one analysis with a metric of the same name.
enum MergedMetricRule: ManifestSetRule {
    static let id: RuleID = "RR0410"
    static let severity = Severity.error
    static let summary = "The templates of one analysis have metrics of different names."
    static let rationale = """
        Several templates of one analysis are merged into one run. Two metrics of the same name cannot be told apart there, \
        and the controller refuses the Rollout.
        """
    static let failing = [RuleExample(example("rate", mark: true))]
    static let passing = [RuleExample(example("errors"))]

    private static func example(_ metric: String, mark: Bool = false) -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: web}
        spec:
          strategy:
            canary:
              analysis: {templates: [{templateName: one}, {templateName: two}]}
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: one}
        spec:
          metrics: [{name: rate}]
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: two}
        spec:
          metrics:
        \(mark ? "  # ↓\n" : "")  - name: \(metric)
        """
    }

    static func check(_ index: ManifestIndex, _ findings: inout Findings) {
        for (facts, rollout) in index.rollouts {
            for analysis in rollout.analyses {
                var first: [String: (object: String, place: ManifestPlace)] = [:]
                for (object, template) in index.templates(of: analysis, beside: facts).found {
                    for metric in template.metrics {
                        if let earlier = first[metric.name], earlier.object != object.name {
                            findings.report(
                                self, at: metric.place,
                                "metric \"\(metric.name)\" is also in template \"\(earlier.object)\", and Rollout "
                                    + "\"\(facts.name)\" uses both in one analysis",
                                hint: "rename one of them",
                                related: [(earlier.place, "the other metric"), (analysis.place, "used together here")])
                        } else {
                            first[metric.name] = (object.name, metric.place)
                        }
                    }
                }
            }
        }
    }
}
