/// RR0007: a key that no JSON object can have.
enum KeyRule: SyntaxRule {
    static let id: RuleID = "RR0007"
    static let severity = Severity.error
    static let fault = YAMLFault.Kind.key
    static let summary = "Keys are strings, and a merge key names mappings."
    static let rationale = "The Kubernetes API speaks JSON, whose objects have only strings as keys."
    static let failing = [RuleExample("# ↓\n[a, b]: c\n"), RuleExample("# ↓\n<<: 5\n")]
    static let passing = [RuleExample("base: &base {a: 1}\nmore:\n  <<: *base\n  b: 2\n")]
}
