/// RR0408: a value for an argument that no template declares.
enum UndeclaredArgumentRule: ManifestSetRule {
    static let id: RuleID = "RR0408"
    static let severity = Severity.warning
    static let summary = "A Rollout gives values only to arguments that its analysis templates declare."
    static let rationale = """
        The controller drops a value for an argument that no template declares, so a slip in its name goes unnoticed until \
        the analysis runs with another value or fails.
        """
    static let failing = [
        RuleExample("""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web}
            spec:
              strategy:
                canary:
                  analysis:
                    templates: [{templateName: success}]
                    args:
                    # ↓
                    - name: sevrice
                      value: web
            ---
            apiVersion: argoproj.io/v1alpha1
            kind: AnalysisTemplate
            metadata: {name: success}
            spec:
              args: [{name: service, value: api}]
            """)
    ]
    static let passing = [
        RuleExample("""
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web}
            spec:
              strategy:
                canary:
                  analysis:
                    templates: [{templateName: success}]
                    args: [{name: service, value: web}]
            ---
            apiVersion: argoproj.io/v1alpha1
            kind: AnalysisTemplate
            metadata: {name: success}
            spec:
              args: [{name: service}]
            """)
    ]

    static func check(_ index: ManifestIndex, _ findings: inout Findings) {
        for (facts, rollout) in index.rollouts {
            for analysis in rollout.analyses {
                let templates = index.templates(of: analysis, beside: facts)
                guard templates.isComplete else { continue }
                let declared = Set(templates.found.flatMap { $0.facts.arguments.map(\.name) })
                for argument in analysis.arguments where !declared.contains(argument.name) {
                    findings.report(
                        self, at: argument.place, "no template of this analysis declares the argument \"\(argument.name)\"",
                        hint: declared.isEmpty
                            ? "remove it, or declare it in the template"
                            : "declared are \(declared.sorted().joined(separator: ", "))",
                        related: templates.found.map { ($0.object.place, "the template") })
                }
            }
        }
    }
}
