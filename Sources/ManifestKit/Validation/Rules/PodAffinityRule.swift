/// RR0121: the pods that a pod wants near or far.
enum PodAffinityRule: PodTemplateRule {
    static let id: RuleID = "RR0121"
    static let severity = Severity.error
    static let summary = "Pod affinity names a topology key, sound selectors, and weights from 1 to 100."
    static let rationale = """
        Near and far are meant by a label of nodes, so each term has a `topologyKey`. Selectors follow the form of all \
        label selectors, and `matchLabelKeys` adds to a `labelSelector`: it needs one, and repeats none of its keys.
        """
    private static let required = "affinity:\n  podAntiAffinity:\n    requiredDuringSchedulingIgnoredDuringExecution:\n"
    private static let preferred = "affinity:\n  podAffinity:\n    preferredDuringSchedulingIgnoredDuringExecution:\n"
    static let failing = [
        RuleExample(required + "    # ↓\n    - topologyKey: \"\"", in: .podSpec),
        RuleExample(required + "    # ↓\n    - topologyKey: a b", in: .podSpec),
        RuleExample(
            required + """
                    - topologyKey: kubernetes.io/hostname
                      labelSelector:
                        matchExpressions:
                        # ↓
                        - {key: app, operator: Equals, values: [web]}
                      # ↓
                      namespaces: [Shop]
                    - topologyKey: kubernetes.io/hostname
                      # ↓
                      matchLabelKeys: [pod-template-hash]
                    - topologyKey: kubernetes.io/hostname
                      labelSelector: {matchLabels: {app: web}}
                      # ↓
                      matchLabelKeys: [app]
                """, in: .podSpec),
        RuleExample(
            preferred + "    # ↓\n    - weight: 101\n      podAffinityTerm: {topologyKey: zone}", in: .podSpec),
    ]
    static let passing = [
        RuleExample(
            required + """
                    - topologyKey: topology.kubernetes.io/zone
                      labelSelector: {matchLabels: {app: web}}
                      namespaces: [shop]
                      matchLabelKeys: [rollouts-pod-template-hash]
                      mismatchLabelKeys: [tenant]
                """, in: .podSpec),
        RuleExample(preferred + "    - weight: 1\n      podAffinityTerm: {topologyKey: zone}", in: .podSpec),
    ]

    private static let labels = SelectorRequirements(rule: PodAffinityRule.self, target: .labels)

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        guard let affinity = template.spec?["affinity"] else { return }
        for kind in ["podAffinity", "podAntiAffinity"] {
            guard let node = affinity.nested(kind) else { continue }
            for term in node.mappings(in: "requiredDuringSchedulingIgnoredDuringExecution") { check(term, &findings) }
            for wish in node.mappings(in: "preferredDuringSchedulingIgnoredDuringExecution") {
                expect(wish["weight"], within: 1...100, &findings)
                if let term = wish.nested("podAffinityTerm") { check(term, &findings) }
            }
        }
    }

    private static func check(_ term: YAMLNode, _ findings: inout Findings) {
        expect(term["topologyKey"], form: .qualifiedName, &findings)
        for field in ["labelSelector", "namespaceSelector"] {
            if let selector = term.nested(field) { labels.checkSelector(selector, &findings) }
        }
        if let namespaces = term["namespaces"] {
            for name in namespaces.elements { expect(name, form: .label, &findings) }
        }
        let keys = term["matchLabelKeys"]
        if let keys { SelectorKeys(rule: self).check(keys, beside: term.present("labelSelector"), &findings) }
        guard let others = term["mismatchLabelKeys"] else { return }
        SelectorKeys(rule: self, mayRepeat: true).check(others, beside: term.present("labelSelector"), &findings)
        let mismatched = Set(others.elements.compactMap(\.string))
        for key in keys?.elements.map({ $0 }) ?? [] {
            guard let text = key.string, mismatched.contains(text) else { continue }
            findings.report(
                self, at: key, "\(quoted(text)) is in `mismatchLabelKeys` too", hint: "remove it from one of the lists",
                related: [(others, "the other list")])
        }
    }
}
