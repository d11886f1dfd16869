/// RR0602: the ports of a Service.
enum ServicePortsRule: ObjectRule {
    static let id: RuleID = "RR0602"
    static let severity = Severity.error
    static let summary = "A Service has ports, each with a number and, where there are several, a name of its own."
    static let rationale = """
        Only a headless Service and one of type ExternalName may go without ports. Names are DNS labels; the target \
        is a port's number or the name of a container's port.
        """
    static let failing = [
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
            # ↓
            spec:
              selector: {app: web}
            """),
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
            spec:
              ports:
              # ↓
              - port: 80
              - port: 443
                name: https
            """),
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
            spec:
              ports:
              # ↓
              - port: 70000
            """),
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
            spec:
              ports:
              - port: 80
                # ↓
                targetPort: HTTP_port
            """),
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
            spec:
              ports:
              - port: 80
                # ↓
                protocol: HTTP
            """),
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
            spec:
              ports:
              - {name: a, port: 80}
              # ↓
              - {name: a, port: 81}
            """),
    ]
    static let passing = [
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
            spec:
              selector: {app: web}
              ports:
              - {name: http, port: 80, targetPort: http}
              - {name: dns, port: 53, protocol: UDP}
              - {name: dns-tcp, port: 53}
            """),
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
            spec:
              clusterIP: None
              selector: {app: web}
            """),
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
            spec:
              type: ExternalName
              externalName: web.example.com
            """),
    ]

    static let kinds: Set<ResourceKind> = [.service]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let spec = object.spec, spec.isMapping else { return }
        guard let ports = spec.present("ports"), ports.isSequence, ports.count > 0 else {
            let isExempt = spec["clusterIP"]?.text == "None" || spec["type"]?.text == "ExternalName"
            if !isExempt, spec["ports"]?.isScalar != true || spec["ports"]?.isNull == true {
                findings.report(Self.self, missing: "ports", in: spec, "the Service has no ports")
            }
            return
        }
        for port in ports.elements where port.isMapping { check(port, of: ports.count, in: spec, &findings) }
        checkUnique(ports, &findings)
    }

    private static func check(_ port: YAMLNode, of count: Int, in spec: YAMLNode, _ findings: inout Findings) {
        if let name = port.present("name"), name.string != nil, !name.textEquals("") {
            if let problem = KubernetesNames.label.problem(name) {
                findings.report(
                    Self.self, at: name, "the port's name \(problem)", hint: "it is \(KubernetesNames.label.allowed)")
            }
        } else if count > 1 {
            findings.report(
                Self.self, missing: "name", in: port,
                "the port has no name, which it needs where there are several ports")
        }
        if let number = port["port"]?.integer, !(1...65535).contains(number), let node = port["port"] {
            findings.report(Self.self, at: node, "\(number) is no port", hint: "ports are numbers from 1 to 65535")
        }
        if let node = port.present("protocol"), let text = node.string, !["TCP", "UDP", "SCTP"].contains(text) {
            findings.report(
                Self.self, at: node, "`\(text)` is no protocol of a port", hint: "the protocols are TCP, UDP and SCTP")
        }
        if let target = port.present("targetPort") { checkTarget(target, &findings) }
        if let node = port.present("appProtocol"), node.string != nil,
            let problem = KubernetesNames.qualifiedName.problem(node) {
            findings.report(Self.self, at: node, "the application protocol \(problem)")
        }
        if let node = port.present("nodePort"), let number = node.integer, number != 0 {
            checkNodePort(node, number, spec["type"]?.text ?? "ClusterIP", &findings)
        }
    }

    private static func checkTarget(_ target: YAMLNode, _ findings: inout Findings) {
        if let number = target.integer, !(0...65535).contains(number) {
            findings.report(Self.self, at: target, "\(number) is no port", hint: "ports are numbers from 1 to 65535")
        }
        guard let text = target.string, !text.isEmpty, let problem = KubernetesNames.portName.problem(target) else {
            return
        }
        let isNumber = Int(text) != nil
        findings.report(
            Self.self, at: target, "the target port \(problem)",
            hint: isNumber ? "remove the quotes: \(text)" : "the name of a port is \(KubernetesNames.portName.allowed)",
            fix: isNumber ? Diagnostic.Fix(span: target.span, replacement: text) : nil)
    }

    private static func checkNodePort(_ node: YAMLNode, _ number: Int, _ type: String, _ findings: inout Findings) {
        if type == "ClusterIP" {
            findings.report(
                Self.self, field: node, "`nodePort` has no place in a Service of type ClusterIP",
                hint: "remove it, or set `type: NodePort`")
        } else if !(1...65535).contains(number) {
            findings.report(Self.self, at: node, "\(number) is no port", hint: "ports are numbers from 1 to 65535")
        } else if !(30000...32767).contains(number) {
            findings.report(
                Self.self, at: node, "\(number) is outside the usual range of node ports, 30000 to 32767",
                hint: "an API server takes it only where `--service-node-port-range` says so", severity: .warning)
        }
    }

    private static func checkUnique(_ ports: YAMLNode, _ findings: inout Findings) {
        guard ports.count > 1 else { return }
        var names: [String: YAMLNode] = [:]
        var numbers: [String: YAMLNode] = [:]
        for port in ports.elements {
            if let name = port.present("name"), let text = name.string, !text.isEmpty {
                if let other = names[text] {
                    findings.report(
                        Self.self, at: name, "two ports are named `\(text)`", related: [(other, "first here")])
                }
                names[text] = name
            }
            guard let node = port["port"], let number = node.integer else { continue }
            let key = "\(number)/\(port.present("protocol")?.text ?? "TCP")"
            if let other = numbers[key] {
                findings.report(
                    Self.self, at: node, "two ports have the number and protocol \(key)",
                    related: [(other, "first here")])
            }
            numbers[key] = node
        }
    }
}
