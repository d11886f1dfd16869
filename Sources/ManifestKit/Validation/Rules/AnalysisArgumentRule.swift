/// RR0305: the arguments of an analysis.
enum AnalysisArgumentRule: ObjectRule {
    static let id: RuleID = "RR0305"
    static let severity = Severity.error
    static let kinds: Set<ResourceKind> = AnalysisManifest.kinds
    static let summary =
        "Each argument of an analysis is declared once and has at most one source; those of a run have a value."
    static let rationale = """
        Arguments are told apart by their names. The controller refuses one with both a value and a source, and an \
        AnalysisRun with an argument that has neither. Only a Rollout fills in a `fieldRef`: in a template it is \
        nothing but a reminder, and a run cannot use one.
        """
    static let failing = [
        RuleExample("args:\n- name: service\n# ↓\n- name: service\n  value: web\nmetrics: []", in: .analysisSpec),
        RuleExample(
            "args:\n- name: token\n  value: a\n  # ↓\n  valueFrom:\n    secretKeyRef: {name: a, key: b}\nmetrics: []",
            in: .analysisSpec),
        RuleExample("args:\n- name: token\n  # ↓\n  valueFrom: {}\nmetrics: []", in: .analysisSpec),
        RuleExample(
            "args:\n- name: token\n  valueFrom:\n    secretKeyRef: {name: a, key: b}\n    # ↓\n    fieldRef:\n"
                + "      fieldPath: metadata.name\nmetrics: []", in: .analysisSpec),
        RuleExample(
            "args:\n- name: token\n  valueFrom:\n    secretKeyRef:\n      # ↓\n      name: ''\n      key: b\n"
                + "metrics: []",
            in: .analysisSpec),
        RuleExample(run("# ↓\n  - name: service")),
        RuleExample(run("- name: service\n    # ↓\n    valueFrom: {fieldRef: {fieldPath: metadata.name}}")),
    ]
    static let passing = [
        RuleExample(
            "args:\n- name: service\n- name: limit\n  value: \"5\"\n- name: token\n  valueFrom:\n"
                + "    secretKeyRef: {name: a, key: b}\nmetrics: []", in: .analysisSpec),
        RuleExample(run("- name: service\n    value: web")),
    ]

    private static func run(_ argument: String) -> String {
        "apiVersion: argoproj.io/v1alpha1\nkind: AnalysisRun\nmetadata:\n  name: web\nspec:\n  args:\n  \(argument)\n"
            + "  metrics:\n  - name: ok\n    provider: {web: {url: http://web}}\n"
    }

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let analysis = AnalysisManifest(object) else { return }
        ArgumentListCheck.reportNames(self, analysis.arguments, &findings)
        for argument in analysis.arguments {
            let value = argument.present("value")
            guard let source = argument.present("valueFrom") else {
                guard analysis.isRun, value == nil, argument["name"] != nil else { continue }
                findings.report(
                    self, at: argument["name"] ?? argument, "the argument has no value",
                    hint: "add value, or valueFrom with a secretKeyRef")
                continue
            }
            guard source.isMapping else { continue }
            if let value { ArgumentListCheck.reportBoth(self, value, source, &findings) }
            checkSource(source, in: analysis, hasValue: value != nil, &findings)
        }
    }

    private static func checkSource(
        _ source: YAMLNode, in analysis: AnalysisManifest, hasValue: Bool, _ findings: inout Findings
    ) {
        let secret = source.present("secretKeyRef")
        let field = source.present("fieldRef")
        if secret == nil, field == nil {
            guard source.entries.allSatisfy({ $0.value.isNull }) else { return }
            findings.report(
                self, field: source, "valueFrom names no source", hint: "add secretKeyRef, or leave valueFrom out")
        }
        if let secret, let field {
            findings.report(
                self, field: field, "valueFrom names two sources", hint: "keep one of them",
                related: [(secret.key ?? secret, "the other one")])
            return
        }
        if let secret, secret.isMapping {
            for key in ["name", "key"] {
                guard let node = secret[key], node.isScalar, node.withText({ $0.isEmpty }) else { continue }
                findings.report(self, field: node, "the secret's \(key) is empty", hint: "name the secret and its key")
            }
        }
        guard let field, !hasValue else { return }
        if analysis.isRun {
            findings.report(
                self, field: field, "an AnalysisRun cannot read its argument from a field", hint: "write the "
                    + "value itself")
        } else {
            findings.report(
                self, field: field, "a template's fieldRef is never read: only a Rollout fills one in",
                hint: "move it to the analysis of the Rollout, and leave the argument without a value here",
                severity: .warning)
        }
    }
}
