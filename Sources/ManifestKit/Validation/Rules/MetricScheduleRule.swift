/// RR0302: when and how often a metric is measured.
enum MetricScheduleRule: ObjectRule {
    static let id: RuleID = "RR0302"
    static let severity = Severity.error
    static let kinds = AnalysisManifest.kinds
    static let summary =
        "A metric's interval and initial delay are durations, and a count above one comes with an interval."
    static let rationale = """
        `count` is how many measurements are taken, `interval` the time between them. A count above 1 without an \
        interval, or a duration that Go cannot read, ends the analysis with an error. A count that is a text but no \
        number is read as 0, which means: without an end.
        """
    static let failing = [
        RuleExample("# ↓\ninterval: 5 minutes", in: .metric),
        RuleExample("# ↓\ninitialDelay: 1d", in: .metric),
        RuleExample("# ↓\ncount: 3", in: .metric),
        RuleExample("interval: 1m\n# ↓\ncount: three", in: .metric),
        RuleExample("interval: 1m\n# ↓\ncount: -1", in: .metric),
        RuleExample("# ↓\ninterval: 0s", in: .metric),
    ]
    static let passing = [
        RuleExample("interval: 1m\ncount: 5\ninitialDelay: 30s", in: .metric),
        RuleExample("interval: \"{{args.interval}}\"\ncount: \"{{args.count}}\"", in: .metric),
        RuleExample("interval: 1m\ncount: \"5\"", in: .metric),
        RuleExample("count: 1", in: .metric),
    ]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let analysis = AnalysisManifest(object) else { return }
        for metric in analysis.metrics {
            for field in ["interval", "initialDelay"] where metric.node.filled(field)?.string != nil {
                let text = metric.text(field, in: metric.node)
                guard let text, let duration = findings.duration(self, text) else { continue }
                if duration.nanoseconds < 0 || duration.nanoseconds == 0 && field == "interval" {
                    findings.report(
                        self, field: text.node, "\(field) is \(text.text), so that measurements follow without a pause",
                        hint: "write a positive duration such as 1m", severity: .warning)
                }
            }
            checkCount(metric, &findings)
        }
    }

    private static func checkCount(_ metric: MetricManifest, _ findings: inout Findings) {
        guard let node = metric.node.present("count") else { return }
        switch metric.count("count") {
        case .malformed(_, let text):
            findings.report(
                self, field: node, "\(Wording.quoted(text)) is no whole number, and would count as 0",
                hint: "write a number, or leave count out")
        case .number(let count) where count < 0:
            findings.report(self, field: node, "count is \(count)", hint: "write 1 or more, or leave it out")
        case .number(let count) where count > 1 && metric.node.filled("interval") == nil:
            findings.report(
                self, field: node, "\(count) measurements need an interval between them",
                hint: "add interval, for example interval: 1m")
        default: break
        }
    }
}
