/// RR0114: the files in volumes made from ConfigMaps, Secrets and the pod itself.
enum VolumeFilesRule: PodTemplateRule {
    static let id: RuleID = "RR0114"
    static let severity = Severity.error
    static let summary = "A file in a volume has a path inside it, a mode from 0 to 0777 and one source."
    static let rationale = """
        Items of ConfigMap, Secret, projected and downward API volumes become files. Their paths stay inside the \
        volume, two of a projected volume never meet, and modes are permissions: `99999` or a mode that lost its \
        leading zero (`644` is 01204 in octal) are refused.
        """
    static let failing = [
        RuleExample("volumes:\n- name: a\n  configMap:\n    name: c\n    # ↓\n    defaultMode: 644", in: .podSpec),
        RuleExample(
            """
            volumes:
            - name: a
              secret:
                secretName: s
                items:
                # ↓
                - {key: a, path: ../a}
                # ↓
                - {key: "", path: b}
                # ↓
                - {key: c, path: c, mode: -1}
            """, in: .podSpec),
        RuleExample(
            """
            volumes:
            - name: a
              downwardAPI:
                items:
                # ↓
                - {path: labels}
                - path: name
                  fieldRef:
                    # ↓
                    fieldPath: spec.nodeName
                # ↓
                - {path: cpu, resourceFieldRef: {resource: limits.cpu}}
            """, in: .podSpec),
        RuleExample(
            """
            volumes:
            - name: a
              projected:
                sources:
                - secret:
                    name: s
                    items: [{key: a, path: a}]
                - configMap:
                    name: c
                    # ↓
                    items: [{key: a, path: a}]
                - serviceAccountToken:
                    path: token
                    # ↓
                    expirationSeconds: 60
                # ↓
                - secret: {}
                - secret: {name: s}
                  # ↓
                  configMap: {name: c}
                # ↓
                - clusterTrustBundle: {path: ca}
            """, in: .podSpec),
    ]
    static let passing = [
        RuleExample(
            """
            volumes:
            - name: a
              projected:
                defaultMode: 0644
                sources:
                - secret: {name: s, items: [{key: a, path: a/b, mode: 0400}]}
                - serviceAccountToken: {path: token, audience: vault}
                - downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}]}
                - clusterTrustBundle: {path: ca, signerName: example.com/signer}
            - name: b
              downwardAPI:
                items: [{path: cpu, resourceFieldRef: {containerName: web, resource: limits.cpu}}]
            """, in: .podSpec)
    ]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        if template.volumes.isEmpty { return }
        let containers = template.namedContainers
        for volume in template.volumes {
            for field in ["configMap", "secret"] {
                guard let source = volume.nested(field) else { continue }
                expectMode(source["defaultMode"], &findings)
                for item in source.mappings(in: "items") { checkItem(item, &findings) }
            }
            if let source = volume.nested("downwardAPI") {
                expectMode(source["defaultMode"], &findings)
                for item in source.mappings(in: "items") { checkDownward(item, containers, &findings) }
            }
            if let source = volume.nested("projected") {
                expectMode(source["defaultMode"], &findings)
                var files = ProjectedFiles(containers: containers)
                for part in source.mappings(in: "sources") { files.check(part, &findings) }
            }
        }
    }

    static func checkItem(_ item: YAMLNode, _ findings: inout Findings) {
        expectFilled(item["key"], &findings)
        expectFilled(item["path"], &findings)
        expectInside(item["path"], &findings)
        expectMode(item["mode"], &findings)
    }

    static func checkDownward(_ item: YAMLNode, _ containers: NamedNodes, _ findings: inout Findings) {
        expectFilled(item["path"], &findings)
        expectInside(item["path"], &findings)
        expectMode(item["mode"], &findings)
        let found = item.present(anyOf: ["fieldRef", "resourceFieldRef"])
        if found.isEmpty {
            findings.report(
                self, at: item, "the file has no source", hint: "add `fieldRef` or `resourceFieldRef`")
        } else if found.count > 1 {
            findings.report(
                self, field: found[1], "`fieldRef` and `resourceFieldRef` are both set", hint: "make them two files")
        }
        if let field = item.nested("fieldRef") { DownwardFields.checkField(field, for: .volume, self, &findings) }
        if let resource = item.nested("resourceFieldRef") {
            DownwardFields.checkResource(resource, for: .volume, among: containers, self, &findings)
        }
    }
}
