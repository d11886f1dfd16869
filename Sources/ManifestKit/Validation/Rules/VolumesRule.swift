/// RR0112: the volumes of a pod.
enum VolumesRule: PodTemplateRule {
    static let id: RuleID = "RR0112"
    static let severity = Severity.error
    static let summary = "A volume has a name of its own and one source."
    static let rationale = """
        Containers mount volumes by name, so a name is a DNS label and unique in the pod. Two sources in one volume \
        are refused; with none the volume is an empty folder, which is hardly ever meant.
        """
    static let failing = [
        RuleExample("volumes:\n# ↓\n- name: My_Volume\n  emptyDir: {}", in: .podSpec),
        RuleExample("volumes:\n- name: a\n  emptyDir: {}\n# ↓\n- name: a\n  emptyDir: {}", in: .podSpec),
        RuleExample("volumes:\n- name: a\n  emptyDir: {}\n  # ↓\n  configMap: {name: c}", in: .podSpec),
        RuleExample("volumes:\n# ↓\n- name: a", in: .podSpec),
    ]
    static let passing = [
        RuleExample(
            """
            volumes:
            - {name: a, emptyDir: {}}
            - {name: b, configMap: {name: c}, secret: null}
            """, in: .podSpec)
    ]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        var names = FirstPlaces()
        for volume in template.volumes {
            let name = volume["name"]
            expect(name, form: .label, &findings)
            if template.volumes.count > 1, let name, let text = name.string, !text.isEmpty,
                let first = names.earlier(text, at: name) {
                findings.report(
                    self, at: name, "the name \(quoted(text)) is taken by another volume",
                    hint: "give each volume a name of its own", related: [(first, "first here")])
            }
            if volume.count == 1, name != nil {
                findings.report(
                    self, at: volume, "the volume has no source and will be an empty folder",
                    hint: "write `emptyDir: {}` if that is meant", severity: .warning)
            } else if volume.count > 2 {
                checkSources(volume, &findings)
            }
        }
    }

    private static func checkSources(_ volume: YAMLNode, _ findings: inout Findings) {
        let found = volume.entries.filter { !$0.value.isNull && VolumeSource.named[$0.key.text] != nil }
        for entry in found.dropFirst() {
            findings.report(
                self, field: entry.value, "the volume has a source already, and `\(entry.key.text)` is a second one",
                hint: "make it a volume of its own; `projected` joins several sources in one folder",
                related: found.first.map { [($0.key, "the first one")] } ?? [])
        }
    }
}
