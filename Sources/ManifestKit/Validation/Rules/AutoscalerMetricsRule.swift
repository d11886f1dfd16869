/// RR0609: the metrics of a HorizontalPodAutoscaler.
enum AutoscalerMetricsRule: ObjectRule {
    static let id: RuleID = "RR0609"
    static let severity = Severity.error
    static let summary = "Each metric of an autoscaler has the source that its type names, and a target that suits it."
    static let rationale = """
        A metric of type `Resource` has its settings under `resource` and nothing else beside them. A resource is \
        compared with a utilization or an average value, pods with an average value, anything else with a value or \
        an average value.
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
              maxReplicas: 10
              metrics:
              # ↓
              - type: Resource
                pods: {metric: {name: rps}, target: {type: AverageValue, averageValue: 10}}
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
              metrics:
              # ↓
              - type: CPU
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
              metrics:
              - type: Resource
                resource:
                  name: cpu
                  # ↓
                  target: {type: Utilization}
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
              metrics:
              - type: Resource
                resource:
                  name: cpu
                  target:
                    type: Utilization
                    # ↓
                    averageUtilization: 0
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
              maxReplicas: 10
              metrics:
              - type: Resource
                resource:
                  name: cpu
                  target: {type: Utilization, averageUtilization: 70}
              - type: External
                external:
                  metric: {name: queue}
                  target: {type: AverageValue, averageValue: 30}
            """),
    ]

    static let kinds: Set<ResourceKind> = [.horizontalPodAutoscaler]

    /// The types of metrics, the fields that hold their settings, and the targets that they take.
    private static let sources: [(type: String, field: String, targets: [String])] = [
        ("Resource", "resource", ["averageUtilization", "averageValue"]),
        ("ContainerResource", "containerResource", ["averageUtilization", "averageValue"]),
        ("Pods", "pods", ["averageValue"]),
        ("Object", "object", ["value", "averageValue"]),
        ("External", "external", ["value", "averageValue"]),
    ]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        for metric in object.spec?["metrics"]?.elements.map({ $0 }) ?? [] where metric.isMapping {
            guard let type = metric.present("type"), let text = type.string else { continue }
            guard let source = sources.first(where: { $0.type == text }) else {
                findings.report(Self.self, unknown: type, "type of a metric", sources.map(\.type))
                continue
            }
            for other in sources where other.field != source.field {
                guard let node = metric.present(other.field) else { continue }
                findings.report(
                    Self.self, field: node, "a metric of type \(text) has no `\(other.field)`",
                    hint: "remove it, or set `type: \(other.type)`", related: [(type, "the type")])
            }
            if let settings = metric.present(source.field) {
                if let target = settings.present("target"), target.isMapping {
                    check(target, source.targets, of: text, &findings)
                }
            } else {
                findings.report(
                    Self.self, missing: source.field, in: metric, "a metric of type \(text) needs `\(source.field)`")
            }
        }
    }

    private static func check(
        _ target: YAMLNode, _ allowed: [String], of type: String, _ findings: inout Findings
    ) {
        let kinds = ["Utilization", "Value", "AverageValue"]
        if let node = target.present("type"), let text = node.string, !kinds.contains(text) {
            findings.report(Self.self, unknown: node, "type of a target", kinds)
        }
        for name in ["value", "averageValue"] {
            guard let node = target.present(name), let value = Quantity(node), value.isZero || value.isNegative else {
                continue
            }
            findings.report(Self.self, at: node, "`\(name)` is \(node.text), and must be above zero")
        }
        if let node = target["averageUtilization"], let value = node.integer, value < 1 {
            findings.report(Self.self, at: node, "`averageUtilization` is \(value), and must be at least 1")
        }
        let present = allowed.filter { target.present($0) != nil }
        let words = allowed.map { "`\($0)`" }.joined(separator: " or ")
        if present.isEmpty {
            findings.report(Self.self, field: target, "the target of a metric of type \(type) has no \(words)")
        } else if present.count > 1, type != "Object", let node = target.present(present[1]) {
            findings.report(
                Self.self, field: node, "the target has both `\(present[0])` and `\(present[1])`",
                hint: "remove one of the two")
        }
    }
}
