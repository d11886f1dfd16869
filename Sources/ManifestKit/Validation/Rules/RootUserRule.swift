/// RR0135: a container that must not be root and is told to be.
enum RootUserRule: PodTemplateRule {
    static let id: RuleID = "RR0135"
    static let severity = Severity.warning
    static let summary = "A container with `runAsNonRoot` does not run as user 0."
    static let rationale = """
        The API server takes both, and the kubelet refuses to start the container: the canary hangs with \
        CreateContainerConfigError. What a container says of itself goes before what the pod says.
        """
    static let failing = [
        RuleExample("securityContext:\n  runAsNonRoot: true\n  # ↓\n  runAsUser: 0", in: .container),
        RuleExample("securityContext:\n  runAsNonRoot: true\n  # ↓\n  runAsUser: 0", in: .podSpec),
        RuleExample(
            """
            securityContext: {runAsNonRoot: true}
            containers:
            - name: web
              image: web:1
              securityContext:
                # ↓
                runAsUser: 0
            """, in: .podSpec),
    ]
    static let passing = [
        RuleExample(
            """
            securityContext: {runAsNonRoot: true, runAsUser: 0}
            containers:
            - name: web
              image: web:1
              securityContext: {runAsUser: 1000}
            - name: setup
              image: setup:1
              securityContext: {runAsNonRoot: false}
            """, in: .podSpec)
    ]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        let pod = template.spec?.nested("securityContext")
        var reported: YAMLNode?
        for container in template.containers {
            let own = container.node.nested("securityContext")
            guard own != nil || pod != nil,
                let rule = own?.present("runAsNonRoot") ?? pod?.present("runAsNonRoot"), rule.boolean == true,
                let user = own?.present("runAsUser") ?? pod?.present("runAsUser"), user.integer == 0,
                reported?.isSame(as: user) != true
            else { continue }
            reported = user
            findings.report(
                self, field: user, "`runAsUser` is 0, which `runAsNonRoot` forbids",
                hint: "use another user, or remove `runAsNonRoot`", related: [(rule, "forbidden here")])
        }
    }
}
