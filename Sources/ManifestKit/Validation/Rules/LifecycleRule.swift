/// RR0106: what a container does at its start and end.
enum LifecycleRule: PodTemplateRule {
    static let id: RuleID = "RR0106"
    static let severity = Severity.error
    static let summary = "A lifecycle hook has one action, and a pause in it is no longer than the grace period."
    static let rationale = """
        A `preStop` pause keeps a pod serving until load balancers have noticed that it goes, which is what an update \
        without lost requests needs; longer than `terminationGracePeriodSeconds` it would be cut off, so the API \
        server refuses it. A stop signal is one that the pod's operating system has.
        """
    static let failing = [
        RuleExample("lifecycle:\n  # ↓\n  preStop: {}", in: .container),
        RuleExample(
            """
            lifecycle:
              preStop:
                sleep: {seconds: 5}
                # ↓
                exec: {command: [a]}
            """, in: .container),
        RuleExample("lifecycle:\n  preStop:\n    sleep:\n      # ↓\n      seconds: 60", in: .container),
        RuleExample("lifecycle:\n  postStart:\n    # ↓\n    exec: {}", in: .container),
        RuleExample("lifecycle:\n  postStart:\n    httpGet:\n      # ↓\n      port: 0", in: .container),
        RuleExample("lifecycle:\n  # ↓\n  stopSignal: SIGTERM", in: .container),
        RuleExample(
            """
            os: {name: linux}
            containers:
            - name: web
              image: web:1
              lifecycle:
                # ↓
                stopSignal: TERM
            """, in: .podSpec),
    ]
    static let passing = [
        RuleExample(
            """
            lifecycle:
              preStop: {sleep: {seconds: 10}}
              postStart: {httpGet: {port: http}}
            """, in: .container),
        RuleExample(
            """
            terminationGracePeriodSeconds: 90
            containers:
            - name: web
              image: web:1
              lifecycle: {preStop: {sleep: {seconds: 60}}}
            """, in: .podSpec),
        RuleExample(
            """
            os: {name: linux}
            containers:
            - name: web
              image: web:1
              lifecycle: {stopSignal: SIGUSR1}
            """, in: .podSpec),
    ]

    private static let handlers = Handlers(
        rule: LifecycleRule.self, actions: ["exec", "httpGet", "tcpSocket", "sleep"])

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        for container in template.servingContainers {
            guard let lifecycle = container.node.nested("lifecycle") else { continue }
            for hook in ["postStart", "preStop"] {
                guard let handler = lifecycle.nested(hook) else { continue }
                handlers.check(handler, &findings)
                if let seconds = handler["sleep", "seconds"] { checkPause(seconds, in: template, &findings) }
            }
            if let signal = lifecycle.present("stopSignal") { checkSignal(signal, in: template, &findings) }
        }
    }

    private static func checkPause(
        _ seconds: YAMLNode, in template: PodTemplateManifest, _ findings: inout Findings
    ) {
        let grace = template.spec?["terminationGracePeriodSeconds"]?.integer ?? 30
        guard let pause = seconds.integer, grace >= 0 else { return }
        let takesZero = !template.isCheckedByReference && findings.settings.kubernetesMinor >= 33
        if pause < (takesZero ? 0 : 1) {
            findings.report(
                self, at: seconds, "the pause is \(pause) seconds, but has to be at least \(takesZero ? 0 : 1)",
                hint: pause == 0 ? "remove the hook" : "write a positive number")
        } else if pause > grace {
            findings.report(
                self, at: seconds, "the pause of \(pause) seconds is longer than the grace period of \(grace)",
                hint: "raise `terminationGracePeriodSeconds` above \(pause), with time left for the program to end")
        }
    }

    private static func checkSignal(
        _ signal: YAMLNode, in template: PodTemplateManifest, _ findings: inout Findings
    ) {
        guard let system = template.spec?["os"]?.filledString("name") else {
            findings.report(
                self, field: signal, "`stopSignal` needs the pod's `os.name`",
                hint: "add `os: {name: linux}` to the pod")
            return
        }
        if system == "windows" { return expect(signal, oneOf: ["SIGTERM", "SIGKILL"], &findings, emptyIsAbsent: false) }
        guard let text = signal.string, !isLinuxSignal(text) else { return }
        findings.report(
            self, at: signal, "\(quoted(text)) is not a signal", hint: "use a name such as `SIGTERM` or `SIGUSR1`")
    }

    private static func isLinuxSignal(_ text: String) -> Bool {
        guard text.hasPrefix("SIG") else { return false }
        let name = text.dropFirst(3)
        if names.contains(String(name)) { return true }
        if name.hasPrefix("RTMIN+") { return Int(name.dropFirst(6)).map { (1...15).contains($0) } ?? false }
        if name.hasPrefix("RTMAX-") { return Int(name.dropFirst(6)).map { (1...14).contains($0) } ?? false }
        return name == "RTMIN" || name == "RTMAX"
    }

    private static let names: Set<String> = [
        "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL",
        "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1",
        "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
    ]
}
