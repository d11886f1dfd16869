/// RR0100: the lists of containers and the names in them.
enum ContainerNamesRule: PodTemplateRule {
    static let id: RuleID = "RR0100"
    static let severity = Severity.error
    static let summary = "A pod has containers, each with a name of its own."
    static let rationale = """
        A pod needs at least one container. Names of containers and init containers are DNS labels and are unique in \
        the pod, as logs, probes and `kubectl exec` find containers by them. Ephemeral containers are for running pods \
        and cannot stand in a template.
        """
    static let failing = [
        RuleExample("# ↓\ncontainers: []", in: .podSpec),
        RuleExample("containers:\n# ↓\n- name: Web_1\n  image: web:1", in: .podSpec),
        RuleExample("containers:\n- name: web\n  image: web:1\n# ↓\n- name: web\n  image: log:1", in: .podSpec),
        RuleExample("initContainers:\n# ↓\n- name: web\n  image: init:1", in: .podSpec),
        RuleExample("# ↓\nephemeralContainers:\n- name: debug\n  image: busybox:1", in: .podSpec),
        RuleExample("# ↓\ntemplate:\n  metadata:\n    labels: {app: web}", in: .rolloutSpec),
    ]
    static let passing = [
        RuleExample("initContainers:\n- name: migrate\n  image: web:1", in: .podSpec),
        RuleExample("initContainers: []\nephemeralContainers: []", in: .podSpec),
    ]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        checkLists(template, &findings)
        if template.containers.count == 1, let name = template.containers.first?.node["name"] {
            expect(name, form: .label, &findings)
            return
        }
        var names = FirstPlaces()
        for container in template.containers {
            guard let node = container.node["name"] else { continue }
            expect(node, form: .label, &findings)
            guard let name = node.string, !name.isEmpty, let first = names.earlier(name, at: node) else { continue }
            findings.report(
                self, at: node, "the name \(quoted(name)) is taken by another container of the pod",
                hint: "give each container and init container a name of its own", related: [(first, "first here")])
        }
    }

    private static func checkLists(_ template: PodTemplateManifest, _ findings: inout Findings) {
        guard let spec = template.spec else {
            guard template.node.present("spec") == nil, template.document.spec?.present("workloadRef") == nil else {
                return
            }
            findings.report(
                self, missing: "spec", in: template.node, "the pod template has no `spec`",
                hint: "add `spec` with at least one container")
            return
        }
        if let list = spec["containers"], list.isSequence, list.count == 0 {
            findings.report(self, field: list, "the pod has no containers", hint: "add at least one container")
        }
        if let list = spec["ephemeralContainers"], list.isSequence, list.count > 0 {
            findings.report(
                self, field: list, "ephemeral containers cannot stand in a pod template",
                hint: "remove them; `kubectl debug` adds them to pods that run")
        }
    }
}
