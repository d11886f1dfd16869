/// RR0218: the analyses that a Rollout asks for.
enum RolloutAnalysisRule: RolloutRule {
    static let id: RuleID = "RR0218"
    static let severity = Severity.error
    static let summary = "An analysis of a Rollout names templates, and its arguments each have one value."
    static let rationale = """
        A step whose analysis names no template never ends. A `fieldRef` to the metadata of the Rollout is read as \
        the downward API reads it, and the controller refuses one that it cannot read. A hash is that of the \
        `Stable` or the `Latest` pods; any other word gives an empty value.
        """
    static let failing = [
        RuleExample("# ↓\n- analysis: {}", in: .steps),
        RuleExample("- analysis:\n    templates:\n    # ↓\n    - templateName: ''", in: .steps),
        RuleExample(argument("valueFrom: {fieldRef: {fieldPath: metadata.generation}}"), in: .steps),
        RuleExample(argument("valueFrom: {podTemplateHashValue: Canary}"), in: .steps),
        RuleExample(argument("value: a\n      valueFrom: {podTemplateHashValue: Stable}", isLast: true), in: .steps),
        RuleExample(
            "analysis:\n  # ↓\n  startingStep: 5\n  templates: [{templateName: a}]\n"
                + "steps: [{setWeight: 10}]", in: .canary),
    ]
    static let passing = [
        RuleExample(
            "- analysis:\n    templates: [{templateName: a, clusterScope: true}]\n    args:\n"
                + "    - {name: a, value: b}\n    - {name: b, valueFrom: {podTemplateHashValue: Latest}}\n"
                + "    - {name: c, valueFrom: {fieldRef: {fieldPath: \"metadata.labels['a.b/c']\"}}}\n"
                + "    - {name: d, valueFrom: {fieldRef: {fieldPath: status.canary.weights.canary.weight}}}",
            in: .steps)
    ]

    private static func argument(_ setting: String, isLast: Bool = false) -> String {
        let lines = setting.split(separator: "\n").map(String.init)
        let first = isLast ? lines.joined(separator: "\n") : "# ↓\n      " + setting
        let text = isLast ? lines[0] + "\n      # ↓\n" + (lines.last ?? "") : first
        return "- analysis:\n    templates: [{templateName: a}]\n    args:\n    - name: b\n      " + text
    }

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        for step in rollout.steps {
            if let analysis = step["analysis"], analysis.isMapping {
                checkTemplates(analysis, isStep: true, &findings)
                checkArguments(analysis, &findings)
            }
            for analysis in step["experiment"]?["analyses"]?.elements.map(\.self) ?? [] {
                checkArguments(analysis, &findings)
            }
        }
        for field in ["prePromotionAnalysis", "postPromotionAnalysis"] {
            guard let analysis = rollout.blueGreen?.present(field), analysis.isMapping else { continue }
            checkTemplates(analysis, isStep: false, &findings)
            checkArguments(analysis, &findings)
        }
        guard let background = rollout.canary?.present("analysis"), background.isMapping else { return }
        checkTemplates(background, isStep: false, &findings)
        checkArguments(background, &findings)
        checkStart(of: background, rollout, &findings)
    }

    private static func checkTemplates(_ analysis: YAMLNode, isStep: Bool, _ findings: inout Findings) {
        let templates = analysis.present("templates")
        if let templates, !templates.isSequence { return }
        if templates?.elements.isEmpty != false {
            findings.report(
                self, field: templates ?? analysis,
                isStep ? "the analysis names no template, and a step without one never ends"
                    : "the analysis names no template, so that nothing is measured",
                hint: "list AnalysisTemplates under `templates`", severity: isStep ? .error : .warning)
        }
        for template in templates?.elements.map(\.self) ?? [] where template.isMapping {
            guard template.filled("templateName") == nil else { continue }
            if let name = template["templateName"] {
                findings.report(self, field: name, "templateName is empty", hint: "name an AnalysisTemplate")
            } else {
                findings.report(
                    self, at: template, "the template has no templateName", hint: "name an AnalysisTemplate")
            }
        }
    }

    private static func checkStart(of analysis: YAMLNode, _ rollout: RolloutManifest, _ findings: inout Findings) {
        guard let start = analysis["startingStep"], let number = start.integer else { return }
        let count = rollout.canary?["steps"]?.elements.count ?? 0
        if number < 0 {
            findings.report(
                self, field: start, "startingStep is \(number), and steps count from 0", hint: "write 0 or more")
        } else if number >= count {
            findings.report(
                self, field: start,
                "the analysis starts at step \(number), and "
                    + (count == 0 ? "there are no steps" : "the last step is \(count - 1)"),
                hint: "steps count from 0; the analysis begins with the step of this number", severity: .warning)
        }
    }

    private static func checkArguments(_ analysis: YAMLNode, _ findings: inout Findings) {
        guard let arguments = analysis["args"]?.elements else { return }
        for argument in arguments where argument.isMapping {
            guard let source = argument.present("valueFrom"), source.isMapping else { continue }
            if let value = argument.filled("value") {
                let isSourceLast = source.range.lowerBound > value.range.lowerBound
                findings.report(
                    self, field: isSourceLast ? source : value, "the argument has both value and valueFrom",
                    hint: "keep one of them", related: [(isSourceLast ? value : source, "the other one")])
            }
            if let hash = source.present("podTemplateHashValue"), hash.isScalar, !hash.textEquals("Stable"),
                !hash.textEquals("Latest")
            {
                findings.report(
                    self, field: hash,
                    "\(Wording.quoted(hash.text)) is no pod-template hash, and the value would be empty",
                    hint: "write Stable or Latest")
            }
            if let path = source["fieldRef"]?["fieldPath"], path.isScalar { checkPath(path, &findings) }
        }
    }

    private static func checkPath(_ path: YAMLNode, _ findings: inout Findings) {
        let text = path.text
        guard text.hasPrefix("metadata"), !isReadable(text) else { return }
        findings.report(
            self, field: path, "\(Wording.quoted(text)) cannot be read from the Rollout's metadata",
            hint: "metadata.name, metadata.namespace, metadata.uid, metadata.labels, metadata.annotations, and "
                + "metadata.labels['KEY'] and metadata.annotations['KEY'] can be")
    }

    /// Whether the downward API can read a path.
    private static func isReadable(_ path: String) -> Bool {
        let fields = ["name", "namespace", "uid", "labels", "annotations"]
        if fields.contains(where: { path == "metadata." + $0 }) { return true }
        for prefix in ["metadata.labels['", "metadata.annotations['"] {
            guard path.hasPrefix(prefix), path.hasSuffix("']") else { continue }
            let key = String(path.dropFirst(prefix.count).dropLast(2))
            return KubernetesNames.qualifiedName.accepts(prefix.contains("labels") ? key : key.lowercased())
        }
        return false
    }
}
