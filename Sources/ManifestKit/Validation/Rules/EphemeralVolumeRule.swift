/// RR0115: the claim that a pod makes for a volume of its own.
enum EphemeralVolumeRule: PodTemplateRule {
    static let id: RuleID = "RR0115"
    static let severity = Severity.error
    static let summary = "The claim of an ephemeral volume has an access mode and asks for storage."
    static let rationale = """
        An ephemeral volume makes a PersistentVolumeClaim for each pod, and its template is checked as the claim would \
        be: an access mode, a size above zero, names that can exist. Of its metadata only labels and annotations are \
        taken.
        """
    static let failing = [
        RuleExample(
            """
            volumes:
            - name: a
              ephemeral:
                volumeClaimTemplate:
                  # ↓
                  spec:
                    resources: {requests: {storage: 1Gi}}
            """, in: .podSpec),
        RuleExample(
            """
            volumes:
            - name: a
              ephemeral:
                volumeClaimTemplate:
                  metadata:
                    # ↓
                    name: a
                  spec:
                    accessModes:
                    # ↓
                    - ReadWrite
                    # ↓
                    volumeMode: Raw
                    # ↓
                    storageClassName: Fast
                    resources:
                      requests:
                        # ↓
                        storage: 0
            """, in: .podSpec),
    ]
    static let passing = [
        RuleExample(
            """
            volumes:
            - name: a
              ephemeral:
                volumeClaimTemplate:
                  metadata: {labels: {app: web}}
                  spec:
                    accessModes: [ReadWriteOnce]
                    storageClassName: ""
                    volumeMode: Filesystem
                    resources: {requests: {storage: 1Gi}}
            """, in: .podSpec)
    ]

    private static let modes = ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        for volume in template.volumes {
            guard let claim = volume["ephemeral", "volumeClaimTemplate"], claim.isMapping else { continue }
            if let metadata = claim.nested("metadata") {
                for entry in metadata.entries where !entry.value.isNull {
                    guard !["labels", "annotations"].contains(entry.key.text) else { continue }
                    findings.report(
                        self, at: entry.key, "`\(entry.key.text)` cannot be set for the claim of a volume",
                        hint: "keep only `labels` and `annotations`")
                }
                MetadataCheck(rule: self).check(metadata, &findings)
            }
            if let spec = claim.nested("spec") { checkSpec(spec, &findings) }
        }
    }

    private static func checkSpec(_ spec: YAMLNode, _ findings: inout Findings) {
        requireList("accessModes", in: spec, &findings, hint: "add an access mode such as `ReadWriteOnce`")
        if let list = spec["accessModes"] {
            for mode in list.elements { expect(mode, oneOf: modes, &findings, emptyIsAbsent: false) }
            if list.count > 1, list.elements.contains(where: { $0.textEquals("ReadWriteOncePod") }) {
                findings.report(
                    self, field: list, "`ReadWriteOncePod` does not go with other access modes",
                    hint: "use one of them")
            }
        }
        checkStorage(spec, &findings)
        expect(spec["storageClassName"], form: .subdomain, &findings, emptyIsAbsent: true)
        expect(spec["volumeAttributesClassName"], form: .subdomain, &findings, emptyIsAbsent: true)
        expect(spec["volumeMode"], oneOf: ["Filesystem", "Block"], &findings, emptyIsAbsent: false)
        if let selector = spec.nested("selector") {
            SelectorRequirements(rule: self, target: .labels).checkSelector(selector, &findings)
        }
        for field in ["dataSource", "dataSourceRef"] {
            guard let source = spec.nested(field) else { continue }
            expectFilled(source["name"], &findings)
            expectFilled(source["kind"], &findings)
            expect(source["apiGroup"], form: .subdomain, &findings, emptyIsAbsent: true)
            guard source.filledString("apiGroup") == nil, let kind = source["kind"], let text = kind.string,
                !text.isEmpty, text != "PersistentVolumeClaim"
            else { continue }
            findings.report(
                self, at: kind, "without an `apiGroup`, `kind` cannot be \(quoted(text))",
                hint: "add the `apiGroup` of the kind, or use `PersistentVolumeClaim`")
        }
    }

    private static func checkStorage(_ spec: YAMLNode, _ findings: inout Findings) {
        guard let storage = spec["resources", "requests", "storage"], !storage.isNull else {
            let hint = "add `resources.requests.storage`, such as `1Gi`"
            if let resources = spec.nested("resources") {
                findings.report(self, field: resources, "the claim does not say how much storage it wants", hint: hint)
            } else {
                findings.report(
                    self, missing: "resources", in: spec, "the claim does not say how much storage it wants",
                    hint: hint)
            }
            return
        }
        guard let quantity = Quantity(storage), quantity.isZero || quantity.isNegative else { return }
        findings.report(
            self, at: storage, "`storage` is \(quantity.canonical), but has to be more than nothing",
            hint: "ask for a size such as `1Gi`")
    }
}
