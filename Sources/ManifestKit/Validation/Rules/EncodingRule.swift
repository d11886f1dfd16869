/// RR0005: bytes that are no UTF-8 text.
enum EncodingRule: SyntaxRule {
    static let id: RuleID = "RR0005"
    static let severity = Severity.error
    static let fault = YAMLFault.Kind.encoding
    static let summary = "A file is UTF-8 text without control characters."
    static let rationale = """
        A manifest in UTF-16 or Latin-1, with NUL bytes or other control characters, is refused by kubectl with a \
        message that does not say where the bytes are.
        """
    static let failing = [RuleExample("# ↓\nname: we\u{1}b\n")]
    static let passing = [RuleExample("name: wéb\n")]
}
