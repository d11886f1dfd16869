/// RR0402: two Rollouts on one Service.
enum SharedServiceRule: ManifestSetRule {
    static let id: RuleID = "RR0402"
    static let severity = Severity.error
    static let summary = "A Service belongs to one Rollout."
    static let rationale = """
        The controller writes the pod-template hash of its Rollout into the Service's selector. Two Rollouts on one \
        Service would take it from each other; the controller marks the Service with an annotation and refuses the \
        second.
        """
    static let failing = [
        RuleExample(
            """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web}
            spec: {strategy: {blueGreen: {activeService: front}}}
            ---
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: api}
            spec:
              strategy:
                blueGreen:
                  # ↓
                  activeService: front
            """),
        RuleExample(
            """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web}
            spec: {strategy: {blueGreen: {activeService: front}}}
            ---
            apiVersion: v1
            kind: Service
            metadata:
              name: front
              annotations:
                # ↓
                argo-rollouts.argoproj.io/managed-by-rollouts: api
            """),
    ]
    static let passing = [
        RuleExample(
            """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web, namespace: one}
            spec: {strategy: {blueGreen: {activeService: front}}}
            ---
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web, namespace: two}
            spec: {strategy: {blueGreen: {activeService: front}}}
            """)
    ]

    static func check(_ index: ManifestIndex, _ findings: inout Findings) {
        var owners: [String: [(facts: ObjectFacts, reference: ObjectReference)]] = [:]
        for (facts, rollout) in index.rollouts {
            for reference in rollout.services where reference.role != "rootService" {
                checkManager(of: reference, facts, index, &findings)
                let others = owners[reference.name, default: []]
                // The same Rollout may stand in a base and in its overlays: that is one Rollout.
                let rival = others.first {
                    $0.facts.name != facts.name && $0.facts.namespace == facts.namespace
                        && shares(reference.name, facts, $0.facts, index)
                }
                if let rival {
                    findings.report(
                        self, at: reference.place,
                        "Service \"\(reference.name)\" already belongs to Rollout \"\(rival.facts.name)\"",
                        hint: "give each Rollout Services of its own",
                        related: [(rival.reference.place, "as its \(rival.reference.role) here")])
                }
                // A few say all that there is to say, however many copies there are.
                if others.count < 8 { owners[reference.name, default: []].append((facts, reference)) }
            }
        }
    }

    /// Whether a name means one Service to two Rollouts: each folder may have its own.
    private static func shares(
        _ name: String, _ one: ObjectFacts, _ other: ObjectFacts, _ index: ManifestIndex
    ) -> Bool {
        let mine = index.objects(.service, named: name, beside: one)
        let theirs = index.objects(.service, named: name, beside: other)
        guard !mine.isEmpty, !theirs.isEmpty else { return true }
        return mine.contains { service in theirs.contains { $0 === service } }
    }

    private static func checkManager(
        of reference: ObjectReference, _ rollout: ObjectFacts, _ index: ManifestIndex, _ findings: inout Findings
    ) {
        for service in index.objects(.service, named: reference.name, beside: rollout) {
            guard case .service(let details) = service.detail, let manager = details.manager,
                manager.name != rollout.name
            else { continue }
            findings.report(
                self, at: manager.place,
                "Service \"\(reference.name)\" is marked as managed by Rollout \"\(manager.name)\", but Rollout "
                    + "\"\(rollout.name)\" uses it",
                hint: "the controller writes this annotation itself; remove it from the manifest",
                related: [(reference.place, "used as \(reference.role) here")])
        }
    }
}
