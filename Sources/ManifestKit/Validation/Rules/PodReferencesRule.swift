/// RR0124: names of other objects in a pod.
enum PodReferencesRule: PodTemplateRule {
    static let id: RuleID = "RR0124"
    static let severity = Severity.error
    static let summary = "Service account, priority class, node and other objects are named as objects can be named."
    static let rationale = """
        Objects have names of lower-case letters, digits, `-` and `.`. A service account `Bad_Name` cannot exist, so \
        the API server refuses the pod. Node selectors are labels, readiness and scheduling gates have names like \
        them.
        """
    static let failing = [
        RuleExample("# ↓\nserviceAccountName: Bad_Name", in: .podSpec),
        RuleExample("# ↓\npriorityClassName: High Priority", in: .podSpec),
        RuleExample("# ↓\nruntimeClassName: gVisor", in: .podSpec),
        RuleExample("# ↓\nnodeName: node_1", in: .podSpec),
        RuleExample("nodeSelector:\n  # ↓\n  disk: fast ssd", in: .podSpec),
        RuleExample("# ↓\npreemptionPolicy: Always", in: .podSpec),
        RuleExample("readinessGates:\n# ↓\n- conditionType: is ready", in: .podSpec),
        RuleExample("schedulingGates:\n- name: a\n# ↓\n- name: a", in: .podSpec),
        RuleExample("imagePullSecrets:\n# ↓\n- name: My_Secret", in: .podSpec),
    ]
    static let passing = [
        RuleExample(
            """
            serviceAccountName: web.v1
            priorityClassName: system-node-critical
            nodeSelector: {kubernetes.io/os: linux, empty: ""}
            readinessGates: [{conditionType: target-health.elbv2.k8s.aws/web}]
            imagePullSecrets: [{name: a}, {name: b}]
            """, in: .podSpec)
    ]

    private static let names = ["serviceAccountName", "serviceAccount", "priorityClassName", "nodeName"]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        guard let spec = template.spec else { return }
        for field in names { expect(spec[field], form: .subdomain, &findings, emptyIsAbsent: true) }
        expect(spec.present("runtimeClassName"), form: .subdomain, &findings)
        expect(
            spec.present("preemptionPolicy"), oneOf: ["PreemptLowerPriority", "Never"], &findings, emptyIsAbsent: false)
        expect(spec["schedulingGroup"]?.present("podGroupName"), form: .subdomain, &findings)
        if let selector = spec.nested("nodeSelector") { MetadataCheck(rule: self).checkLabels(selector, &findings) }
        for gate in spec.mappings(in: "readinessGates") {
            expect(gate["conditionType"], form: .qualifiedName, &findings)
        }
        let gates = spec.mappings(in: "schedulingGates")
        checkGates(gates, spec, &findings)
        checkPullSecrets(spec.mappings(in: "imagePullSecrets"), &findings)
    }

    private static func checkGates(_ gates: [YAMLNode], _ spec: YAMLNode, _ findings: inout Findings) {
        guard !gates.isEmpty else { return }
        var places = FirstPlaces()
        for gate in gates {
            guard let node = gate["name"] else { continue }
            expect(node, form: .qualifiedName, &findings)
            guard let name = node.string, let first = places.earlier(name, at: node) else { continue }
            findings.report(
                self, at: node, "the gate \(quoted(name)) is in the list already", hint: "remove one of the two",
                related: [(first, "first here")])
        }
        if let node = spec["nodeName"], spec.filledString("nodeName") != nil {
            findings.report(
                self, field: node, "a pod with scheduling gates cannot have a `nodeName`",
                hint: "remove one of the two")
        }
    }

    private static func checkPullSecrets(_ secrets: [YAMLNode], _ findings: inout Findings) {
        for secret in secrets {
            guard let node = secret["name"], let name = node.string, !name.isEmpty else {
                findings.report(
                    self, at: secret, "the pull secret has no name", hint: "name a Secret", severity: .warning)
                continue
            }
            guard let problem = KubernetesNames.subdomain.problem(name) else { continue }
            findings.report(
                self, at: node, "`name` \(problem)", hint: "use \(KubernetesNames.subdomain.allowed)",
                severity: .warning)
        }
    }
}
