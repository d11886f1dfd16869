/// RR0113: the source of a volume.
enum VolumeSourcesRule: PodTemplateRule {
    static let id: RuleID = "RR0113"
    static let severity = Severity.error
    static let summary = "The source of a volume says all that is needed to find it."
    static let rationale = """
        Each kind of source has fields that the API server wants filled, numbers with limits and words that it knows; \
        the schema says little of that. A medium that no kubelet knows passes the API server, but then no pod starts.
        """
    static let failing = [
        RuleExample("volumes:\n- name: a\n  # ↓\n  secret: {}", in: .podSpec),
        RuleExample("volumes:\n- name: a\n  configMap:\n    # ↓\n    name: \"\"", in: .podSpec),
        RuleExample("volumes:\n- name: a\n  hostPath:\n    path: /a\n    # ↓\n    type: Folder", in: .podSpec),
        RuleExample("volumes:\n- name: a\n  hostPath:\n    # ↓\n    path: /a/../b", in: .podSpec),
        RuleExample("volumes:\n- name: a\n  emptyDir:\n    # ↓\n    medium: memory", in: .podSpec),
        RuleExample("volumes:\n- name: a\n  emptyDir:\n    # ↓\n    sizeLimit: -1Gi", in: .podSpec),
        RuleExample("volumes:\n- name: a\n  nfs:\n    server: s\n    # ↓\n    path: exports", in: .podSpec),
        RuleExample("volumes:\n- name: a\n  persistentVolumeClaim:\n    # ↓\n    claimName: \"\"", in: .podSpec),
        RuleExample("volumes:\n- name: a\n  csi:\n    # ↓\n    driver: my_driver", in: .podSpec),
        RuleExample(
            """
            volumes:
            - name: a
              iscsi:
                targetPortal: 10.0.0.1
                # ↓
                iqn: disk
                lun: 0
            """, in: .podSpec),
        RuleExample("volumes:\n- name: a\n  # ↓\n  image: {pullPolicy: Always}", in: .podSpec),
        RuleExample("volumes:\n- name: a\n  # ↓\n  fc: {}", in: .podSpec),
        RuleExample("volumes:\n- name: a\n  rbd:\n    image: i\n    # ↓\n    monitors: []", in: .podSpec),
    ]
    static let passing = [
        RuleExample(
            """
            volumes:
            - {name: a, secret: {secretName: s}}
            - {name: b, hostPath: {path: /a, type: ""}}
            - {name: c, emptyDir: {medium: Memory, sizeLimit: 1Gi}}
            - {name: d, nfs: {server: s, path: /exports}}
            - {name: e, csi: {driver: Secrets.csi.example.com}}
            - {name: f, iscsi: {targetPortal: 10.0.0.1, iqn: "iqn.2001-04.com.example:disk", lun: 0}}
            - {name: g, fc: {targetWWNs: [a], lun: 0}}
            - {name: h, azureDisk: {diskName: d, diskURI: /subscriptions/a, kind: Managed}}
            - {name: i, image: {reference: "models:1"}}
            """, in: .podSpec)
    ]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        for volume in template.volumes {
            for entry in volume.entries where entry.value.isMapping {
                guard let kind = VolumeSource.named[entry.key.text] else { continue }
                check(entry.value, as: kind, in: volume, &findings)
            }
        }
    }

    private static func check(
        _ source: YAMLNode, as kind: VolumeSource, in volume: YAMLNode, _ findings: inout Findings
    ) {
        for field in kind.required { require(field, in: source, &findings) }
        for field in kind.filled { expectFilled(source[field], &findings) }
        for field in kind.lists { if source.present(field) != nil { requireList(field, in: source, &findings) } }
        for (field, range) in kind.numbers { expect(source[field], within: range, &findings) }
        for (field, words, emptyIsAbsent) in kind.words {
            expect(source.present(field), oneOf: words, &findings, emptyIsAbsent: emptyIsAbsent)
        }
        for field in kind.references {
            if let reference = source.nested(field) { require("name", in: reference, &findings) }
        }
        kind.check?(source, volume, &findings)
    }
}
