/// RR0012: a comment that silences nothing.
enum UnusedSuppressionRule: ValidationRule {
    static let id: RuleID = "RR0012"
    static let severity = Severity.note
    static let summary = "A comment that silences a rule is there for a finding."
    static let rationale = """
        Once the fault is gone the comment only hides the next one of its kind. This is a note, since a rule may find \
        something with other inputs beside the file, such as the Services that a Rollout names.
        """
    static let failing = [RuleExample("# ↓\nreplicas: 5 # rollout-render:ignore RR0002 there were two once\n")]
    static let passing = [RuleExample("a: 1\na: 2 # rollout-render:ignore RR0002 the second one is meant\n")]
}
