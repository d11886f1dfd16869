/// RR0603: type, addresses and policies of a Service.
enum ServiceSettingsRule: ObjectRule {
    static let id: RuleID = "RR0603"
    static let severity = Severity.error
    static let summary = "The type of a Service and its addresses, policies and selector go together."
    static let rationale = """
        Each type of Service takes some settings and refuses others: an ExternalName has a DNS name and no address, \
        a headless Service cannot be a load balancer, and policies have fixed values.
        """
    static let failing = [
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
            spec:
              # ↓
              type: Loadbalancer
              ports:
              - port: 80
            """),
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
            # ↓
            spec:
              type: ExternalName
            """),
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
            spec:
              type: NodePort
              # ↓
              clusterIP: None
              ports:
              - port: 80
            """),
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
            spec:
              # ↓
              externalTrafficPolicy: Local
              ports:
              - port: 80
            """),
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
            spec:
              selector:
                # ↓
                app: web server
              ports:
              - port: 80
            """),
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
            spec:
              # ↓
              clusterIP: 10.0.0
              ports:
              - port: 80
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
              type: LoadBalancer
              externalTrafficPolicy: Local
              sessionAffinity: ClientIP
              loadBalancerSourceRanges: [10.0.0.0/8]
              selector: {app: web}
              ports:
              - port: 80
            """),
    ]

    static let kinds: Set<ResourceKind> = [.service]

    /// Fields that have one of a few values.
    private static let choices: [(field: String, values: [String])] = [
        ("type", ["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]),
        ("sessionAffinity", ["None", "ClientIP"]),
        ("externalTrafficPolicy", ["Cluster", "Local"]),
        ("internalTrafficPolicy", ["Cluster", "Local"]),
        ("ipFamilyPolicy", ["SingleStack", "PreferDualStack", "RequireDualStack"]),
    ]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let spec = object.spec, spec.isMapping else { return }
        for choice in choices {
            guard let node = spec.present(choice.field), let text = node.string, !choice.values.contains(text) else {
                continue
            }
            findings.report(Self.self, unknown: node, "\(choice.field) of a Service", choice.values)
        }
        LabelSelectorCheck.checkLabels(spec["selector"], Self.self, &findings)
        let type = spec.present("type")?.text ?? "ClusterIP"
        checkAddresses(spec, type, &findings)
        checkFields(spec, of: type, &findings)
        for address in spec["externalIPs"]?.elements.map({ $0 }) ?? [] {
            guard let text = address.string, !IPAddress.isValid(text) else { continue }
            findings.report(Self.self, at: address, "`\(text)` is no IP address")
        }
        for range in spec["loadBalancerSourceRanges"]?.elements.map({ $0 }) ?? [] {
            guard let text = range.string, !IPAddress.isRange(text.filter { $0 != " " }) else { continue }
            findings.report(
                Self.self, at: range, "`\(text)` is no range of IP addresses", hint: "write it as 10.0.0.0/8")
        }
    }

    private static func checkAddresses(_ spec: YAMLNode, _ type: String, _ findings: inout Findings) {
        if type == "ExternalName" {
            let name = spec.present("externalName")
            if name == nil || name?.string == "" {
                findings.report(
                    Self.self, missing: "externalName", in: spec,
                    "a Service of type ExternalName has no `externalName`")
            } else if let name, let text = name.string {
                let bare = text.hasSuffix(".") ? String(text.dropLast()) : text
                if let problem = KubernetesNames.subdomain.problem(bare) {
                    findings.report(Self.self, at: name, "the external name \(problem)")
                }
            }
        }
        guard let address = spec.present("clusterIP"), let text = address.string, !text.isEmpty else { return }
        if type == "ExternalName" {
            findings.report(Self.self, field: address, "a Service of type ExternalName has no `clusterIP`")
        } else if text == "None", type != "ClusterIP" {
            findings.report(
                Self.self, field: address, "a Service of type \(type) needs an address, so `clusterIP` cannot be None")
        } else if text != "None", !IPAddress.isValid(text) {
            findings.report(
                Self.self, at: address, "`\(text)` is no IP address", hint: "remove it, or write None or an address")
        }
    }

    /// Reports fields that only some types have.
    private static func checkFields(_ spec: YAMLNode, of type: String, _ findings: inout Findings) {
        if type == "ClusterIP" || type == "ExternalName", let node = spec.present("externalTrafficPolicy"),
            node.string?.isEmpty == false, (spec.present("externalIPs")?.count ?? 0) == 0 {
            findings.report(
                Self.self, field: node, "`externalTrafficPolicy` has no place in a Service of type \(type)",
                hint: "it is for NodePort and LoadBalancer; inside the cluster there is `internalTrafficPolicy`")
        }
        if type != "LoadBalancer" {
            for name in ["loadBalancerClass", "loadBalancerSourceRanges"] {
                guard let node = spec.present(name), node.isScalar || node.count > 0 else { continue }
                findings.report(
                    Self.self, field: node, "`\(name)` has no place in a Service of type \(type)",
                    hint: "remove it, or set `type: LoadBalancer`")
            }
        }
        let affinity = spec.present("sessionAffinity")?.text ?? "None"
        if affinity == "None", let node = spec.present("sessionAffinityConfig") {
            findings.report(
                Self.self, field: node, "`sessionAffinityConfig` needs `sessionAffinity: ClientIP`")
        } else if let node = spec["sessionAffinityConfig", "clientIP", "timeoutSeconds"], let seconds = node.integer,
            !(1...86400).contains(seconds) {
            findings.report(Self.self, at: node, "`timeoutSeconds` is \(seconds), and must be from 1 to 86400 (a day)")
        }
    }
}
