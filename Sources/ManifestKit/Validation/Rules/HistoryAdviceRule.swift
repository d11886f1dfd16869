/// RR0506: no way back.
enum HistoryAdviceRule: RolloutRule {
    static let id: RuleID = "RR0506"
    static let severity = Severity.warning
    static let summary = "`revisionHistoryLimit` keeps an old version, and all that a `rollbackWindow` looks at."
    static let rationale = """
        Old versions live on as ReplicaSets without pods. With a limit of 0 they are deleted as soon as an update is \
        done: `undo` has nothing to go back to, and a `rollbackWindow` has nothing to look at.
        """
    static let failing = [
        RuleExample("# ↓\nrevisionHistoryLimit: 0", in: .rolloutSpec),
        RuleExample("revisionHistoryLimit: 2\nrollbackWindow:\n  # ↓\n  revisions: 5", in: .rolloutSpec),
    ]
    static let passing = [
        RuleExample("revisionHistoryLimit: 1", in: .rolloutSpec),
        RuleExample("rollbackWindow:\n  revisions: 3", in: .rolloutSpec),
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        if let limit = rollout.spec["revisionHistoryLimit"], limit.integer == 0 {
            findings.report(
                self, field: limit, "with revisionHistoryLimit: 0 no old version is kept to go back to",
                hint: "keep a few, such as 3; each is a ReplicaSet without pods")
            return
        }
        let kept = rollout.revisionHistoryLimit
        guard let window = rollout.spec["rollbackWindow"]?["revisions"], let revisions = window.integer, kept > 0,
            revisions > kept
        else { return }
        findings.report(
            self, field: window,
            "the window goes back \(revisions) revisions, and only \(kept) old versions are kept",
            hint: "raise revisionHistoryLimit to \(revisions), or make the window smaller",
            related: rollout.spec["revisionHistoryLimit"].map { [($0, "what is kept")] } ?? [])
    }
}
