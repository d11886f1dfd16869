/// RR0904: annotations that subscribe to notifications.
enum NotificationAnnotationRule: ManifestSetRule {
    static let id: RuleID = "RR0904"
    static let severity = Severity.warning
    static let summary = "An annotation that subscribes to notifications names a trigger and a service that are there."
    static let rationale = """
        Who subscribes to a trigger or by a service that the ConfigMap argo-rollouts-notification-configmap does not \
        have hears nothing. Only where that ConfigMap is among the inputs can this be told.
        """
    static let failing = [
        RuleExample(rollout("on-rollout-done.slack: releases", isMarked: true) + settings),
        RuleExample(rollout("on-rollout-completed.teams: releases", isMarked: true) + settings),
        RuleExample(rollout("slack: releases", isMarked: true) + settings),
    ]
    static let passing = [
        RuleExample(rollout("on-rollout-completed.slack: releases;ops") + settings),
        RuleExample(rollout("on-rollout-done.teams: releases")),
    ]

    private static func rollout(_ annotation: String, isMarked: Bool = false) -> String {
        """
        apiVersion: argoproj.io/v1alpha1
        kind: Rollout
        metadata:
          name: web
          annotations:
            \(isMarked ? "# ↓\n    " : "")notifications.argoproj.io/subscribe.\(annotation)
        spec:
          strategy: {canary: {}}

        """
    }

    private static let settings = """
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: argo-rollouts-notification-configmap}
        data:
          service.slack: |
            token: $slack-token
          trigger.on-rollout-completed: |
            - send: [done]
          template.done: |
            message: done
        """

    static func check(_ index: ManifestIndex, _ findings: inout Findings) {
        let all = index.objects.compactMap { facts -> NotificationFacts? in
            if case .notifications(let settings) = facts.detail { settings } else { nil }
        }
        guard !all.isEmpty else { return }
        for (_, rollout) in index.rollouts {
            for (subscription, place) in rollout.subscriptions {
                if let problem = problem(of: subscription, all) {
                    findings.report(
                        self, at: place, problem.message, hint: problem.hint)
                }
            }
        }
    }

    private static func problem(
        of subscription: NotificationSubscription, _ all: [NotificationFacts]
    ) -> (message: String, hint: String)? {
        let (service, trigger) = (subscription.service, subscription.trigger)
        let serving = all.filter { $0.services.contains(service) }
        if serving.isEmpty {
            let known = Set(all.flatMap(\.services)).sorted().joined(separator: ", ")
            return (
                "the ConfigMap of notifications has no service '\(service)'",
                known.isEmpty ? "add `service.\(service)` to it" : "it has \(known)")
        }
        if trigger.isEmpty {
            let hasDefaults = serving.contains { $0.hasDefaultTriggers || $0.servicesWithDefaults.contains(service) }
            return hasDefaults ? nil : (
                "the annotation names no trigger, and the ConfigMap of notifications has no default triggers",
                "name a trigger: notifications.argoproj.io/subscribe.<trigger>.\(service)")
        }
        guard !serving.contains(where: { $0.triggers.contains(trigger) }) else { return nil }
        let known = Set(serving.flatMap(\.triggers)).sorted().joined(separator: ", ")
        return (
            "the ConfigMap of notifications has no trigger '\(trigger)'",
            known.isEmpty ? "add `trigger.\(trigger)` to it" : "it has \(known)")
    }
}
