/// RR0304: the conditions of a metric.
enum MetricConditionRule: ObjectRule {
    static let id: RuleID = "RR0304"
    static let severity = Severity.error
    static let kinds = AnalysisManifest.kinds
    static let summary = "The conditions of a metric are expressions that the controller can read, about `result`."
    static let rationale = """
        Conditions are written in the expr language. A condition that does not parse, names what is not there, or \
        cannot come out as true or false makes every measurement an error, and after five of them the update is \
        aborted. Besides `result` there are the functions asInt, asFloat, isNaN, isInf, isNil and default, and those \
        of the language. The job and kayenta providers decide by themselves and never look at a condition.
        """
    static let failing = [
        RuleExample("# ↓\nsuccessCondition: result[0] =>= 0.95\nprovider: {web: {url: http://a}}", in: .metric),
        RuleExample("# ↓\nfailureCondition: resullt > 5\nprovider: {web: {url: http://a}}", in: .metric),
        RuleExample("# ↓\nsuccessCondition: (result > 5\nprovider: {web: {url: http://a}}", in: .metric),
        RuleExample("# ↓\nsuccessCondition: result * 100\nprovider: {web: {url: http://a}}", in: .metric),
        RuleExample("# ↓\nsuccessCondition: asNumber(result) > 1\nprovider: {web: {url: http://a}}", in: .metric),
        RuleExample("# ↓\nsuccessCondition: result > > {{args.limit}}\nprovider: {web: {url: http://a}}", in: .metric),
        RuleExample("# ↓\nsuccessCondition: all(result, # > 0.9)\nprovider: {web: {url: http://a}}", in: .metric),
        RuleExample(
            "# ↓\nsuccessCondition: result >= 0.95\nprovider:\n  prometheus:\n    address: http://prometheus:9090\n"
                + "    query: sum(rate(requests{code=\"200\"}[5m]))", in: .metric),
        RuleExample("# ↓\nsuccessCondition: result > 1\nprovider: {job: {spec: {}}}", in: .metric),
    ]
    static let passing = [
        RuleExample("successCondition: result[0] >= 0.95\nprovider: {web: {url: http://a}}", in: .metric),
        RuleExample(
            "successCondition: 'len(result) == 0 || all(result, # < {{args.limit}})'\nprovider: {web: {url: http://a}}",
            in: .metric),
        RuleExample("successCondition: \"{{args.condition}}\"\nprovider: {web: {url: http://a}}", in: .metric),
        RuleExample(
            "successCondition: |\n  isNaN(result) ||\n    default(result, 0) < 5\nprovider: {web: {url: http://a}}",
            in: .metric),
    ]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let analysis = AnalysisManifest(object) else { return }
        for metric in analysis.metrics {
            for field in ["successCondition", "failureCondition"] {
                guard let node = metric.node.filled(field), node.string != nil else { continue }
                check(node, field, metric, &findings)
            }
        }
    }

    private static func check(
        _ node: YAMLNode, _ field: String, _ metric: MetricManifest, _ findings: inout Findings
    ) {
        // A plugin may read conditions in a language of its own.
        if metric.provider?.present("plugin") != nil { return }
        if let silent = ["job", "kayenta"].first(where: { metric.provider?.present($0) != nil }) {
            findings.report(
                self, field: node, "the \(silent) provider does not look at \(field)", hint: "leave it out",
                severity: .warning)
            return
        }
        let outcome = ConditionCheck.check(node.text, values: metric.values) { text throws(ExpressionFailure) in
            _ = try Expression.condition(text)
        }
        switch outcome {
        case .sound: checkType(node, field, metric, &findings)
        case .faulty(let failure):
            findings.report(self, part: failure.range, of: node, "\(field): \(failure.message)", hint: hint(for: node))
        case .doubtful(let failure):
            findings.report(
                self, part: failure.range, of: node,
                "\(field) reads as an expression with no likely value of its arguments: \(failure.message)",
                hint: hint(for: node),
                severity: .warning)
        }
    }

    /// Whether a sound condition also goes with the kind of value that the provider always gives.
    private static func checkType(
        _ node: YAMLNode, _ field: String, _ metric: MetricManifest, _ findings: inout Findings
    ) {
        guard let (type, name) = metric.resultType else { return }
        let outcome = ConditionCheck.check(node.text, values: metric.values) { text throws(ExpressionFailure) in
            _ = try Expression.condition(text, result: type)
        }
        guard case .faulty(let failure) = outcome else { return }
        let isList = type.isArray
        findings.report(
            self, part: failure.range, of: node, "\(field): \(failure.message); \(name)",
            hint: isList ? "take one of them, as in `result[0] >= 0.95`, or ask for all: `all(result, # >= 0.95)`"
                : "compare the number itself, as in `default(result, 0) < 0.05`",
            severity: .warning)
    }

    /// What to do; a `#` behind a blank, which the language uses for elements, begins a comment in YAML.
    private static func hint(for node: YAMLNode) -> String {
        let line = node.source.lineRange(node.source.lineIndex(of: node.range.upperBound))
        let rest = node.source.bytes[min(node.range.upperBound, line.upperBound)..<line.upperBound]
        if node.style == .plain, rest.contains(UInt8(ascii: "#")) {
            return "put it in quotes: without them ` #` begins a comment"
        }
        return "write a comparison such as `result[0] >= 0.95`"
    }
}
