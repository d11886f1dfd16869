/// RR0514: a threshold above what a step has.
enum ThresholdAdviceRule: RolloutRule {
    static let id: RuleID = "RR0514"
    static let severity = Severity.warning
    static let summary = "A threshold in pods is one that the canary has at every weight."
    static let rationale = """
        A step with `setWeight` or `setCanaryScale` is done when as many of the canary's pods are available as \
        `replicaProgressThreshold` says. At a low weight the canary may have fewer pods than that: the update then \
        stands still at the step until someone intervenes.
        """
    static let failing = [
        RuleExample(
            "replicaProgressThreshold: {type: Pods, value: 5}\nsteps:\n# ↓\n- setWeight: 20\n"
                + "- setWeight: 50", in: .canary)
    ]
    static let passing = [
        RuleExample("replicaProgressThreshold: {type: Pods, value: 2}\nsteps:\n- setWeight: 20", in: .canary),
        RuleExample("replicaProgressThreshold: {type: Percent, value: 80}\nsteps:\n- setWeight: 20", in: .canary),
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        guard let canary = rollout.canary, let threshold = canary.present("replicaProgressThreshold"),
            threshold["type"]?.textEquals("Pods") == true, let value = threshold["value"], let pods = value.integer,
            pods > 0, let replicas = rollout.spec.present("replicas")?.integer, (1...10_000).contains(replicas)
        else { return }
        let isRouted = canary.present("trafficRouting") != nil
        let total = max(1, rollout.maxTrafficWeight)
        let surge = PodAllowance.limits(
            surge: canary.present("maxSurge").flatMap(PodAllowance.init),
            unavailable: canary.present("maxUnavailable").flatMap(PodAllowance.init), replicas: replicas).surge
        let least = isRouted ? min(canary.present("minPodsPerReplicaSet")?.integer ?? 0, replicas) : 0
        for step in rollout.steps {
            if step["setCanaryScale"] != nil { return }
            guard let node = step["setWeight"], let weight = node.integer,
                (1...total).contains(weight)
            else { continue }
            let exact = (Double(weight) * Double(replicas) / Double(total)).rounded(.up)
            let size = isRouted
                ? max(Int(min(exact, 1_000_000)), least)
                : CanaryShare(weight: min(weight, 100), replicas: replicas, surge: surge).canary
            guard size < pods else { continue }
            findings.report(
                self, field: node,
                "the canary has \(Wording.count(size, "pod")) at this weight, and the step ends only with \(pods)",
                hint: "lower the threshold to \(size), or write it in percent", related: [(value, "the threshold")])
            return
        }
    }
}
