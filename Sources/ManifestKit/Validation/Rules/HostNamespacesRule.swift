/// RR0136: what a pod shares with its node.
enum HostNamespacesRule: PodTemplateRule {
    static let id: RuleID = "RR0136"
    static let severity = Severity.error
    static let summary = "A pod does not share with its node what it wants for itself."
    static let rationale = """
        A pod with users of its own (`hostUsers: false`) cannot use the node's network, processes or IPC; and one that \
        sees the node's processes cannot also share a name space of processes among its containers.
        """
    static let failing = [
        RuleExample("hostUsers: false\n# ↓\nhostNetwork: true", in: .podSpec),
        RuleExample("hostUsers: false\n# ↓\nhostPID: true\n# ↓\nhostIPC: true", in: .podSpec),
        RuleExample("hostPID: true\n# ↓\nshareProcessNamespace: true", in: .podSpec),
    ]
    static let passing = [
        RuleExample("hostUsers: true\nhostNetwork: true\nhostPID: true\nshareProcessNamespace: false", in: .podSpec),
        RuleExample("hostUsers: false\nhostNetwork: false", in: .podSpec),
    ]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        guard let spec = template.spec else { return }
        if let users = spec["hostUsers"], users.boolean == false {
            for field in ["hostNetwork", "hostPID", "hostIPC"] where spec.isTrue(field) {
                guard let node = spec[field] else { continue }
                findings.report(
                    self, field: node, "`\(field): true` does not go with `hostUsers: false`",
                    hint: "remove one of the two",
                    related: [(users, "the other one")])
            }
        }
        if let shares = spec["shareProcessNamespace"], shares.boolean == true, spec.isTrue("hostPID") {
            findings.report(
                self, field: shares, "`shareProcessNamespace` does not go with `hostPID`",
                hint: "remove one of the two")
        }
    }
}
