/// RR0217: experiments as steps.
enum ExperimentStepRule: RolloutRule {
    static let id: RuleID = "RR0217"
    static let severity = Severity.error
    static let summary = "An experiment step has templates of the canary or the stable pods, with names, sizes and weights that fit."
    static let rationale = """
        Each template of the step becomes a ReplicaSet made from the canary's or the stable pods (`specRef`). A weight \
        sends it traffic, which only some routers can do. The controller refuses what the router cannot do when the \
        Rollout is applied, and the rest only when the update has come to the step.
        """
    static let failing = [
        RuleExample("- experiment:\n    # ↓\n    templates: []", in: .steps),
        RuleExample("- experiment:\n    templates:\n    - name: a\n      # ↓\n      specRef: old", in: .steps),
        RuleExample(
            "- experiment:\n    templates:\n    - {name: a, specRef: stable}\n    # ↓\n    - {name: a, specRef: canary}",
            in: .steps),
        RuleExample(
            "- experiment:\n    templates:\n    - name: a\n      specRef: canary\n      # ↓\n      weight: 5", in: .steps),
        RuleExample(
            "- experiment:\n    # ↓\n    duration: 1 hour\n    templates:\n    - {name: a, specRef: canary}", in: .steps),
    ]
    static let passing = [
        RuleExample(
            "- experiment:\n    duration: 1h\n    templates:\n    - {name: a, specRef: stable, weight: 5}\n"
                + "    - {name: b, specRef: canary, weight: 5, replicas: 1}\n    analyses:\n"
                + "    - {name: compare, templateName: compare}", in: .routedSteps)
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        for step in rollout.steps {
            guard let experiment = step["experiment"], experiment.isMapping else { continue }
            checkTimes(experiment, &findings)
            if let templates = experiment.present("templates"), templates.isSequence {
                checkTemplates(templates, rollout, &findings)
            }
            if let analyses = experiment["analyses"] { checkNames(analyses, "analysis", &findings) }
        }
    }

    private static func checkTimes(_ experiment: YAMLNode, _ findings: inout Findings) {
        if let duration = experiment.present("duration"), case .string(let text) = duration.scalar, !text.isEmpty {
            switch GoDuration.parse(text) {
            case .failure(let malformation):
                findings.report(
                    self, field: duration, "\(Wording.quoted(text)) is not a duration: \(malformation.reason)",
                    hint: malformation.hint)
            case .success(let length):
                guard length.nanoseconds < 0 else { return }
                findings.report(
                    self, field: duration, "an experiment cannot run for \(text)", hint: "write a positive duration")
            }
        }
        checkSign(of: "scaleDownDelaySeconds", in: experiment, &findings)
    }

    private static func checkTemplates(_ templates: YAMLNode, _ rollout: RolloutManifest, _ findings: inout Findings) {
        if templates.elements.isEmpty {
            findings.report(self, field: templates, "the experiment has no templates", hint: "add at least one")
        }
        checkNames(templates, "template", &findings)
        for template in templates.elements where template.isMapping {
            if let reference = template["specRef"], reference.isScalar, !reference.textEquals("canary"),
                !reference.textEquals("stable")
            {
                findings.report(
                    self, field: reference, "a template is made from the canary or the stable pods, not \(Wording.quoted(reference.text))",
                    hint: "write canary or stable")
            }
            checkSign(of: "replicas", in: template, &findings)
            if let selector = template.present("selector") { _ = LabelSelectorCheck.report(self, selector, &findings) }
        }
        checkWeights(templates.elements.compactMap { $0.present("weight") }, rollout, &findings)
    }

    private static func checkWeights(_ weights: [YAMLNode], _ rollout: RolloutManifest, _ findings: inout Findings) {
        guard !weights.isEmpty else { return }
        let routers = rollout.routers
        let able = TrafficRouterCapabilities.names(where: \.experimentWeights)
        let isAble = routers.contains(where: \.capabilities.experimentWeights)
        var total = 0
        for weight in weights {
            if !isAble {
                let related = routers.first.map { [($0.node.key ?? $0.node, "the router")] } ?? []
                findings.report(
                    self, field: weight,
                    routers.first.map { "\($0.capabilities.name) cannot send traffic to the template of an experiment" }
                        ?? "the template of an experiment can have a weight only with trafficRouting",
                    hint: "remove the weight, or use \(able)", related: related)
            }
            guard let number = weight.integer else { continue }
            if number < 0 {
                findings.report(self, field: weight, "a weight cannot be \(number)", hint: "write 0 or more")
            } else {
                let sum = total.addingReportingOverflow(number)
                let isOver = total <= rollout.maxTrafficWeight && (sum.overflow || sum.partialValue > rollout.maxTrafficWeight)
                total = sum.overflow ? .max : sum.partialValue
                guard isOver else { continue }
                findings.report(
                    self, field: weight, "the templates' weights come to more than \(rollout.maxTrafficWeight)",
                    hint: "lower the weights: what they leave goes to the canary and the stable pods")
            }
        }
    }

    private static func checkNames(_ list: YAMLNode, _ noun: String, _ findings: inout Findings) {
        let names = list.elements.compactMap { $0.present("name") }.filter(\.isScalar)
        for (index, name) in names.enumerated() {
            if name.withText({ $0.isEmpty }) {
                findings.report(self, field: name, "the \(noun)'s name is empty", hint: "give it a name")
            } else if let first = names[..<index].first(where: { $0.hasText(of: name) }) {
                findings.report(
                    self, field: name, "the experiment has two of the name \(Wording.quoted(name.text))",
                    hint: "give each \(noun) its own name", related: [(first, "first here")])
            }
        }
    }

    private static func checkSign(of field: String, in node: YAMLNode, _ findings: inout Findings) {
        guard let value = node[field], let number = value.integer, number < 0 else { return }
        findings.report(self, field: value, "\(field) is \(number), and has to be 0 or more", hint: "write 0 or more")
    }
}
