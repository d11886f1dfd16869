/// RR0221: labels and annotations for the time of a role.
enum RoleMetadataRule: RolloutRule {
    static let id: RuleID = "RR0221"
    static let severity = Severity.error
    static let summary = "Metadata for the canary, stable, preview and active pods is well formed and leaves the selector alone."
    static let rationale = """
        The controller writes these labels and annotations into running ReplicaSets and their pods. The API server refuses \
        a malformed one, and a label that takes the pods out of the ReplicaSet's own selector.
        """
    static let failing = [
        RuleExample("canaryMetadata:\n  labels:\n    # ↓\n    role: the canary", in: .canary),
        RuleExample("stableMetadata:\n  annotations:\n    # ↓\n    a b: c", in: .canary),
        RuleExample("canaryMetadata:\n  labels:\n    # ↓\n    app: web-canary", in: .canary),
    ]
    static let passing = [
        RuleExample(
            "canaryMetadata:\n  labels: {role: canary, app: web}\n  annotations: {example.com/note: the new version}",
            in: .canary)
    ]

    private static let fields = ["canaryMetadata", "stableMetadata", "previewMetadata", "activeMetadata"]
    private static let hashLabel = "rollouts-pod-template-hash"

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        for strategy in rollout.strategies {
            for field in fields {
                guard let metadata = strategy.node[field], metadata.isMapping else { continue }
                check(metadata, rollout, &findings)
            }
        }
        for step in rollout.steps {
            for template in step["experiment"]?["templates"]?.elements.map(\.self) ?? [] {
                guard let metadata = template.mapping("metadata") else { continue }
                checkForm(metadata, &findings)
            }
        }
    }

    private static func check(_ metadata: YAMLNode, _ rollout: RolloutManifest, _ findings: inout Findings) {
        checkForm(metadata, &findings)
        let selected = rollout.spec["selector"]?.mapping("matchLabels")
        for label in metadata.mapping("labels")?.entries.map(\.self) ?? [] {
            if label.key.textEquals(hashLabel) {
                findings.report(
                    self, field: label.value, "\(hashLabel) belongs to the controller", hint: "remove this label")
            } else if let wanted = selected?.value(forKeyOf: label.key), !wanted.hasText(of: label.value) {
                findings.report(
                    self, field: label.value,
                    "the label takes the pods out of the Rollout's selector, which wants \(label.key.text)=\(wanted.text)",
                    hint: "use a label that the selector does not name", related: [(wanted, "the selector")])
            }
        }
    }

    private static func checkForm(_ metadata: YAMLNode, _ findings: inout Findings) {
        for label in metadata.mapping("labels")?.entries.map(\.self) ?? [] {
            if let problem = KubernetesNames.qualifiedName.problem(label.key) {
                findings.report(
                    self, at: label.key, "the label key \(problem)",
                    hint: "a key is " + KubernetesNames.qualifiedName.allowed)
            }
            if label.value.isScalar, let problem = KubernetesNames.labelValue.problem(label.value) {
                findings.report(
                    self, at: label.value, "the label value \(problem)",
                    hint: "a value is " + KubernetesNames.labelValue.allowed)
            }
        }
        for annotation in metadata.mapping("annotations")?.entries.map(\.self) ?? [] {
            guard let problem = KubernetesNames.qualifiedName.problem(annotation.key.text.lowercased()) else { continue }
            findings.report(
                self, at: annotation.key, "the annotation key \(problem)",
                hint: "a key is " + KubernetesNames.qualifiedName.allowed)
        }
    }
}
