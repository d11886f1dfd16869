/// RR0141: how a pod looks up names.
enum PodDNSRule: PodTemplateRule {
    static let id: RuleID = "RR0141"
    static let severity = Severity.error
    static let summary = "The DNS policy exists, and the DNS settings of a pod keep to the limits of the resolver."
    static let rationale = """
        With `dnsPolicy: None` a pod has no resolver but the ones that `dnsConfig` names. A resolver reads three name \
        servers, and 32 search domains of 2048 characters.
        """
    static let failing = [
        RuleExample("# ↓\ndnsPolicy: clusterFirst", in: .podSpec),
        RuleExample("# ↓\ndnsPolicy: None", in: .podSpec),
        RuleExample("dnsPolicy: None\n# ↓\ndnsConfig: {searches: [a]}", in: .podSpec),
        RuleExample("dnsConfig:\n  # ↓\n  nameservers: [10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4]", in: .podSpec),
        RuleExample("dnsConfig:\n  nameservers:\n  # ↓\n  - dns.example.com", in: .podSpec),
        RuleExample("dnsConfig:\n  searches:\n  # ↓\n  - Example.com", in: .podSpec),
        RuleExample("dnsConfig:\n  options:\n  # ↓\n  - value: \"2\"", in: .podSpec),
    ]
    static let passing = [
        RuleExample(
            """
            dnsPolicy: None
            dnsConfig:
              nameservers: [10.0.0.10]
              searches: [svc.cluster.local., example.com]
              options: [{name: ndots, value: "2"}, {name: edns0}]
            """, in: .podSpec)
    ]

    private static let policies = ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        guard let spec = template.spec else { return }
        let policy = spec["dnsPolicy"]
        let config = spec["dnsConfig"]
        if policy == nil, config == nil { return }
        expect(policy, oneOf: policies, &findings)
        if let policy, policy.textEquals("None"), (config?["nameservers"]?.count ?? 0) == 0 {
            findings.report(
                self, field: config.flatMap { $0.isNull ? nil : $0 } ?? policy,
                "`dnsPolicy: None` needs a name server in `dnsConfig.nameservers`",
                hint: "add the address of a name server")
        }
        guard let config, config.isMapping else { return }
        if let servers = config["nameservers"] { checkServers(servers, &findings) }
        if let searches = config["searches"] { checkSearches(searches, template, &findings) }
        for option in config.mappings(in: "options") where option.filledString("name") == nil {
            findings.report(self, at: option, "the DNS option has no name", hint: "add a `name` such as `ndots`")
        }
    }

    private static func checkServers(_ servers: YAMLNode, _ findings: inout Findings) {
        if servers.count > 3 {
            findings.report(
                self, field: servers, "there are \(servers.count) name servers, and at most 3 are allowed",
                hint: "keep three")
        }
        for server in servers.elements {
            guard let address = server.string, !IPAddress.isAddress(address) else { continue }
            findings.report(
                self, at: server, "the name server \(quoted(address)) is not an IP address",
                hint: "write its address; names cannot be looked up before there is a name server")
        }
    }

    private static func checkSearches(
        _ searches: YAMLNode, _ template: PodTemplateManifest, _ findings: inout Findings
    ) {
        let size = searches.elements.reduce(searches.count - 1) { $0 + $1.withText { $0.count } }
        if searches.count > 32 || size > 2048 {
            findings.report(
                self, field: searches, "there are \(searches.count) search domains with \(size) characters",
                hint: "keep to 32 domains and 2048 characters")
        }
        let isRelaxed = !template.isCheckedByReference && findings.settings.kubernetesMinor >= 33
        for search in searches.elements {
            guard let domain = search.string, !(isRelaxed && domain == ".") else { continue }
            let name = domain.hasSuffix(".") ? String(domain.dropLast()) : domain
            let plain = isRelaxed ? String(name.map { $0 == "_" ? "a" : $0 }) : name
            let form = KubernetesNames.subdomain
            guard !form.accepts(plain), let problem = form.problem(name) else { continue }
            findings.report(
                self, at: search, "the search domain \(problem)", hint: "use \(form.allowed)")
        }
    }
}
