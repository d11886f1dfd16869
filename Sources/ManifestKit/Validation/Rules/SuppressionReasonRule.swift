/// RR0010: a comment that silences a rule without a reason.
enum SuppressionReasonRule: ValidationRule {
    static let id: RuleID = "RR0010"
    static let severity = Severity.error
    static let summary = "A comment that silences a rule names the rule and says why."
    static let rationale = """
        `# rollout-render:ignore RR0203 reason` silences a rule on its line; on a line of its own it does so for the \
        whole block that begins below it, and above a document's first key for the document. Whoever reads the file a \
        year later has to learn why the rule does not count there.
        """
    static let failing = [
        RuleExample("# ↓\nreplicas: 5 # rollout-render:ignore RR0002\n"),
        RuleExample("# ↓\n# rollout-render:ignore\nreplicas: 5\n"),
    ]
    static let passing = [
        RuleExample("a: 1\n# rollout-render:ignore RR0002 the second one wins, and is meant to\na: 2\n"),
        RuleExample("text: 'a string with # rollout-render:ignore is no comment'\n"),
    ]
}
