/// RR0415: an Ambassador Mapping with a weight of its own.
enum MappingWeightRule: ManifestSetRule {
    static let id: RuleID = "RR0415"
    static let severity = Severity.error
    static let summary = "An Ambassador Mapping that a Rollout divides has no weight."
    static let rationale = """
        The controller makes a second Mapping for the canary and gives that the weight. With a weight in the first the \
        shares would not add up, and the controller refuses the Rollout.
        """
    static let failing = [RuleExample(example("weight: 20", mark: true))]
    static let passing = [RuleExample(example("prefix: /"))]

    private static func example(_ field: String, mark: Bool = false) -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: web}
        spec: {strategy: {canary: {trafficRouting: {ambassador: {mappings: [web]}}}}}
        ---
        apiVersion: getambassador.io/v2
        kind: Mapping
        metadata: {name: web}
        spec:
        \(mark ? "  # ↓\n" : "")  \(field)
          service: web
        """
    }

    static func check(_ index: ManifestIndex, _ findings: inout Findings) {
        for (facts, rollout) in index.rollouts {
            for reference in rollout.routerObjects where reference.kind == .mapping {
                for object in index.objects(.mapping, named: reference.name, beside: facts) {
                    guard case .mapping(let weight?, _) = object.detail else { continue }
                    findings.report(
                        self, at: weight,
                        "Mapping \"\(object.name)\" has a weight, and Rollout \"\(facts.name)\" divides its traffic",
                        hint: "remove it; the controller sets the canary's weight",
                        related: [(reference.place, "the Rollout names it here")])
                }
            }
        }
    }
}
