/// RR0211: steps that are nothing, or two things.
enum StepKindRule: RolloutRule {
    static let id: RuleID = "RR0211"
    static let severity = Severity.error
    static let summary = "Each step of a canary does exactly one thing."
    static let rationale = """
        Of two kinds in one step the controller takes one and passes over the other, and its own lint sees only some of \
        the pairs. A step that is empty is refused; `pause:` with nothing behind it is such a step, since it is null.
        """
    static let failing = [
        RuleExample("# ↓\n- setWeight: 20\n  pause: {}", in: .steps),
        RuleExample("# ↓\n- setWeight: 20\n  setCanaryScale:\n    replicas: 1", in: .routedSteps),
        RuleExample("- setWeight: 20\n# ↓\n- {}", in: .steps),
        RuleExample("- setWeight: 20\n# ↓\n- pause:", in: .steps),
    ]
    static let passing = [RuleExample("- setWeight: 20\n- pause: {}\n- pause: {duration: 5m}", in: .steps)]

    /// The kinds of step in the order in which the controller looks for them.
    static let kinds = [
        "setWeight", "pause", "experiment", "analysis", "setCanaryScale", "setHeaderRoute", "setMirrorRoute", "plugin",
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        guard let steps = rollout.canary?["steps"], steps.isSequence else { return }
        for (index, step) in steps.elements.enumerated() {
            guard step.isMapping else {
                if step.isNull { reportEmpty(step, index, &findings) }
                continue
            }
            let entries = step.entries
            if entries.count == 1, let entry = entries.first, !entry.value.isNull { continue }
            let set = entries.filter { entry in !entry.value.isNull && kinds.contains { entry.key.textEquals($0) } }
            if set.count > 1 {
                reportSeveral(set.map(\.key), in: step, index, &findings)
            } else if set.isEmpty, entries.allSatisfy(\.value.isNull) {
                reportEmpty(step, index, &findings)
            }
        }
    }

    private static func reportSeveral(
        _ keys: [YAMLNode], in step: YAMLNode, _ index: Int, _ findings: inout Findings
    ) {
        let names = keys.map(\.text)
        findings.report(
            self, at: step, "step \(index + 1) has \(Wording.all(names)) in one, and only one of them would be done",
            hint: "make each a step of its own: begin the line with `- \(names.last ?? "")`",
            related: keys.dropFirst().map { ($0, "another kind of step") })
    }

    private static func reportEmpty(_ step: YAMLNode, _ index: Int, _ findings: inout Findings) {
        guard let entry = step.entries.first else {
            findings.report(
                self, at: step, "step \(index + 1) is empty", hint: "remove it, or make it one of \(Wording.alternatives(kinds))")
            return
        }
        let name = entry.key.text
        findings.report(
            self, field: entry.value, "\(Wording.quoted(name)) has no value, so that step \(index + 1) is empty",
            hint: name == "pause" ? "write `pause: {}` for a pause without end" : "give it a value")
    }
}
