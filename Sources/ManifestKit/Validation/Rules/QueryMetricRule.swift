/// RR0315: measurements from Graphite, InfluxDB, New Relic, SkyWalking and Wavefront.
enum QueryMetricRule: ObjectRule {
    static let id: RuleID = "RR0315"
    static let severity = Severity.error
    static let kinds = AnalysisManifest.kinds
    static let summary =
        "A metric from Graphite, InfluxDB, New Relic, SkyWalking or Wavefront has a query and what goes with it."
    static let rationale = """
        Graphite and SkyWalking need an address, and Wavefront one that a key of the controller's secret names. \
        SkyWalking looks back by an `interval` that has to be there. New Relic refuses a negative timeout. Without a \
        query there is nothing to measure.
        """
    static let failing = [
        RuleExample("provider:\n  # ↓\n  graphite:\n    query: target=a", in: .metric),
        RuleExample("provider:\n  graphite:\n    address: http://graphite\n    # ↓\n    query: ''", in: .metric),
        RuleExample("provider:\n  newRelic:\n    query: FROM Transaction\n    # ↓\n    timeout: -1", in: .metric),
        RuleExample("provider:\n  # ↓\n  influxdb:\n    profile: web", in: .metric),
        RuleExample("provider:\n  # ↓\n  skywalking:\n    address: http://oap:12800\n    query: '{a}'", in: .metric),
        RuleExample("provider:\n  # ↓\n  wavefront:\n    query: ts(a)", in: .metric),
    ]
    static let passing = [
        RuleExample("provider:\n  graphite:\n    address: http://graphite:9090\n    query: target=a", in: .metric),
        RuleExample(
            "provider:\n  newRelic:\n    profile: web\n    query: FROM Transaction SELECT count(*)", in: .metric),
        RuleExample("provider:\n  influxdb:\n    query: from(bucket)", in: .metric),
        RuleExample(
            "provider:\n  skywalking:\n    address: http://oap:12800\n    interval: 3m\n"
                + "    query: 'query { a }'", in: .metric),
        RuleExample("provider:\n  wavefront:\n    address: example.wavefront.com\n    query: ts(a)", in: .metric),
    ]

    private static let nouns: [(provider: String, query: String)] = [
        ("graphite", "a render query such as target=..."), ("influxdb", "a Flux query"), ("newRelic", "an NRQL query"),
        ("skywalking", "a GraphQL query"), ("wavefront", "a ts() expression"),
    ]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let analysis = AnalysisManifest(object) else { return }
        for metric in analysis.metrics {
            for (provider, query) in nouns {
                guard let settings = metric.provider(provider) else { continue }
                // The schema asks for New Relic's query by itself.
                if provider != "newRelic" || settings["query"] != nil {
                    ProviderCheck.reportQuery(self, metric, settings, query, &findings)
                }
                checkAddress(provider, settings, metric, &findings)
                switch provider {
                case "newRelic": ProviderCheck.reportSeconds(self, "timeout", in: settings, &findings)
                case "skywalking": checkInterval(settings, metric, &findings)
                default: break
                }
            }
        }
    }

    private static func checkAddress(
        _ provider: String, _ settings: YAMLNode, _ metric: MetricManifest, _ findings: inout Findings
    ) {
        guard ["graphite", "skywalking", "wavefront"].contains(provider) else { return }
        guard let address = settings.filled("address") else {
            findings.report(self, missing: "address", in: settings, "there is no address", hint: "add address")
            return
        }
        // Wavefront's address is no URL but the key of a secret.
        if provider != "wavefront" { ProviderCheck.reportAddress(self, metric, address, needsHTTP: true, &findings) }
    }

    private static func checkInterval(_ settings: YAMLNode, _ metric: MetricManifest, _ findings: inout Findings) {
        guard settings.filled("interval") != nil else {
            findings.report(
                self, missing: "interval", in: settings, "SkyWalking needs an interval to look back by",
                hint: "add interval, for example interval: 3m")
            return
        }
        _ = findings.duration(self, metric.text("interval", in: settings))
    }
}
