/// RR0310: measurements from Prometheus.
enum PrometheusMetricRule: ObjectRule {
    static let id: RuleID = "RR0310"
    static let severity = Severity.error
    static let kinds = AnalysisManifest.kinds
    static let summary = "A Prometheus metric has a full address, a query, and a range and a timeout that can be used."
    static let rationale = """
        The controller refuses an address without scheme and host, a negative timeout, half an authentication, and a \
        range query whose start and end are no expressions for times. Without an address it asks the one that its \
        own environment names in ARGO_ROLLOUTS_PROMETHEUS_ADDRESS, if any.
        """
    static let failing = [
        RuleExample(
            "provider:\n  prometheus:\n    # ↓\n    address: prometheus.monitoring\n    query: up", in: .metric),
        RuleExample("provider:\n  # ↓\n  prometheus:\n    address: http://prometheus:9090", in: .metric),
        RuleExample("provider:\n  # ↓\n  prometheus:\n    query: up", in: .metric),
        RuleExample(prometheus("# ↓\n    timeout: -5"), in: .metric),
        RuleExample(
            prometheus("rangeQuery:\n      # ↓\n      start: 1h ago\n      end: now()\n      step: 1m"), in: .metric),
        RuleExample(
            prometheus("rangeQuery:\n      start: now() - duration('1h')\n      end: now()\n      # ↓\n      step: 60"),
            in: .metric),
        RuleExample(
            prometheus("authentication:\n      # ↓\n      basicAuth:\n        username: web"), in: .metric),
        RuleExample(prometheus("headers:\n    # ↓\n    - key: 'X Scope'\n      value: a"), in: .metric),
    ]
    static let passing = [
        RuleExample(
            prometheus(
                "timeout: 40\n    headers:\n    - key: X-Scope-OrgID\n      value: a\n    rangeQuery:\n"
                    + "      start: now() - duration(\"{{args.window}}\")\n      end: now()\n"
                        + "      step: 1m"), in: .metric),
        RuleExample("provider:\n  prometheus:\n    address: \"{{args.address}}\"\n    query: up", in: .metric),
    ]

    private static func prometheus(_ setting: String) -> String {
        "provider:\n  prometheus:\n    address: http://prometheus:9090\n    query: up\n    \(setting)"
    }

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let analysis = AnalysisManifest(object) else { return }
        for metric in analysis.metrics {
            guard let settings = metric.provider("prometheus") else { continue }
            if let address = settings.filled("address") {
                ProviderCheck.reportAddress(self, metric, address, &findings)
            } else {
                findings.report(
                    self, missing: "address", in: settings, "there is no address",
                    hint: "add address, or set ARGO_ROLLOUTS_PROMETHEUS_ADDRESS for the controller", severity: .warning)
            }
            ProviderCheck.reportQuery(self, metric, settings, "a PromQL expression", &findings)
            ProviderCheck.reportSeconds(self, "timeout", in: settings, &findings)
            ProviderCheck.reportHeaders(self, settings, &findings)
            ProviderCheck.reportAuthentication(self, settings, &findings)
            if let range = settings.mapping("rangeQuery") { checkRange(range, metric, &findings) }
        }
    }

    private static func checkRange(_ range: YAMLNode, _ metric: MetricManifest, _ findings: inout Findings) {
        for field in ["start", "end"] {
            guard let node = range.filled(field) else {
                findings.report(
                    self, missing: field, in: range, "the range has no \(field)",
                    hint: field == "end" ? "add end: now()" : "add start: now() - duration(\"1h\")")
                continue
            }
            let outcome = ConditionCheck.check(node.text, values: metric.values) { text throws(ExpressionFailure) in
                _ = try Expression.time(text)
            }
            guard case .faulty(let failure) = outcome else { continue }
            findings.report(
                self, part: failure.range, of: node, "\(field): \(failure.message)",
                hint: "write an expression for a time, such as now() - duration(\"1h\")")
        }
        guard let step = range.filled("step") else {
            findings.report(self, missing: "step", in: range, "the range has no step", hint: "add step: 1m")
            return
        }
        let length = findings.duration(self, metric.text("step", in: range))
        guard let length, length.nanoseconds <= 0 else { return }
        findings.report(self, field: step, "a step of \(step.text) leads nowhere", hint: "write a positive "
            + "duration such as 1m")
    }
}
