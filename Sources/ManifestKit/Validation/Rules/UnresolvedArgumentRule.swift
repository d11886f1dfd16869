/// RR0407: an argument of a template that nobody gives a value.
enum UnresolvedArgumentRule: ManifestSetRule {
    static let id: RuleID = "RR0407"
    static let severity = Severity.error
    static let summary = "Every argument of an analysis template gets a value."
    static let rationale = """
        An argument without a value makes the controller refuse the Rollout, or the analysis end in an error at the \
        very moment when the update needs it. The value comes from the template's own default or from the Rollout's \
        `args`.
        """
    static let failing = [
        RuleExample(rollout("args: []", mark: true) + template),
        RuleExample(experiment("# ↓\n            args: [{name: limit, value: \"3\"}]") + template),
    ]
    static let passing = [
        RuleExample(rollout("args: [{name: service, value: web}]") + template),
        RuleExample(experiment("args: [{name: service, value: web}]") + template),
        RuleExample(rollout("args: [{name: service, valueFrom: {podTemplateHashValue: Latest}}]") + template),
    ]

    private static func rollout(_ arguments: String, mark: Bool = false) -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: web}
        spec:
          strategy:
            canary:
              steps:
              - analysis:
                  templates: [{templateName: success}]
        \(mark ? "          # ↓\n" : "")          \(arguments)

        """
    }
    private static func experiment(_ arguments: String) -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata: {name: web}
        spec:
          strategy:
            canary:
              steps:
              - experiment:
                  templates: [{name: new, specRef: canary}]
                  analyses:
                  - name: compare
                    templateName: success
                    \(arguments)

        """
    }
    private static let template = """
        ---
        apiVersion: argoproj.io/v1alpha1
        kind: AnalysisTemplate
        metadata: {name: success}
        spec:
          args: [{name: service}, {name: limit, value: "5"}]
        """

    static func check(_ index: ManifestIndex, _ findings: inout Findings) {
        for (facts, rollout) in index.rollouts {
            for analysis in rollout.analyses {
                let templates = index.templates(of: analysis, beside: facts)
                // A template that is not among the inputs might give the value.
                guard templates.isComplete else { continue }
                let given = Set(analysis.arguments.map(\.name))
                let valued = Set(templates.found.flatMap { $0.facts.arguments.filter(\.hasValue).map(\.name) })
                var reported = given.union(valued)
                for (object, template) in templates.found {
                    for argument in template.arguments where reported.insert(argument.name).inserted {
                        findings.report(
                            self, at: analysis.place,
                            "\(object.kind.rawValue) \"\(object.name)\" needs a value for its argument "
                                + "\"\(argument.name)\"",
                            hint: "give it one in `args`", related: [(argument.place, "declared here without a value")])
                    }
                }
            }
        }
    }
}

extension ManifestIndex {
    /// The templates that an analysis uses, those that they include among them, as far as they are among the inputs.
    func templates(
        of analysis: RolloutReferences.Analysis, beside facts: ObjectFacts
    ) -> (found: [(object: ObjectFacts, facts: AnalysisTemplateFacts)], isComplete: Bool) {
        var found: [(object: ObjectFacts, facts: AnalysisTemplateFacts)] = []
        var isComplete = true
        var pending = Array(analysis.templates.reversed())
        var seen: Set<Key> = []
        while let reference = pending.popLast() {
            guard seen.insert(Key(kind: reference.kind, name: reference.name)).inserted else { continue }
            let namespace = reference.kind == .clusterAnalysisTemplate ? "" : facts.namespace
            guard
                let object = objects(reference.kind, named: reference.name, beside: facts, namespace: namespace).first,
                case .analysisTemplate(let template) = object.detail
            else {
                isComplete = false
                continue
            }
            found.append((object, template))
            pending += template.templates.reversed()
        }
        return (found, isComplete)
    }
}
