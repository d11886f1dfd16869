/// RR0214: steps that set the number of the canary's pods.
enum CanaryScaleStepRule: RolloutRule {
    static let id: RuleID = "RR0214"
    static let severity = Severity.error
    static let summary = "`setCanaryScale` says one of `weight`, `replicas` and `matchTrafficWeight`, behind a router."
    static let rationale = """
        Without traffic routing the pods are the traffic, so that the controller refuses to set them on their own. Of \
        several settings it takes `matchTrafficWeight` before `replicas` before `weight` and passes over the rest.
        """
    static let failing = [
        RuleExample("# ↓\n- setCanaryScale:\n    replicas: 3", in: .steps),
        RuleExample("- setCanaryScale:\n    replicas: 3\n    # ↓\n    weight: 20", in: .routedSteps),
        RuleExample("- setCanaryScale:\n    # ↓\n    replicas: -1", in: .routedSteps),
        RuleExample("# ↓\n- setCanaryScale: {}", in: .routedSteps),
    ]
    static let passing = [
        RuleExample(
            "- setCanaryScale: {replicas: 3}\n- setCanaryScale: {weight: 120}\n- setCanaryScale: {matchTrafficWeight: true}\n"
                + "- setCanaryScale: {weight: 20, matchTrafficWeight: false}", in: .routedSteps)
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        let hasRouting = rollout.canary?.present("trafficRouting") != nil
        for step in rollout.steps {
            guard let scale = step["setCanaryScale"] else { continue }
            if !hasRouting {
                findings.report(
                    self, field: scale, "setCanaryScale works only with trafficRouting",
                    hint: "use setWeight, or set a router under `trafficRouting`")
            }
            guard scale.isMapping else { continue }
            checkSettings(scale, &findings)
        }
    }

    private static func checkSettings(_ scale: YAMLNode, _ findings: inout Findings) {
        let matching = scale["matchTrafficWeight"].flatMap { $0.boolean == true ? $0 : nil }
        let settings = [matching, scale.present("replicas"), scale.present("weight")].compactMap { $0 }
        for setting in settings {
            guard let number = setting.integer, number < 0 else { continue }
            let name = setting.key?.text ?? "the number"
            findings.report(self, field: setting, "\(name) is \(number), and has to be 0 or more", hint: "write 0 or more")
        }
        guard let first = settings.first else {
            findings.report(
                self, field: scale, "setCanaryScale sets nothing, and the canary follows the traffic weight",
                hint: "set `replicas` or `weight`, or write `matchTrafficWeight: true`", severity: .warning)
            return
        }
        for other in settings.dropFirst() {
            let name = other.key?.text ?? "this"
            findings.report(
                self, field: other, "\(name) is passed over, since setCanaryScale has \(first.key?.text ?? "another") too",
                hint: "keep one of them", related: [(first, "what the controller takes")])
        }
    }
}
