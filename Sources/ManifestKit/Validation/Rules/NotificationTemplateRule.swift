/// RR0901: a template of notifications can be read.
enum NotificationTemplateRule: ObjectRule {
    static let id: RuleID = "RR0901"
    static let severity = Severity.error
    static let kinds: Set<ResourceKind> = [.notificationConfigMap]
    static let summary = "A template of notifications can be read."
    static let rationale = """
        Templates are written in the language of Go's text/template with the functions of sprig. One that cannot be \
        read keeps every message back that it is a part of.
        """
    static let failing = [
        RuleExample(
            """
            template.done: |
              # ↓
              message: Rollout {{.rollout.metadata.name is done
            """, in: .notifications),
        RuleExample(
            """
            template.done: |
              message: |
                {{range .rollout.spec.template.spec.containers}}
                # ↓
                {{.image | uper}}
                {{end}}
            """, in: .notifications),
        RuleExample(
            """
            template.done: |
              slack:
                attachments: |
                  # ↓
                  [{"title": "{{if .rollout.spec.paused}}paused"}]
            """, in: .notifications),
        RuleExample(
            """
            template.done: |
              # ↓
              done
            """, in: .notifications)
    ]
    static let passing = [
        RuleExample(
            """
            template.done: |
              message: Step {{add .rollout.status.currentStepIndex 1}} of {{.rollout.metadata.name}} is done.
              slack:
                attachments: |
                  [{"title": "{{.rollout.metadata.name}}", "value": "{{if .rollout.status.abort}}no{{end}}"}]
              webhook:
                build: {method: POST, path: "/{{.rollout.metadata.name}}", body: '{{toJson .rollout.status}}'}
            """, in: .notifications)
    ]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        NotificationFaults.report(self, about: .template, in: object, &findings)
    }
}
