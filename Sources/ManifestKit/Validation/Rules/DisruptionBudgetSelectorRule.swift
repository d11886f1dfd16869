/// RR0413: a PodDisruptionBudget that looks meant for a Rollout and selects none of its pods.
enum DisruptionBudgetSelectorRule: ManifestSetRule {
    static let id: RuleID = "RR0413"
    static let severity = Severity.warning
    static let summary = "A PodDisruptionBudget of a Rollout's name selects the Rollout's pods."
    static let rationale = """
        A budget works on pods by their labels, so it outlives a conversion from a Deployment, unless it selects a label \
        that only the Deployment's pods had, such as `pod-template-hash`: then it protects nothing, and says nothing.
        """
    static let failing = [RuleExample(example("app: web-deployment", mark: true))]
    static let passing = [RuleExample(example("app: web"))]

    private static func example(_ label: String, mark: Bool = false) -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: web}
        spec: {template: {metadata: {labels: {app: web}}}, strategy: {canary: {}}}
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: web}
        spec:
          minAvailable: 1
          selector:
            matchLabels:
        \(mark ? "      # ↓\n" : "")      \(label)
        """
    }

    static func check(_ index: ManifestIndex, _ findings: inout Findings) {
        for object in index.objects {
            guard case .podDisruptionBudget(let selector?) = object.detail else { continue }
            for facts in index.objects(.rollout, named: object.name, beside: object) {
                guard case .rollout(let rollout) = facts.detail, let labels = index.podLabels(of: rollout, in: facts),
                    let odd = selector.pairs.first(where: { labels[$0.key] != $0.value })
                else { continue }
                findings.report(
                    self, at: selector.place,
                    "this selects \(odd.key): \(odd.value), which the pods of Rollout \"\(facts.name)\" do not have, so it "
                        + "protects none of them",
                    hint: "select labels of the Rollout's pod template", related: [(labels.place, "the pods' labels")])
            }
        }
    }
}
