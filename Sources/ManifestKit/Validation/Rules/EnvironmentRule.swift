/// RR0104: the environment variables of a container.
enum EnvironmentRule: PodTemplateRule {
    static let id: RuleID = "RR0104"
    static let severity = Severity.error
    static let summary = "An environment variable has a name, and a value or exactly one source."
    static let rationale = """
        A variable takes its text from `value` or from one source in `valueFrom`, never from two. Names and keys of \
        ConfigMaps and Secrets have the form that those objects have. Kubernetes 1.32 and newer take almost any name; \
        Argo Rollouts' controller still wants letters, digits, `-`, `_` and `.` without a digit in front. Of two \
        variables with one name a Deployment keeps the last; a Rollout is refused.
        """
    static let failing = [
        RuleExample("env:\n# ↓\n- name: 1BAD\n  value: a", in: .container),
        RuleExample("env:\n# ↓\n- name: A=B\n  value: a", in: .container),
        RuleExample("env:\n# ↓\n- name: \"\"\n  value: a", in: .container),
        RuleExample(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  containers:
                  - name: web
                    image: web:1
                    env:
                    - {name: A, value: a}
                    # ↓
                    - {name: A, value: b}
            """),
        RuleExample(
            """
            env:
            - name: A
              value: a
              # ↓
              valueFrom: {fieldRef: {fieldPath: metadata.name}}
            """, in: .container),
        RuleExample("env:\n- name: A\n  # ↓\n  valueFrom: {}", in: .container),
        RuleExample(
            """
            env:
            - name: A
              valueFrom:
                fieldRef:
                  # ↓
                  fieldPath: metadata.labels
            """, in: .container),
        RuleExample(
            """
            env:
            - name: A
              valueFrom:
                resourceFieldRef:
                  # ↓
                  resource: limits.gpu
            """, in: .container),
        RuleExample("env:\n- name: A\n  valueFrom:\n    # ↓\n    secretKeyRef: {key: token}", in: .container),
        RuleExample(
            """
            env:
            - name: A
              valueFrom:
                configMapKeyRef:
                  name: c
                  # ↓
                  key: a/b
            """, in: .container),
        RuleExample(
            """
            env:
            - name: A
              valueFrom:
                secretKeyRef: {name: s, key: k}
                # ↓
                configMapKeyRef: {name: c, key: k}
            """, in: .container),
        RuleExample("envFrom:\n# ↓\n- prefix: A_", in: .container),
        RuleExample("envFrom:\n- configMapRef:\n    # ↓\n    name: Settings", in: .container),
    ]
    static let passing = [
        RuleExample(
            """
            env:
            - name: A
              value: ""
            - name: my.name-x_1
            - name: B
              valueFrom:
                fieldRef: {fieldPath: "metadata.annotations['example.com/team']"}
            """, in: .container),
        RuleExample(
            """
            env:
            - name: CPU
              valueFrom:
                resourceFieldRef: {resource: limits.cpu, divisor: 1m}
            envFrom:
            - secretRef: {name: s}
              prefix: S_
            """, in: .container),
    ]

    /// What variables can point at in their pod.
    private struct PodNames {
        let containers: NamedNodes
        let volumes: NamedNodes
    }

    private static let sources = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"]

    static func check(_ template: PodTemplateManifest, _ findings: inout Findings) {
        let names = PodNames(containers: template.namedContainers, volumes: NamedNodes(template.volumes))
        for container in template.containers {
            let variables = container.node.mappings(in: "env")
            var places = FirstPlaces()
            for variable in variables {
                checkSource(of: variable, names, &findings)
                guard let node = variable["name"] else { continue }
                checkName(node, template, &findings)
                guard variables.count > 1, !template.isInCustomResource, let name = node.string, !name.isEmpty,
                    let first = places.earlier(name, at: node)
                else { continue }
                findings.report(
                    self, at: node, "the variable \(quoted(name)) is in the list already, and only the last counts",
                    hint: "remove one of the two", related: [(first, "first here")], severity: .warning)
            }
            for source in container.node.mappings(in: "envFrom") { checkBulk(source, template, &findings) }
        }
    }

    private static func checkName(_ node: YAMLNode, _ template: PodTemplateManifest, _ findings: inout Findings) {
        if node.withText({ isStrictName($0) }) { return }
        guard let name = node.string else { return }
        let takesAnything = !template.isCheckedByReference && findings.settings.kubernetesMinor >= 32
        if name.isEmpty || takesAnything || !KubernetesNames.environmentName.accepts(name) {
            expect(node, form: .environmentName, &findings)
            return
        }
        let who = template.isCheckedByReference ? "Argo Rollouts' controller" : "this version of Kubernetes"
        findings.report(
            self, at: node, "`\(fieldName(of: node))` \(quoted(name)) is not a name that \(who) takes",
            hint: "use letters, digits, `_`, `-` and `.`, and neither a digit nor two dots in front")
    }

    /// Whether bytes are `[-._a-zA-Z][-._a-zA-Z0-9]*` and could not be taken for a folder.
    private static func isStrictName(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = bytes.first, first < 0x30 || first > 0x39 else { return false }
        if first == 0x2E, bytes.count == 1 || bytes[1] == 0x2E { return false }
        return bytes.allSatisfy {
            $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A || $0 >= 0x30 && $0 <= 0x39 || $0 == 0x5F || $0 == 0x2D || $0 == 0x2E
        }
    }

    private static func checkSource(of variable: YAMLNode, _ names: PodNames, _ findings: inout Findings) {
        guard let source = variable.present("valueFrom"), source.isMapping else { return }
        let found = source.present(anyOf: sources)
        if found.isEmpty {
            findings.report(
                self, field: source, "`valueFrom` names no source", hint: "use one of \(alternatives(sources))")
        } else if variable.filledString("value") != nil {
            findings.report(
                self, field: source, "`value` and `valueFrom` are both set", hint: "remove one of the two",
                related: variable["value"].map { [($0, "the value")] } ?? [])
        } else if found.count > 1 {
            findings.report(
                self, field: found[1], "`valueFrom` has \(found.count) sources, but takes one",
                hint: "keep one of \(alternatives(found.map(fieldName)))")
        }
        if let field = source.nested("fieldRef") {
            DownwardFields.checkField(field, for: .environment, self, &findings)
        }
        if let resource = source.nested("resourceFieldRef") {
            DownwardFields.checkResource(resource, for: .environment, among: names.containers, self, &findings)
        }
        for name in ["configMapKeyRef", "secretKeyRef"] {
            guard let reference = source.nested(name) else { continue }
            expect(require("name", in: reference, &findings), form: .subdomain, &findings, emptyIsAbsent: true)
            expect(reference["key"], form: .configMapKey, &findings)
        }
        if let file = source.nested("fileKeyRef") { checkFile(file, names, &findings) }
    }

    private static func checkFile(_ reference: YAMLNode, _ names: PodNames, _ findings: inout Findings) {
        expect(reference["key"], form: .environmentName, &findings)
        expectFilled(reference["path"], &findings)
        expectInside(reference["path"], &findings)
        guard let node = reference["volumeName"], let name = node.string else { return }
        let volume = names.volumes.first(named: name)
        guard volume?.present("emptyDir") == nil else { return }
        findings.report(
            self, at: node,
            volume == nil ? "the pod has no volume \(quoted(name))" : "the volume \(quoted(name)) is not an `emptyDir`",
            hint: "name an `emptyDir` volume of the pod")
    }

    private static func checkBulk(_ source: YAMLNode, _ template: PodTemplateManifest, _ findings: inout Findings) {
        if let prefix = source.present("prefix"), !prefix.isEmptyString { checkName(prefix, template, &findings) }
        let references = source.present(anyOf: ["configMapRef", "secretRef"])
        for reference in references where reference.isMapping {
            expect(require("name", in: reference, &findings), form: .subdomain, &findings, emptyIsAbsent: true)
        }
        if references.isEmpty {
            findings.report(
                self, at: source, "the source has neither `configMapRef` nor `secretRef`", hint: "add one of the two")
        } else if references.count > 1 {
            findings.report(
                self, field: references[1], "`configMapRef` and `secretRef` are both set",
                hint: "make them two entries of `envFrom`")
        }
    }
}
