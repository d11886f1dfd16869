/// RR0605: the hosts of an Ingress.
enum IngressHostsRule: ObjectRule {
    static let id: RuleID = "RR0605"
    static let severity = Severity.error
    static let summary = "The hosts of an Ingress are DNS names, where only the first label may be a wildcard."
    static let rationale = """
        A host is a name without a scheme, port or path, and no IP address. The names of an Ingress class and of a \
        TLS secret are DNS subdomains.
        """
    static let failing = [
        RuleExample(
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: web
            spec:
              rules:
              # ↓
              - host: https://web.example.com
                http: &http
                  paths:
                  - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
            """),
        RuleExample(
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: web
            spec:
              defaultBackend: {service: {name: web, port: {number: 80}}}
              tls:
              - secretName: web-tls
                hosts:
                # ↓
                - "web.*.example.com"
            """),
        RuleExample(
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: web
            spec:
              # ↓
              ingressClassName: Nginx
              defaultBackend: {service: {name: web, port: {number: 80}}}
            """),
    ]
    static let passing = [
        RuleExample(
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: web
            spec:
              ingressClassName: nginx
              tls:
              - secretName: web-tls
                hosts: ["*.example.com"]
              rules:
              - host: "*.example.com"
                http:
                  paths:
                  - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
            """),
    ]

    static let kinds: Set<ResourceKind> = [.ingress]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let spec = object.spec, spec.isMapping else { return }
        for rule in spec["rules"]?.elements.map({ $0 }) ?? [] {
            guard let host = rule.present("host"), let text = host.string, !text.isEmpty else { continue }
            if IPAddress.isValid(text) {
                findings.report(
                    Self.self, at: host, "`\(text)` is an IP address, and a host must be a DNS name",
                    hint: "remove the host to take requests for every name")
            } else {
                check(host, text, &findings)
            }
        }
        for entry in spec["tls"]?.elements.map({ $0 }) ?? [] {
            for host in entry["hosts"]?.elements.map({ $0 }) ?? [] {
                if let text = host.string { check(host, text, &findings) }
            }
            checkName(entry.present("secretName"), "the name of the secret", &findings)
        }
        checkName(spec.present("ingressClassName"), "the name of the Ingress class", &findings)
        let annotated = object.root["metadata", "annotations", "kubernetes.io/ingress.class"]
        if let annotated, let name = spec.present("ingressClassName"), name.text != annotated.text {
            findings.report(
                Self.self, at: annotated, "the annotation names another class than `ingressClassName`",
                hint: "remove the annotation", related: [(name, "the class is named here")])
        }
    }

    private static func check(_ host: YAMLNode, _ text: String, _ findings: inout Findings) {
        let form = text.utf8.contains(UInt8(ascii: "*")) ? KubernetesNames.wildcardSubdomain : .subdomain
        guard let problem = form.problem(host) else { return }
        let hint = text.contains("://") ? "drop the scheme: a host is a name alone"
            : text.contains(":") ? "drop the port: a host is a name alone" : "a host is \(form.allowed)"
        findings.report(Self.self, at: host, "the host \(problem)", hint: hint)
    }

    private static func checkName(_ node: YAMLNode?, _ what: String, _ findings: inout Findings) {
        guard let node, let text = node.string, !text.isEmpty,
            let problem = KubernetesNames.subdomain.problem(text)
        else { return }
        findings.report(Self.self, at: node, "\(what) \(problem)", hint: "it is \(KubernetesNames.subdomain.allowed)")
    }
}
