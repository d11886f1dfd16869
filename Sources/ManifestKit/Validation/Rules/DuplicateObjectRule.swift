/// RR0416: the same object twice in one file.
enum DuplicateObjectRule: ManifestSetRule {
    static let id: RuleID = "RR0416"
    static let severity = Severity.warning
    static let summary = "An object stands once in a file or stream."
    static let rationale = """
        Applied together, the later of two objects with one kind, namespace and name replaces the first without a \
        word. In different files it may be a base and its overlays; in one stream it hardly ever is meant.
        """
    static let failing = [
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            ---
            apiVersion: v1
            kind: Service
            metadata:
              # ↓
              name: web
            """)
    ]
    static let passing = [
        RuleExample(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: one}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: two}
            """)
    ]

    private struct Identity: Hashable {
        var kind: ResourceKind
        var namespace: String
        var name: String
        var file: String
    }

    static func check(_ index: ManifestIndex, _ findings: inout Findings) {
        var first: [Identity: ManifestPlace] = [:]
        for object in index.objects {
            let identity = Identity(
                kind: object.kind, namespace: object.namespace, name: object.name, file: object.place.span.file)
            if let earlier = first[identity] {
                findings.report(
                    self, at: object.place, "\(object.kind.rawValue) \"\(object.name)\" stands twice in this file",
                    hint: "the later one replaces the first when both are applied; remove or rename one",
                    related: [(earlier, "first here")])
            } else {
                first[identity] = object.place
            }
        }
    }
}
