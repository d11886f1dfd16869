/// Puts examples of rules into whole manifests.
enum ExampleFrames {
    static func manifest(_ text: String, _ frame: RuleExample.Frame) -> String {
        switch frame {
        case .whole: text
        case .rolloutSpec: rollout(spec: text)
        case .canary: rollout(spec: "strategy:\n  canary:\n" + indented(text, by: 4))
        case .routedCanary: rollout(spec: "strategy:\n  canary:\n" + services + indented(text, by: 4))
        case .steps: rollout(spec: "strategy:\n  canary:\n    steps:\n" + indented(text, by: 4))
        case .routedSteps: rollout(spec: routed + "    steps:\n" + indented(text, by: 4))
        case .blueGreen: rollout(spec: "strategy:\n  blueGreen:\n" + indented(text, by: 4))
        case .podSpec: rollout(spec: canary, pod: text)
        case .container: rollout(spec: canary, pod: containers + indented(text, by: 2))
        case .analysisSpec: object("AnalysisTemplate", "success-rate", spec: text)
        case .metric:
            object("AnalysisTemplate", "success-rate", spec: "metrics:\n- name: success-rate\n" + indented(text, by: 2))
        case .experimentSpec: object("Experiment", "web", spec: text)
        case .notifications: notifications + indented(text, by: 2) + "\n"
        }
    }

    private static let notifications =
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: \(NotificationSettings.configMap)\ndata:\n"
    private static let canary = "strategy:\n  canary: {}"
    private static let containers = "containers:\n- name: web\n  image: registry.example.com/web:1\n"
    private static let services = "    canaryService: web-canary\n    stableService: web-stable\n"
    private static let routed = "strategy:\n  canary:\n" + services + """
            trafficRouting:
              managedRoutes:
              - name: beta
              - name: copy
              istio:
                virtualService:
                  name: web

        """

    private static func rollout(spec: String, pod: String = "") -> String {
        var lines = ["replicas: 10"]
        if !hasField("selector", spec), !hasField("workloadRef", spec) {
            lines.append("selector:\n  matchLabels:\n    app: web")
        }
        if !hasField("template", spec), !hasField("workloadRef", spec) {
            let podSpec = hasField("containers", pod) ? pod : containers + pod
            lines.append("template:\n  metadata:\n    labels:\n      app: web\n  spec:\n" + indented(podSpec, by: 4))
        }
        if hasField("replicas", spec) { lines.removeFirst() }
        lines.append(spec)
        if !hasField("strategy", spec) { lines.append(canary) }
        return object("Rollout", "web", spec: lines.joined(separator: "\n"))
    }

    private static func object(_ kind: String, _ name: String, spec: String) -> String {
        "apiVersion: argoproj.io/v1alpha1\nkind: \(kind)\nmetadata:\n  name: \(name)\nspec:\n"
            + indented(spec, by: 2) + "\n"
    }

    private static func hasField(_ field: String, _ text: String) -> Bool {
        text.split(separator: "\n").contains { $0.hasPrefix(field + ":") }
    }

    static func indented(_ text: String, by width: Int) -> String {
        let margin = String(repeating: " ", count: width)
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : margin + $0 }.joined(separator: "\n")
    }
}

extension ManifestSetRule {
    /// A Rollout that divides traffic, for examples with several objects; the text is what `trafficRouting` holds.
    static func routedRollout(
        _ trafficRouting: String, namespace: String? = nil,
        services: String = "stableService: web\ncanaryService: web-canary"
    ) -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: web\(namespace.map { ", namespace: \($0)" } ?? "")}
        spec:
          strategy:
            canary:
        \(ExampleFrames.indented(services, by: 6))
              trafficRouting:
        \(ExampleFrames.indented(trafficRouting, by: 8))

        """
    }
}
