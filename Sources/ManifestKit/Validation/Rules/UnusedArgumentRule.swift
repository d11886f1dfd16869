/// RR0307: arguments that nothing uses.
enum UnusedArgumentRule: ObjectRule {
    static let id: RuleID = "RR0307"
    static let severity = Severity.warning
    static let kinds: Set<ResourceKind> = [.analysisTemplate, .clusterAnalysisTemplate]
    static let summary = "Every argument that a template declares is used in one of its metrics."
    static let rationale = """
        An argument without a value has to be given by every Rollout that uses the template; one that no metric uses \
        is work for nothing, or a misspelt name. A template that takes others in may declare arguments for them.
        """
    static let failing = [
        RuleExample(
            "args:\n# ↓\n- name: service\nmetrics:\n- name: ok\n  provider: {web: {url: http://a}}", in: .analysisSpec)
    ]
    static let passing = [
        RuleExample(
            "args:\n- name: host\nmetrics:\n- name: ok\n  provider: {web: {url: \"http://{{args.host}}\"}}",
            in: .analysisSpec),
        RuleExample("args:\n- name: host\ntemplates: [{templateName: a}]", in: .analysisSpec),
    ]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let analysis = AnalysisManifest(object), !analysis.arguments.isEmpty, !analysis.metrics.isEmpty,
            !analysis.hasTemplates
        else { return }
        var used: Set<String> = []
        for metric in analysis.metrics {
            ArgumentListCheck.forEachScalar(under: metric.node) { scalar in
                guard scalar.withText({ ArgumentTags.mayBe(in: $0) }) else { return }
                for tag in ArgumentTags(scalar.text).tags { used.insert(tag.argument ?? "") }
            }
        }
        for argument in analysis.arguments {
            guard let name = argument.filled("name"), !used.contains(name.text) else { continue }
            findings.report(
                self, field: name, "no metric uses the argument \(Wording.quoted(name.text))",
                hint: "remove it, or use it as {{args.\(name.text)}}")
        }
    }
}
