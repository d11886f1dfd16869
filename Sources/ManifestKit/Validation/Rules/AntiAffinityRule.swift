/// RR0208: the anti-affinity that a Rollout adds to its pods.
enum AntiAffinityRule: RolloutRule {
    static let id: RuleID = "RR0208"
    static let severity = Severity.error
    static let summary = "`antiAffinity` is either preferred, with a weight from 1 to 100, or required."
    static let rationale = """
        The controller writes the anti-affinity between old and new pods into the new ReplicaSet, and refuses a Rollout \
        that asks for none of the two kinds, for both, or for a weight that the scheduler does not know.
        """
    static let failing = [
        RuleExample("# ↓\nantiAffinity: {}", in: .canary),
        RuleExample(
            "antiAffinity:\n  requiredDuringSchedulingIgnoredDuringExecution: {}\n  # ↓\n"
                + "  preferredDuringSchedulingIgnoredDuringExecution:\n    weight: 1", in: .canary),
        RuleExample(
            "activeService: web\nantiAffinity:\n  preferredDuringSchedulingIgnoredDuringExecution:\n    # ↓\n    weight: 0",
            in: .blueGreen),
    ]
    static let passing = [
        RuleExample("antiAffinity:\n  requiredDuringSchedulingIgnoredDuringExecution: {}", in: .canary),
        RuleExample("antiAffinity:\n  preferredDuringSchedulingIgnoredDuringExecution:\n    weight: 100", in: .canary),
    ]

    private static let preferredField = "preferredDuringSchedulingIgnoredDuringExecution"
    private static let requiredField = "requiredDuringSchedulingIgnoredDuringExecution"

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        for strategy in rollout.strategies {
            guard let affinity = strategy.node.present("antiAffinity"), affinity.isMapping else { continue }
            let preferred = affinity.present(preferredField)
            switch (preferred, affinity.present(requiredField)) {
            case (nil, nil):
                findings.report(
                    self, field: affinity, "antiAffinity is neither preferred nor required",
                    hint: "add `\(requiredField): {}`, or `\(preferredField)` with a weight, or remove antiAffinity")
            case (let preferred?, let required?):
                let isPreferredLast = preferred.range.lowerBound > required.range.lowerBound
                findings.report(
                    self, field: isPreferredLast ? preferred : required, "antiAffinity is both preferred and required",
                    hint: "keep one of them", related: [(isPreferredLast ? required : preferred, "the other one")])
            default: break
            }
            guard let weight = preferred?["weight"], let number = weight.integer, !(1...100).contains(number) else {
                continue
            }
            findings.report(
                self, field: weight, "the weight of an anti-affinity is from 1 to 100, not \(number)",
                hint: "write a weight from 1 to 100")
        }
    }
}
