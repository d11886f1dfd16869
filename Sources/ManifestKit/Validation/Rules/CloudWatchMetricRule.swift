/// RR0313: measurements from CloudWatch.
enum CloudWatchMetricRule: ObjectRule {
    static let id: RuleID = "RR0313"
    static let severity = Severity.error
    static let kinds = AnalysisManifest.kinds
    static let summary = "A CloudWatch metric has queries with ids of their own, each an expression or a statistic."
    static let rationale = """
        CloudWatch refuses a request without queries, with an id that is missing, there twice, or does not begin \
        with a lower-case letter, and a query that is both an expression and a statistic or neither. The period is a \
        number of seconds: 1, 5, 10, 20, 30 or a multiple of 60. The interval is how far back to look.
        """
    static let failing = [
        RuleExample("provider:\n  cloudWatch:\n    # ↓\n    metricDataQueries: []", in: .metric),
        RuleExample(cloudWatch("# ↓\n    - id: Rate\n      expression: errors / requests"), in: .metric),
        RuleExample(cloudWatch("- id: a\n      expression: b\n    # ↓\n    - id: a\n      expression: c"), in: .metric),
        RuleExample(cloudWatch("# ↓\n    - id: a"), in: .metric),
        RuleExample(
            cloudWatch("- id: a\n      expression: b\n      # ↓\n"
                + "      metricStat: {stat: Sum, period: 300, metric: {metricName: c}}"),
            in: .metric),
        RuleExample(cloudWatch("- id: a\n      metricStat:\n        stat: Sum\n        # ↓\n        period: 45\n"
            + "        metric: {metricName: c}"), in: .metric),
        RuleExample("provider:\n  cloudWatch:\n    # ↓\n    interval: 30 minutes\n"
            + "    metricDataQueries: [{id: a, expression: b}]", in: .metric),
    ]
    static let passing = [
        RuleExample(
            "provider:\n  cloudWatch:\n    interval: 30m\n    metricDataQueries:\n    - id: rate\n"
                + "      expression: errors / requests\n"
                + "    - id: errors\n      returnData: false\n      metricStat: {stat: Sum, period: 300, unit: Count, "
                + "metric: {namespace: app, metricName: errors}}", in: .metric)
    ]

    private static func cloudWatch(_ queries: String) -> String {
        "provider:\n  cloudWatch:\n    metricDataQueries:\n    \(queries)"
    }

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let analysis = AnalysisManifest(object) else { return }
        for metric in analysis.metrics {
            guard let settings = metric.provider("cloudWatch") else { continue }
            let interval = metric.text("interval", in: settings)
            if let interval, let length = findings.duration(self, interval), length.nanoseconds <= 0 {
                findings.report(
                    self, field: interval.node, "an interval of \(interval.text) holds no data",
                    hint: "write a positive duration such as 5m")
            }
            guard let queries = settings["metricDataQueries"], queries.isSequence else { continue }
            if queries.elements.isEmpty {
                findings.report(self, field: queries, "there is no query", hint: "add at least one with id and "
                    + "expression or metricStat")
            }
            var ids: [YAMLNode] = []
            for query in queries.elements where query.isMapping {
                check(query, metric, earlier: ids, &findings)
                if let id = query.filled("id") { ids.append(id) }
            }
        }
    }

    private static func check(
        _ query: YAMLNode, _ metric: MetricManifest, earlier: [YAMLNode], _ findings: inout Findings
    ) {
        if let id = query.filled("id") {
            if let text = metric.resolved(id), !isIdentifier(text) {
                findings.report(
                    self, field: id, "\(Wording.quoted(text)) is no id of a query",
                    hint: "begin with a lower-case letter, and go on with letters, digits and `_`")
            }
            if let first = earlier.first(where: { $0.hasText(of: id) }) {
                findings.report(
                    self, field: id, "two queries have the id \(Wording.quoted(id.text))",
                    hint: "give each query its own id", related: [(first, "first here")])
            }
        } else {
            findings.report(self, at: query["id"] ?? query, "the query has no id", hint: "add id")
        }
        let statistic = query.present("metricStat")
        let expression = query.filled("expression")
        if let statistic, let expression {
            let isLater = statistic.range.lowerBound > expression.range.lowerBound
            findings.report(
                self, field: isLater ? statistic : expression, "the query is both an expression and a statistic",
                hint: "keep one of them", related: [(isLater ? expression : statistic, "the other one")])
        } else if statistic == nil, expression == nil {
            findings.report(self, at: query, "the query has neither expression nor metricStat", hint: "add one of them")
        }
        checkPeriod(query, metric, &findings)
        if let statistic, statistic.isMapping { checkPeriod(statistic, metric, &findings) }
    }

    private static func checkPeriod(_ parent: YAMLNode, _ metric: MetricManifest, _ findings: inout Findings) {
        guard let node = parent.present("period"), node.isScalar, let text = metric.resolved(node) else { return }
        let period = node.integer ?? Int(text)
        if let period, [1, 5, 10, 20, 30].contains(period) || period > 0 && period.isMultiple(of: 60) { return }
        findings.report(
            self, field: node, "\(Wording.quoted(text)) is no period",
            hint: "write 1, 5, 10, 20, 30 or a multiple of 60, in seconds and without a unit")
    }

    private static func isIdentifier(_ text: String) -> Bool {
        guard let first = text.utf8.first, first >= 0x61, first <= 0x7A else { return false }
        return text.utf8.allSatisfy { $0 < 0x80 && $0 != 0x24 && ExpressionLexer.isWordPart(Unicode.Scalar($0)) }
    }
}
