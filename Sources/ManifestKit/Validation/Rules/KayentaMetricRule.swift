/// RR0314: judgements from Kayenta.
enum KayentaMetricRule: ObjectRule {
    static let id: RuleID = "RR0314"
    static let severity = Severity.error
    static let kinds = AnalysisManifest.kinds
    static let summary = "A Kayenta metric has scopes whose times go together, and thresholds in order."
    static let rationale = """
        The controller compares `controlScope` with `experimentScope`: start and end are set for both or for \
        neither. Without a start it looks back by the metric's `interval`, which then has to be there unless \
        `lookback` is on. A score of at least `pass` is a success, one of at least `marginal` is inconclusive.
        """
    static let failing = [
        RuleExample(kayenta("threshold: {pass: 95, marginal: 75}\n    # ↓\n    scopes: []"), in: .metric),
        RuleExample(kayenta("threshold:\n      pass: 70\n      # ↓\n      marginal: 75\n    scopes:\n"
            + "    - \(scope(""))"), in: .metric),
        RuleExample(kayenta("threshold: {pass: 95, marginal: 75}\n    scopes:\n    # ↓\n"
            + "    - \(scope(", start: now"))"), in: .metric),
        RuleExample(
            kayenta("threshold: {pass: 95, marginal: 75}\n    scopes:\n    - \(scope(""))\n    # ↓\n"
                + "    - \(scope(""))"),
            in: .metric),
    ]
    static let passing = [
        RuleExample(
            kayenta("threshold: {pass: 95, marginal: 75}\n    lookback: true\n    scopes:\n"
                + "    - \(scope(""))"), in: .metric)
    ]

    private static func kayenta(_ settings: String) -> String {
        "interval: 5m\nprovider:\n  kayenta:\n    address: https://kayenta.example.com\n    application: web\n"
            + "    canaryConfigName: web\n    \(settings)"
    }

    private static func scope(_ time: String) -> String {
        "{name: default, controlScope: {scope: a, region: b, step: 60\(time)}, experimentScope: {scope: c, "
            + "region: b, step: 60}}"
    }

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let analysis = AnalysisManifest(object) else { return }
        for metric in analysis.metrics {
            guard let settings = metric.provider("kayenta") else { continue }
            for field in ["address", "application", "canaryConfigName"] {
                guard let node = settings[field], node.isScalar, node.withText({ $0.isEmpty }) else { continue }
                findings.report(self, field: node, "\(field) is empty", hint: "write it out")
            }
            if let address = settings["address"] {
                ProviderCheck.reportAddress(self, metric, address, needsHTTP: true, &findings)
            }
            if let threshold = settings.mapping("threshold"), let pass = threshold["pass"]?.integer,
                let node = threshold["marginal"], let marginal = node.integer, marginal > pass {
                findings.report(
                    self, field: node, "marginal is \(marginal), and pass is \(pass)",
                    hint: "pass is the higher of the two", related: [(threshold["pass"] ?? node, "pass")])
            }
            if let scopes = settings["scopes"], scopes.isSequence { check(scopes, metric, settings, &findings) }
        }
    }

    private static func check(
        _ scopes: YAMLNode, _ metric: MetricManifest, _ settings: YAMLNode, _ findings: inout Findings
    ) {
        if scopes.elements.isEmpty { findings.report(self, field: scopes, "there are no scopes", hint: "add at "
            + "least one") }
        var names: [YAMLNode] = []
        var needsInterval = false
        for scope in scopes.elements where scope.isMapping {
            if let name = scope["name"], name.isScalar {
                if let first = names.first(where: { $0.hasText(of: name) }) {
                    findings.report(
                        self, field: name, "two scopes are named \(Wording.quoted(name.text))",
                        hint: "give each scope its own name", related: [(first, "first here")])
                }
                names.append(name)
            }
            let control = scope.mapping("controlScope")
            let experiment = scope.mapping("experimentScope")
            for field in ["start", "end"] {
                let left = control?.filled(field)
                let right = experiment?.filled(field)
                if field == "start", left == nil, right == nil { needsInterval = true }
                guard (left == nil) != (right == nil), let node = left ?? right else { continue }
                findings.report(
                    self, field: node, "only one of controlScope and experimentScope has \(field)",
                    hint: "set it for both, or for neither")
            }
        }
        let looksBack = settings["lookback"]?.boolean == true
        guard needsInterval, !looksBack, metric.node.filled("interval") == nil else { return }
        findings.report(
            self, field: scopes, "without a start of the scopes the metric needs an interval to look back by",
            hint: "add interval to the metric, or lookback: true")
    }
}
