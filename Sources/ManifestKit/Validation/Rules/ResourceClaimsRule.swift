/// RR0117: claims for devices.
enum ResourceClaimsRule: PodTemplateRule {
    static let id: RuleID = "RR0117"
    static let severity = Severity.error
    static let summary = "A claim for devices names one source, and containers use claims that the pod has."
    static let rationale = """
        `resourceClaims` of a pod point at ResourceClaims or at templates of them, each entry at one. A container's \
        `resources.claims` names entries of that list; one that is not there is refused.
        """
    static let failing = [
        RuleExample("resourceClaims:\n# ↓\n- name: gpu", in: .podSpec),
        RuleExample(
            """
            resourceClaims:
            - name: gpu
              resourceClaimName: a
              # ↓
              resourceClaimTemplateName: b
            # ↓
            - name: Gpu
              # ↓
              resourceClaimName: A
            # ↓
            - name: gpu
              resourceClaimName: c
            """, in: .podSpec),
        RuleExample("resources:\n  claims:\n  # ↓\n  - name: gpu", in: .container),
    ]
    static let passing = [
        RuleExample(
            """
            resourceClaims: [{name: gpu, resourceClaimTemplateName: gpu}]
            containers:
            - name: web
              image: web:1
              resources: {claims: [{name: gpu, request: one}]}
            """, in: .podSpec)
    ]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        let claims = template.spec?.mappings(in: "resourceClaims") ?? []
        var names = FirstPlaces()
        for claim in claims {
            checkSource(of: claim, &findings)
            guard let node = claim["name"] else { continue }
            expect(node, form: .label, &findings)
            guard let name = node.string, !name.isEmpty, let first = names.earlier(name, at: node) else { continue }
            findings.report(
                self, at: node, "the pod has a claim named \(quoted(name)) already", hint: "use another name",
                related: [(first, "first here")])
        }
        let named = NamedNodes(claims)
        for container in template.containers {
            guard let resources = container.node.nested("resources"), let list = resources["claims"] else { continue }
            checkUses(list, of: named, template, &findings)
        }
    }

    private static func checkSource(of claim: YAMLNode, _ findings: inout Findings) {
        let sources = ["resourceClaimName", "resourceClaimTemplateName"]
        let found = claim.present(anyOf: sources)
        for source in found { expect(source, form: .subdomain, &findings) }
        if found.isEmpty {
            findings.report(self, at: claim, "the claim has no source", hint: "add \(alternatives(sources))")
        } else if found.count > 1 {
            findings.report(
                self, field: found[1], "the claim has two sources", hint: "keep one of \(alternatives(sources))")
        }
    }

    private static func checkUses(
        _ list: YAMLNode, of claims: NamedNodes, _ template: PodTemplateManifest, _ findings: inout Findings
    ) {
        var uses = FirstPlaces()
        for use in list.elements where use.isMapping {
            expect(use["request"], form: .label, &findings, emptyIsAbsent: true)
            guard let node = use["name"], let name = node.string else { continue }
            if name.isEmpty {
                expectFilled(node, &findings)
                continue
            }
            if claims.first(named: name) == nil {
                findings.report(
                    self, at: node, "the pod has no claim \(quoted(name))",
                    hint: "add it to the pod's `resourceClaims`")
            }
            let key = template.isInCustomResource ? name : name + "/" + (use.filledString("request") ?? "")
            guard let first = uses.earlier(key, at: node) else { continue }
            findings.report(
                self, at: node, "the container uses the claim \(quoted(name)) already", hint: "remove one of the two",
                related: [(first, "first here")])
        }
    }
}
