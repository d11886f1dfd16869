/// RR0130: the users and groups of a pod.
enum RunAsRule: PodTemplateRule {
    static let id: RuleID = "RR0130"
    static let severity = Severity.error
    static let summary = "Users and groups are numbers from 0 to 2147483647, and policies about groups exist."
    static let rationale = """
        Linux has 31 bits for users and groups; the API server refuses other numbers, and words it does not know.
        """
    static let failing = [
        RuleExample("securityContext:\n  # ↓\n  runAsUser: -1", in: .podSpec),
        RuleExample("securityContext:\n  # ↓\n  runAsGroup: 4294967295", in: .container),
        RuleExample("securityContext:\n  # ↓\n  fsGroup: -5", in: .podSpec),
        RuleExample("securityContext:\n  # ↓\n  supplementalGroups: [1, -1]", in: .podSpec),
        RuleExample("securityContext:\n  # ↓\n  fsGroupChangePolicy: Never", in: .podSpec),
        RuleExample("securityContext:\n  # ↓\n  supplementalGroupsPolicy: Mixed", in: .podSpec),
        RuleExample("securityContext:\n  # ↓\n  seLinuxChangePolicy: Never", in: .podSpec),
    ]
    static let passing = [
        RuleExample(
            "securityContext: {runAsUser: 1, fsGroup: 0, fsGroupChangePolicy: OnRootMismatch, supplementalGroups: [1]}",
            in: .podSpec)
    ]

    private static let range = 0...2_147_483_647

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        for container in template.containers {
            guard let context = container.node.nested("securityContext") else { continue }
            expect(context["runAsUser"], within: range, &findings)
            expect(context["runAsGroup"], within: range, &findings)
        }
        guard let context = template.spec?.nested("securityContext") else { return }
        for field in ["runAsUser", "runAsGroup", "fsGroup"] { expect(context[field], within: range, &findings) }
        if let groups = context["supplementalGroups"] {
            for group in groups.elements { expect(group, within: range, &findings) }
        }
        let policies = [
            ("fsGroupChangePolicy", ["OnRootMismatch", "Always"]), ("supplementalGroupsPolicy", ["Merge", "Strict"]),
            ("seLinuxChangePolicy", ["Recursive", "MountOption"]),
        ]
        for (field, words) in policies {
            expect(context.present(field), oneOf: words, &findings, emptyIsAbsent: false)
        }
    }
}
