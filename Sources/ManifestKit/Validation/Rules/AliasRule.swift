/// RR0003: an alias that names nothing, or itself.
enum AliasRule: SyntaxRule {
    static let id: RuleID = "RR0003"
    static let severity = Severity.error
    static let fault = YAMLFault.Kind.alias
    static let summary = "An alias names an anchor above it in the same document."
    static let rationale = """
        Anchors end with their document: one defined in another document of the stream, or further down, is not there. \
        An alias inside the value that it names would have no end.
        """
    static let failing = [
        RuleExample("a: &one 1\n# ↓\nb: *two\n"),
        RuleExample("a: &one\n  # ↓\n  b: *one\n"),
    ]
    static let passing = [RuleExample("a: &one 1\nb: *one\n")]
}
