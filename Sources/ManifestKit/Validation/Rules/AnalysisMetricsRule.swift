/// RR0300: the list of metrics.
enum AnalysisMetricsRule: ObjectRule {
    static let id: RuleID = "RR0300"
    static let severity = Severity.error
    static let kinds = AnalysisManifest.kinds
    static let summary = "An analysis has metrics, each with a name of its own."
    static let rationale = """
        The controller ends an analysis with an error where there is no metric or two have one name. An \
        AnalysisTemplate may take all of its metrics from other templates, which it lists under `templates`. `lint` \
        looks at none of this.
        """
    static let failing = [
        RuleExample("# ↓\nmetrics: []", in: .analysisSpec),
        RuleExample(
            "metrics:\n- name: rate\n  provider: {web: {url: http://a}}\n# ↓\n- name: rate\n"
                + "  provider: {web: {url: http://b}}", in: .analysisSpec),
        RuleExample("templates:\n# ↓\n- templateName: ''", in: .analysisSpec),
        RuleExample("metrics:\n# ↓\n- name: ''\n  provider: {web: {url: http://a}}", in: .analysisSpec),
    ]
    static let passing = [
        RuleExample("templates:\n- templateName: latency", in: .analysisSpec),
        RuleExample(
            "metrics:\n- name: rate\n  provider: {web: {url: http://a}}\n- name: latency\n"
                + "  provider: {web: {url: http://b}}", in: .analysisSpec),
    ]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let analysis = AnalysisManifest(object) else { return }
        let list = analysis.spec.present("metrics")
        if list?.isSequence != false, list?.elements.isEmpty != false, !analysis.hasTemplates {
            let hint = analysis.isRun ? "add at least one" : "add at least one, or list other templates under "
                + "`templates`"
            if let list {
                findings.report(self, field: list, "the analysis has no metrics", hint: hint)
            } else {
                findings.report(self, missing: "metrics", in: analysis.spec, "the analysis has no metrics", hint: hint)
            }
        }
        if analysis.hasTemplates { checkTemplates(analysis, &findings) }
        let names = analysis.metrics.compactMap { $0.node.present("name") }.filter(\.isScalar)
        for (position, name) in names.enumerated() {
            if name.withText({ $0.isEmpty }) {
                findings.report(self, field: name, "the metric's name is empty", hint: "give it a "
                    + "name", severity: .warning)
            }
            guard let first = names[..<position].first(where: { $0.hasText(of: name) }) else { continue }
            findings.report(
                self, field: name, "the analysis has two metrics of the name \(Wording.quoted(name.text))",
                hint: "give each metric its own name", related: [(first, "first here")])
        }
    }

    private static func checkTemplates(_ analysis: AnalysisManifest, _ findings: inout Findings) {
        for template in analysis.spec["templates"]?.elements.map(\.self) ?? [] where template.isMapping {
            guard let name = template["templateName"], name.isScalar else { continue }
            if name.withText({ $0.isEmpty }) {
                findings.report(self, field: name, "templateName is empty", hint: "name an AnalysisTemplate")
                continue
            }
            let isCluster = template["clusterScope"]?.boolean == true
            let isSame = isCluster == (analysis.document.kind == .clusterAnalysisTemplate)
            guard isSame, let own = analysis.document.root["metadata", "name"], name.hasText(of: own) else { continue }
            findings.report(
                self, field: name, "the template takes itself in", hint: "name another template, or remove it",
                severity: .warning)
        }
    }
}
