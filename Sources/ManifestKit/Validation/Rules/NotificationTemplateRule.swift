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
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: argo-rollouts-notification-configmap}
            data:
              template.done: |
                # ↓
                message: Rollout {{.rollout.metadata.name is done
            """),
        RuleExample(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: argo-rollouts-notification-configmap}
            data:
              template.done: |
                message: |
                  {{range .rollout.spec.template.spec.containers}}
                  # ↓
                  {{.image | uper}}
                  {{end}}
            """),
        RuleExample(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: argo-rollouts-notification-configmap}
            data:
              template.done: |
                slack:
                  attachments: |
                    # ↓
                    [{"title": "{{if .rollout.spec.paused}}paused"}]
            """),
        RuleExample(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: argo-rollouts-notification-configmap}
            data:
              template.done: |
                # ↓
                done
            """)
    ]
    static let passing = [
        RuleExample(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: argo-rollouts-notification-configmap}
            data:
              template.done: |
                message: Step {{add .rollout.status.currentStepIndex 1}} of {{.rollout.metadata.name}} is done.
                slack:
                  attachments: |
                    [{"title": "{{.rollout.metadata.name}}", "value": "{{if .rollout.status.abort}}no{{end}}"}]
                webhook:
                  build: {method: POST, path: "/{{.rollout.metadata.name}}", body: '{{toJson .rollout.status}}'}
            """)
    ]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        NotificationFaults.report(self, about: .template, in: object, &findings)
    }
}
