/// RR0902: a trigger of notifications has conditions that can be read, and templates that are there.
enum NotificationTriggerRule: ObjectRule {
    static let id: RuleID = "RR0902"
    static let severity = Severity.error
    static let kinds: Set<ResourceKind> = [.notificationConfigMap]
    static let summary = "A trigger of notifications has conditions that can be read, and templates that are there."
    static let rationale = """
        A trigger is named after the event that it stands for: RolloutCompleted is `on-rollout-completed`. One with \
        another name never fires, and one that names a template that is not there sends nothing.
        """
    static let failing = [
        RuleExample(
            """
            trigger.on-rollout-completed: |
              # ↓
              - send: [rollout-done]
            template.rollout-completed: |
              message: done
            """, in: .notifications),
        RuleExample(
            """
            trigger.on-rollout-completed: |
              - send: [rollout-completed]
                # ↓
                when: rollout.spec.replicas >
            template.rollout-completed: |
              message: done
            """, in: .notifications),
        RuleExample(
            """
            trigger.on-rollout-completed: |
              - send: [rollout-completed]
                # ↓
                when: app.spec.replicas > 3
            template.rollout-completed: |
              message: done
            """, in: .notifications),
        RuleExample(
            """
            # ↓
            trigger.on-purple: |
              - send: [purple]
            template.purple: |
              message: it is purple
            """, in: .notifications)
    ]
    static let passing = [
        RuleExample(
            """
            trigger.on-rollout-completed: |
              - send: [rollout-completed]
                when: rollout.spec.replicas > 3 and time.Now().Hour() < 18
                oncePer: rollout.status.currentPodHash
            template.rollout-completed: |
              message: done
            defaultTriggers: |
              - on-rollout-completed
            """, in: .notifications)
    ]

    static func check(_ object: ManifestDocument, _ findings: inout Findings) {
        NotificationFaults.report(self, about: .trigger, in: object, &findings)
        for entry in object.root["data"]?.entries.map(\.self) ?? [] {
            let key = entry.key.text
            guard key.hasPrefix("trigger."), !NotificationEvents.mayFire(String(key.dropFirst("trigger.".count)))
            else { continue }
            findings.report(
                self, at: entry.key, "no event is called so, and the trigger never fires",
                hint: "name it after an event and put the rest into `when`, as in `trigger.on-rollout-updated`",
                severity: .warning)
        }
    }
}
