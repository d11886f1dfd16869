/// RR0004: a document past a limit.
enum LimitRule: SyntaxRule {
    static let id: RuleID = "RR0004"
    static let severity = Severity.error
    static let fault = YAMLFault.Kind.limit
    static let summary = "A document stays within the limits of size, depth and aliases."
    static let rationale = """
        An API server takes no object above three MiB, and none is nested deeper than a few dozen levels. Documents \
        past the limits are attacks or accidents (aliases of aliases grow to gigabytes), and are refused before they \
        cost time.
        """
    static let failing = [
        RuleExample("# ↓\n" + String(repeating: "[", count: 80) + String(repeating: "]", count: 80))
    ]
    static let passing = [RuleExample(String(repeating: "[", count: 20) + String(repeating: "]", count: 20))]
}
