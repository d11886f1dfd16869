/// RR0306: where a metric uses arguments.
enum ArgumentReferenceRule: ObjectRule {
    static let id: RuleID = "RR0306"
    static let severity = Severity.error
    static let kinds = AnalysisManifest.kinds
    static let summary = "What a metric puts in `{{ }}` is an argument that its own template declares."
    static let rationale = """
        Before a measurement the controller replaces `{{args.NAME}}` everywhere in a metric, and it gives up on any \
        other `{{ }}`, and on arguments that the template does not declare: those of other templates that the \
        analysis combines do not count. There is no way to write two opening braces as themselves.
        """
    static let failing = [
        RuleExample(
            "args:\n- name: service\nmetrics:\n- name: rate\n  provider:\n    prometheus:\n"
                + "      # ↓\n      query: up{service=\"{{args.servcie}}\"}", in: .analysisSpec),
        RuleExample("provider:\n  web:\n    # ↓\n    url: \"http://{{inputs.host}}\"", in: .metric),
        RuleExample("provider:\n  web:\n    # ↓\n    url: \"http://{{args.host\"", in: .metric),
        RuleExample("# ↓\nsuccessCondition: result < {{ args.limit }}", in: .metric),
    ]
    static let passing = [
        RuleExample(
            "args:\n- name: service\nmetrics:\n- name: rate\n  provider:\n    prometheus:\n"
                + "      query: up{service=\"{{ args.service }}\"}", in: .analysisSpec)
    ]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let analysis = AnalysisManifest(object) else { return }
        let names = analysis.arguments.compactMap { $0["name"]?.text }
        for metric in analysis.metrics {
            ArgumentListCheck.forEachScalar(under: metric.node) { scalar in
                ArgumentListCheck.reportTags(self, in: scalar, &findings) { problem(with: $0, declared: names) }
            }
        }
    }

    private static func problem(with tag: ArgumentTags.Tag, declared: [String]) -> (message: String, hint: String)? {
        guard let name = tag.argument else {
            return ("\(Wording.quoted("{{" + tag.name + "}}")) is no argument", "only {{args.NAME}} is replaced "
                + "in a metric")
        }
        guard !declared.contains(name) else { return nil }
        let lower = name.lowercased()
        let close = declared.first { candidate in
            candidate.lowercased() == lower || Set(candidate) == Set(name) || candidate.hasPrefix(name)
                || name.hasPrefix(candidate)
        }
        let hint = close.map { "did you mean {{args.\($0)}}?" } ?? "add it to args: `- name: \(name)`"
        return ("the argument \(Wording.quoted(name)) is not declared in args", hint)
    }
}
