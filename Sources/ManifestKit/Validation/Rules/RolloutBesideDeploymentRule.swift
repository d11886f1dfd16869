/// RR0414: a Deployment and a Rollout that run the same pods side by side.
enum RolloutBesideDeploymentRule: ManifestSetRule {
    static let id: RuleID = "RR0414"
    static let severity = Severity.warning
    static let summary = "A Deployment does not run beside the Rollout that replaces it."
    static let rationale = """
        Both keep their own pods, so the service has twice the capacity, and the Deployment's pods get traffic that no \
        weight or abort of the Rollout controls. It is right only for the minutes of a cut-over.
        """
    static let failing = [RuleExample(example("replicas: 3", mark: true))]
    static let passing = [RuleExample(example("replicas: 0"))]

    private static func example(_ field: String, mark: Bool = false) -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: web}
        spec: {template: {metadata: {labels: {app: web}}}, strategy: {canary: {}}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata:
        \(mark ? "  # ↓\n" : "")  name: web
        spec:
          \(field)
          selector: {matchLabels: {app: web}}
          template: {metadata: {labels: {app: web}}}
        """
    }

    static func check(_ index: ManifestIndex, _ findings: inout Findings) {
        guard index.kinds.contains(.deployment) else { return }
        for (facts, rollout) in index.rollouts where rollout.workload == nil {
            for object in index.objects(.deployment, named: facts.name, beside: facts) {
                guard case .workload(let deployment) = object.detail, deployment.replicas != 0,
                    let labels = rollout.podLabels, let selector = deployment.selector,
                    selector.pairs.allSatisfy({ labels[$0.key] == $0.value })
                else { continue }
                findings.report(
                    self, at: object.place,
                    "Deployment \"\(object.name)\" runs pods with the labels of Rollout \"\(facts.name)\" beside it",
                    hint: "remove the Deployment once the Rollout is healthy, or reference it with workloadRef",
                    related: [(facts.place, "the Rollout")])
            }
        }
    }
}
