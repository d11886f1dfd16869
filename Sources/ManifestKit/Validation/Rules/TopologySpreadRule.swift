/// RR0123: how pods spread over zones and nodes.
enum TopologySpreadRule: PodTemplateRule {
    static let id: RuleID = "RR0123"
    static let severity = Severity.error
    static let summary = "A spread constraint has a skew above zero, a topology key, and stands only once."
    static let rationale = """
        Two constraints with the same key and the same `whenUnsatisfiable` are refused. `minDomains` makes sense only \
        where pods must not be placed otherwise (`DoNotSchedule`), and `matchLabelKeys` only beside a `labelSelector`.
        """
    static let failing = [
        RuleExample(
            "topologySpreadConstraints:\n# ↓\n- {maxSkew: 0, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}",
            in: .podSpec),
        RuleExample(
            """
            topologySpreadConstraints:
            - maxSkew: 1
              topologyKey: zone
              # ↓
              whenUnsatisfiable: Wait
            - maxSkew: 1
              # ↓
              topologyKey: ""
              whenUnsatisfiable: ScheduleAnyway
              # ↓
              minDomains: 2
            - maxSkew: 1
              topologyKey: host
              whenUnsatisfiable: ScheduleAnyway
              # ↓
              nodeTaintsPolicy: Obey
            - maxSkew: 1
              # ↓
              topologyKey: host
              whenUnsatisfiable: ScheduleAnyway
              # ↓
              matchLabelKeys: [app]
            """, in: .podSpec),
    ]
    static let passing = [
        RuleExample(
            """
            topologySpreadConstraints:
            - maxSkew: 1
              topologyKey: topology.kubernetes.io/zone
              whenUnsatisfiable: DoNotSchedule
              minDomains: 3
              labelSelector: {matchLabels: {app: web}}
              matchLabelKeys: [rollouts-pod-template-hash]
              nodeAffinityPolicy: Honor
            - {maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: ScheduleAnyway}
            """, in: .podSpec)
    ]

    private static let actions = ["DoNotSchedule", "ScheduleAnyway"]
    private static let policies = ["Honor", "Ignore"]
    private static let labels = SelectorRequirements(rule: TopologySpreadRule.self, target: .labels)

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        guard let list = template.spec?["topologySpreadConstraints"] else { return }
        var places = FirstPlaces()
        for constraint in list.elements where constraint.isMapping {
            check(constraint, &findings)
            guard let node = constraint["topologyKey"], let key = node.string,
                let action = constraint["whenUnsatisfiable"]?.string,
                let first = places.earlier(key + "\n" + action, at: node)
            else { continue }
            findings.report(
                self, at: node, "there is a constraint for \(quoted(key)) with `\(action)` already",
                hint: "join the two", related: [(first, "first here")])
        }
    }

    private static func check(_ constraint: YAMLNode, _ findings: inout Findings) {
        expect(constraint["maxSkew"], within: 1...Int.max, &findings)
        expectFilled(constraint["topologyKey"], &findings,
        hint: "use a label of nodes, such as `kubernetes.io/hostname`")
        expect(constraint["whenUnsatisfiable"], oneOf: actions, &findings, emptyIsAbsent: false)
        expect(constraint["nodeAffinityPolicy"], oneOf: policies, &findings, emptyIsAbsent: false)
        expect(constraint["nodeTaintsPolicy"], oneOf: policies, &findings, emptyIsAbsent: false)
        if let domains = constraint.present("minDomains") {
            expect(domains, within: 1...Int.max, &findings)
            if constraint["whenUnsatisfiable"]?.textEquals("DoNotSchedule") != true {
                findings.report(
                    self, field: domains, "`minDomains` needs `whenUnsatisfiable: DoNotSchedule`",
                    hint: "remove `minDomains`, or use `DoNotSchedule`")
            }
        }
        let selector = constraint.present("labelSelector")
        if let selector, selector.isMapping { labels.checkSelector(selector, &findings) }
        if let keys = constraint["matchLabelKeys"] { SelectorKeys(rule: self).check(keys, beside: selector, &findings) }
    }
}
