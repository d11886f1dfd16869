/// RR0601: labels, annotations and finalizers of an object.
enum ObjectLabelsRule: ObjectRule {
    static let id: RuleID = "RR0601"
    static let severity = Severity.error
    static let summary = "Labels, annotations and finalizers of an object have keys and values that Kubernetes takes."
    static let rationale = """
        A key is a name with an optional DNS prefix, the value of a label is a short name or empty, and all \
        annotations together hold at most 256 KiB. The API server refuses anything else, for CRDs too.
        """
    static let failing = [
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
              labels:
                # ↓
                team name: a
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
              labels:
                # ↓
                team: team a
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
              annotations:
                # ↓
                example.com/a/b: x
            spec:
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
              labels:
                example.com/team: Team_A.1
                empty: ""
              annotations:
                example.com/note: any text, of any kind
            spec:
              ports:
              - port: 80
            """),
    ]

    static let kinds = Set(ResourceKind.allCases)

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let metadata = object.root["metadata"], metadata.isMapping else { return }
        LabelSelectorCheck.checkLabels(metadata["labels"], Self.self, &findings)
        if let annotations = metadata["annotations"], annotations.isMapping { check(annotations, &findings) }
        for finalizer in metadata["finalizers"]?.elements.map({ $0 }) ?? [] where finalizer.string != nil {
            guard let problem = KubernetesNames.qualifiedName.problem(finalizer) else { continue }
            findings.report(Self.self, at: finalizer, "the finalizer \(problem)")
        }
    }

    private static func check(_ annotations: YAMLNode, _ findings: inout Findings) {
        let limit = findings.diagnostics.count + 50
        var size = 0
        for entry in annotations.entries {
            size += entry.key.withText(\.count) + entry.value.withText(\.count)
            if findings.diagnostics.count > limit || KubernetesNames.qualifiedName.accepts(entry.key) { continue }
            // Unlike a label's, the prefix of an annotation's key may have upper-case letters.
            let key = entry.key.text
            guard let problem = KubernetesNames.qualifiedName.problem(key.lowercased()) else { continue }
            findings.report(
                Self.self, at: entry.key, "the key of an annotation \(problem)",
                hint: "it is \(KubernetesNames.qualifiedName.allowed)")
        }
        if size > 256 * 1024 {
            findings.report(
                Self.self, at: annotations.key ?? annotations,
                "the annotations hold \(size) bytes, and at most \(256 * 1024) are allowed")
        }
    }
}
