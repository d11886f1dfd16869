/// RR0500: a weight that so few pods cannot have.
enum UnreachableWeightRule: RolloutRule {
    static let id: RuleID = "RR0500"
    static let severity = Severity.warning
    static let summary = "Without traffic routing, a weight is one that the number of pods can come near to."
    static let rationale = """
        Without a router the traffic is split by pods, so that a weight is rounded to whole pods: with 3 replicas a \
        weight of 5 sends a quarter of the users to the new version. The rule speaks up only where the share is off \
        by ten points or by a factor of two, and only where `replicas` is written down.
        """
    static let failing = [
        RuleExample(
            "replicas: 3\nstrategy:\n  canary:\n    steps:\n    # ↓\n    - setWeight: 5\n"
                + "    - pause: {}", in: .rolloutSpec),
        RuleExample("replicas: 1\nstrategy:\n  canary:\n    steps:\n    # ↓\n    - setWeight: 10", in: .rolloutSpec),
    ]
    static let passing = [
        RuleExample("- setWeight: 10\n- setWeight: 50\n- setWeight: 75", in: .steps),
        RuleExample(
            "replicas: 3\nstrategy:\n  canary:\n    canaryService: web-canary\n    stableService: web-stable\n"
                + "    trafficRouting: {nginx: {stableIngress: web}}\n    steps:\n"
                + "    - setWeight: 5", in: .rolloutSpec),
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        guard let canary = rollout.canary, canary.present("trafficRouting") == nil,
            !rollout.steps.isEmpty
        else { return }
        guard let replicas = rollout.spec.present("replicas")?.integer, (1...10_000).contains(replicas) else { return }
        let limits = PodAllowance.limits(
            surge: canary.present("maxSurge").flatMap(PodAllowance.init),
            unavailable: canary.present("maxUnavailable").flatMap(PodAllowance.init), replicas: replicas)
        var groups: [(share: CanaryShare, weights: [YAMLNode])] = []
        for step in rollout.steps {
            guard let node = step["setWeight"], let weight = node.integer, (1...99).contains(weight),
                (replicas * weight) % 100 != 0
            else { continue }
            let share = CanaryShare(weight: weight, replicas: replicas, surge: limits.surge)
            guard isFarOff(share, from: weight) else { continue }
            if let place = groups.firstIndex(where: { $0.share == share }) {
                groups[place].weights.append(node)
            } else {
                groups.append((share, [node]))
            }
        }
        for group in groups { report(group.share, group.weights, replicas, &findings) }
    }

    private static func isFarOff(_ share: CanaryShare, from weight: Int) -> Bool {
        let wanted = Double(weight)
        let got = share.percent
        if (got - wanted).magnitude >= 10 { return true }
        return got >= 2 * wanted || (100 - got) >= 2 * (100 - wanted)
    }

    private static func report(
        _ share: CanaryShare, _ weights: [YAMLNode], _ replicas: Int, _ findings: inout Findings
    ) {
        guard let first = weights.first else { return }
        var seen: [String] = []
        for weight in weights where !seen.contains(weight.text) { seen.append(weight.text) }
        let numbers = weights.compactMap(\.integer)
        let least = numbers.map { 100 / greatestCommonDivisor($0, 100) }.max() ?? 100
        let percent = Int(share.percent.rounded())
        let subject = seen.count == 1 ? "the weight \(seen[0])" : "the weights \(Wording.all(seen)) all"
        findings.report(
            self, field: first,
            "\(subject) \(seen.count == 1 ? "comes" : "come") to \(percent) % of the pods: "
                + "\(share.canary) of \(Wording.count(share.total, "pod")) with replicas: \(replicas)",
            hint: "split the traffic with `trafficRouting`, "
                + (least > replicas ? "or set at least \(least) replicas" : "or choose weights that the pods can have"),
            related: weights.dropFirst().map { ($0, "comes to the same") })
    }

    private static func greatestCommonDivisor(_ left: Int, _ right: Int) -> Int {
        right == 0 ? left : greatestCommonDivisor(right, left % right)
    }
}
