/// RR0401: a Service selects labels that the Rollout's pods do not have.
enum ServiceSelectorRule: ManifestSetRule {
    static let id: RuleID = "RR0401"
    static let severity = Severity.error
    static let summary = "The Services of a Rollout select labels that its pods have."
    static let rationale = """
        The controller refuses a Rollout whose Service selects a label that the pod template does not set, as it would \
        select no pod. It adds `rollouts-pod-template-hash` to the selector by itself.
        """
    static let failing = [
        RuleExample("""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web}
            spec:
              template: {metadata: {labels: {app: web}}}
              strategy:
                blueGreen: {activeService: web}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec:
              selector:
                # ↓
                app: wbe
            """)
    ]
    static let passing = [
        RuleExample("""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web}
            spec:
              template: {metadata: {labels: {app: web, tier: front}}}
              strategy:
                blueGreen: {activeService: web}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec:
              selector: {app: web, rollouts-pod-template-hash: 6c64d55fdf}
            """)
    ]

    static func check(_ index: ManifestIndex, _ findings: inout Findings) {
        for (facts, rollout) in index.rollouts {
            guard !rollout.services.isEmpty, let labels = index.podLabels(of: rollout, in: facts) else { continue }
            for reference in rollout.services {
                for service in index.objects(.service, named: reference.name, beside: facts) {
                    guard case .service(let details) = service.detail, let selector = details.selector else { continue }
                    check(selector, against: labels, reference: reference, rollout: facts, &findings)
                }
            }
        }
    }

    private static func check(
        _ selector: Labels, against labels: Labels, reference: ObjectReference, rollout: ObjectFacts,
        _ findings: inout Findings
    ) {
        for (pair, place) in zip(selector.pairs, selector.places)
        where pair.key != "rollouts-pod-template-hash" && labels[pair.key] != pair.value {
            let actual = labels[pair.key].map { "have \(pair.key): \($0)" } ?? "have no label \(pair.key)"
            findings.report(
                self, at: place,
                "Service \"\(reference.name)\" selects \(pair.key): \(pair.value), but the pods of Rollout "
                    + "\"\(rollout.name)\" \(actual)",
                hint: "make the Service's selector and the pod template's labels agree",
                related: [(labels.place, "the pods' labels"), (reference.place, "used as \(reference.role) here")])
        }
    }
}
