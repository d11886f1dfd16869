/// RR0028: a time that cannot be read.
enum TimeRule: SchemaRule {
    static let id: RuleID = "RR0028"
    static let severity = Severity.error
    static let summary = "A time is written as RFC 3339 has it, with a zone."
    static let rationale = """
        Kubernetes reads `2026-11-23T09:30:00Z` or `2026-11-23T10:30:00+01:00`, and refuses a date alone, a time \
        without a zone, and words.
        """
    static let failing = [
        RuleExample("# ↓\nrestartAt: tomorrow", in: .rolloutSpec),
        RuleExample("# ↓\nrestartAt: 2026-02-30T09:30:00Z", in: .rolloutSpec),
        RuleExample("# ↓\nrestartAt: 2026-11-23", in: .rolloutSpec),
    ]
    static let passing = [
        RuleExample("restartAt: 2026-11-23T09:30:00Z", in: .rolloutSpec),
        RuleExample("restartAt: \"2026-11-23T10:30:00.5+01:00\"", in: .rolloutSpec),
    ]
}
