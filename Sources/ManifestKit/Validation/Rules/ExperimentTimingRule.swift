/// RR0322: how long an Experiment runs.
enum ExperimentTimingRule: ObjectRule {
    static let id: RuleID = "RR0322"
    static let severity = Severity.error
    static let kinds: Set<ResourceKind> = [.experiment]
    static let summary = "An Experiment's duration is one, and its deadline and delay are not negative."
    static let rationale = """
        Without a duration an experiment goes on until it is ended by hand, or until the analyses with \
        `requiredForCompletion` are done. A duration that Go cannot read stops it with an error.
        """
    static let failing = [
        RuleExample("# ↓\nduration: 1 hour\ntemplates: []", in: .experimentSpec),
        RuleExample("# ↓\nduration: -5m\ntemplates: []", in: .experimentSpec),
        RuleExample("duration: 5m\n# ↓\nprogressDeadlineSeconds: -1\ntemplates: []", in: .experimentSpec),
        RuleExample("duration: 5m\n# ↓\nscaleDownDelaySeconds: -1\ntemplates: []", in: .experimentSpec),
    ]
    static let passing = [
        RuleExample("duration: 1h30m\nprogressDeadlineSeconds: 60\nscaleDownDelaySeconds: 0\n"
            + "templates: []", in: .experimentSpec)
    ]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let spec = object.spec, spec.isMapping else { return }
        if let node = spec.filled("duration"), let text = node.string,
            let duration = findings.duration(self, (node, text)), duration.nanoseconds <= 0 {
            findings.report(self, field: node, "an experiment cannot run for \(text)", hint: "write a positive "
                + "duration")
        }
        for field in ["progressDeadlineSeconds", "scaleDownDelaySeconds"] {
            guard let node = spec[field], let seconds = node.integer, seconds < 0 else { continue }
            findings.report(self, field: node, "\(field) is \(seconds)", hint: "write 0 or more")
        }
    }
}
