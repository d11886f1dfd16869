/// RR0210: how many pods are enough to go on.
enum ProgressThresholdRule: RolloutRule {
    static let id: RuleID = "RR0210"
    static let severity = Severity.error
    static let summary = "`replicaProgressThreshold` is a share from 1 to 100 % or a number of pods that every step has."
    static let rationale = """
        A step is done when so many of the canary's pods are available. A share above 100 %, or more pods than the canary \
        has at some step, is never reached: the update stays at that step and says nothing. The type is `Percent` or \
        `Pods`; another word counts as pods.
        """
    static let failing = [
        RuleExample("replicaProgressThreshold:\n  type: Percent\n  # ↓\n  value: 150", in: .canary),
        RuleExample("replicaProgressThreshold:\n  # ↓\n  type: percent\n  value: 80", in: .canary),
        RuleExample("replicaProgressThreshold:\n  type: Pods\n  # ↓\n  value: 0", in: .canary),
        RuleExample("replicaProgressThreshold:\n  type: Pods\n  # ↓\n  value: 11", in: .canary),
    ]
    static let passing = [
        RuleExample("replicaProgressThreshold:\n  type: Percent\n  value: 90", in: .canary),
        RuleExample("replicaProgressThreshold:\n  type: Pods\n  value: 10", in: .canary),
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        guard let threshold = rollout.canary?.present("replicaProgressThreshold"), threshold.isMapping else { return }
        let type = threshold.filled("type")
        if let type, !type.textEquals("Percent"), !type.textEquals("Pods") {
            findings.report(
                self, field: type, "\(Wording.quoted(type.text)) is no type of threshold, and would count as Pods",
                hint: "write Percent or Pods")
            return
        }
        guard let type, let value = threshold["value"], let number = value.integer else { return }
        if number < 1 {
            findings.report(
                self, field: value, "the threshold is \(number), and has to be at least 1", hint: "write 1 or more")
        } else if type.textEquals("Percent"), number > 100 {
            findings.report(
                self, field: value, "\(number) % of the pods are never available, so that no step would end",
                hint: "write a share from 1 to 100")
        } else if type.textEquals("Pods"), let replicas = rollout.spec.present("replicas"),
            let count = replicas.integer, count > 0, number > count
        {
            findings.report(
                self, field: value, "\(number) pods are never available with replicas: \(count), so that no step would end",
                hint: "write at most \(count)", related: [(replicas, "replicas")])
        }
    }
}
