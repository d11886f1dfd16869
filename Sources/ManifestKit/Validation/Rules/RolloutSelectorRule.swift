/// RR0201: the selector of a Rollout.
enum RolloutSelectorRule: RolloutRule {
    static let id: RuleID = "RR0201"
    static let severity = Severity.error
    static let summary = "The selector of a Rollout is there, well formed, and matches the labels of its own pods."
    static let rationale = """
        A Rollout owns the pods that its selector matches. One that matches nothing, everything, or not its own \
        template is refused by the controller. Only a Rollout with a `workloadRef` may leave the selector to its \
        workload.
        """
    static let failing = [
        RuleExample("# ↓\nselector: {}", in: .rolloutSpec),
        RuleExample("selector:\n  matchLabels:\n    # ↓\n    app: shop", in: .rolloutSpec),
        RuleExample(
            "selector:\n  matchExpressions:\n  - key: app\n    # ↓\n    operator: Equals\n    values: [web]",
            in: .rolloutSpec),
        RuleExample(
            "selector:\n  matchExpressions:\n  - key: app\n    operator: Exists\n    # ↓\n    values: [web]",
            in: .rolloutSpec),
        RuleExample(
            "selector:\n  matchExpressions:\n  # ↓\n  - key: app\n    operator: NotIn\n    values: [web]",
            in: .rolloutSpec),
    ]
    static let passing = [
        RuleExample("selector:\n  matchLabels:\n    app: web", in: .rolloutSpec),
        RuleExample(
            "selector:\n  matchExpressions:\n  - {key: app, operator: In, values: [web, shop]}", in: .rolloutSpec),
        RuleExample("workloadRef:\n  apiVersion: apps/v1\n  kind: Deployment\n  name: web", in: .rolloutSpec),
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        guard let selector = rollout.spec.present("selector") else {
            guard rollout.workloadRef == nil else { return checkWorkload(rollout, &findings) }
            findings.report(
                self, missing: "selector", in: rollout.spec, "spec has no selector",
                hint: "add `selector.matchLabels` with labels that the pod template carries")
            return
        }
        guard selector.isMapping else { return }
        let labels = selector["matchLabels"]?.entries.count ?? 0
        let expressions = selector["matchExpressions"]?.elements.count ?? 0
        if labels + expressions == 0 {
            if rollout.workloadRef == nil {
                findings.report(
                    self, field: selector, "the selector is empty, which would match every pod",
                    hint: "add `matchLabels` with labels that the pod template carries")
            }
            return
        }
        guard LabelSelectorCheck.report(self, selector, &findings), rollout.workloadRef == nil,
            let template = rollout.template, !template.node.entries.isEmpty
        else { return }
        let podLabels = template.metadata?.mapping("labels")
        guard let mismatch = LabelSelectorCheck.mismatch(of: selector, with: podLabels) else { return }
        let place = mismatch.label ?? (podLabels ?? template.metadata ?? template.node).key
        findings.report(
            self, field: mismatch.node, "the selector does not match the pod template: \(mismatch.message)",
            hint: "give the pods the label, or select by one that they have",
            related: place.map { [($0, "the labels of the pods")] } ?? [])
    }

    /// A PodTemplate has no selector that the Rollout could take over.
    private static func checkWorkload(_ rollout: RolloutManifest, _ findings: inout Findings) {
        guard let workload = rollout.workloadRef, workload["kind"]?.textEquals("PodTemplate") == true else { return }
        findings.report(
            self, missing: "selector", in: rollout.spec,
            "spec has no selector, and a PodTemplate has none that the Rollout could take over",
            hint: "add `selector.matchLabels` with labels that the PodTemplate carries")
    }
}
