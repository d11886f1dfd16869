/// RR0211: steps that are nothing, or two things.
enum StepKindRule: RolloutRule {
    static let id: RuleID = "RR0211"
    static let severity = Severity.error
    static let summary = "Each step of a canary does exactly one thing."
    static let rationale = """
        Two kinds in one step begin together, and the step ends when the first of them by the controller's own order \
        is done, whatever becomes of the other; its lint refuses only some of the pairs. A step that is empty is \
        refused; `pause:` with nothing behind it is such a step, since it is null.
        """
    static let failing = [
        RuleExample("# ↓\n- setWeight: 20\n  pause: {}", in: .steps),
        RuleExample("# ↓\n- setWeight: 20\n  setCanaryScale:\n    replicas: 1", in: .routedSteps),
        RuleExample("- setWeight: 20\n# ↓\n- {}", in: .steps),
        RuleExample("- setWeight: 20\n# ↓\n- pause:", in: .steps),
    ]
    static let passing = [RuleExample("- setWeight: 20\n- pause: {}\n- pause: {duration: 5m}", in: .steps)]

    /// The kinds of step in the order in which the controller asks whether they are done.
    private static let kinds = [
        "pause", "setCanaryScale", "setWeight", "experiment", "analysis", "setHeaderRoute", "setMirrorRoute", "plugin",
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
            // The same kind twice is a key that stands twice, which another rule reports.
            if let first = set.first, set.contains(where: { $0.key.text != first.key.text }) {
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
        let decider = kinds.first(where: names.contains) ?? ""
        findings.report(
            self, at: step, "step \(index + 1) has \(Wording.all(names)) in one, and ends when \(decider) is done",
            hint: "make each a step of its own: begin the line with `- \(names.last ?? "")`",
            related: keys.dropFirst().map { ($0, "another kind of step") })
    }

    private static func reportEmpty(_ step: YAMLNode, _ index: Int, _ findings: inout Findings) {
        guard let entry = step.entries.first else {
            findings.report(
                self, at: step, "step \(index + 1) is empty",
                hint: "remove it, or make it one of \(Wording.alternatives(kinds))")
            return
        }
        let name = entry.key.text
        findings.report(
            self, field: entry.value, "\(Wording.quoted(name)) has no value, so that step \(index + 1) is empty",
            hint: name == "pause" ? "write `pause: {}` for a pause without end" : "give it a value")
    }
}
