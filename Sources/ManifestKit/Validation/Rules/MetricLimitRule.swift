/// RR0303: how many failures a metric may have.
enum MetricLimitRule: ObjectRule {
    static let id: RuleID = "RR0303"
    static let severity = Severity.error
    static let kinds = AnalysisManifest.kinds
    static let summary = "The limits of a metric are not negative and can be reached within its count."
    static let rationale = """
        A limit says how many measurements may fail, be inconclusive or break before the metric is given up. The \
        controller refuses limits that the count can never reach: `count` has to be at least `failureLimit` plus \
        `consecutiveSuccessLimit`, and at least `inconclusiveLimit`. Only `failureLimit` may be -1, which switches \
        it off and needs a `consecutiveSuccessLimit`.
        """
    static let failing = [
        RuleExample("interval: 1m\ncount: 5\n# ↓\nfailureLimit: 9", in: .metric),
        RuleExample("# ↓\ninconclusiveLimit: -1", in: .metric),
        RuleExample("# ↓\nconsecutiveErrorLimit: -1", in: .metric),
        RuleExample("# ↓\nfailureLimit: -1", in: .metric),
        RuleExample("# ↓\nfailureLimit: few", in: .metric),
        RuleExample("interval: 1m\ncount: 4\n# ↓\nfailureLimit: 2\nconsecutiveSuccessLimit: 3", in: .metric),
    ]
    static let passing = [
        RuleExample(
            "interval: 1m\ncount: 5\nfailureLimit: 5\ninconclusiveLimit: 5\nconsecutiveErrorLimit: 9", in: .metric),
        RuleExample("interval: 1m\nfailureLimit: -1\nconsecutiveSuccessLimit: 3", in: .metric),
        RuleExample("interval: 1m\ncount: 3\nfailureLimit: \"{{args.limit}}\"", in: .metric),
    ]

    private static let limits = [
        "failureLimit", "inconclusiveLimit", "consecutiveErrorLimit", "consecutiveSuccessLimit",
    ]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let analysis = AnalysisManifest(object) else { return }
        for metric in analysis.metrics { check(metric, &findings) }
    }

    private static func check(_ metric: MetricManifest, _ findings: inout Findings) {
        for name in limits {
            guard let node = metric.node.present(name) else { continue }
            let least = name == "failureLimit" ? -1 : 0
            switch metric.count(name) {
            case .malformed(_, let text):
                findings.report(
                    self, field: node, "\(Wording.quoted(text)) is no whole number, and would count as 0",
                    hint: "write a number, or leave \(name) out")
            case .number(let limit) where limit < least:
                findings.report(
                    self, field: node, "\(name) is \(limit)",
                    hint: least == 0 ? "write 0 or more" : "write 0 or more, or -1 to switch it off")
            default: break
            }
        }
        guard let failures = metric.count("failureLimit").known, failures >= -1,
            let successes = metric.count("consecutiveSuccessLimit").known, successes >= 0
        else { return }
        if failures == -1, successes == 0, let node = metric.node["failureLimit"] {
            findings.report(
                self, field: node, "with failureLimit off and no consecutiveSuccessLimit nothing decides on the metric",
                hint: "add consecutiveSuccessLimit, or write 0 or more")
        }
        checkCount(metric, failures: max(failures, 0), successes: successes, &findings)
    }

    private static func checkCount(
        _ metric: MetricManifest, failures: Int, successes: Int, _ findings: inout Findings
    ) {
        guard let count = metric.count("count").known, count > 0, let countNode = metric.node["count"] else { return }
        let related = [(node: countNode, message: "the count")]
        let (sum, overflow) = failures.addingReportingOverflow(successes)
        if overflow || count < sum {
            let node = metric.node["failureLimit"] ?? metric.node["consecutiveSuccessLimit"] ?? countNode
            let limits = successes > 0 && failures > 0
                ? "failureLimit and consecutiveSuccessLimit together are \(overflow ? "far" : String(sum))"
                : "the limit is \(max(failures, successes))"
            findings.report(
                self, field: node, "\(limits), and with a count of \(count) that is never reached",
                hint: "lower the limit, or raise count", related: related)
        }
        if let inconclusive = metric.count("inconclusiveLimit").known, count < inconclusive,
            let node = metric.node["inconclusiveLimit"] {
            findings.report(
                self, field: node, "the limit is \(inconclusive), and with a count of \(count) that is never reached",
                hint: "lower the limit, or raise count", related: related)
        }
    }
}
