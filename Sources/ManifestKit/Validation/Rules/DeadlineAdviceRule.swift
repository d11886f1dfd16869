/// RR0501: a deadline that pods cannot meet.
enum DeadlineAdviceRule: RolloutRule {
    static let id: RuleID = "RR0501"
    static let severity = Severity.warning
    static let summary = "`progressDeadlineSeconds` leaves a pod the time that its own probes take to call it ready."
    static let rationale = """
        The deadline counts from the last progress: a pod that becomes ready, or available. Pauses, analyses and \
        experiments do not count, nor does the delay before old pods go. What does count is the delay before the \
        first probe, and then `minReadySeconds`: with a deadline below them every update is reported as failed, or \
        aborted with `progressDeadlineAbort`.
        """
    static let failing = [
        RuleExample(pod(deadline: 60, "initialDelaySeconds: 90"), in: .rolloutSpec),
        RuleExample(pod(deadline: 60, "periodSeconds: 70\n        successThreshold: 2"), in: .rolloutSpec),
    ]
    static let passing = [
        RuleExample(pod(deadline: 600, "initialDelaySeconds: 90", mark: ""), in: .rolloutSpec),
        RuleExample("progressDeadlineSeconds: 60", in: .rolloutSpec),
    ]

    private static func pod(deadline: Int, _ probe: String, mark: String = "# ↓\n") -> String {
        mark + "progressDeadlineSeconds: \(deadline)\ntemplate:\n  metadata:\n    labels: {app: web}\n  spec:\n"
            + "    containers:\n    - name: web\n      image: web:1\n      readinessProbe:\n"
            + "        httpGet: {port: 80}\n        \(probe)"
    }

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        guard let deadline = rollout.spec.present("progressDeadlineSeconds"), let limit = deadline.integer, limit > 0,
            let template = rollout.template
        else { return }
        for container in template.containers where container.role == .container {
            guard let (probe, seconds) = longestWait(container.node), seconds >= limit else { continue }
            let aborts = rollout.spec["progressDeadlineAbort"]?.boolean == true
            findings.report(
                self, field: deadline,
                "a pod takes at least \(seconds) seconds to become ready, and the deadline is \(limit), so that every "
                    + (aborts ? "update is aborted" : "update is reported as failed"),
                hint: "set progressDeadlineSeconds well above \(seconds)", related: [(probe, "the probe")])
            return
        }
    }

    /// The probe that keeps the container from being ready longest, and for how long at the least.
    private static func longestWait(_ container: YAMLNode) -> (probe: YAMLNode, seconds: Int)? {
        let waits = ["startupProbe", "readinessProbe"].compactMap { field -> (probe: YAMLNode, seconds: Int)? in
            guard let probe = container.mapping(field) else { return nil }
            let delay = probe["initialDelaySeconds"]?.integer ?? 0
            let period = probe["periodSeconds"]?.integer ?? 10
            let successes = probe["successThreshold"]?.integer ?? 1
            guard (0...1_000_000).contains(delay), (1...1_000_000).contains(period), (1...1000).contains(successes)
            else { return nil }
            return (probe.key ?? probe, delay + period * (successes - 1))
        }
        return waits.max { $0.seconds < $1.seconds }
    }
}
