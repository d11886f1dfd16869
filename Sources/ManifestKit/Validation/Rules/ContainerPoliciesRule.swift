/// RR0102: the policies of a container.
enum ContainerPoliciesRule: PodTemplateRule {
    static let id: RuleID = "RR0102"
    static let severity = Severity.error
    static let summary = "Pull, restart, resize and termination message policies of a container are ones that exist."
    static let rationale = """
        The schema takes any string for a policy; only when the ReplicaSet is made does the API server refuse it. A \
        restart policy of its own is for init containers that go on running (`Always`); Kubernetes 1.35 takes one on \
        other containers too, but Argo Rollouts' controller does not.
        """
    static let failing = [
        RuleExample("# ↓\nimagePullPolicy: always", in: .container),
        RuleExample("# ↓\nterminationMessagePolicy: Logs", in: .container),
        RuleExample("# ↓\nrestartPolicy: Always", in: .container),
        RuleExample("initContainers:\n- name: i\n  image: i:1\n  # ↓\n  restartPolicy: Never", in: .podSpec),
        RuleExample("resizePolicy:\n# ↓\n- resourceName: disk\n  restartPolicy: NotRequired", in: .container),
        RuleExample("resizePolicy:\n- resourceName: cpu\n  # ↓\n  restartPolicy: Never", in: .container),
    ]
    static let passing = [
        RuleExample("imagePullPolicy: IfNotPresent\nterminationMessagePolicy: FallbackToLogsOnError", in: .container),
        RuleExample("initContainers:\n- name: proxy\n  image: proxy:1\n  restartPolicy: Always", in: .podSpec),
        RuleExample("resizePolicy:\n- resourceName: cpu\n  restartPolicy: NotRequired", in: .container),
    ]

    private static let pullPolicies = ["Always", "IfNotPresent", "Never"]
    private static let messagePolicies = ["File", "FallbackToLogsOnError"]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        let takesRestartRules = !template.isCheckedByReference && findings.settings.kubernetesMinor >= 35
        for container in template.containers {
            let node = container.node
            expect(node["imagePullPolicy"], oneOf: pullPolicies, &findings)
            expect(node["terminationMessagePolicy"], oneOf: messagePolicies, &findings)
            if let policy = node.present("restartPolicy") {
                checkRestart(policy, of: container, takesRules: takesRestartRules, &findings)
            }
            if let rules = node.present("restartPolicyRules") { checkRules(rules, of: node, &findings) }
            if let policies = node.present("resizePolicy") {
                checkResize(policies, of: container, in: template, &findings)
            }
        }
    }

    private static func checkRestart(
        _ policy: YAMLNode, of container: ContainerManifest, takesRules: Bool, _ findings: inout Findings
    ) {
        if takesRules, container.role != .ephemeral {
            expect(policy, oneOf: ["Always", "OnFailure", "Never"], &findings, emptyIsAbsent: false)
        } else if container.role == .initContainer {
            expect(policy, oneOf: ["Always"], &findings, emptyIsAbsent: false)
        } else {
            findings.report(
                self, field: policy, "`restartPolicy` can be set on init containers only",
                hint: "remove it; the pod's own `restartPolicy` holds for its containers")
        }
    }

    private static func checkRules(_ rules: YAMLNode, of container: YAMLNode, _ findings: inout Findings) {
        if rules.count > 0, container.present("restartPolicy") == nil {
            findings.report(
                self, field: rules, "`restartPolicyRules` needs a `restartPolicy` on the same container",
                hint: "add `restartPolicy`")
        }
        if rules.count > 20 {
            findings.report(
                self, field: rules, "there are \(rules.count) restart rules, but at most 20 are allowed",
                hint: "join rules of the same action")
        }
        for rule in rules.elements where rule.isMapping {
            expect(rule["action"], oneOf: ["Restart", "RestartAllContainers"], &findings, emptyIsAbsent: false)
            guard let codes = require("exitCodes", in: rule, &findings) else { continue }
            expect(codes["operator"], oneOf: ["In", "NotIn"], &findings, emptyIsAbsent: false)
            guard let values = codes["values"], values.count > 255 else { continue }
            findings.report(
                self, field: values, "there are \(values.count) exit codes, but at most 255 are allowed",
                hint: "use `NotIn` with the other codes")
        }
    }

    private static func checkResize(
        _ policies: YAMLNode, of container: ContainerManifest, in template: PodTemplateManifest,
        _ findings: inout Findings
    ) {
        let isTooOld = template.isCheckedByReference || findings.settings.kubernetesMinor < 33
        if container.role == .initContainer, isTooOld, policies.count > 0 {
            findings.report(
                self, field: policies, "`resizePolicy` cannot be set on init containers", hint: "remove it")
        }
        let neverRestarts = template.spec?["restartPolicy"]?.textEquals("Never") == true
        var names = FirstPlaces()
        for policy in policies.elements where policy.isMapping {
            expect(policy["resourceName"], oneOf: ["cpu", "memory"], &findings, emptyIsAbsent: false)
            let restart = policy["restartPolicy"]
            let words = neverRestarts ? ["NotRequired"] : ["NotRequired", "RestartContainer"]
            expect(restart, oneOf: words, &findings, emptyIsAbsent: false)
            guard let node = policy["resourceName"], let name = node.string,
                let first = names.earlier(name, at: node)
            else { continue }
            findings.report(
                self, at: node, "the resource \(quoted(name)) has a resize policy already", hint: "remove one of them",
                related: [(first, "first here")])
        }
    }
}
