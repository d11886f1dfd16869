/// RR0903: the subscriptions in the ConfigMap of notifications name services that are there.
enum SharedSubscriptionRule: ObjectRule {
    static let id: RuleID = "RR0903"
    static let severity = Severity.error
    static let kinds: Set<ResourceKind> = [.notificationConfigMap]
    static let summary = "The subscriptions in the ConfigMap of notifications name services that are there."
    static let rationale = """
        A recipient is the name of a service, a colon and who gets the message. A selector that cannot be read makes \
        the controller leave the subscription out.
        """
    static let failing = [
        RuleExample(
            """
            # ↓
            subscriptions: |
              - recipients: [slak:releases]
                triggers: [on-rollout-completed]
            service.slack: |
              token: $slack-token
            """, in: .notifications),
        RuleExample(
            """
            subscriptions: |
              - recipients: [slack:releases]
                # ↓
                selector: team in platform
            service.slack: |
              token: $slack-token
            """, in: .notifications)
    ]
    static let passing = [
        RuleExample(
            """
            subscriptions: |
              - recipients: [slack:releases]
                triggers: [on-rollout-completed]
                selector: team in (platform, web), !quiet
            service.slack: |
              token: $slack-token
            """, in: .notifications)
    ]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        NotificationFaults.report(self, about: .subscription, in: object, &findings)
    }
}
