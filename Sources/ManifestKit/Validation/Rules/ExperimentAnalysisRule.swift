/// RR0321: the analyses of an Experiment, and of an experiment step.
enum ExperimentAnalysisRule: ObjectRule {
    static let id: RuleID = "RR0321"
    static let severity = Severity.error
    static let kinds: Set<ResourceKind> = [.experiment, .rollout]
    static let summary =
        "Each analysis of an experiment has a name of its own and a template, and its arguments can be filled in."
    static let rationale = """
        An analysis becomes an AnalysisRun named `<experiment>-<analysis>`. In the values of its arguments the \
        controller replaces `{{templates.NAME.podTemplateHash}}` and `{{templates.NAME.replicaset.name}}` for the \
        templates of the experiment, `{{experiment.availableAt}}`, and, where the experiment has a duration, \
        `{{experiment.finishedAt}}`. Any other `{{ }}` makes the experiment fail.
        """
    static let failing = [
        RuleExample("analyses:\n- {name: a, templateName: b}\n# ↓\n- {name: a, templateName: c}", in: .experimentSpec),
        RuleExample("analyses:\n- name: a\n  # ↓\n  templateName: ''", in: .experimentSpec),
        RuleExample(
            "templates:\n- name: canary\nanalyses:\n- name: a\n  templateName: b\n  args:\n  - name: hash\n"
                + "    # ↓\n    value: \"{{templates.stable.podTemplateHash}}\"", in: .experimentSpec),
        RuleExample(
            "analyses:\n- name: a\n  templateName: b\n  args:\n  - name: end\n    # ↓\n"
                + "    value: \"{{experiment.finishedAt}}\"",
            in: .experimentSpec),
        RuleExample(
            "analyses:\n- name: a\n  templateName: b\n  args:\n  - {name: c, value: d}\n  # ↓\n  - {name: c, value: e}",
            in: .experimentSpec),
        RuleExample(
            "- experiment:\n    templates:\n    - {name: a, specRef: canary}\n    analyses:\n    - name: b\n"
                + "      templateName: c\n"
                + "      args:\n      - name: d\n        # ↓\n"
                    + "        value: \"{{templates.b.podTemplateHash}}\"", in: .steps),
    ]
    static let passing = [
        RuleExample(
            "duration: 5m\ntemplates:\n- name: canary\nanalyses:\n- name: a\n  templateName: b\n"
                + "  requiredForCompletion: true\n"
                + "  args:\n  - name: hash\n    value: \"{{templates.canary.podTemplateHash}}\"\n"
                + "  - name: end\n    value: \"{{experiment.finishedAt}}\"", in: .experimentSpec)
    ]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let spec = object.spec, spec.isMapping else { return }
        guard object.kind == .rollout else { return check(experiment: spec, in: object, &findings) }
        for step in spec["strategy", "canary", "steps"]?.elements.map(\.self) ?? [] {
            guard let experiment = step["experiment"] else { continue }
            check(experiment: experiment, in: object, &findings)
        }
        for analysis in analyses(of: spec) {
            ArgumentListCheck.reportNames(self, analysis["args"]?.elements.filter(\.isMapping) ?? [], &findings)
        }
    }

    /// The analyses of a Rollout that are not part of an experiment.
    private static func analyses(of spec: YAMLNode) -> [YAMLNode] {
        guard let strategy = spec.mapping("strategy") else { return [] }
        var found: [YAMLNode] = []
        if let canary = strategy.mapping("canary") {
            if let background = canary.mapping("analysis") { found.append(background) }
            for step in canary["steps"]?.elements.map(\.self) ?? [] {
                if let analysis = step.mapping("analysis") { found.append(analysis) }
            }
        }
        for field in ["prePromotionAnalysis", "postPromotionAnalysis"] {
            if let analysis = strategy.mapping("blueGreen")?.mapping(field) { found.append(analysis) }
        }
        return found
    }

    private static func check(experiment: YAMLNode, in object: ManifestDocument, _ findings: inout Findings) {
        guard let analyses = experiment["analyses"], analyses.isSequence else { return }
        let templates = experiment["templates"]?.elements.compactMap { $0["name"]?.text } ?? []
        let hasDuration = experiment.filled("duration") != nil
        var names: [YAMLNode] = []
        for analysis in analyses.elements where analysis.isMapping {
            // Names in an experiment step are checked with the rest of the step.
            if object.kind == .experiment, let name = analysis["name"], name.isScalar {
                checkName(name, earlier: names, object, &findings)
                names.append(name)
            }
            if let template = analysis["templateName"], template.isScalar, template.withText({ $0.isEmpty }) {
                findings.report(self, field: template, "templateName is empty", hint: "name an AnalysisTemplate")
            }
            let arguments = analysis["args"]?.elements.filter(\.isMapping) ?? []
            ArgumentListCheck.reportNames(self, arguments, &findings)
            for argument in arguments {
                if object.kind == .experiment, let value = argument.present("value"),
                    let source = argument.present("valueFrom") {
                    ArgumentListCheck.reportBoth(self, value, source, &findings)
                }
                guard let value = argument["value"] else { continue }
                ArgumentListCheck.reportTags(self, in: value, &findings) {
                    problem(with: $0.name, templates, hasDuration: hasDuration)
                }
            }
        }
    }

    private static func checkName(
        _ name: YAMLNode, earlier: [YAMLNode], _ object: ManifestDocument, _ findings: inout Findings
    ) {
        if name.withText({ $0.isEmpty }) {
            findings.report(self, field: name, "the analysis's name is empty", hint: "give it a name")
        } else if let first = earlier.first(where: { $0.hasText(of: name) }) {
            findings.report(
                self, field: name, "two analyses have the name \(Wording.quoted(name.text))",
                hint: "give each analysis its own name", related: [(first, "first here")])
        } else if let problem = KubernetesNames.subdomain.problem("x-\(name.text)") {
            findings.report(
                self, field: name, "the AnalysisRun is named after the analysis, and its name \(problem)",
                hint: "write " + KubernetesNames.subdomain.allowed)
        }
    }

    private static func problem(
        with name: String, _ templates: [String], hasDuration: Bool
    ) -> (message: String, hint: String)? {
        let known = "{{templates.NAME.podTemplateHash}}, {{templates.NAME.replicaset.name}}, "
            + "{{experiment.availableAt}} "
            + "and {{experiment.finishedAt}} are filled in"
        switch name {
        case "experiment.availableAt": return nil
        case "experiment.finishedAt":
            return hasDuration ? nil
                : ("an experiment without a duration has no time at which it is finished", "add duration")
        default: break
        }
        for ending in [".podTemplateHash", ".replicaset.name"]
        where name.hasPrefix("templates.") && name.hasSuffix(ending) {
            let template = String(name.dropFirst(10).dropLast(ending.count))
            if templates.contains(template) { return nil }
            let names = templates.isEmpty ? "" : ": " + Wording.all(templates)
            return ("the experiment has no template \(Wording.quoted(template))", "name one of its templates\(names)")
        }
        return ("\(Wording.quoted("{{" + name + "}}")) is not filled in for an experiment", known)
    }
}
