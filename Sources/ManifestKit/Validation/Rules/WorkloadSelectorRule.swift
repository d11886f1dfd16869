/// RR0606: the selector of a Deployment or ReplicaSet.
enum WorkloadSelectorRule: ObjectRule {
    static let id: RuleID = "RR0606"
    static let severity = Severity.error
    static let summary = "The selector of a Deployment or ReplicaSet selects the pods of its own template."
    static let rationale = """
        An empty selector would select every pod of the namespace. One that does not select its own pods would make \
        new ones without end; the API server refuses both.
        """
    static let failing = [
        RuleExample(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
            spec:
              # ↓
              selector: {}
              template:
                metadata:
                  labels: {app: web}
                spec:
                  containers:
                  - name: web
                    image: registry.example.com/web:1
            """),
        RuleExample(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
            spec:
              selector:
                matchLabels:
                  # ↓
                  app: api
              template:
                metadata:
                  labels: {app: web}
                spec:
                  containers:
                  - name: web
                    image: registry.example.com/web:1
            """),
        RuleExample(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
            spec:
              selector:
                matchExpressions:
                # ↓
                - {key: app, operator: Equals, values: [web]}
              template:
                metadata:
                  labels: {app: web}
                spec:
                  containers:
                  - name: web
                    image: registry.example.com/web:1
            """),
    ]
    static let passing = [
        RuleExample(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
            spec:
              selector:
                matchLabels: {app: web}
              template:
                metadata:
                  labels: {app: web}
                spec:
                  containers:
                  - name: web
                    image: registry.example.com/web:1
            """),
        RuleExample(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web
            spec:
              selector:
                matchExpressions:
                - {key: app, operator: In, values: [web, api]}
              template:
                metadata:
                  labels: {app: web}
                spec:
                  containers:
                  - name: web
                    image: registry.example.com/web:1
            """),
    ]

    static let kinds: Set<ResourceKind> = [.deployment, .replicaSet]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let spec = object.spec, let selector = spec.present("selector"), selector.isMapping else { return }
        LabelSelectorCheck.check(selector, Self.self, &findings)
        if LabelSelectorCheck.isEmpty(selector) {
            findings.report(
                Self.self, field: selector, "the selector is empty, and would select every pod of the namespace",
                hint: "select the labels of the template: `matchLabels: {app: ...}`")
            return
        }
        guard let template = spec.present("template"), template.isMapping else { return }
        let labels = template["metadata", "labels"]
        guard let mismatch = LabelSelectorCheck.mismatch(selector, labels) else { return }
        let related = (labels ?? template).key.map { [($0, "the template's labels")] } ?? []
        let reason = mismatch.isMapping
            ? "the expression is not met" : "they have no label `\(mismatch.label): \(mismatch.text)`"
        findings.report(
            Self.self, field: mismatch, "the selector does not select the pods of the template: \(reason)",
            hint: "make selector and labels of the template agree", related: related)
    }
}
