/// RR0140: lines for a pod's `/etc/hosts`.
enum HostAliasesRule: PodTemplateRule {
    static let id: RuleID = "RR0140"
    static let severity = Severity.error
    static let summary = "A host alias has an IP address, and names that DNS knows."
    static let rationale = """
        Each alias becomes a line of `/etc/hosts`, with an address in front and names behind it. The API server looks \
        at both when the ReplicaSet is made.
        """
    static let failing = [
        RuleExample("hostAliases:\n# ↓\n- ip: not-an-ip\n  hostnames: [a]", in: .podSpec),
        RuleExample("hostAliases:\n- ip: 10.0.0.1\n  # ↓\n  hostnames: [my_host]", in: .podSpec),
    ]
    static let passing = [
        RuleExample(
            """
            hostAliases:
            - {ip: 10.0.0.1, hostnames: [a, b.example.com]}
            - {ip: "2001:db8::1"}
            """, in: .podSpec)
    ]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        guard let list = template.spec?["hostAliases"] else { return }
        for alias in list.elements where alias.isMapping {
            for name in alias["hostnames"]?.elements.map({ $0 }) ?? [] { expect(name, form: .subdomain, &findings) }
            guard let node = alias["ip"], let address = node.string else { continue }
            if IPAddress.isValid(address) { continue }
            findings.report(
                self, at: node, "`ip` is \(quoted(address)), which is not an IP address",
                hint: "write an address such as `10.0.0.1` or `2001:db8::1`")
        }
    }
}
