/// RR0107: what an init container cannot have.
enum InitContainersRule: PodTemplateRule {
    static let id: RuleID = "RR0107"
    static let severity = Severity.error
    static let summary = "Only an init container that goes on running has probes and lifecycle hooks."
    static let rationale = """
        An init container ends before the pod serves, so there is nothing to probe and nothing to stop. One with \
        `restartPolicy: Always` is a sidecar that goes on beside the others, and takes both.
        """
    static let failing = [
        RuleExample(
            """
            initContainers:
            - name: i
              image: i:1
              # ↓
              readinessProbe: {tcpSocket: {port: 1}}
            """, in: .podSpec),
        RuleExample(
            """
            initContainers:
            - name: i
              image: i:1
              # ↓
              lifecycle: {preStop: {exec: {command: [a]}}}
            """, in: .podSpec),
    ]
    static let passing = [
        RuleExample(
            """
            initContainers:
            - name: i
              image: i:1
              restartPolicy: Always
              readinessProbe: {tcpSocket: {port: 1}}
            """, in: .podSpec)
    ]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        for container in template.containers where container.role == .initContainer && !container.isSidecar {
            for field in ProbesRule.names + ["lifecycle"] {
                guard let node = container.node.present(field) else { continue }
                findings.report(
                    self, field: node, "an init container that ends cannot have `\(field)`",
                    hint: "remove it, or make the container a sidecar with `restartPolicy: Always`")
            }
        }
    }
}
