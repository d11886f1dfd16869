/// RR0512: more traffic than the canary has pods for.
enum CanaryOverloadRule: RolloutRule {
    static let id: RuleID = "RR0512"
    static let severity = Severity.warning
    static let summary = "After `setCanaryScale`, the canary gets no more traffic than its pods can take."
    static let rationale = """
        `setCanaryScale` holds until another one: the canary no longer grows with its weight. A later `setWeight` \
        then sends the traffic of many pods to few. `matchTrafficWeight: true` lets the size follow the weight \
        again. The rule speaks up where a pod would get at least twice its share, and only where the shares can be \
        compared.
        """
    static let failing = [
        RuleExample("- setCanaryScale: {weight: 10}\n# ↓\n- setWeight: 90\n- pause: {}", in: .routedSteps),
        RuleExample("- setCanaryScale: {replicas: 1}\n- setWeight: 10\n# ↓\n- setWeight: 50", in: .routedSteps),
    ]
    static let passing = [
        RuleExample("- setCanaryScale: {weight: 50}\n- setWeight: 50\n- pause: {}", in: .routedSteps),
        RuleExample(
            "- setCanaryScale: {replicas: 1}\n- pause: {}\n"
                + "- setCanaryScale: {matchTrafficWeight: true}\n- setWeight: 90",
            in: .routedSteps),
        RuleExample("- setCanaryScale: {weight: 10}\n- setWeight: 10", in: .routedSteps),
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        guard rollout.trafficRouting != nil else { return }
        let limit = max(1, rollout.maxTrafficWeight)
        let total = Double(limit)
        let replicas = rollout.spec.present("replicas")?.integer
        var scale: (node: YAMLNode, share: Double, text: String)?
        for step in rollout.steps {
            if let setting = step["setCanaryScale"], setting.isMapping {
                scale = share(of: setting, replicas: replicas, total: total)
            }
            guard let node = step["setWeight"], let weight = node.integer, (1...limit).contains(weight),
                let current = scale
            else { continue }
            let wanted = Double(weight) / total
            guard wanted >= 2 * current.share else { continue }
            let percent = Int((wanted * 100).rounded())
            findings.report(
                self, field: node, "\(percent) % of the traffic would go to \(current.text)",
                hint: "put `setCanaryScale: {matchTrafficWeight: true}` before it, or raise the canary's scale",
                related: [(current.node.key ?? current.node, "the canary's size")])
            return
        }
    }

    /// The part of all pods that a scale comes to, or nil where the canary follows its weight or nobody knows.
    private static func share(
        of setting: YAMLNode, replicas: Int?, total: Double
    ) -> (node: YAMLNode, share: Double, text: String)? {
        guard setting["matchTrafficWeight"]?.boolean != true else { return nil }
        if let count = setting.present("replicas")?.integer {
            guard let replicas, replicas > 0, count >= 0 else { return nil }
            let pods = Wording.count(count, "pod")
            return (setting, Double(count) / Double(replicas), "\(pods), where the stable version has \(replicas)")
        }
        guard let weight = setting.present("weight")?.integer, weight >= 0 else { return nil }
        guard let replicas, replicas > 0, replicas < 1_000_000 else {
            let percent = Int(clampingPercent: Double(weight) / total)
            return (setting, Double(weight) / total, "a canary with \(percent) % of the pods")
        }
        let count = (Double(weight) * Double(replicas) / total).rounded(.up)
        let pods = count < 1_000_000 ? Wording.count(Int(count), "pod") : "the pods"
        return (setting, count / Double(replicas), "\(pods), where the stable version has \(replicas)")
    }
}

extension Int {
    /// A share as whole percent, cut where it is beyond all sense.
    fileprivate init(clampingPercent share: Double) { self = Int(Swift.min(share * 100, 1_000_000).rounded()) }
}
