/// RR0610: the numbers of a PodDisruptionBudget.
enum DisruptionBudgetRule: ObjectRule {
    static let id: RuleID = "RR0610"
    static let severity = Severity.error
    static let summary = "A disruption budget has one of `minAvailable` and `maxUnavailable`, within its range."
    static let rationale = """
        The API server refuses both at once, negative numbers, and more than 100%.
        """
    static let failing = [
        RuleExample(
            """
            apiVersion: policy/v1
            kind: PodDisruptionBudget
            metadata:
              name: web
            spec:
              minAvailable: 1
              # ↓
              maxUnavailable: 1
              selector: {matchLabels: {app: web}}
            """),
        RuleExample(
            """
            apiVersion: policy/v1
            kind: PodDisruptionBudget
            metadata:
              name: web
            spec:
              # ↓
              minAvailable: 150%
              selector: {matchLabels: {app: web}}
            """),
        RuleExample(
            """
            apiVersion: policy/v1
            kind: PodDisruptionBudget
            metadata:
              name: web
            spec:
              maxUnavailable: 1
              selector:
                matchExpressions:
                # ↓
                - {key: app, operator: In}
            """),
    ]
    static let passing = [
        RuleExample(
            """
            apiVersion: policy/v1
            kind: PodDisruptionBudget
            metadata:
              name: web
            spec:
              maxUnavailable: 25%
              selector: {matchLabels: {app: web}}
            """),
    ]

    static let kinds: Set<ResourceKind> = [.podDisruptionBudget]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let spec = object.spec, spec.isMapping else { return }
        let least = spec.present("minAvailable")
        let most = spec.present("maxUnavailable")
        if let least, let most {
            findings.report(
                Self.self, field: most, "the budget has both `minAvailable` and `maxUnavailable`",
                hint: "remove one of the two", related: [(least, "minAvailable")])
        }
        for node in [least, most].compactMap({ $0 }) {
            switch IntOrPercent(node) {
            case .count(let count) where count < 0:
                findings.report(Self.self, at: node, "`\(node.label)` is \(count), and cannot be negative")
            case .percent(let percent) where percent > 100:
                findings.report(Self.self, at: node, "`\(node.label)` is \(percent)%, and cannot be more than 100%")
            default: break
            }
        }
        if let selector = spec.present("selector"), selector.isMapping {
            LabelSelectorCheck.check(selector, Self.self, &findings)
        }
        let choices = ["IfHealthyBudget", "AlwaysAllow"]
        if let node = spec.present("unhealthyPodEvictionPolicy"), let text = node.string, !choices.contains(text) {
            findings.report(Self.self, unknown: node, "unhealthyPodEvictionPolicy", choices)
        }
    }
}
