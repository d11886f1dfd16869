/// RR0316: metrics that are Jobs.
enum JobMetricRule: ObjectRule {
    static let id: RuleID = "RR0316"
    static let severity = Severity.error
    static let kinds = AnalysisManifest.kinds
    static let summary =
        "The Job of a metric can be created: its pods do not restart for ever, and the metric's name fits a Job's."
    static let rationale = """
        The controller creates the Job only when the measurement is due, and takes a refusal by the API server for \
        an error of the measurement. A Job's pods need the restart policy Never or OnFailure, its numbers are not \
        negative, and it is named after the metric, which therefore has to be a DNS name.
        """
    static let failing = [
        RuleExample("provider:\n  job:\n    spec:\n      template:\n        # ↓\n        spec:\n"
            + "          containers: []", in: .metric),
        RuleExample(
            "provider:\n  job:\n    spec:\n      template:\n        spec:\n          # ↓\n"
                + "          restartPolicy: Always\n"
                + "          containers: []", in: .metric),
        RuleExample("provider:\n  job:\n    spec:\n      # ↓\n      backoffLimit: -1", in: .metric),
        RuleExample("metrics:\n# ↓\n- name: Smoke test\n  provider: {job: {spec: {}}}", in: .analysisSpec),
    ]
    static let passing = [
        RuleExample(
            "provider:\n  job:\n    spec:\n      backoffLimit: 0\n      template:\n        spec:\n"
                + "          restartPolicy: Never\n          containers: [{name: a, image: b}]", in: .metric)
    ]

    private static let numbers: [(field: String, least: Int)] = [
        ("backoffLimit", 0), ("parallelism", 0), ("completions", 0), ("activeDeadlineSeconds", 0),
        ("ttlSecondsAfterFinished", 0), ("backoffLimitPerIndex", 0), ("maxFailedIndexes", 0),
    ]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let analysis = AnalysisManifest(object) else { return }
        for metric in analysis.metrics {
            guard let job = metric.provider("job") else { continue }
            if let name = metric.node.filled("name"), let text = metric.resolved(name),
                let problem = KubernetesNames.subdomain.problem(text) {
                findings.report(
                    self, field: name, "the Job is named after the metric, and the name \(problem)",
                    hint: "write " + KubernetesNames.subdomain.allowed)
            }
            guard let spec = job.mapping("spec") else { continue }
            for (field, least) in numbers {
                guard let node = spec[field], let number = node.integer, number < least else { continue }
                findings.report(self, field: node, "\(field) is \(number)", hint: "write \(least) or more")
            }
            if let pod = spec.mapping("template")?.mapping("spec") { checkPolicy(pod, metric, &findings) }
        }
    }

    private static func checkPolicy(_ pod: YAMLNode, _ metric: MetricManifest, _ findings: inout Findings) {
        let hint = "write restartPolicy: Never, or OnFailure"
        guard let policy = pod.filled("restartPolicy") else {
            findings.report(
                self, missing: "restartPolicy", in: pod, "the pods of a Job need a restartPolicy; the default is "
                    + "Always",
                hint: hint)
            return
        }
        guard let text = metric.resolved(policy), text != "Never", text != "OnFailure" else { return }
        findings.report(self, field: policy, "the pods of a Job cannot have the restartPolicy "
            + "\(Wording.quoted(text))", hint: hint)
    }
}
