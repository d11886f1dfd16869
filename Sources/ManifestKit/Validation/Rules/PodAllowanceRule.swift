/// RR0207: `maxSurge` and `maxUnavailable`.
enum PodAllowanceRule: RolloutRule {
    static let id: RuleID = "RR0207"
    static let severity = Severity.error
    static let summary = "`maxSurge` and `maxUnavailable` are not negative, and not both zero."
    static let rationale = """
        With both at zero no pod may be added and none taken away, so that an update could never begin; the \
        controller refuses it. Where one of them is absent it is 25 %.
        """
    static let failing = [
        RuleExample("maxSurge: 0\n# ↓\nmaxUnavailable: 0%", in: .canary),
        RuleExample("# ↓\nmaxSurge: -1", in: .canary),
        RuleExample("activeService: web\n# ↓\nmaxUnavailable: -1", in: .blueGreen),
    ]
    static let passing = [
        RuleExample("maxSurge: 0\nmaxUnavailable: 1", in: .canary),
        RuleExample("maxSurge: 150%\nmaxUnavailable: 0", in: .canary),
        RuleExample("maxSurge: 1", in: .canary),
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        for strategy in rollout.strategies {
            let surge = strategy.name == "canary" ? strategy.node.present("maxSurge") : nil
            let unavailable = strategy.node.present("maxUnavailable")
            if let surge { checkSign(of: surge, &findings) }
            if let unavailable { checkSign(of: unavailable, &findings) }
            guard let surge, let unavailable, isZero(surge), isZero(unavailable) else { continue }
            let isSurgeLast = surge.range.lowerBound > unavailable.range.lowerBound
            findings.report(
                self, field: isSurgeLast ? surge : unavailable,
                "maxSurge and maxUnavailable are both 0, so that no pod could ever be replaced",
                hint: "allow at least one more or one fewer pod",
                related: [(isSurgeLast ? unavailable : surge, "the other one")])
        }
    }

    private static func isZero(_ node: YAMLNode) -> Bool {
        switch PodAllowance(node) {
        case .count(0), .percent(0): true
        default: false
        }
    }

    private static func checkSign(of node: YAMLNode, _ findings: inout Findings) {
        guard let count = node.integer, count < 0 else { return }
        findings.report(
            self, field: node, "\(node.key?.text ?? "the number") is \(count), and has to be 0 or more",
            hint: "write a number or a percentage")
    }
}
