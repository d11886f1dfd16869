/// RR0131: privileges of a container that contradict each other.
enum PrivilegesRule: PodTemplateRule {
    static let id: RuleID = "RR0131"
    static let severity = Severity.error
    static let summary = "A container that may not gain privileges has none that imply them."
    static let rationale = """
        `allowPrivilegeEscalation: false` contradicts `privileged: true` and the capability CAP_SYS_ADMIN, and the API \
        server refuses both. An unmasked `/proc` needs a user name space of the pod's own (`hostUsers: false`).
        """
    static let failing = [
        RuleExample("securityContext:\n  privileged: true\n  # ↓\n  allowPrivilegeEscalation: false", in: .container),
        RuleExample(
            """
            securityContext:
              # ↓
              allowPrivilegeEscalation: false
              capabilities: {add: [CAP_SYS_ADMIN]}
            """, in: .container),
        RuleExample("securityContext:\n  # ↓\n  procMount: Open", in: .container),
        RuleExample("securityContext:\n  # ↓\n  procMount: Unmasked", in: .container),
    ]
    static let passing = [
        RuleExample(
            "securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}",
            in: .container),
        RuleExample("securityContext: {privileged: true, procMount: Default}", in: .container),
    ]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        for container in template.containers {
            guard let context = container.node.nested("securityContext") else { continue }
            if let mount = context.present("procMount") { checkMount(mount, in: template, &findings) }
            guard let escalation = context["allowPrivilegeEscalation"], escalation.boolean == false else { continue }
            if let privileged = context["privileged"], privileged.boolean == true {
                findings.report(
                    self, field: escalation, "`allowPrivilegeEscalation: false` contradicts `privileged: true`",
                    hint: "remove one of the two", related: [(privileged, "privileged here")])
            }
            let added = context["capabilities", "add"]?.elements.first { $0.textEquals("CAP_SYS_ADMIN") }
            guard let added else { continue }
            findings.report(
                self, field: escalation, "`allowPrivilegeEscalation: false` contradicts the capability CAP_SYS_ADMIN",
                hint: "remove one of the two", related: [(added, "added here")])
        }
    }

    private static func checkMount(
        _ mount: YAMLNode, in template: PodTemplateManifest, _ findings: inout Findings
    ) {
        expect(mount, oneOf: ["Default", "Unmasked"], &findings, emptyIsAbsent: false)
        guard mount.textEquals("Unmasked"), template.spec?["hostUsers"]?.boolean != false else { return }
        findings.report(
            self, at: mount, "`procMount: Unmasked` needs `hostUsers: false` on the pod",
            hint: "add `hostUsers: false`, or use `Default`")
    }
}
