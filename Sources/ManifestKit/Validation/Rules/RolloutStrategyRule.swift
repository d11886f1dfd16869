/// RR0200: a Rollout without a strategy, or with two.
enum RolloutStrategyRule: RolloutRule {
    static let id: RuleID = "RR0200"
    static let severity = Severity.error
    static let summary = "A Rollout has exactly one strategy, `canary` or `blueGreen`."
    static let rationale = """
        The controller refuses a Rollout with none or both and marks it as invalid: no pod is started. A `canary:` with \
        nothing behind it is null, which is none; a canary without settings is `canary: {}`.
        """
    static let failing = [
        RuleExample("# ↓\nstrategy: {}", in: .rolloutSpec),
        RuleExample("strategy:\n  # ↓\n  canary:", in: .rolloutSpec),
        RuleExample("strategy:\n  blueGreen:\n    activeService: web\n  # ↓\n  canary: {}", in: .rolloutSpec),
        RuleExample("# ↓\nstrategy:\n  type: RollingUpdate", in: .rolloutSpec),
    ]
    static let passing = [
        RuleExample("strategy:\n  canary: {}", in: .rolloutSpec),
        RuleExample("strategy:\n  blueGreen:\n    activeService: web", in: .rolloutSpec),
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        let hint = "write `canary: {}` for an update like a Deployment's, or give `canary` steps, or use `blueGreen`"
        guard let strategy = rollout.spec.present("strategy") else {
            let message = "spec has no strategy"
            if let empty = rollout.spec["strategy"] {
                findings.report(self, field: empty, message, hint: hint)
            } else {
                findings.report(self, missing: "strategy", in: rollout.spec, message, hint: hint)
            }
            return
        }
        guard strategy.isMapping else { return }
        switch (strategy.present("canary"), strategy.present("blueGreen")) {
        case (nil, nil):
            if let empty = strategy["canary"] ?? strategy["blueGreen"] {
                let name = empty.key?.text ?? "canary"
                findings.report(
                    self, field: empty, "\(name) has no value, so the Rollout has no strategy",
                    hint: name == "canary" ? "write `canary: {}`" : "name the active service under `blueGreen`")
            } else {
                findings.report(
                    self, field: strategy, "strategy names neither canary nor blueGreen", hint: hint)
            }
        case (let canary?, let blueGreen?):
            let isCanaryLast = canary.range.lowerBound > blueGreen.range.lowerBound
            let (first, last) = isCanaryLast ? (blueGreen, canary) : (canary, blueGreen)
            findings.report(
                self, field: last, "strategy has both canary and blueGreen", hint: "keep one of them",
                related: [(first.key ?? first, "the other strategy")])
        default: break
        }
    }
}
