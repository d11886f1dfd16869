/// RR0120: the nodes that a pod wants.
enum NodeAffinityRule: PodTemplateRule {
    static let id: RuleID = "RR0120"
    static let severity = Severity.error
    static let summary = "Node affinity has terms with sound operators and values, and weights from 1 to 100."
    static let rationale = """
        `In` and `NotIn` need values, `Exists` and `DoesNotExist` take none, `Gt` and `Lt` take one whole number; the \
        only field of a node that can be matched is its name. A required affinity without a term matches no node.
        """
    private static let required = "affinity:\n  nodeAffinity:\n    requiredDuringSchedulingIgnoredDuringExecution:\n"
    private static let preferred = "affinity:\n  nodeAffinity:\n    preferredDuringSchedulingIgnoredDuringExecution:\n"
    static let failing = [
        RuleExample(required + "      # ↓\n      nodeSelectorTerms: []", in: .podSpec),
        RuleExample(
            required + """
                      nodeSelectorTerms:
                      - matchExpressions:
                        # ↓
                        - {key: disk, operator: Like, values: [ssd]}
                        # ↓
                        - {key: disk, operator: In}
                        # ↓
                        - {key: disk, operator: Exists, values: [ssd]}
                        # ↓
                        - {key: cores, operator: Gt, values: ["1", "2"]}
                        # ↓
                        - {key: "a b", operator: Exists}
                        # ↓
                        - {key: zone, operator: In, values: ["a b"]}
                        matchFields:
                        # ↓
                        - {key: metadata.uid, operator: In, values: [a]}
                """, in: .podSpec),
        RuleExample(
            preferred + "    # ↓\n    - weight: 0\n      preference: {matchExpressions: [{key: a, operator: Exists}]}",
            in: .podSpec),
    ]
    static let passing = [
        RuleExample(
            required + """
                      nodeSelectorTerms:
                      - matchExpressions:
                        - {key: kubernetes.io/arch, operator: In, values: [amd64, arm64]}
                        - {key: cores, operator: Gt, values: ["4"]}
                        - {key: spot, operator: DoesNotExist}
                        matchFields:
                        - {key: metadata.name, operator: NotIn, values: [node-1]}
                """, in: .podSpec),
        RuleExample(
            preferred + """
                    - weight: 100
                      preference: {matchExpressions: [{key: a, operator: In, values: ["*"]}]}
                """, in: .podSpec),
    ]

    private static let labels = SelectorRequirements(rule: NodeAffinityRule.self, target: .nodes)
    private static let wishes = SelectorRequirements(rule: NodeAffinityRule.self, target: .nodes, takesAnyValue: true)
    private static let fields = SelectorRequirements(rule: NodeAffinityRule.self, target: .nodeFields)

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        guard let affinity = template.spec?["affinity"]?.nested("nodeAffinity") else { return }
        if let required = affinity.nested("requiredDuringSchedulingIgnoredDuringExecution") {
            if let terms = required["nodeSelectorTerms"], terms.isSequence, terms.count == 0 {
                findings.report(
                    self, field: terms, "the affinity has no terms, so no node would match", hint: "add a term")
            }
            for term in required.mappings(in: "nodeSelectorTerms") { check(term, with: labels, &findings) }
        }
        for wish in affinity.mappings(in: "preferredDuringSchedulingIgnoredDuringExecution") {
            expect(wish["weight"], within: 1...100, &findings)
            if let term = wish.nested("preference") { check(term, with: wishes, &findings) }
        }
    }

    private static func check(_ term: YAMLNode, with labels: SelectorRequirements, _ findings: inout Findings) {
        for requirement in term.mappings(in: "matchExpressions") { labels.check(requirement, &findings) }
        for requirement in term.mappings(in: "matchFields") { fields.check(requirement, &findings) }
    }
}
