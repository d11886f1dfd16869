/// RR0504: steps in an order that is probably not meant.
enum StepOrderAdviceRule: RolloutRule {
    static let id: RuleID = "RR0504"
    static let severity = Severity.warning
    static let summary = "The steps of a canary go up, and do something each."
    static let rationale = """
        A weight below the one before it takes users away from the new version again, and one that is the same does \
        nothing. At full weight without traffic routing, or with `dynamicStableScale`, no stable pod is left, so \
        that a pause there is too late: an abort has to start the old version anew.
        """
    static let failing = [
        RuleExample("- setWeight: 50\n# ↓\n- setWeight: 20", in: .steps),
        RuleExample("- setWeight: 20\n- pause: {}\n# ↓\n- setWeight: 20", in: .steps),
        RuleExample("- setWeight: 50\n- setWeight: 100\n# ↓\n- pause: {duration: 1h}", in: .steps),
        RuleExample("# ↓\n- pause: {duration: 5m}\n- setWeight: 50", in: .steps),
        RuleExample("- setWeight: 50\n- setWeight: 100\n# ↓\n- pause: {}", in: .routedSteps),
    ]
    static let passing = [
        RuleExample(
            "- setWeight: 20\n- pause: {}\n- setWeight: 50\n- pause: {duration: 10m}\n- setWeight: 100", in: .steps),
        RuleExample(
            "- setCanaryScale: {replicas: 1}\n- pause: {}\n- setWeight: 100\n"
                + "- pause: {duration: 1h}", in: .routedSteps),
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        checkFirst(rollout, &findings)
        let total = rollout.maxTrafficWeight
        let keepsStable = rollout.canary?.present("trafficRouting") != nil
            && rollout.canary?["dynamicStableScale"]?.boolean != true
        var current: (node: YAMLNode, weight: Int)?
        var isBetween = true
        for step in rollout.steps {
            if let node = step["setWeight"], let weight = node.integer {
                if let current { check(node, weight, after: current, isDirect: !isBetween, &findings) }
                current = (node, weight)
                isBetween = false
                continue
            }
            let isWait = step["pause"] != nil || step["analysis"] != nil
            if isWait, !keepsStable, let full = current, full.weight == total, total > 0 {
                let wait = step["pause"] ?? step["analysis"] ?? step.node
                findings.report(
                    self, field: wait, "this waits at full weight, when no stable pod is left to go back to",
                    hint: "wait at a lower weight, or leave out the last weight: a canary always ends at full weight",
                    related: [(full.node, "full weight")])
                return
            }
            if step["pause"] == nil, step["analysis"] == nil { isBetween = true }
        }
        if keepsStable, let current, current.weight == total { checkLast(rollout, after: current.node, &findings) }
    }

    private static func checkLast(_ rollout: RolloutManifest, after full: YAMLNode, _ findings: inout Findings) {
        guard let pause = rollout.steps.last?["pause"], pause.isMapping, pause.present("duration") == nil
        else { return }
        findings.report(
            self, field: pause, "the update ends only when someone promotes it, though all traffic has moved already",
            hint: "give the pause a duration, or wait for people at a lower weight",
            related: [(full, "full weight")], severity: .note)
    }

    private static func check(
        _ node: YAMLNode, _ weight: Int, after previous: (node: YAMLNode, weight: Int), isDirect: Bool,
        _ findings: inout Findings
    ) {
        if weight < previous.weight, weight > 0 {
            findings.report(
                self, field: node, "the weight goes down from \(previous.weight) to \(weight)",
                hint: "put the steps in rising order", related: [(previous.node, "the weight before")])
        } else if weight == previous.weight, isDirect {
            findings.report(
                self, field: node, "the weight is \(weight) already, so that this step does nothing",
                hint: "remove it, or change one of the two weights", related: [(previous.node, "the weight before")])
        }
    }

    private static func checkFirst(_ rollout: RolloutManifest, _ findings: inout Findings) {
        guard let first = rollout.steps.first, first.index == 0, let pause = first["pause"], rollout.steps.count > 1,
            pause.present("duration") != nil
        else { return }
        findings.report(
            self, field: pause, "this waits before there is any pod of the new version",
            hint: "begin with setWeight, and wait after it", severity: .note)
    }
}
