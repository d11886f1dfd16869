/// RR0600: the name of an object.
enum ObjectNameRule: ObjectRule {
    static let id: RuleID = "RR0600"
    static let severity = Severity.error
    static let summary = "The name and namespace of an object are DNS names."
    static let rationale = """
        Most objects are named by a DNS subdomain; a Service by a single DNS label that begins with a letter, since \
        its name becomes a host name; a namespace by a DNS label. Kubernetes 1.34 and newer can be told to take a \
        digit in front of a Service's name.
        """
    static let failing = [
        RuleExample(
            """
            apiVersion: argoproj.io/v1alpha1
            kind: AnalysisTemplate
            metadata:
              # ↓
              name: Success_Rate
            spec:
              metrics: []
            """),
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            metadata:
              # ↓
              name: web.stable
            spec:
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
              namespace: team.a
            spec:
              ports:
              - port: 80
            """),
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            metadata:
              # ↓
              generateName: -web
            spec:
              ports:
              - port: 80
            """),
        RuleExample(
            """
            apiVersion: argoproj.io/v1alpha1
            kind: ClusterAnalysisTemplate
            metadata:
              name: success-rate
              # ↓
              namespace: web
            spec:
              metrics: []
            """),
    ]
    static let passing = [
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: web-stable
              namespace: team-a
            spec:
              ports:
              - port: 80
            """),
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            metadata:
              generateName: web-
            spec:
              ports:
              - port: 80
            """),
        RuleExample(
            """
            apiVersion: argoproj.io/v1alpha1
            kind: AnalysisTemplate
            metadata:
              name: web.success-rate
            spec:
              metrics: []
            """),
    ]

    static let kinds = Set(ResourceKind.allCases)

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let metadata = object.root["metadata"], metadata.isMapping else { return }
        if object.kind == .clusterAnalysisTemplate, let namespace = metadata.present("namespace") {
            findings.report(
                Self.self, field: namespace, "a ClusterAnalysisTemplate belongs to the cluster, not to a namespace",
                hint: "remove it, or use an AnalysisTemplate", severity: .warning)
        }
        let form = object.kind == .service ? KubernetesNames.rfc1035Label : .subdomain
        if let name = metadata.present("name"), name.string != nil, !form.accepts(name) {
            report(name, form, "the name", &findings)
        }
        if let name = metadata.present("generateName"), let text = name.string, metadata.present("name") == nil {
            // Characters are added at the end, so that a dash there is fine.
            let prefix = text.hasSuffix("-") ? text + "x" : text
            if !form.accepts(prefix) { report(name, form, "the beginning of the name", &findings) }
        }
        if let namespace = metadata.present("namespace"), namespace.string != nil,
            !KubernetesNames.label.accepts(namespace) {
            report(namespace, .label, "the namespace", &findings)
        }
    }

    private static func report(
        _ node: YAMLNode, _ form: KubernetesNames, _ what: String, _ findings: inout Findings
    ) {
        let problem = form.problem(node) ?? "is no DNS name"
        let isOnlyDigit = form == .rfc1035Label && KubernetesNames.label.accepts(node)
        let meant = form.suggestion(for: node.text)
        findings.report(
            Self.self, at: node, "\(what) \(problem)", hint: "it is \(form.allowed)",
            severity: isOnlyDigit && findings.settings.kubernetesMinor > 36 ? .warning : nil,
            fix: meant.map { Diagnostic.Fix(span: node.span, replacement: $0) })
    }
}
