/// RR0143: how long a pod lives and whether it comes back.
enum PodLifetimeRule: PodTemplateRule {
    static let id: RuleID = "RR0143"
    static let severity = Severity.error
    static let summary = "Pods of a ReplicaSet always restart and have no deadline."
    static let rationale = """
        A ReplicaSet keeps its pods running, so it takes `restartPolicy: Always` alone and no `activeDeadlineSeconds`; \
        a Rollout's template that has them is refused when its ReplicaSet is made. The pods of a \
        metric's Job may have a deadline. A grace period below zero is read as one second.
        """
    static let failing = [
        RuleExample("# ↓\nrestartPolicy: OnFailure", in: .podSpec),
        RuleExample("# ↓\nrestartPolicy: always", in: .podSpec),
        RuleExample("# ↓\nactiveDeadlineSeconds: 600", in: .podSpec),
        RuleExample("# ↓\nterminationGracePeriodSeconds: -5", in: .podSpec),
        RuleExample(
            """
            provider:
              job:
                spec:
                  template:
                    spec:
                      restartPolicy: Never
                      # ↓
                      activeDeadlineSeconds: 0
                      containers: [{name: a, image: "a:1"}]
            """, in: .metric),
    ]
    static let passing = [
        RuleExample("restartPolicy: Always\nterminationGracePeriodSeconds: 0", in: .podSpec),
        RuleExample(
            """
            provider:
              job:
                spec:
                  template:
                    spec:
                      restartPolicy: Never
                      activeDeadlineSeconds: 60
                      containers: [{name: a, image: "a:1"}]
            """, in: .metric),
    ]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        guard let spec = template.spec else { return }
        let policy = spec.present("restartPolicy")
        let deadline = spec.present("activeDeadlineSeconds")
        if template.isOfJob {
            // The restart policy of a Job's pods is among what JobMetricRule checks.
            expect(deadline, within: 1...2_147_483_647, &findings)
        } else {
            expect(policy, oneOf: ["Always"], &findings)
            if let deadline {
                findings.report(
                    self, field: deadline, "the pods of a ReplicaSet cannot have an `activeDeadlineSeconds`",
                    hint: "remove it; `progressDeadlineSeconds` beside the template limits an update")
            }
        }
        if let grace = spec["terminationGracePeriodSeconds"], let seconds = grace.integer, seconds < 0 {
            findings.report(
                self, at: grace, "`terminationGracePeriodSeconds` is \(seconds), which is read as 1",
                hint: "write zero or more seconds", severity: .warning)
        }
    }
}
