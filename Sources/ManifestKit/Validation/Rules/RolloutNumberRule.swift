/// RR0203: numbers that have to be zero or more, and in order.
enum RolloutNumberRule: RolloutRule {
    static let id: RuleID = "RR0203"
    static let severity = Severity.error
    static let summary = "Counts and times are not negative, and the deadline is longer than minReadySeconds."
    static let rationale = """
        The controller refuses negative numbers, and a `progressDeadlineSeconds` (600 where it is absent) that is not \
        above `minReadySeconds`: no pod could become available before the deadline.
        """
    static let failing = [
        RuleExample("# ↓\nreplicas: -1", in: .rolloutSpec),
        RuleExample("minReadySeconds: 60\n# ↓\nprogressDeadlineSeconds: 60", in: .rolloutSpec),
        RuleExample("# ↓\nminReadySeconds: 900", in: .rolloutSpec),
        RuleExample("# ↓\nprogressDeadlineSeconds: 0", in: .rolloutSpec),
        RuleExample("analysis:\n  # ↓\n  successfulRunHistoryLimit: -1", in: .rolloutSpec),
        RuleExample("strategy:\n  canary:\n    # ↓\n    minPodsPerReplicaSet: -2", in: .rolloutSpec),
        RuleExample(
            "strategy:\n  blueGreen:\n    activeService: web\n    # ↓\n    autoPromotionSeconds: -5", in: .rolloutSpec),
    ]
    static let passing = [
        RuleExample("replicas: 0\nminReadySeconds: 0\nrevisionHistoryLimit: 0", in: .rolloutSpec),
        RuleExample("minReadySeconds: 60\nprogressDeadlineSeconds: 61", in: .rolloutSpec),
    ]

    private static let specFields = ["replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"]
    private static let historyFields = ["successfulRunHistoryLimit", "unsuccessfulRunHistoryLimit"]
    private static let strategyFields = [
        "scaleDownDelaySeconds", "scaleDownDelayRevisionLimit", "abortScaleDownDelaySeconds", "minPodsPerReplicaSet",
        "previewReplicaCount", "autoPromotionSeconds",
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        let spec = rollout.spec
        checkSigns(of: specFields, in: spec, &findings)
        if let analysis = spec.mapping("analysis") { checkSigns(of: historyFields, in: analysis, &findings) }
        if let window = spec.mapping("rollbackWindow") { checkSigns(of: ["revisions"], in: window, &findings) }
        for strategy in rollout.strategies { checkSigns(of: strategyFields, in: strategy.node, &findings) }

        let ready = spec.present("minReadySeconds")
        let deadline = spec.present("progressDeadlineSeconds")
        guard let seconds = ready == nil ? 0 : ready?.integer, let limit = deadline == nil ? 600 : deadline?.integer,
            limit >= 0, limit <= seconds, let place = deadline ?? ready
        else { return }
        findings.report(
            self, field: place,
            "progressDeadlineSeconds (\(limit)\(deadline == nil ? " by default" : "")) has to be greater than "
                + "minReadySeconds (\(seconds))",
            hint: "set progressDeadlineSeconds to more than \(seconds) and the time that a pod needs to become ready",
            related: deadline == nil ? [] : ready.map { [($0, "minReadySeconds")] } ?? [])
    }

    private static func checkSigns(of fields: [String], in node: YAMLNode, _ findings: inout Findings) {
        for field in fields {
            guard let value = node[field], let number = value.integer, number < 0 else { continue }
            findings.report(
                self, field: value, "\(field) is \(number), and has to be 0 or more",
                hint: "write 0 or a greater number")
        }
    }
}
