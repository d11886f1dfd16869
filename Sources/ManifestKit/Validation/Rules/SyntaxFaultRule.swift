/// RR0001: the text is not YAML.
enum SyntaxFaultRule: SyntaxRule {
    static let id: RuleID = "RR0001"
    static let severity = Severity.error
    static let fault = YAMLFault.Kind.syntax
    static let summary = "A document has to be YAML that kubectl can read."
    static let rationale = """
        kubectl, Argo CD and the API server refuse the whole document, and most of them name only a line that is close \
        by. The other documents of the stream are still checked.
        """
    static let failing = [
        RuleExample("apiVersion: v1\nkind: Service\nmetadata:\n  # ↓\n\tname: web\n"),
        RuleExample("apiVersion: v1\n# ↓\nkind: \"Service\nmetadata:\n  name: web\n"),
        RuleExample("metadata:\n  name: web\n # ↓\n labels: {}\n"),
    ]
    static let passing = [RuleExample("apiVersion: v1\nkind: Service\nmetadata: {name: web}\n")]
}
