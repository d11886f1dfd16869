/// RR0309: how long a finished AnalysisRun stays.
enum AnalysisRunRule: ObjectRule {
    static let id: RuleID = "RR0309"
    static let severity = Severity.error
    static let kinds: Set<ResourceKind> = [.analysisRun]
    static let summary = "The times of an AnalysisRun's ttlStrategy are not negative."
    static let rationale = """
        A finished run is deleted once the seconds of its `ttlStrategy` have gone by. A negative number lies in the \
        past from the start, so that the run is gone before anyone has read its result.
        """
    static let failing = [RuleExample(run("# ↓\n    secondsAfterCompletion: -1"))]
    static let passing = [RuleExample(run("secondsAfterSuccess: 3600"))]

    private static func run(_ setting: String) -> String {
        "apiVersion: argoproj.io/v1alpha1\nkind: AnalysisRun\nmetadata:\n  name: web\nspec:\n  ttlStrategy:\n"
            + "    \(setting)\n  metrics:\n  - name: ok\n    provider: {web: {url: http://web}}\n"
    }

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        guard let strategy = object.spec?.mapping("ttlStrategy") else { return }
        for field in ["secondsAfterCompletion", "secondsAfterFailure", "secondsAfterSuccess"] {
            guard let node = strategy[field], let seconds = node.integer, seconds < 0 else { continue }
            findings.report(self, field: node, "\(field) is \(seconds)", hint: "write 0 or more")
        }
    }
}
