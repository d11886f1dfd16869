/// RR0510: an update that may take every pod away.
enum OutageAdviceRule: RolloutRule {
    static let id: RuleID = "RR0510"
    static let severity = Severity.warning
    static let summary = "An update leaves at least one pod available."
    static let rationale = """
        `maxUnavailable` says how many of the pods may be missing during an update (for blue-green: during a \
        restart). If that is all of them, nobody answers while the new ones start.
        """
    static let failing = [
        RuleExample("# ↓\nmaxUnavailable: 100%", in: .canary),
        RuleExample(
            "replicas: 1\nstrategy:\n  canary:\n    # ↓\n    maxSurge: 0\n    maxUnavailable: 1", in: .rolloutSpec),
        RuleExample("replicas: 2\nstrategy:\n  canary:\n    # ↓\n    maxUnavailable: 2", in: .rolloutSpec),
    ]
    static let passing = [
        RuleExample("maxUnavailable: 50%", in: .canary),
        RuleExample("replicas: 1\nstrategy:\n  canary:\n    maxSurge: 1", in: .rolloutSpec),
        RuleExample("replicas: 0\nstrategy:\n  canary:\n    maxUnavailable: 1", in: .rolloutSpec),
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        for strategy in rollout.strategies {
            let isCanary = strategy.name == "canary"
            if isCanary, strategy.node.present("trafficRouting") != nil { continue }
            let surge = isCanary ? strategy.node.present("maxSurge") : nil
            let unavailable = strategy.node.present("maxUnavailable")
            guard let cause = unavailable ?? surge else { continue }
            if unavailable != nil, unavailable.flatMap(PodAllowance.init) == nil { continue }
            let isAll = unavailable.flatMap(PodAllowance.init) == .percent(100)
            let count = rollout.spec.present("replicas")
            guard isAll || count != nil, let replicas = count == nil ? 10 : count?.integer,
                (1...1_000_000).contains(replicas)
            else { continue }
            let limits = PodAllowance.limits(
                surge: isCanary ? surge.flatMap(PodAllowance.init) : .count(1),
                unavailable: unavailable.flatMap(PodAllowance.init), replicas: replicas)
            guard limits.unavailable >= replicas else { continue }
            let place = surge.map { $0.range.lowerBound < cause.range.lowerBound ? $0 : cause } ?? cause
            findings.report(
                self, field: place,
                "\(isCanary ? "an update" : "a restart") may take all pods away at once"
                    + (count == nil ? "" : ", with replicas: \(replicas)"),
                hint: isCanary ? "set maxUnavailable to 0 and maxSurge to 1 or more" : "lower maxUnavailable")
        }
    }
}
