/// RR0024: a field that must be there.
enum RequiredFieldRule: SchemaRule {
    static let id: RuleID = "RR0024"
    static let severity = Severity.error
    static let summary = "Required fields are present and not null."
    static let rationale = """
        What the schema of a type requires has no default that an API server could fill in. A field whose value is \
        null is dropped before the check, so it counts as absent.
        """
    static let failing = [
        RuleExample("strategy:\n  # ↓\n  blueGreen:\n    autoPromotionEnabled: false", in: .rolloutSpec),
        RuleExample("containers:\n# ↓\n- image: web", in: .podSpec),
        RuleExample("- experiment:\n    templates:\n    # ↓\n    - name: canary", in: .steps),
        RuleExample("livenessProbe:\n  # ↓\n  httpGet:\n    path: /", in: .container),
        RuleExample(
            """
            topologySpreadConstraints:
            - maxSkew: 1
              topologyKey: zone
              # ↓
              whenUnsatisfiable: null
            """, in: .podSpec),
    ]
    static let passing = [
        RuleExample("activeService: web", in: .blueGreen),
        RuleExample("livenessProbe:\n  httpGet:\n    port: 80", in: .container),
    ]
}
