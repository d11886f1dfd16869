/// RR0209: how old pods go.
enum ScaleDownRule: RolloutRule {
    static let id: RuleID = "RR0209"
    static let severity = Severity.error
    static let summary = "Settings about scaling down fit the strategy and each other."
    static let rationale = """
        Without traffic routing a canary's pods are its traffic: the controller refuses `scaleDownDelaySeconds` and \
        `dynamicStableScale` there, and both together anywhere, since one keeps the old pods that the other removes. \
        It cannot keep more old ReplicaSets running (`scaleDownDelayRevisionLimit`) than it keeps at all \
        (`revisionHistoryLimit`).
        """
    static let failing = [
        RuleExample("# ↓\nscaleDownDelaySeconds: 30", in: .canary),
        RuleExample("# ↓\ndynamicStableScale: true", in: .canary),
        RuleExample(
            "trafficRouting:\n  istio:\n    virtualService: {name: web}\nscaleDownDelaySeconds: 30\n# ↓\n"
                + "dynamicStableScale: true", in: .routedCanary),
        RuleExample(
            "revisionHistoryLimit: 2\nstrategy:\n  blueGreen:\n    activeService: web\n    # ↓\n"
                + "    scaleDownDelayRevisionLimit: 5", in: .rolloutSpec),
    ]
    static let passing = [
        RuleExample(
            "trafficRouting:\n  istio:\n    virtualService: {name: web}\ndynamicStableScale: true", in: .routedCanary),
        RuleExample("dynamicStableScale: false", in: .canary),
        RuleExample("activeService: web\nscaleDownDelaySeconds: 60\nscaleDownDelayRevisionLimit: 2", in: .blueGreen),
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        for strategy in rollout.strategies {
            guard let limit = strategy.node["scaleDownDelayRevisionLimit"], let number = limit.integer,
                number > rollout.revisionHistoryLimit
            else { continue }
            let history = rollout.spec.present("revisionHistoryLimit")
            let isRefused = strategy.name == "blueGreen"
            findings.report(
                self, field: limit,
                "scaleDownDelayRevisionLimit is \(number), and only \(rollout.revisionHistoryLimit) old ReplicaSets "
                    + "are kept",
                hint: "raise revisionHistoryLimit, or lower this one",
                related: history.map { [($0, "revisionHistoryLimit")] } ?? [], severity: isRefused ? .error : .warning)
        }
        guard let canary = rollout.canary else { return }
        let delay = canary.present("scaleDownDelaySeconds")
        let dynamic = canary["dynamicStableScale"].flatMap { $0.boolean == true ? $0 : nil }
        guard canary.present("trafficRouting") == nil else {
            guard let delay, let dynamic else { return }
            let isDynamicLast = dynamic.range.lowerBound > delay.range.lowerBound
            findings.report(
                self, field: isDynamicLast ? dynamic : delay,
                "dynamicStableScale removes the pods that scaleDownDelaySeconds would keep",
                hint: "keep one of them", related: [(isDynamicLast ? delay : dynamic, "the other one")])
            return
        }
        for (node, name) in [(delay, "scaleDownDelaySeconds"), (dynamic, "dynamicStableScale")] {
            guard let node else { continue }
            findings.report(
                self, field: node, "\(name) works only with trafficRouting",
                hint: "remove it, or set a router under `trafficRouting`")
        }
    }
}
