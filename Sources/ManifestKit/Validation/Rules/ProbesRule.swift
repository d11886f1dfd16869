/// RR0105: the probes of a container.
enum ProbesRule: PodTemplateRule {
    static let id: RuleID = "RR0105"
    static let severity = Severity.error
    static let summary = "A probe has one action, a port that can exist, and times that are not negative."
    static let rationale = """
        Whether a canary goes on hangs on its probes. Liveness and startup probes count as passed after one success, \
        so their `successThreshold` is 1; a readiness probe never kills, so it has no grace period of its own; and a \
        port in quotes is a port's name, not its number.
        """
    static let failing = [
        RuleExample("# ↓\nreadinessProbe:\n  periodSeconds: 5", in: .container),
        RuleExample("livenessProbe:\n  tcpSocket: {port: 80}\n  # ↓\n  successThreshold: 2", in: .container),
        RuleExample("readinessProbe:\n  tcpSocket: {port: 80}\n  # ↓\n  exec: {command: [a]}", in: .container),
        RuleExample("readinessProbe:\n  httpGet:\n    # ↓\n    port: \"8080\"", in: .container),
        RuleExample("readinessProbe:\n  httpGet:\n    # ↓\n    port: 70000", in: .container),
        RuleExample("readinessProbe:\n  httpGet:\n    port: 80\n    # ↓\n    scheme: https", in: .container),
        RuleExample(
            """
            readinessProbe:
              httpGet:
                port: 80
                httpHeaders:
                # ↓
                - {name: X Y, value: a}
            """, in: .container),
        RuleExample("readinessProbe:\n  grpc: {port: 80}\n  # ↓\n  timeoutSeconds: -1", in: .container),
        RuleExample("readinessProbe:\n  # ↓\n  exec: {command: []}", in: .container),
        RuleExample("readinessProbe:\n  grpc: {port: 80}\n  # ↓\n  terminationGracePeriodSeconds: 5", in: .container),
        RuleExample("startupProbe:\n  grpc: {port: 80}\n  # ↓\n  terminationGracePeriodSeconds: 0", in: .container),
    ]
    static let passing = [
        RuleExample(
            """
            readinessProbe:
              httpGet: {path: /, port: http}
              successThreshold: 2
              periodSeconds: 0
            """, in: .container),
        RuleExample("livenessProbe:\n  exec: {command: [check]}\n  terminationGracePeriodSeconds: 5", in: .container),
        RuleExample(
            """
            initContainers:
            - name: p
              image: p:1
              restartPolicy: Always
              startupProbe: {tcpSocket: {port: 1}}
            """, in: .podSpec),
    ]

    static let names = ["readinessProbe", "livenessProbe", "startupProbe"]
    private static let numbers = [
        "initialDelaySeconds", "timeoutSeconds", "periodSeconds", "failureThreshold",
    ]
    private static let handlers = Handlers(rule: ProbesRule.self, actions: ["exec", "httpGet", "tcpSocket", "grpc"])

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        for container in template.servingContainers {
            for name in names {
                guard let probe = container.node.nested(name) else { continue }
                check(probe, isReadiness: name == "readinessProbe", &findings)
            }
        }
    }

    private static func check(_ probe: YAMLNode, isReadiness: Bool, _ findings: inout Findings) {
        handlers.check(probe, &findings)
        for number in numbers { expect(probe[number], within: 0...Int.max, &findings) }
        if let threshold = probe["successThreshold"], let number = threshold.integer {
            if number < 0 || isReadiness {
                expect(threshold, within: 0...Int.max, &findings)
            } else if number > 1 {
                findings.report(
                    self, at: threshold, "`successThreshold` is \(number), but has to be 1 here",
                    hint: "remove it; only a readiness probe may ask for more")
            }
        }
        guard let grace = probe.present("terminationGracePeriodSeconds") else { return }
        if isReadiness {
            findings.report(
                self, field: grace, "a readiness probe has no `terminationGracePeriodSeconds`, as it ends nothing",
                hint: "remove it, or set it on the liveness or startup probe")
        } else {
            expect(grace, within: 1...Int.max, &findings)
        }
    }
}
