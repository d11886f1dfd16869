/// RR0025: a value that its field does not take.
enum FieldValueRule: SchemaRule {
    static let id: RuleID = "RR0025"
    static let severity = Severity.error
    static let summary = "A field with a fixed set of values has one of them."
    static let rationale = """
        Some schemas list the values that a field may have; an API server refuses all others, and most spellings in \
        another case.
        """
    static let failing = [
        RuleExample(
            """
            provider:
              datadog:
                query: up
                # ↓
                apiVersion: v3
            """, in: .metric),
    ]
    static let passing = [
        RuleExample("provider:\n  datadog:\n    query: up\n    apiVersion: v2", in: .metric),
    ]
}
