/// RR0411: an autoscaler that still scales the Deployment that became a Rollout.
enum StaleAutoscalerRule: ManifestSetRule {
    static let id: RuleID = "RR0411"
    static let severity = Severity.error
    static let summary = "An autoscaler's target is the Rollout, not the Deployment that it was."
    static let rationale = """
        After a conversion a HorizontalPodAutoscaler, VerticalPodAutoscaler or ScaledObject that still names the Deployment \
        finds nothing and stops scaling. Where a Rollout references a Deployment, the Deployment is scaled to zero, and an \
        autoscaler on it would fight that.
        """
    static let failing = [
        RuleExample("""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web}
            spec: {strategy: {canary: {}}}
            ---
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: web}
            spec:
              scaleTargetRef:
                apiVersion: apps/v1
                # ↓
                kind: Deployment
                name: web
              maxReplicas: 5
            """)
    ]
    static let passing = [
        RuleExample("""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web}
            spec: {strategy: {canary: {}}}
            ---
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata: {name: web}
            spec:
              scaleTargetRef: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web}
              maxReplicas: 5
            """)
    ]

    static func check(_ index: ManifestIndex, _ findings: inout Findings) {
        let rollouts = index.rollouts
        for object in index.objects {
            guard case .autoscaler(let autoscaler) = object.detail, autoscaler.targetKind == "Deployment" else { continue }
            let deployments = index.objects(.deployment, named: autoscaler.targetName, beside: object)
            if deployments.isEmpty {
                let rollout = index.objects(.rollout, named: autoscaler.targetName, beside: object).first
                guard let rollout else { continue }
                findings.report(
                    self, at: autoscaler.place,
                    "\(object.kind.rawValue) \"\(object.name)\" scales Deployment \"\(autoscaler.targetName)\", which is a "
                        + "Rollout now",
                    hint: "write `apiVersion: argoproj.io/v1alpha1` and `kind: Rollout`",
                    related: [(rollout.place, "the Rollout")])
            } else if let (facts, _) = rollouts.first(where: {
                $0.rollout.workload?.name == autoscaler.targetName && $0.rollout.workload?.kind == "Deployment"
                    && ManifestIndex.mayShare($0.facts.namespace, object.namespace)
            }) {
                findings.report(
                    self, at: autoscaler.place,
                    "\(object.kind.rawValue) \"\(object.name)\" scales Deployment \"\(autoscaler.targetName)\", whose pods "
                        + "Rollout \"\(facts.name)\" makes",
                    hint: "scale the Rollout: `apiVersion: argoproj.io/v1alpha1`, `kind: Rollout`, `name: \(facts.name)`",
                    related: [(facts.place, "the Rollout")])
            }
        }
    }
}
