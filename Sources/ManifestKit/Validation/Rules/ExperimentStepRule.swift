/// RR0217: experiments as steps.
enum ExperimentStepRule: RolloutRule {
    static let id: RuleID = "RR0217"
    static let severity = Severity.error
    static let summary = "The templates of an experiment step have a source, names, sizes and weights that fit."
    static let rationale = """
        Each template of the step becomes a ReplicaSet made from the canary's or the stable pods (`specRef`). A weight \
        sends it traffic, which only some routers can do. The controller refuses what the router cannot do when the \
        Rollout is applied, and the rest only when the update has come to the step.
        """
    static let failing = [
        RuleExample("- experiment:\n    # ↓\n    templates: []", in: .steps),
        RuleExample("- experiment:\n    templates:\n    - name: a\n      # ↓\n      specRef: old", in: .steps),
        RuleExample(
            "- experiment:\n    templates:\n    - {name: a, specRef: stable}\n    # ↓\n"
                + "    - {name: a, specRef: canary}",
            in: .steps),
        RuleExample(
            "- experiment:\n    templates:\n    - name: a\n      specRef: canary\n      # ↓\n"
                + "      weight: 5", in: .steps),
        RuleExample(
            "- experiment:\n    # ↓\n    duration: 1 hour\n    templates:\n"
                + "    - {name: a, specRef: canary}", in: .steps),
        RuleExample(
            "- setWeight: 95\n- experiment:\n    templates:\n    # ↓\n    - {name: a, specRef: stable, weight: 10}",
            in: .routedSteps),
        RuleExample(
            "trafficRouting:\n  istio: {virtualService: {name: web}}\n  nginx: {stableIngress: web}\nsteps:\n"
                + "- experiment:\n    templates:\n    - name: a\n      specRef: stable\n      # ↓\n"
                + "      weight: 10", in: .routedCanary),
    ]
    static let passing = [
        RuleExample(
            "- setWeight: 90\n- experiment:\n    templates:\n"
                + "    - {name: a, specRef: stable, weight: 10}", in: .routedSteps),
        RuleExample(
            "- experiment:\n    duration: 1h\n    templates:\n    - {name: a, specRef: stable, weight: 5}\n"
                + "    - {name: b, specRef: canary, weight: 5, replicas: 1}\n    analyses:\n"
                + "    - {name: compare, templateName: compare}", in: .routedSteps)
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        var current: YAMLNode?
        for step in rollout.steps {
            if let weight = step["setWeight"] { current = weight }
            guard let experiment = step["experiment"], experiment.isMapping else { continue }
            checkTimes(experiment, &findings)
            if let templates = experiment.present("templates"), templates.isSequence {
                checkTemplates(templates, &findings)
                checkWeights(of: templates, besides: current, rollout, &findings)
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

    private static func checkTemplates(_ templates: YAMLNode, _ findings: inout Findings) {
        if templates.elements.isEmpty {
            findings.report(self, field: templates, "the experiment has no templates", hint: "add at least one")
        }
        checkNames(templates, "template", &findings)
        for template in templates.elements where template.isMapping {
            if let reference = template["specRef"], reference.isScalar, !reference.textEquals("canary"),
                !reference.textEquals("stable")
            {
                findings.report(
                    self, field: reference,
                    "a template is made from the canary or the stable pods, not \(Wording.quoted(reference.text))",
                    hint: "write canary or stable")
            }
            checkSign(of: "replicas", in: template, &findings)
            if let selector = template.present("selector") { LabelSelectorCheck.check(selector, self, &findings) }
        }
    }

    /// What the templates and the canary get together cannot be more than all.
    private static func checkWeights(
        of templates: YAMLNode, besides current: YAMLNode?, _ rollout: RolloutManifest, _ findings: inout Findings
    ) {
        let weights = templates.elements.compactMap { $0.present("weight") }
        guard !weights.isEmpty else { return }
        let routers = rollout.routers
        let limit = rollout.maxTrafficWeight
        let own = current?.integer.flatMap { (0...max(0, limit)).contains($0) ? $0 : nil } ?? 0
        let able = TrafficRouterCapabilities.names(where: \.experimentWeights)
        let unable = routers.first { !$0.capabilities.experimentWeights }
        let isAble = routers.contains(where: \.capabilities.experimentWeights)
        var total = own
        for weight in weights {
            let related = unable.map { [($0.node.key ?? $0.node, "the router")] } ?? []
            if isAble, let unable {
                findings.report(
                    self, field: weight,
                    "\(unable.capabilities.name) cannot send traffic to the template of an experiment, so it gets less",
                    hint: "remove the weight, or that router", related: related, severity: .warning)
            } else if !isAble {
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
                let isOver = total <= limit && (sum.overflow || sum.partialValue > limit)
                total = sum.overflow ? .max : sum.partialValue
                guard isOver else { continue }
                findings.report(
                    self, field: weight,
                    "the templates' weights \(own > 0 ? "and the canary's, which is \(own), " : "")come to more than "
                        + "\(limit)",
                    hint: "lower the weights: what they leave goes to the stable pods",
                    related: own > 0 ? current.map { [($0, "the canary's weight")] } ?? [] : [])
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
