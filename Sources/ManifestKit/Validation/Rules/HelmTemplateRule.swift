/// RR0006: a Helm template that was not rendered.
enum HelmTemplateRule: SyntaxRule {
    static let id: RuleID = "RR0006"
    static let severity = Severity.error
    static let fault = YAMLFault.Kind.helmTemplate
    static let summary = "A Helm template is rendered before it is checked."
    static let rationale = """
        A file with `{{ .Values.x }}` in it is no manifest yet, whatever it looks like. What `helm template` makes of \
        it can be piped in: `helm template CHART | rollout-render validate -`, and the report names the template's file.
        """
    static let failing = [
        RuleExample("metadata:\n  # ↓\n  name: {{ .Values.name }}\n"),
        RuleExample("# ↓\n{{- if .Values.enabled }}\nkind: Rollout\n{{- end }}\n"),
    ]
    static let passing = [RuleExample("query: \"{{args.service}}\"\n")]
}
