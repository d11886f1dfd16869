/// RR0308: the metrics that dry runs and retention are for.
enum MetricSelectionRule: ObjectRule {
    static let id: RuleID = "RR0308"
    static let severity = Severity.error
    static let kinds: Set<ResourceKind> = AnalysisManifest.kinds.union([.experiment, .rollout])
    static let summary =
        "Each pattern under dryRun and measurementRetention is there once, can be read, and fits a metric."
    static let rationale = """
        `metricName` is a regular expression in Go's syntax that has to match the name of at least one metric; the \
        controller ends the analysis with an error where it does not, and so too where it cannot read the pattern. \
        `*` alone is no pattern: write `.*`. Two rules with one pattern are refused.
        """
    static let failing = [
        RuleExample("dryRun:\n# ↓\n- metricName: latency\nmetrics:\n- name: rate", in: .analysisSpec),
        RuleExample("dryRun:\n# ↓\n- metricName: '*'\nmetrics:\n- name: rate", in: .analysisSpec),
        RuleExample("dryRun:\n- metricName: .*\n# ↓\n- metricName: .*\nmetrics:\n- name: rate", in: .analysisSpec),
        RuleExample(
            "measurementRetention:\n# ↓\n- metricName: (rate\n  limit: 20\nmetrics:\n- name: rate", in: .analysisSpec),
        RuleExample(
            "measurementRetention:\n- metricName: rate\n  # ↓\n  limit: 0\nmetrics:\n- name: rate", in: .analysisSpec),
        RuleExample(
            "analysis:\n  templates: [{templateName: a}]\n  dryRun:\n  # ↓\n  - metricName: '*'", in: .canary),
    ]
    static let passing = [
        RuleExample(
            "dryRun:\n- metricName: ra.*\nmeasurementRetention:\n- metricName: rate\n  limit: 20\nmetrics:\n"
                + "- name: rate",
            in: .analysisSpec),
        RuleExample("analysis:\n  templates: [{templateName: a}]\n  dryRun:\n  - metricName: .*", in: .canary),
    ]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let spec = object.spec, spec.isMapping else { return }
        switch object.kind {
        case .rollout: checkRollout(spec, &findings)
        case .experiment: check(spec, metrics: nil, &findings)
        default:
            guard spec["dryRun"] != nil || spec["measurementRetention"] != nil,
                let analysis = AnalysisManifest(object)
            else { return }
            let names = analysis.metrics.compactMap { $0.node["name"]?.text }
            let isOpen = analysis.hasTemplates || names.isEmpty || names.contains { $0.contains("{{") }
            check(spec, metrics: isOpen ? nil : names, &findings)
        }
    }

    private static func checkRollout(_ spec: YAMLNode, _ findings: inout Findings) {
        guard let strategy = spec["strategy"] else { return }
        if let canary = strategy["canary"] {
            if let background = canary["analysis"] { check(background, metrics: nil, &findings) }
            for step in canary["steps"]?.elements.map(\.self) ?? [] {
                if let analysis = step["analysis"] { check(analysis, metrics: nil, &findings) }
                if let experiment = step["experiment"] { check(experiment, metrics: nil, &findings) }
            }
        }
        for field in ["prePromotionAnalysis", "postPromotionAnalysis"] {
            if let analysis = strategy["blueGreen"]?[field] { check(analysis, metrics: nil, &findings) }
        }
    }

    private static func check(_ parent: YAMLNode, metrics: [String]?, _ findings: inout Findings) {
        for field in ["dryRun", "measurementRetention"] {
            guard let list = parent[field], list.isSequence else { continue }
            var seen: [YAMLNode] = []
            for rule in list.elements where rule.isMapping {
                if let pattern = rule["metricName"], pattern.isScalar {
                    check(pattern, field, metrics: metrics, earlier: seen, &findings)
                    seen.append(pattern)
                }
                guard let limit = rule["limit"], let number = limit.integer, number < 1 else { continue }
                findings.report(
                    self, field: limit, "a limit of \(number) is ignored, and ten measurements are kept",
                    hint: "write 1 or more", severity: .warning)
            }
        }
    }

    private static func check(
        _ pattern: YAMLNode, _ field: String, metrics: [String]?, earlier: [YAMLNode], _ findings: inout Findings
    ) {
        let text = pattern.text
        if let first = earlier.first(where: { $0.hasText(of: pattern) }) {
            findings.report(
                self, field: pattern, "\(field) has two rules for \(Wording.quoted(text))", hint: "keep one of them",
                related: [(first, "first here")])
            return
        }
        do throws(RegularExpression.Malformation) {
            let expression = try RegularExpression(text)
            guard let metrics, !metrics.contains(where: expression.matches) else { return }
            findings.report(
                self, field: pattern, "\(Wording.quoted(text)) matches no metric of this analysis",
                hint: "the metrics are \(Wording.all(metrics.map(Wording.quoted)))")
        } catch {
            findings.report(
                self, field: pattern, "\(Wording.quoted(text)) is no regular expression: \(error.message)",
                hint: text == "*" ? "write `.*` for all metrics" : "write a pattern in Go's syntax, or a metric's name")
        }
    }
}
