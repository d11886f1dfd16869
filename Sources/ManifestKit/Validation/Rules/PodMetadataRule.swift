/// RR0144: labels and annotations of pods.
enum PodMetadataRule: PodTemplateRule {
    static let id: RuleID = "RR0144"
    static let severity = Severity.error
    static let summary = "Labels and annotations of pods have keys and values of the right form."
    static let rationale = """
        Keys are names with an optional DNS prefix; values of labels are up to 63 letters, digits, `-`, `_` and `.`. \
        The schema takes any string, so a bad label shows only when the ReplicaSet is refused.
        """
    static let failing = [
        RuleExample(
            """
            template:
              metadata:
                labels:
                  app: web
                  # ↓
                  team: a team
                  # ↓
                  -bad: b
                annotations:
                  # ↓
                  a b: c
                  # ↓
                  controller.kubernetes.io/pod-deletion-cost: high
              spec:
                containers: [{name: web, image: "web:1"}]
            """, in: .rolloutSpec)
    ]
    static let passing = [
        RuleExample(
            """
            template:
              metadata:
                labels: {app: web, empty: "", example.com/team: A_b.c}
                annotations:
                  Example.com/Note: any text, whatever it is
                  controller.kubernetes.io/pod-deletion-cost: "-10"
              spec:
                containers: [{name: web, image: "web:1"}]
            """, in: .rolloutSpec),
        RuleExample(
            """
            provider:
              job:
                spec:
                  template:
                    metadata: {labels: {revision: "{{ args.revision }}"}}
                    spec:
                      restartPolicy: Never
                      containers: [{name: test, image: "test:1"}]
            """, in: .metric),
    ]

    private static let deletionCost = "controller.kubernetes.io/pod-deletion-cost"
    private static let mirror = "kubernetes.io/config.mirror"

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        guard let metadata = template.metadata else { return }
        MetadataCheck(rule: self).check(metadata, &findings)
        guard let annotations = metadata.nested("annotations") else { return }
        if let cost = annotations[deletionCost], let text = cost.string, !isDeletionCost(text) {
            findings.report(
                self, at: cost, "the deletion cost \(quoted(text)) is not a whole number of 32 bits",
                hint: "write a number such as \"-10\" or \"100\"")
        }
        if let mark = annotations[mirror], template.spec?.filledString("nodeName") == nil {
            findings.report(
                self, field: mark, "an annotation marks the pod as a mirror of a static one, but it has no `nodeName`",
                hint: "remove the annotation; the kubelet sets it")
        }
    }

    private static func isDeletionCost(_ text: String) -> Bool {
        guard let first = text.utf8.first, let value = Int32(text) else { return false }
        return first == UInt8(ascii: "-") || first >= 0x31 && first <= 0x39 || value == 0 && text == "0"
    }
}
