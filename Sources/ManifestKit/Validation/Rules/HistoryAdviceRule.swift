/// RR0506: no way back.
enum HistoryAdviceRule: RolloutRule {
    static let id: RuleID = "RR0506"
    static let severity = Severity.warning
    static let summary = "`revisionHistoryLimit` keeps at least one old version."
    static let rationale = """
        Old versions live on as ReplicaSets without pods. With a limit of 0 they are deleted as soon as an update is \
        done: `undo` has nothing to go back to, and a `rollbackWindow` has nothing to look at.
        """
    static let failing = [RuleExample("# ↓\nrevisionHistoryLimit: 0", in: .rolloutSpec)]
    static let passing = [RuleExample("revisionHistoryLimit: 1", in: .rolloutSpec)]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        guard let limit = rollout.spec["revisionHistoryLimit"], limit.integer == 0 else { return }
        findings.report(
            self, field: limit, "with revisionHistoryLimit: 0 no old version is kept to go back to",
            hint: "keep a few, such as 3; each is a ReplicaSet without pods")
    }
}
