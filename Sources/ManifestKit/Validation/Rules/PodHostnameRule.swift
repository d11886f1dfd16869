/// RR0142: what a pod calls itself.
enum PodHostnameRule: PodTemplateRule {
    static let id: RuleID = "RR0142"
    static let severity = Severity.error
    static let summary = "The host name and subdomain of a pod are DNS labels."
    static let rationale = """
        They become parts of a DNS name, `HOSTNAME.SUBDOMAIN.NAMESPACE.svc`. `hostnameOverride` is a whole name of at \
        most 64 bytes, which neither the node's network nor `setHostnameAsFQDN` goes with.
        """
    static let failing = [
        RuleExample("# ↓\nhostname: Web.example", in: .podSpec),
        RuleExample("# ↓\nsubdomain: web_a", in: .podSpec),
        RuleExample("hostNetwork: true\n# ↓\nhostnameOverride: web.example.com", in: .podSpec),
        RuleExample("# ↓\nhostnameOverride: Web", in: .podSpec),
    ]
    static let passing = [
        RuleExample("hostname: web-1\nsubdomain: web\nhostnameOverride: web.example.com", in: .podSpec)
    ]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        guard let spec = template.spec else { return }
        expect(spec["hostname"], form: .label, &findings, emptyIsAbsent: true)
        expect(spec["subdomain"], form: .label, &findings, emptyIsAbsent: true)
        guard let name = spec.present("hostnameOverride") else { return }
        expect(name, form: .subdomain, &findings)
        if name.withText({ $0.count > 64 }) {
            findings.report(
                self, at: name, "`hostnameOverride` has more than 64 bytes", hint: "use a shorter name")
        }
        for field in ["setHostnameAsFQDN", "hostNetwork"] where spec.isTrue(field) {
            findings.report(
                self, field: name, "`hostnameOverride` does not go with `\(field): true`",
                hint: "remove one of the two",
                related: spec[field].map { [($0, "the other one")] } ?? [])
        }
    }
}
