/// RR0110: where volumes are mounted in a container.
enum VolumeMountsRule: PodTemplateRule {
    static let id: RuleID = "RR0110"
    static let severity = Severity.error
    static let summary = "A mount names a volume of the pod, a path of its own and a way inside the volume."
    static let rationale = """
        A mount of a volume that the pod does not have, or two mounts in one place, keep the ReplicaSet from being \
        made. `subPath` stays inside the volume. Mounts that spread to the host (`Bidirectional`) need a privileged \
        container.
        """
    static let failing = [
        RuleExample("volumeMounts:\n# ↓\n- name: nowhere\n  mountPath: /a", in: .container),
        RuleExample(
            """
            volumes: [{name: v, emptyDir: {}}]
            containers:
            - name: web
              image: web:1
              volumeMounts:
              - {name: v, mountPath: /a}
              # ↓
              - {name: v, mountPath: /a}
            """, in: .podSpec),
        RuleExample(
            """
            volumes: [{name: v, emptyDir: {}}]
            containers:
            - name: web
              image: web:1
              volumeMounts:
              - name: v
                mountPath: /a
                # ↓
                subPath: ../b
              - name: v
                # ↓
                mountPath: ""
              - name: v
                mountPath: /c
                # ↓
                mountPropagation: Bidirectional
              - name: v
                mountPath: /d
                subPath: a
                # ↓
                subPathExpr: $(A)
              - name: v
                mountPath: /e
                # ↓
                recursiveReadOnly: Enabled
              - name: v
                mountPath: /f
                # ↓
                mountPropagation: Both
            """, in: .podSpec),
    ]
    static let passing = [
        RuleExample(
            """
            volumes: [{name: v, emptyDir: {}}]
            containers:
            - name: web
              image: web:1
              volumeMounts:
              - {name: v, mountPath: /a, subPath: b/..c, readOnly: true, recursiveReadOnly: IfPossible}
              - {name: v, mountPath: /b, subPathExpr: $(NAME), mountPropagation: HostToContainer}
            - name: log
              image: log:1
              volumeMounts: [{name: v, mountPath: /a}]
            """, in: .podSpec)
    ]

    private static let propagations = ["None", "HostToContainer", "Bidirectional"]
    private static let recursions = ["Disabled", "IfPossible", "Enabled"]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        let volumes = NamedNodes(template.volumes)
        for container in template.containers {
            guard let list = container.node["volumeMounts"], list.count > 0 else { continue }
            var paths = FirstPlaces()
            for mount in list.elements where mount.isMapping {
                if let name = mount["name"] { checkName(name, among: volumes, &findings) }
                checkPath(mount["mountPath"], &paths, isAlone: list.count == 1, &findings)
                if mount.count > 2 { checkOptions(mount, in: container, template, &findings) }
            }
            if let devices = container.node["volumeDevices"], devices.count > 0 {
                checkOverlap(list, devices, &findings)
            }
        }
    }

    private static func checkName(_ node: YAMLNode, among volumes: NamedNodes, _ findings: inout Findings) {
        guard volumes.first(named: node) == nil, let name = node.string else { return }
        if name.isEmpty { return expectFilled(node, &findings) }
        let names = volumes.nodes.prefix(8).compactMap { $0.filledString("name") }
        findings.report(
            self, at: node, "the pod has no volume \(quoted(name))",
            hint: names.isEmpty ? "add it to `volumes`" : "add it to `volumes`; or \(choice(for: name, among: names))")
    }

    private static func checkPath(
        _ node: YAMLNode?, _ paths: inout FirstPlaces, isAlone: Bool, _ findings: inout Findings
    ) {
        guard let node, node.isScalar else { return }
        expectFilled(node, &findings, hint: "name the folder in the container, such as `/data`")
        if isAlone, !node.withText({ $0.contains(UInt8(ascii: ":")) }) { return }
        guard let path = node.string, !path.isEmpty else { return }
        if path.utf8.contains(UInt8(ascii: ":")), !(path.utf8.dropFirst().first == UInt8(ascii: ":")) {
            findings.report(
                self, at: node, "the path \(quoted(path)) has a `:` in it, at which some runtimes split it",
                hint: "use a path without `:`", severity: .warning)
        }
        guard let first = paths.earlier(path, at: node) else { return }
        findings.report(
            self, at: node, "something is mounted at \(quoted(path)) already", hint: "use another path",
            related: [(first, "first here")])
    }

    private static func checkOptions(
        _ mount: YAMLNode, in container: ContainerManifest, _ template: PodTemplateManifest, _ findings: inout Findings
    ) {
        expectInside(mount["subPath"], &findings, reservesDots: false)
        expectInside(mount["subPathExpr"], &findings, reservesDots: false)
        if let expression = mount["subPathExpr"], !expression.isEmptyString, let path = mount["subPath"],
            !path.isEmptyString, path.string != nil, expression.string != nil {
            findings.report(
                self, field: expression, "`subPath` and `subPathExpr` are both set", hint: "remove one of the two",
                related: [(path, "the other one")])
        }
        expect(mount["mountPropagation"], oneOf: propagations, &findings, emptyIsAbsent: false)
        expect(mount["recursiveReadOnly"], oneOf: recursions, &findings, emptyIsAbsent: false)
        if let propagation = mount["mountPropagation"], propagation.textEquals("Bidirectional") {
            checkBidirectional(propagation, in: container, template, &findings)
        }
        guard let recursion = mount["recursiveReadOnly"],
            recursion.textEquals("Enabled") || recursion.textEquals("IfPossible")
        else { return }
        if !mount.isTrue("readOnly") {
            findings.report(
                self, field: recursion, "`recursiveReadOnly` needs `readOnly: true`", hint: "add `readOnly: true`")
        }
        if let propagation = mount.present("mountPropagation"), !propagation.textEquals("None") {
            findings.report(
                self, field: propagation, "`recursiveReadOnly` does not go with `mountPropagation`",
                hint: "remove one of the two", related: [(recursion, "the other one")])
        }
    }

    private static func checkBidirectional(
        _ propagation: YAMLNode, in container: ContainerManifest, _ template: PodTemplateManifest,
        _ findings: inout Findings
    ) {
        guard container.node["securityContext", "privileged"]?.boolean == true else {
            findings.report(
                self, at: propagation, "`Bidirectional` is for privileged containers only",
                hint: "use `HostToContainer`, or set `securityContext.privileged: true`")
            return
        }
        guard template.isCheckedByReference else { return }
        findings.report(
            self, at: propagation,
            "Argo Rollouts' controller refuses `Bidirectional` even here, as it overlooks `privileged`",
            hint: "use `HostToContainer`, or mount in a DaemonSet", severity: .warning)
    }

    private static func checkOverlap(_ mounts: YAMLNode, _ devices: YAMLNode, _ findings: inout Findings) {
        var names = FirstPlaces()
        var paths = FirstPlaces()
        for mount in mounts.elements where mount.isMapping {
            if let node = mount["name"], let name = node.string { _ = names.earlier(name, at: node) }
            if let node = mount["mountPath"], let path = node.string { _ = paths.earlier(path, at: node) }
        }
        for device in devices.elements where device.isMapping {
            if let node = device["name"], let name = node.string, let first = names.earlier(name, at: node),
                first.parent?.parent?.isSame(as: mounts) == true {
                findings.report(
                    self, at: node, "the volume \(quoted(name)) is mounted as a folder too",
                    hint: "use it one way only",
                    related: [(first, "the mount")])
            }
            if let node = device["devicePath"], let path = node.string, let first = paths.earlier(path, at: node),
                first.parent?.parent?.isSame(as: mounts) == true {
                findings.report(
                    self, at: node, "a folder is mounted at \(quoted(path)) too", hint: "use another path",
                    related: [(first, "the mount")])
            }
        }
    }
}
