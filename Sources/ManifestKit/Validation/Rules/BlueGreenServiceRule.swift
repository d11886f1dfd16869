/// RR0204: the services of a blue-green Rollout.
enum BlueGreenServiceRule: RolloutRule {
    static let id: RuleID = "RR0204"
    static let severity = Severity.error
    static let summary = "A blue-green Rollout names its active service, and a preview service only if it is another."
    static let rationale = """
        Blue-green works by pointing the selector of the active service at one ReplicaSet. With one service for both roles \
        the controller could not show the new version without switching all users to it, and refuses.
        """
    static let failing = [
        RuleExample("activeService: web\n# ↓\npreviewService: web", in: .blueGreen),
        RuleExample("# ↓\nactiveService: ''", in: .blueGreen),
    ]
    static let passing = [
        RuleExample("activeService: web\npreviewService: web-preview", in: .blueGreen),
        RuleExample("activeService: web", in: .blueGreen),
    ]

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        guard let blueGreen = rollout.blueGreen, let active = blueGreen["activeService"], active.isScalar else { return }
        guard blueGreen.filled("activeService") != nil else {
            findings.report(
                self, field: active, "activeService is empty", hint: "name the Service that users reach")
            return
        }
        guard let preview = blueGreen.filled("previewService"), preview.hasText(of: active) else { return }
        findings.report(
            self, field: preview, "activeService and previewService are both \(Wording.quoted(preview.text))",
            hint: "name two different Services, or leave previewService out", related: [(active, "activeService")])
    }
}
