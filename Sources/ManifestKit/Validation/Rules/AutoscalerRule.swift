/// RR0608: the bounds and behaviour of a HorizontalPodAutoscaler.
enum AutoscalerRule: ObjectRule {
    static let id: RuleID = "RR0608"
    static let severity = Severity.error
    static let summary = "An autoscaler has bounds that a workload can have, and a behaviour with policies."
    static let rationale = """
        `minReplicas` is at least 1 (scaling to zero is behind a feature gate) and not above `maxReplicas`. A \
        scaling policy lets pods or percent change in up to half an hour, and is stabilised over at most an hour.
        """
    static let failing = [
        RuleExample(
            """
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata:
              name: web
            spec:
              scaleTargetRef: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web}
              # ↓
              minReplicas: 0
              maxReplicas: 10
            """),
        RuleExample(
            """
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata:
              name: web
            spec:
              scaleTargetRef: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web}
              minReplicas: 5
              # ↓
              maxReplicas: 3
            """),
        RuleExample(
            """
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata:
              name: web
            spec:
              scaleTargetRef: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web}
              maxReplicas: 10
              behavior:
                scaleDown:
                  # ↓
                  stabilizationWindowSeconds: 7200
            """),
        RuleExample(
            """
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata:
              name: web
            spec:
              scaleTargetRef: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web}
              maxReplicas: 10
              behavior:
                scaleUp:
                  policies:
                  # ↓
                  - {type: Pod, value: 2, periodSeconds: 60}
            """),
    ]
    static let passing = [
        RuleExample(
            """
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata:
              name: web
            spec:
              scaleTargetRef: {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web}
              minReplicas: 2
              maxReplicas: 10
              behavior:
                scaleDown:
                  stabilizationWindowSeconds: 300
                  selectPolicy: Min
                  policies:
                  - {type: Percent, value: 50, periodSeconds: 60}
            """),
    ]

    static let kinds: Set<ResourceKind> = [.horizontalPodAutoscaler]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let spec = object.spec, spec.isMapping else { return }
        let low = spec["minReplicas"]
        let high = spec["maxReplicas"]
        if let low, let value = low.integer, value < 1 {
            findings.report(
                Self.self, at: low, "`minReplicas` is \(value), and must be at least 1",
                hint: value == 0 ? "scaling to zero needs the feature gate HPAScaleToZero, or KEDA" : nil)
        }
        if let high, let value = high.integer {
            if value < 1 {
                findings.report(Self.self, at: high, "`maxReplicas` is \(value), and must be at least 1")
            } else if let low, let least = low.integer, least > value {
                findings.report(
                    Self.self, at: high, "`maxReplicas` is \(value), which is below `minReplicas`, \(least)",
                    related: [(low, "minReplicas")])
            }
        }
        if let node = spec["targetCPUUtilizationPercentage"], let value = node.integer, value < 1 {
            findings.report(Self.self, at: node, "`targetCPUUtilizationPercentage` is \(value), and must be at least 1")
        }
        for name in ["scaleUp", "scaleDown"] {
            if let rules = spec["behavior"]?.present(name), rules.isMapping { checkRules(rules, &findings) }
        }
    }

    private static func checkRules(_ rules: YAMLNode, _ findings: inout Findings) {
        if let node = rules["stabilizationWindowSeconds"], let value = node.integer, !(0...3600).contains(value) {
            findings.report(
                Self.self, at: node, "`stabilizationWindowSeconds` is \(value), and must be from 0 to 3600 (an hour)")
        }
        let choices = ["Max", "Min", "Disabled"]
        if let node = rules.present("selectPolicy"), let text = node.string, !choices.contains(text) {
            findings.report(Self.self, unknown: node, "selectPolicy", choices)
        }
        if let node = rules.present("tolerance"), let tolerance = Quantity(node), tolerance.isNegative {
            findings.report(Self.self, at: node, "`tolerance` is \(node.text), and cannot be negative")
        }
        guard let policies = rules.present("policies"), policies.isSequence else { return }
        if policies.count == 0 { findings.report(Self.self, field: policies, "there is no policy") }
        for policy in policies.elements {
            if let node = policy.present("type"), let text = node.string, !["Pods", "Percent"].contains(text) {
                findings.report(Self.self, unknown: node, "type of a scaling policy", ["Pods", "Percent"])
            }
            if let node = policy["value"], let value = node.integer, value < 1 {
                findings.report(Self.self, at: node, "`value` is \(value), and must be at least 1")
            }
            if let node = policy["periodSeconds"], let value = node.integer, !(1...1800).contains(value) {
                findings.report(
                    Self.self, at: node, "`periodSeconds` is \(value), and must be from 1 to 1800 (half an hour)")
            }
        }
    }
}
