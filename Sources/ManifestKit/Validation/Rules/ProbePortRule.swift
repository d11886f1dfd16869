/// RR0108: a probe or hook that asks for a port by a name that its container does not have.
enum ProbePortRule: PodTemplateRule {
    static let id: RuleID = "RR0108"
    static let severity = Severity.warning
    static let summary = "A port that a probe or hook names is a port of its container."
    static let rationale = """
        The API server does not look whether the name exists. The kubelet does, and the probe fails each time: the \
        canary never becomes ready, and the update ends at its progress deadline.
        """
    static let failing = [
        RuleExample(
            """
            ports:
            - {name: http, containerPort: 80}
            readinessProbe:
              httpGet:
                # ↓
                port: web
            """, in: .container),
        RuleExample("lifecycle:\n  preStop:\n    httpGet:\n      # ↓\n      port: admin", in: .container),
    ]
    static let passing = [
        RuleExample(
            """
            ports:
            - {name: http, containerPort: 80}
            readinessProbe:
              httpGet:
                port: http
            livenessProbe:
              tcpSocket: {port: 81}
            """, in: .container)
    ]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        for container in template.servingContainers {
            for name in ProbesRule.names {
                if let probe = container.node.nested(name) { check(probe, in: container.node, &findings) }
            }
            guard let lifecycle = container.node.nested("lifecycle") else { continue }
            for name in ["postStart", "preStop"] {
                if let hook = lifecycle.nested(name) { check(hook, in: container.node, &findings) }
            }
        }
    }

    private static func check(_ handler: YAMLNode, in container: YAMLNode, _ findings: inout Findings) {
        guard let port = handler["httpGet", "port"] ?? handler["tcpSocket", "port"], port.integer == nil,
            let name = port.string, KubernetesNames.portName.accepts(name)
        else { return }
        let ports = container.mappings(in: "ports")
        guard !ports.contains(where: { $0["name"]?.textEquals(name) == true }) else { return }
        let names = ports.compactMap { $0.filledString("name") }
        findings.report(
            self, at: port, "the container has no port named \(quoted(name))",
            hint: names.isEmpty ? "add `name: \(name)` to one of its ports" : choice(for: name, among: names))
    }
}
