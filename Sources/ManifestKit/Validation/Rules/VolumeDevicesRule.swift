/// RR0111: volumes that a container uses as block devices.
enum VolumeDevicesRule: PodTemplateRule {
    static let id: RuleID = "RR0111"
    static let severity = Severity.error
    static let summary = "A block device is a claim of the pod, with a name and a path of its own."
    static let rationale = """
        Only persistent volume claims, of the pod's own or ephemeral ones, can be raw block devices; the API server \
        refuses a device of any other volume, and one that is there twice.
        """
    static let failing = [
        RuleExample("volumeDevices:\n# ↓\n- name: nowhere\n  devicePath: /dev/a", in: .container),
        RuleExample(
            """
            volumes:
            - {name: v, emptyDir: {}}
            - {name: p, persistentVolumeClaim: {claimName: p}}
            containers:
            - name: web
              image: web:1
              volumeDevices:
              # ↓
              - {name: v, devicePath: /dev/a}
              - {name: p, devicePath: /dev/b}
              # ↓
              - {name: p, devicePath: /dev/c}
              # ↓
              - {name: q, devicePath: /dev/b}
            """, in: .podSpec),
    ]
    static let passing = [
        RuleExample(
            """
            volumes: [{name: p, persistentVolumeClaim: {claimName: p}}]
            containers:
            - name: web
              image: web:1
              volumeDevices: [{name: p, devicePath: /dev/b}]
            """, in: .podSpec)
    ]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        let volumes = NamedNodes(template.volumes)
        for container in template.containers {
            guard let list = container.node["volumeDevices"], list.count > 0 else { continue }
            var names = FirstPlaces()
            var paths = FirstPlaces()
            for device in list.elements where device.isMapping {
                if let node = device["name"] { checkName(node, volumes, &names, &findings) }
                if let node = device["devicePath"] { checkPath(node, &paths, &findings) }
            }
        }
    }

    private static func checkName(
        _ node: YAMLNode, _ volumes: NamedNodes, _ names: inout FirstPlaces, _ findings: inout Findings
    ) {
        guard let name = node.string else { return }
        if name.isEmpty { return expectFilled(node, &findings) }
        if let first = names.earlier(name, at: node) {
            findings.report(
                self, at: node, "the volume \(quoted(name)) is in the list already", hint: "remove one of the two",
                related: [(first, "first here")])
        } else if let volume = volumes.first(named: name) {
            guard volume.present("persistentVolumeClaim") == nil, volume.present("ephemeral") == nil else { return }
            findings.report(
                self, at: node, "the volume \(quoted(name)) is not a claim, so it cannot be a block device",
                hint: "use `persistentVolumeClaim` or `ephemeral`, or mount it with `volumeMounts`",
                related: [(volume, "the volume")])
        } else {
            findings.report(self, at: node, "the pod has no volume \(quoted(name))", hint: "add it to `volumes`")
        }
    }

    private static func checkPath(_ node: YAMLNode, _ paths: inout FirstPlaces, _ findings: inout Findings) {
        guard let path = node.string else { return }
        if path.isEmpty { return expectFilled(node, &findings) }
        if RelativePath.hasBackstep(path) {
            findings.report(self, at: node, "`devicePath` \(quoted(path)) has `..` in it", hint: "write the whole path")
        } else if let first = paths.earlier(path, at: node) {
            findings.report(
                self, at: node, "there is a device at \(quoted(path)) already", hint: "use another path",
                related: [(first, "first here")])
        }
    }
}
