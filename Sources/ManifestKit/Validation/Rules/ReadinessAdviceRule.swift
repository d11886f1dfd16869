/// RR0503: pods that are ready before they are.
enum ReadinessAdviceRule: RolloutRule {
    static let id: RuleID = "RR0503"
    static let severity = Severity.warning
    static let summary = "The pods of a Rollout that takes traffic have a readiness probe."
    static let rationale = """
        A Rollout goes on, and sends users to the new pods, when they are ready. Without a readiness probe (or a \
        readiness gate) a pod counts as ready as soon as its process runs, so that a step says nothing about whether \
        the new version works. The rule speaks only of Rollouts that name a Service, since others may take no \
        requests at all.
        """
    static let failing = [
        RuleExample(
            "strategy:\n  blueGreen:\n    activeService: web\ntemplate:\n  metadata:\n    labels: {app: web}\n  spec:\n"
                + "    # ↓\n    containers:\n    - {name: web, image: \"web:1\"}", in: .rolloutSpec)
    ]
    static let passing = [
        RuleExample(
            "strategy:\n  blueGreen:\n    activeService: web\ntemplate:\n  metadata:\n    labels: {app: web}\n  spec:\n"
                + "    containers:\n    - {name: web, image: \"web:1\", readinessProbe: {tcpSocket: {port: 80}}}",
            in: .rolloutSpec),
        RuleExample("strategy:\n  canary: {}", in: .rolloutSpec),
    ]

    private static let serviceFields = ["stableService", "canaryService", "activeService", "previewService", "pingPong"]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        guard let template = rollout.template, let containers = template.spec?["containers"],
            !template.containers.isEmpty
        else { return }
        let named = rollout.strategies.first { strategy in
            serviceFields.contains { strategy.node.present($0) != nil }
        }
        guard named != nil, template.spec?.present("readinessGates") == nil else { return }
        let hasProbe = template.containers.contains { container in
            (container.role == .container || container.isSidecar) && container.node.present("readinessProbe") != nil
        }
        guard !hasProbe else { return }
        findings.report(
            self, at: containers.key ?? containers,
            "no container has a readinessProbe, so that users are sent to pods that may not be ready",
            hint: "add a readinessProbe to the container that takes the requests")
    }
}
