/// RR0604: the paths and backends of an Ingress.
enum IngressPathsRule: ObjectRule {
    static let id: RuleID = "RR0604"
    static let severity = Severity.error
    static let summary = "An Ingress has rules or a default backend, and each path a type, a service and a port."
    static let rationale = """
        Since networking.k8s.io/v1 every path says how it is compared. `Exact` and `Prefix` begin with a slash and \
        cannot hold `//` or `..`; a backend names a port by number or by name, not by both.
        """
    static let failing = [
        RuleExample(
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: web
            # ↓
            spec:
              ingressClassName: nginx
            """),
        RuleExample(
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: web
            spec:
              rules:
              - http:
                  paths:
                  # ↓
                  - path: api
                    pathType: Prefix
                    backend: {service: {name: web, port: {number: 80}}}
            """),
        RuleExample(
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: web
            spec:
              rules:
              - http:
                  paths:
                  - path: /
                    # ↓
                    pathType: prefix
                    backend: {service: {name: web, port: {number: 80}}}
            """),
        RuleExample(
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: web
            spec:
              defaultBackend:
                service:
                  name: web
                  # ↓
                  port: {number: 80, name: http}
            """),
        RuleExample(
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: web
            spec:
              defaultBackend:
                # ↓
                service:
                  name: web
            """),
        RuleExample(
            """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: web
            spec:
              rules:
              - http:
                  # ↓
                  paths: []
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
              rules:
              - host: web.example.com
                http:
                  paths:
                  - path: /
                    pathType: Prefix
                    backend:
                      service:
                        name: web-stable
                        port:
                          number: 80
                  - pathType: ImplementationSpecific
                    backend:
                      service: {name: web-stable, port: {name: use-annotation}}
            """),
    ]

    static let kinds: Set<ResourceKind> = [.ingress]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let spec = object.spec, spec.isMapping else { return }
        let backend = spec.present("defaultBackend")
        let rules = spec.present("rules")
        if backend == nil, (rules?.count ?? 0) == 0, rules?.isScalar != true {
            findings.report(
                Self.self, missing: "rules", in: spec, "the Ingress has neither `rules` nor a `defaultBackend`")
        }
        if let backend { check(backend: backend, &findings) }
        for rule in rules?.elements.map({ $0 }) ?? [] {
            guard let http = rule.present("http"), let paths = http.present("paths"), paths.isSequence else { continue }
            if paths.count == 0 { findings.report(Self.self, field: paths, "the rule has no paths") }
            for path in paths.elements where path.isMapping { check(path: path, &findings) }
        }
    }

    private static func check(path: YAMLNode, _ findings: inout Findings) {
        if let backend = path.present("backend") { check(backend: backend, &findings) }
        guard let type = path.present("pathType"), let kind = type.string else { return }
        let kinds = ["Exact", "Prefix", "ImplementationSpecific"]
        guard kinds.contains(kind) else {
            return findings.report(Self.self, unknown: type, "pathType of an Ingress", kinds)
        }
        let node = path.present("path")
        let text = node?.string ?? ""
        let isFree = kind == "ImplementationSpecific"
        if !text.hasPrefix("/"), !(isFree && text.isEmpty) {
            if let node {
                findings.report(
                    Self.self, at: node, "the path `\(text)` does not begin with a slash",
                    hint: "write `/\(text)`", fix: Diagnostic.Fix(span: node.span, replacement: "/" + text))
            } else {
                findings.report(Self.self, missing: "path", in: path, "the path is missing, and `\(kind)` needs one")
            }
        } else if !isFree, let node {
            let sequence = ["//", "/./", "/../", "%2f", "%2F"].first { text.contains($0) }
            let ending = ["/..", "/."].first { text.hasSuffix($0) }
            if let found = sequence ?? ending {
                findings.report(Self.self, at: node, "the path `\(text)` has `\(found)` in it, which nothing can match")
            }
        }
    }

    private static func check(backend: YAMLNode, _ findings: inout Findings) {
        guard backend.isMapping else { return }
        let service = backend.present("service")
        let resource = backend.present("resource")
        if let resource, service != nil {
            findings.report(
                Self.self, field: resource, "the backend has both `service` and `resource`",
                hint: "remove one of the two")
        }
        guard let service, service.isMapping else {
            if service == nil, resource == nil {
                findings.report(Self.self, missing: "service", in: backend, "the backend has no `service`")
            }
            return
        }
        if let name = service.present("name"), name.string != nil, !KubernetesNames.rfc1035Label.accepts(name),
            let problem = KubernetesNames.label.problem(name) ?? KubernetesNames.rfc1035Label.problem(name) {
            let isWarning = KubernetesNames.label.accepts(name) && findings.settings.kubernetesMinor > 36
            findings.report(
                Self.self, at: name, "the name of the service \(problem)", severity: isWarning ? .warning : nil)
        }
        check(portOf: service, &findings)
    }

    private static func check(portOf service: YAMLNode, _ findings: inout Findings) {
        let port = service.present("port")
        if let port, !port.isMapping { return }
        let name = port?.present("name").flatMap { $0.string?.isEmpty == true ? nil : $0 }
        let number = port?.present("number").flatMap { $0.integer == 0 ? nil : $0 }
        switch (name, number) {
        case (.some, .some):
            if let port {
                findings.report(
                    Self.self, field: port, "the backend's port has both a name and a number",
                    hint: "remove one of the two")
            }
        case (.some(let name), nil):
            guard name.string != nil, let problem = KubernetesNames.portName.problem(name) else { return }
            findings.report(Self.self, at: name, "the name of the port \(problem)")
        case (nil, .some(let number)):
            guard let value = number.integer, !(1...65535).contains(value) else { return }
            findings.report(Self.self, at: number, "\(value) is no port", hint: "ports are numbers from 1 to 65535")
        case (nil, nil):
            findings.report(
                Self.self, missing: "port", in: port ?? service, "the backend has no port",
                hint: "name the Service's port: `port: {number: 80}` or `port: {name: http}`")
        }
    }
}
