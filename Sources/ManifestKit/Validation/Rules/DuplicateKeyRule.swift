/// RR0002: a key stands twice in one mapping.
enum DuplicateKeyRule: SyntaxRule {
    static let id: RuleID = "RR0002"
    static let severity = Severity.error
    static let fault = YAMLFault.Kind.duplicateKey
    static let summary = "A key stands only once in a mapping."
    static let rationale = """
        Most readers keep the last value and say nothing, so that one of the two is lost without a word; the \
        reference's lint does so too (argo-rollouts 1708). A strict API server refuses it.
        """
    static let failing = [
        RuleExample("setWeight: 10\n# ↓\nsetWeight: 20\n"),
        RuleExample("{\"replicas\": 1,\n# ↓\n\"replicas\": 2}\n"),
    ]
    static let passing = [RuleExample("- setWeight: 10\n- setWeight: 20\n", in: .steps)]
}
