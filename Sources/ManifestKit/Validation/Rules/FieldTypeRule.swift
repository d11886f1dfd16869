/// RR0023: a value of the wrong type.
enum FieldTypeRule: SchemaRule {
    static let id: RuleID = "RR0023"
    static let severity = Severity.error
    static let summary = "Every value has the type that its field asks for."
    static let rationale = """
        kubectl reads YAML 1.1: an unquoted `8080`, `1.10`, `on`, `yes` or `null` is no string, and a number in \
        quotes is no number. The API server refuses both.
        """
    static let failing = [
        RuleExample("args:\n# ↓\n- 8080", in: .container),
        RuleExample("env:\n- name: DEBUG\n  # ↓\n  value: on", in: .container),
        RuleExample("# ↓\nreplicas: \"3\"", in: .rolloutSpec),
        RuleExample("# ↓\nsteps:\n  setWeight: 10", in: .canary),
        RuleExample("# ↓\nautoPromotionEnabled: \"true\"\nactiveService: web", in: .blueGreen),
        RuleExample("# ↓\n- setWeight: 12.5", in: .steps),
        RuleExample("# ↓\n-\n- setWeight: 10", in: .steps),
    ]
    static let passing = [
        RuleExample("args: [\"8080\"]", in: .container),
        RuleExample("env:\n- name: DEBUG\n  value: \"on\"", in: .container),
        RuleExample("replicas: null", in: .rolloutSpec),
        RuleExample("paused: yes", in: .rolloutSpec),
        RuleExample("terminationGracePeriodSeconds: 3e1", in: .podSpec),
    ]
}
