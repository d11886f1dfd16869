/// RR0412: a Rollout that an autoscaler scales and whose manifest sets replicas.
enum AutoscaledReplicasRule: ManifestSetRule {
    static let id: RuleID = "RR0412"
    static let severity = Severity.warning
    static let summary = "A Rollout that an autoscaler scales does not set `replicas` in its manifest."
    static let rationale = """
        Each `kubectl apply` or sync sets the number in the manifest again, and the autoscaler changes it back: the \
        service loses pods at every deployment, just when it needs them.
        """
    static let failing = [RuleExample(example("replicas: 3", mark: true))]
    static let passing = [RuleExample(example("minReadySeconds: 5"))]

    private static func example(_ field: String, mark: Bool = false) -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: web}
        spec:
        \(mark ? "  # ↓\n" : "")  \(field)
          strategy: {canary: {}}
        ---
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: web}
        spec:
          scaleTargetRef: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web}
          maxReplicas: 5
        """
    }

    static func check(_ index: ManifestIndex, _ findings: inout Findings) {
        for object in index.objects where object.kind != .verticalPodAutoscaler {
            guard case .autoscaler(let autoscaler) = object.detail, autoscaler.targetKind == "Rollout" else { continue }
            for facts in index.objects(.rollout, named: autoscaler.targetName, beside: object) {
                guard case .rollout(let rollout) = facts.detail, let replicas = rollout.replicas else { continue }
                findings.report(
                    self, at: replicas,
                    "\(object.kind.rawValue) \"\(object.name)\" scales this Rollout, and each apply of the manifest sets "
                        + "replicas back",
                    hint: "leave replicas out of the manifest", related: [(autoscaler.place, "scaled from here")])
            }
        }
    }
}
