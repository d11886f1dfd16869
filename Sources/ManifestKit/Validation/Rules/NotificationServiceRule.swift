/// RR0900: a service of notifications is of a type that there is, with the settings that it needs.
enum NotificationServiceRule: ObjectRule {
    static let id: RuleID = "RR0900"
    static let severity = Severity.error
    static let kinds: Set<ResourceKind> = [.notificationConfigMap]
    static let summary = "A service of notifications is of a type that there is, with the settings that it needs."
    static let rationale = """
        A service that the controller cannot read sends nothing, and nobody hears of it but the log. Values of the \
        Secret stand as `$name` in the settings and are not looked at here.
        """
    static let failing = [
        RuleExample(
            """
            # ↓
            service.slak: |
              token: $slack-token
            """, in: .notifications),
        RuleExample(
            """
            service.webhook.build: |
              # ↓
              url: build.example.com
            """, in: .notifications),
        RuleExample(
            """
            service.slack: |
              # ↓
              username: rollouts
            """, in: .notifications),
        RuleExample(
            """
            service.email: |
              host: mail.example.com
              from: rollouts@example.com
              # ↓
              port: "25"
            """, in: .notifications)
    ]
    static let passing = [
        RuleExample(
            """
            service.slack: |
              token: $slack-token
            service.webhook.build: |
              url: https://build.example.com
              headers: [{name: Authorization, value: Bearer $token}]
            service.email.team: |
              {host: mail.example.com, port: 587, from: rollouts@example.com}
            """, in: .notifications)
    ]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        NotificationFaults.report(self, about: .service, in: object, &findings)
    }
}
