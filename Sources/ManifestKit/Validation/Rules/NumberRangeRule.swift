/// RR0026: a number that does not fit.
enum NumberRangeRule: SchemaRule {
    static let id: RuleID = "RR0026"
    static let severity = Severity.error
    static let summary = "A whole number fits into the 32 or 64 bits of its field, and into the bounds of its schema."
    static let rationale = """
        Numbers of Kubernetes are signed and have 32 bits in most fields; a larger one cannot be read at all.
        """
    static let failing = [
        RuleExample("# ↓\nreplicas: 3000000000", in: .rolloutSpec),
        RuleExample("# ↓\nterminationGracePeriodSeconds: 99999999999999999999", in: .podSpec),
    ]
    static let passing = [
        RuleExample("replicas: 300", in: .rolloutSpec),
        RuleExample("terminationGracePeriodSeconds: 3000000000", in: .podSpec),
    ]
}
