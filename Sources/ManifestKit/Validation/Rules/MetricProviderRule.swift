/// RR0301: the provider of a metric.
enum MetricProviderRule: ObjectRule {
    static let id: RuleID = "RR0301"
    static let severity = Severity.error
    static let kinds = AnalysisManifest.kinds
    static let summary = "A metric has exactly one provider."
    static let rationale = """
        The provider says what is asked for a measurement. With none, or with two, the controller ends the analysis \
        with an error as soon as it starts, and with it the update. Several plugins under `plugin` count as several \
        providers. Plugins are programs that the Argo Rollouts controller loads; `rollout-render runtime` runs none, \
        and ends such an analysis with an error.
        """
    static let failing = [
        RuleExample("# ↓\nprovider: {}", in: .metric),
        RuleExample(
            "provider:\n  prometheus:\n    address: http://prometheus:9090\n    query: up\n  # ↓\n  web:\n"
                + "    url: http://web/healthz", in: .metric),
        RuleExample("provider:\n  plugin:\n    # ↓\n    example/a: {}\n    # ↓\n    example/b: {}", in: .metric),
        RuleExample("provider:\n  # ↓\n  plugin: {}", in: .metric),
        RuleExample("provider:\n  plugin:\n    # ↓\n    example/a:\n      anything: goes", in: .metric),
    ]
    static let passing = [
        RuleExample("provider:\n  web:\n    url: http://web/healthz", in: .metric),
    ]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let analysis = AnalysisManifest(object) else { return }
        for metric in analysis.metrics {
            guard let provider = metric.provider else { continue }
            check(provider, &findings)
        }
    }

    private static func noteLack(of plugin: YAMLNode, _ findings: inout Findings) {
        findings.report(
            self, field: plugin,
            "\(Wording.quoted(plugin.text)) is a plugin, and `rollout-render runtime` runs no metric plugins",
            hint: "use a built-in provider, or `web` against a service that answers with the measurement; with the "
                + "Argo Rollouts controller it works", severity: .warning)
    }

    private static func check(_ provider: YAMLNode, _ findings: inout Findings) {
        var first: YAMLNode?
        var isKnown = true
        for entry in provider.entries {
            guard MetricManifest.providerNames.contains(entry.key.text) else {
                isKnown = false
                continue
            }
            guard !entry.value.isNull else { continue }
            let isPlugin = entry.key.textEquals("plugin") && entry.value.isMapping
            for node in isPlugin ? entry.value.entries.map(\.key) : [entry.key] {
                guard let earlier = first else {
                    first = node
                    if isPlugin { noteLack(of: node, &findings) }
                    continue
                }
                findings.report(
                    self, field: isPlugin ? node : entry.value,
                    "the metric has the provider \(Wording.quoted(node.text)) beside \(Wording.quoted(earlier.text))",
                    hint: "keep one; write a metric of its own for the other", related: [(earlier, "the first "
                        + "provider")])
            }
        }
        // A misspelt provider is an unknown field, which is reported as such.
        guard first == nil, isKnown else { return }
        findings.report(
            self, field: provider["plugin"].flatMap { $0.isNull ? nil : $0 } ?? provider, "the metric has no provider",
            hint: "add one of \(Wording.all(MetricManifest.providerNames))")
    }
}
