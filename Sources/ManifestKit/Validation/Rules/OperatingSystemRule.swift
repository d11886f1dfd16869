/// RR0133: a pod's operating system.
enum OperatingSystemRule: PodTemplateRule {
    static let id: RuleID = "RR0133"
    static let severity = Severity.error
    static let summary = "A pod has only the settings that its operating system knows."
    static let rationale = """
        With `os.name` set, the API server refuses settings of the other system: user numbers, capabilities or sysctls \
        on Windows, `windowsOptions` on Linux. Host process containers of Windows are all or none of a pod's \
        containers, and use the host's network.
        """
    static let failing = [
        RuleExample("os:\n  # ↓\n  name: Linux", in: .podSpec),
        RuleExample("os: {name: windows}\nsecurityContext:\n  # ↓\n  runAsUser: 1000", in: .podSpec),
        RuleExample("os: {name: windows}\n# ↓\nhostPID: true", in: .podSpec),
        RuleExample(
            """
            os: {name: windows}
            containers:
            - name: web
              image: web:1
              securityContext:
                # ↓
                readOnlyRootFilesystem: true
            """, in: .podSpec),
        RuleExample("os: {name: linux}\nsecurityContext:\n  # ↓\n  windowsOptions: {runAsUserName: web}", in: .podSpec),
        RuleExample("securityContext:\n  windowsOptions:\n    # ↓\n    runAsUserName: \"a*b\"", in: .podSpec),
        RuleExample("securityContext:\n  windowsOptions:\n    # ↓\n    hostProcess: true", in: .podSpec),
    ]
    static let passing = [
        RuleExample("os: {name: linux}\nsecurityContext: {runAsUser: 1000}", in: .podSpec),
        RuleExample(
            """
            os: {name: windows}
            hostNetwork: true
            securityContext: {windowsOptions: {hostProcess: true, runAsUserName: 'NT AUTHORITY\\SYSTEM'}}
            """, in: .podSpec),
    ]

    private static let podFields = ["hostUsers", "shareProcessNamespace"]
    private static let podContextFields = [
        "appArmorProfile", "seLinuxOptions", "seccompProfile", "fsGroup", "fsGroupChangePolicy", "sysctls", "runAsUser",
        "runAsGroup", "supplementalGroups", "supplementalGroupsPolicy", "seLinuxChangePolicy",
    ]
    private static let containerFields = [
        "appArmorProfile", "seLinuxOptions", "seccompProfile", "capabilities", "readOnlyRootFilesystem", "privileged",
        "allowPrivilegeEscalation", "procMount", "runAsUser", "runAsGroup",
    ]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        guard let spec = template.spec else { return }
        let context = spec.nested("securityContext")
        let contexts = template.containers.compactMap { $0.node.nested("securityContext") }
        let all = (context.map { [$0] } ?? []) + contexts
        if all.contains(where: { $0["windowsOptions"] != nil }) {
            for context in all { checkOptions(in: context, &findings) }
            checkHostProcesses(template, spec, &findings)
        }
        guard let system = spec["os"]?["name"] else { return }
        expect(system, oneOf: ["linux", "windows"], &findings, emptyIsAbsent: false)
        if system.textEquals("linux") {
            for options in all.compactMap({ $0.present("windowsOptions") }) {
                refuse(options, on: "Linux", &findings)
            }
        } else if system.textEquals("windows") {
            for field in podFields { spec.present(field).map { refuse($0, on: "Windows", &findings) } }
            for field in ["hostPID", "hostIPC"] where spec.isTrue(field) {
                spec[field].map { refuse($0, on: "Windows", &findings) }
            }
            for field in podContextFields { context?.present(field).map { refuse($0, on: "Windows", &findings) } }
            for context in contexts {
                for field in containerFields { context.present(field).map { refuse($0, on: "Windows", &findings) } }
            }
        }
    }

    private static func refuse(_ node: YAMLNode, on system: String, _ findings: inout Findings) {
        findings.report(
            self, field: node, "`\(fieldName(of: node))` cannot be set for a pod on \(system)",
            hint: "remove it, or change `os.name`")
    }

    private static func checkOptions(in context: YAMLNode, _ findings: inout Findings) {
        guard let options = context.nested("windowsOptions") else { return }
        expect(options.present("gmsaCredentialSpecName"), form: .subdomain, &findings)
        if let specification = options.present("gmsaCredentialSpec") {
            expectFilled(specification, &findings)
            let size = specification.withText { $0.count }
            if size > 64 * 1024 {
                findings.report(
                    self, field: specification, "`gmsaCredentialSpec` has \(size) bytes, and at most 65536 are allowed",
                    hint: "name it with `gmsaCredentialSpecName`")
            }
        }
        guard let node = options.present("runAsUserName"), let name = node.string,
            let problem = WindowsUserName.problem(name)
        else { return }
        findings.report(
            self, at: node, "`runAsUserName` \(quoted(name)) \(problem)", hint: "write `USER` or `DOMAIN\\USER`")
    }

    private static func checkHostProcesses(
        _ template: PodTemplateManifest, _ spec: YAMLNode, _ findings: inout Findings
    ) {
        let ofPod = spec["securityContext", "windowsOptions", "hostProcess"]
        let own = template.containers.map { $0.node["securityContext", "windowsOptions", "hostProcess"] }
        guard ofPod != nil || own.contains(where: { $0 != nil }) else { return }
        var first: YAMLNode?
        var count = 0
        for node in own {
            if let node, let pod = ofPod, let value = node.boolean, let podValue = pod.boolean, value != podValue {
                findings.report(
                    self, field: node, "`hostProcess` of the container differs from the pod's", hint: "use one value",
                    related: [(pod, "the pod's")])
            }
            guard let node = node ?? ofPod, node.boolean == true else { continue }
            first = first ?? node
            count += 1
        }
        guard let first else { return }
        if count != own.count {
            findings.report(
                self, field: first, "\(count) of \(own.count) containers are host processes, but all have to be",
                hint: "set `hostProcess` in the pod's `securityContext`")
        }
        if !spec.isTrue("hostNetwork") {
            findings.report(
                self, field: first, "host processes need `hostNetwork: true` on the pod",
                hint: "add `hostNetwork: true`")
        }
    }
}
