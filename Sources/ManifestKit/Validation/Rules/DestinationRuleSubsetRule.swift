/// RR0406: a DestinationRule without the subsets that a Rollout names.
enum DestinationRuleSubsetRule: ManifestSetRule {
    static let id: RuleID = "RR0406"
    static let severity = Severity.error
    static let summary = "A DestinationRule has the subsets that the Rollout names."
    static let rationale = """
        The controller writes the pod-template hash into the labels of the two subsets. A subset that is not there gets no \
        hash, and its weight leads nowhere.
        """
    static let failing = [
        RuleExample("""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web}
            spec:
              strategy:
                canary:
                  trafficRouting:
                    istio:
                      destinationRule:
                        name: web
                        # ↓
                        canarySubsetName: canary
                        stableSubsetName: stable
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: web}
            spec:
              subsets: [{name: stable, labels: {app: web}}]
            """)
    ]
    static let passing = [
        RuleExample("""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web}
            spec:
              strategy:
                canary:
                  trafficRouting:
                    istio: {destinationRule: {name: web, canarySubsetName: canary, stableSubsetName: stable}}
            ---
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: web}
            spec:
              subsets: [{name: stable}, {name: canary}]
            """)
    ]

    static func check(_ index: ManifestIndex, _ findings: inout Findings) {
        for (facts, rollout) in index.rollouts {
            guard let subsets = rollout.subsets else { continue }
            let name = subsets.destinationRule.name
            for object in index.objects(.destinationRule, named: name, beside: facts) {
                guard case .destinationRule(let details) = object.detail else { continue }
                for subset in [subsets.canary, subsets.stable].compactMap({ $0 })
                where !details.subsets.contains(subset.name) {
                    findings.report(
                        self, at: subset.place, "DestinationRule \"\(name)\" has no subset \"\(subset.name)\"",
                        hint: details.subsets.isEmpty
                            ? "add it" : "its subsets are \(details.subsets.joined(separator: ", "))",
                        related: [(details.place ?? object.place, "the DestinationRule")])
                }
            }
        }
    }
}
