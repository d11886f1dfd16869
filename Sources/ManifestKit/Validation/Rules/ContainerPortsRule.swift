/// RR0103: the ports of a container.
enum ContainerPortsRule: PodTemplateRule {
    static let id: RuleID = "RR0103"
    static let severity = Severity.error
    static let summary = "A port has a number from 1 to 65535, a short name of its own and a protocol that exists."
    static let rationale = """
        Services and probes find ports by name, so a name is unique in its container (and should be in the pod, or \
        they may find the wrong one). Two host ports that are equal could never be scheduled, and with `hostNetwork` a \
        host port is the container's own.
        """
    static let failing = [
        RuleExample("ports:\n# ↓\n- containerPort: 70000", in: .container),
        RuleExample("ports:\n# ↓\n- containerPort: 0", in: .container),
        RuleExample("ports:\n- containerPort: 80\n  # ↓\n  protocol: tcp", in: .container),
        RuleExample("ports:\n- containerPort: 80\n  # ↓\n  name: a_very_long_name", in: .container),
        RuleExample(
            """
            ports:
            - containerPort: 80
              name: web
            - containerPort: 81
              # ↓
              name: web
            """, in: .container),
        RuleExample(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  containers:
                  - name: web
                    image: web:1
                    ports:
                    - containerPort: 80
                    # ↓
                    - containerPort: 80
            """),
        RuleExample(
            """
            ports:
            - {containerPort: 80, hostPort: 80}
            # ↓
            - {containerPort: 81, hostPort: 80}
            """, in: .container),
        RuleExample(
            """
            hostNetwork: true
            containers:
            - name: web
              image: web:1
              ports:
              - containerPort: 80
                # ↓
                hostPort: 8080
            """, in: .podSpec),
        RuleExample(
            """
            hostNetwork: true
            containers:
            - name: a
              image: a:1
              ports: [{containerPort: 80}]
            - name: b
              image: b:1
              ports:
              # ↓
              - {containerPort: 80}
            """, in: .podSpec),
        RuleExample(
            """
            containers:
            - name: a
              image: a:1
              ports: [{name: web, containerPort: 1}]
            - name: b
              image: b:1
              ports:
              # ↓
              - {name: web, containerPort: 2}
            """, in: .podSpec),
    ]
    static let passing = [
        RuleExample(
            """
            ports:
            - {name: http, containerPort: 80}
            - {name: dns, containerPort: 53, protocol: UDP}
            - containerPort: 53
            """, in: .container),
        RuleExample("ports:\n- containerPort: 80\n  hostPort: 0\n  hostIP: 10.0.0.1", in: .container),
    ]

    private static let protocols = ["TCP", "UDP", "SCTP"]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        let usesHostNetwork = template.spec?.isTrue("hostNetwork") == true
        let containerCount = template.containers.count
        var hostPorts = FirstPlaces()
        var podNames = FirstPlaces()
        for container in template.containers {
            let ports = container.node.mappings(in: "ports")
            if ports.isEmpty { continue }
            for port in ports {
                checkValues(port, &findings)
                guard usesHostNetwork, container.role == .container else { continue }
                checkHostNetwork(port, &findings)
            }
            if ports.count > 1 { checkDoubles(ports, template, &findings) }
            // Init containers run one after the other, so their host ports only have to differ in each of them.
            if container.role == .container {
                checkHostPorts(ports, usesHostNetwork, &hostPorts, &findings)
                if containerCount > 1 { checkNames(ports, &podNames, &findings) }
            } else {
                var own = FirstPlaces()
                checkHostPorts(ports, usesHostNetwork, &own, &findings)
            }
        }
    }

    private static func checkValues(_ port: YAMLNode, _ findings: inout Findings) {
        expect(port["containerPort"], within: 1...65535, &findings)
        expect(port["name"], form: .portName, &findings, emptyIsAbsent: true)
        expect(port["protocol"], oneOf: protocols, &findings)
        if let hostPort = port["hostPort"], hostPort.integer != 0 { expect(hostPort, within: 1...65535, &findings) }
    }

    private static func checkHostNetwork(_ port: YAMLNode, _ findings: inout Findings) {
        guard let node = port["hostPort"], let host = node.integer, host != 0,
            let number = port["containerPort"]?.integer, number != host
        else { return }
        findings.report(
            self, at: node, "`hostPort` \(host) is not the container's port \(number), as `hostNetwork` wants it",
            hint: "use the same number for both, or leave `hostPort` away")
    }

    private static func checkDoubles(
        _ ports: [YAMLNode], _ template: PodTemplateManifest, _ findings: inout Findings
    ) {
        var names = FirstPlaces()
        var numbers = FirstPlaces()
        for port in ports {
            if let node = port["name"], let name = node.string, !name.isEmpty,
                let first = names.earlier(name, at: node) {
                findings.report(
                    self, at: node, "the name \(quoted(name)) is taken by another port of the container",
                    hint: "give each port a name of its own", related: [(first, "first here")])
            }
            guard !template.isInCustomResource, let node = port["containerPort"], let number = node.integer else {
                continue
            }
            let kind = protocolName(of: port)
            guard let first = numbers.earlier("\(number)/\(kind)", at: node) else { continue }
            findings.report(
                self, at: node, "port \(number) for \(kind) is in the list already",
                hint: "remove one of the two; for another protocol, set `protocol`",
                related: [(first, "first here")], severity: .warning)
        }
    }

    private static func checkHostPorts(
        _ ports: [YAMLNode], _ usesHostNetwork: Bool, _ places: inout FirstPlaces, _ findings: inout Findings
    ) {
        for port in ports {
            var node = port["hostPort"]
            // In a pod on the host's network every port is a host port.
            if usesHostNetwork, (node?.integer ?? 0) == 0 { node = port["containerPort"] }
            guard let node, let number = node.integer, number != 0 else { continue }
            let address = port["hostIP"]?.string ?? ""
            let place = "\(protocolName(of: port))/\(address)/\(number)"
            guard let first = places.earlier(place, at: node) else { continue }
            findings.report(
                self, at: node, "host port \(number) is taken by another port of the pod",
                hint: "use another `hostPort`, or none", related: [(first, "first here")])
        }
    }

    private static func checkNames(_ ports: [YAMLNode], _ places: inout FirstPlaces, _ findings: inout Findings) {
        for port in ports {
            guard let node = port["name"], let name = node.string, !name.isEmpty,
                let first = places.earlier(name, at: node), let ports = first.parent?.parent,
                port.parent?.isSame(as: ports) == false
            else { continue }
            findings.report(
                self, at: node, "another container has a port named \(quoted(name)) too, and Services find only one",
                hint: "give the ports different names", related: [(first, "the other one")], severity: .warning)
        }
    }

    private static func protocolName(of port: YAMLNode) -> String { port.filledString("protocol") ?? "TCP" }
}
