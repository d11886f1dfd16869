/// RR0029: a number of pods that is neither a number nor a percentage.
enum IntOrPercentRule: SchemaRule {
    static let id: RuleID = "RR0029"
    static let severity = Severity.error
    static let summary = "`maxSurge`, `maxUnavailable` and `minAvailable` are whole numbers or percentages."
    static let rationale = """
        A percentage is digits and `%` with nothing between them. A number in quotes is a string, and so neither.
        """
    static let failing = [
        RuleExample("# ↓\nmaxSurge: \"1\"", in: .canary),
        RuleExample("# ↓\nmaxUnavailable: 25 %", in: .canary),
        RuleExample("# ↓\nmaxSurge: half", in: .canary),
        RuleExample("# ↓\nmaxSurge: -5%", in: .canary),
    ]
    static let passing = [
        RuleExample("maxSurge: 1\nmaxUnavailable: 0%", in: .canary),
        RuleExample("maxSurge: \"25%\"", in: .canary),
    ]
}
