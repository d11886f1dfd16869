/// RR0011: a comment that silences a rule that does not exist.
enum SuppressionNameRule: ValidationRule {
    static let id: RuleID = "RR0011"
    static let severity = Severity.error
    static let summary = "A comment that silences rules names rules that exist."
    static let rationale = """
        A slip in the id would leave the comment without effect, or worse: its author believes the finding to be \
        settled. Several ids are separated by commas: `# rollout-render:ignore RR0203, RR0501 reason`.
        """
    static let failing = [
        RuleExample("# ↓\nreplicas: 5 # rollout-render:ignore RR9999 set by hand\n"),
        RuleExample("# ↓\nreplicas: 5 # rollout-render:ignore the autoscaler sets it\n"),
    ]
    static let passing = [RuleExample("a: 1\na: 2 # rollout-render:ignore RR0002, RR0007 both are meant\n")]
}
