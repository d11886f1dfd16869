/// RR0312: measurements from Datadog.
enum DatadogMetricRule: ObjectRule {
    static let id: RuleID = "RR0312"
    static let severity = Severity.error
    static let kinds = AnalysisManifest.kinds
    static let summary = "A Datadog metric has either a query or queries, and only what its version of the API knows."
    static let rationale = """
        The controller refuses a metric with both `query` and `queries` or with neither, several queries without a \
        `formula`, a formula without queries, and queries or an `aggregator` with version v1, which is the default. \
        `interval` and `requestTimeout` are durations.
        """
    static let failing = [
        RuleExample("provider:\n  # ↓\n  datadog:\n    interval: 5m", in: .metric),
        RuleExample(datadog("query: a\n    # ↓\n    queries: {b: c}"), in: .metric),
        RuleExample("provider:\n  datadog:\n    apiVersion: v1\n    # ↓\n    queries: {b: c}", in: .metric),
        RuleExample(datadog("# ↓\n    queries: {b: c, d: e}"), in: .metric),
        RuleExample(datadog("query: a\n    # ↓\n    formula: a + b"), in: .metric),
        RuleExample("provider:\n  datadog:\n    query: a\n    # ↓\n    aggregator: avg", in: .metric),
        RuleExample(datadog("query: a\n    # ↓\n    interval: 5 min"), in: .metric),
        RuleExample(datadog("query: a\n    # ↓\n    requestTimeout: 0s"), in: .metric),
        RuleExample(datadog("query: a\n    # ↓\n    secretRef: {namespaced: true}"), in: .metric),
    ]
    static let passing = [
        RuleExample(
            "provider:\n  datadog:\n    interval: 5m\n    query: avg:requests.error.rate{service:web}", in: .metric),
        RuleExample(
            datadog("queries: {a: b, c: d}\n    formula: a / c\n    aggregator: avg\n"
                + "    requestTimeout: 30s"), in: .metric),
    ]

    private static func datadog(_ setting: String) -> String { "provider:\n  datadog:\n    apiVersion: v2\n"
        + "    \(setting)" }

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let analysis = AnalysisManifest(object) else { return }
        for metric in analysis.metrics {
            guard let settings = metric.provider("datadog") else { continue }
            checkQueries(settings, metric, &findings)
            _ = findings.duration(self, metric.text("interval", in: settings))
            let timeout = metric.text("requestTimeout", in: settings)
            if let timeout, let length = findings.duration(self, timeout), length.nanoseconds <= 0 {
                findings.report(
                    self, field: timeout.node, "a request cannot end after \(timeout.text)",
                    hint: "write a positive duration such as 30s")
            }
            guard let secret = settings.mapping("secretRef"), secret["namespaced"]?.boolean == true,
                secret.filled("name") == nil
            else { continue }
            findings.report(
                self, field: secret, "a secret in the namespace of the analysis has no name", hint: "add "
                    + "secretRef.name")
        }
    }

    private static func checkQueries(_ settings: YAMLNode, _ metric: MetricManifest, _ findings: inout Findings) {
        let query = settings.filled("query")
        let queries = settings.mapping("queries").flatMap { $0.count > 0 ? $0 : nil }
        let isFirstVersion = settings.filled("apiVersion").map { $0.textEquals("v1") } ?? true
        if let query, let queries {
            let isQueryFirst = query.range.lowerBound < queries.range.lowerBound
            findings.report(
                self, field: isQueryFirst ? queries : query, "the metric has both query and queries",
                hint: "keep one of them", related: [(isQueryFirst ? query : queries, "the other one")])
            return
        }
        guard query != nil || queries != nil else {
            findings.report(
                self, missing: "query", in: settings, "the metric has neither query nor queries", hint: "add query")
            return
        }
        if isFirstVersion, let queries {
            findings.report(self, field: queries, "version v1 knows no queries", hint: "add apiVersion: v2, or "
                + "use query")
        } else if let queries, queries.count > 1, settings.filled("formula") == nil {
            findings.report(
                self, field: queries, "several queries need a formula that makes one value of them", hint: "add "
                    + "formula")
        }
        if queries == nil, let formula = settings.filled("formula") {
            findings.report(self, field: formula, "a formula works on queries, and there are none", hint: "use queries")
        }
        if isFirstVersion, let aggregator = settings.filled("aggregator") {
            findings.report(
                self, field: aggregator, "version v1 knows no aggregator", hint: "add apiVersion: v2, or leave it out")
        }
    }
}
