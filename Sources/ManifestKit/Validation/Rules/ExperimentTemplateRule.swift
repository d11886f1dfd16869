/// RR0320: the templates of an Experiment.
enum ExperimentTemplateRule: ObjectRule {
    static let id: RuleID = "RR0320"
    static let severity = Severity.error
    static let kinds: Set<ResourceKind> = [.experiment]
    static let summary = "The templates of an Experiment have names of their own, and selectors that match their pods."
    static let rationale = """
        Each template becomes a ReplicaSet named `<experiment>-<template>`. The controller refuses a name that is \
        empty or there twice, an empty selector, and `minReadySeconds` beyond the progress deadline (600 seconds by \
        default); the API server refuses a ReplicaSet whose selector does not match its own pods.
        """
    static let failing = [
        RuleExample(template("a") + "\n# ↓\n" + template("a", isFirst: false), in: .experimentSpec),
        RuleExample("templates:\n- name: a\n  # ↓\n  selector: {}\n"
            + "  template: {metadata: {labels: {app: a}}}", in: .experimentSpec),
        RuleExample(
            "templates:\n- name: a\n  selector:\n    matchLabels:\n      # ↓\n      app: web\n  template:\n"
                + "    metadata: {labels: {app: a}}",
            in: .experimentSpec),
        RuleExample(
            "progressDeadlineSeconds: 60\n" + template("a") + "\n  # ↓\n  minReadySeconds: 90", in: .experimentSpec),
        RuleExample(template("a") + "\n  # ↓\n  replicas: -1", in: .experimentSpec),
        RuleExample("templates:\n# ↓\n- name: A_b", in: .experimentSpec),
        RuleExample("# ↓\ntemplates: []", in: .experimentSpec),
    ]
    static let passing = [
        RuleExample(
            template("a") + "\n  replicas: 2\n  minReadySeconds: 10\n  service: {}\n" + template("b", isFirst: false),
            in: .experimentSpec)
    ]

    private static func template(_ name: String, isFirst: Bool = true) -> String {
        (isFirst ? "templates:\n" : "") + "- name: \(name)\n  selector: {matchLabels: {app: web}}\n"
            + "  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: a, image: b}]}}"
    }

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let spec = object.spec, let templates = spec["templates"], templates.isSequence else { return }
        if templates.elements.isEmpty, spec["analyses"]?.elements.isEmpty != false {
            findings.report(self, field: templates, "the experiment has neither templates nor "
                + "analyses", hint: "add a template")
        }
        var names: [YAMLNode] = []
        for template in templates.elements where template.isMapping {
            if let name = template["name"], name.isScalar {
                checkName(name, earlier: names, object, &findings)
                names.append(name)
            }
            checkNumbers(template, spec, &findings)
            checkSelector(template, &findings)
        }
    }

    private static func checkName(
        _ name: YAMLNode, earlier: [YAMLNode], _ object: ManifestDocument, _ findings: inout Findings
    ) {
        if name.withText({ $0.isEmpty }) {
            findings.report(self, field: name, "the template's name is empty", hint: "give it a name")
        } else if let first = earlier.first(where: { $0.hasText(of: name) }) {
            findings.report(
                self, field: name, "two templates have the name \(Wording.quoted(name.text))",
                hint: "give each template its own name", related: [(first, "first here")])
        } else if let problem = KubernetesNames.subdomain.problem("\(object.name ?? "x")-\(name.text)"),
            KubernetesNames.subdomain.accepts(object.name ?? "x") {
            findings.report(
                self, field: name, "the ReplicaSet is named after the template, and its name \(problem)",
                hint: "write " + KubernetesNames.subdomain.allowed)
        }
    }

    private static func checkNumbers(_ template: YAMLNode, _ spec: YAMLNode, _ findings: inout Findings) {
        for field in ["replicas", "minReadySeconds"] {
            guard let node = template[field], let number = node.integer, number < 0 else { continue }
            findings.report(self, field: node, "\(field) is \(number)", hint: "write 0 or more")
        }
        let deadline = spec["progressDeadlineSeconds"]
        let seconds = deadline?.integer ?? 600
        guard seconds >= 0, let node = template["minReadySeconds"], let ready = node.integer, ready > seconds else {
            return
        }
        findings.report(
            self, field: node,
            "pods count as available after \(ready) seconds, and the progress deadline is \(seconds)",
            hint: "lower minReadySeconds, or raise progressDeadlineSeconds",
            related: deadline.map { [($0.key ?? $0, "the deadline")] } ?? [])
    }

    private static func checkSelector(_ template: YAMLNode, _ findings: inout Findings) {
        guard let selector = template["selector"], selector.isMapping else { return }
        let isEmpty = ["matchLabels", "matchExpressions"].allSatisfy { field in
            selector[field].map { $0.count == 0 } ?? true
        }
        if isEmpty {
            findings.report(
                self, field: selector, "the selector is empty and would select every pod",
                hint: "add matchLabels with the labels of the template")
            return
        }
        LabelSelectorCheck.check(selector, self, &findings)
        guard let pods = template.mapping("template"),
            let mismatch = LabelSelectorCheck.mismatch(selector, pods.mapping("metadata")?.mapping("labels"))
        else { return }
        findings.report(
            self, field: mismatch, "the selector does not match the labels of the template's own pods",
            hint: "make the labels under template.metadata the same", related: [(pods, "the pod template")])
    }
}
