/// RR0202: where a Rollout takes its pod template from.
enum WorkloadReferenceRule: RolloutRule {
    static let id: RuleID = "RR0202"
    static let severity = Severity.error
    static let summary = "A Rollout has a pod template, or a `workloadRef` to one, and not both."
    static let rationale = """
        The controller refuses both together, and can follow a reference only to a Deployment or ReplicaSet of `apps` or \
        to a PodTemplate. `scaleDown` says what becomes of the Deployment: `never`, `onsuccess` or `progressively`; any \
        other word is read as `never` without a word.
        """
    static let failing = [
        RuleExample(reference("StatefulSet", mark: 3), in: .rolloutSpec),
        RuleExample(reference("Deployment") + "\n  # ↓\n  scaleDown: onSuccess", in: .rolloutSpec),
        RuleExample(
            reference("Deployment") + "\n# ↓\ntemplate:\n  metadata:\n    labels:\n      app: web", in: .rolloutSpec),
        RuleExample("selector:\n  matchLabels:\n    app: web\n# ↓\ntemplate: {}", in: .rolloutSpec),
        RuleExample("# ↓\nworkloadRef:\n  apiVersion: apps/v1\n  kind: Deployment", in: .rolloutSpec),
    ]
    static let passing = [
        RuleExample(reference("Deployment") + "\n  scaleDown: onsuccess", in: .rolloutSpec),
        RuleExample("strategy:\n  canary: {}", in: .rolloutSpec),
    ]

    private static func reference(_ kind: String, mark: Int = 0) -> String {
        var lines = ["workloadRef:", "  apiVersion: apps/v1", "  name: web", "  kind: \(kind)"]
        if mark > 0 { lines.insert("  # ↓", at: mark) }
        return lines.joined(separator: "\n")
    }

    static func check(_ rollout: RolloutManifest, _ findings: inout Findings) {
        let template = rollout.spec.present("template")
        guard let workload = rollout.spec.present("workloadRef") else {
            if template?.isMapping == false { return }
            guard template?.entries.isEmpty != false else { return }
            let message = "spec has neither a template nor a workloadRef"
            let hint = "give the pods under `template`, or name a Deployment under `workloadRef`"
            if let empty = rollout.spec["template"] {
                findings.report(self, field: empty, message, hint: hint)
            } else {
                findings.report(self, missing: "template", in: rollout.spec, message, hint: hint)
            }
            return
        }
        guard workload.isMapping else { return }
        if let template, template.isMapping, !template.entries.isEmpty {
            let metadata = template.mapping("metadata")
            let isRefused = ["labels", "annotations"].contains { metadata?.mapping($0)?.entries.isEmpty == false }
            findings.report(
                self, field: template,
                isRefused ? "spec has a template beside workloadRef"
                    : "the template beside workloadRef is not used",
                hint: "remove one of them", related: [(workload.key ?? workload, "the reference")],
                severity: isRefused ? .error : .warning)
        }
        checkTarget(workload, &findings)
        checkScaleDown(workload, &findings)
    }

    private static func checkTarget(_ workload: YAMLNode, _ findings: inout Findings) {
        if workload.filled("name") == nil {
            findings.report(
                self, missing: "name", in: workload, "workloadRef names no workload", hint: "add `name`")
        }
        let hint = "a reference can be to a Deployment or ReplicaSet of `apps/v1`, or to a PodTemplate of `v1`"
        guard let kind = workload.filled("kind") else {
            findings.report(self, missing: "kind", in: workload, "workloadRef has no kind", hint: hint)
            return
        }
        let version = workload["apiVersion"]?.text ?? ""
        let parts = version.split(separator: "/", maxSplits: 1)
        let group = parts.count > 1 ? String(parts[0]) : ""
        switch (group, kind.text) {
        case ("apps", "Deployment"), ("apps", "ReplicaSet"), ("", "PodTemplate"): return
        case (_, "Deployment"), (_, "ReplicaSet"), (_, "PodTemplate"):
            let wanted = kind.textEquals("PodTemplate") ? "v1" : "apps/v1"
            let message = "a \(kind.text) has the apiVersion \(wanted)"
                + (version.isEmpty ? "" : ", not \(Wording.quoted(version))")
            if let node = workload["apiVersion"] {
                findings.report(self, field: node, message, hint: "write `apiVersion: \(wanted)`")
            } else {
                findings.report(self, missing: "apiVersion", in: workload, message, hint: "add `apiVersion: \(wanted)`")
            }
        default:
            findings.report(
                self, field: kind, "the controller cannot take a pod template from a \(kind.text)", hint: hint)
        }
    }

    private static func checkScaleDown(_ workload: YAMLNode, _ findings: inout Findings) {
        guard let scaleDown = workload.filled("scaleDown") else { return }
        let words = ["never", "onsuccess", "progressively"]
        let text = scaleDown.text
        guard words.contains(text) else {
            let meant = words.first { $0 == text.lowercased() }
            findings.report(
                self, field: scaleDown, "\(Wording.quoted(text)) is no value of scaleDown, and would be read as never",
                hint: "write \(meant ?? Wording.alternatives(words))",
                fix: meant.map { Diagnostic.Fix(span: scaleDown.span, replacement: $0) })
            return
        }
        guard text != "never", let kind = workload.filled("kind"), !kind.textEquals("Deployment") else { return }
        findings.report(
            self, field: scaleDown, "only a Deployment can be scaled down, and the reference is to a \(kind.text)",
            hint: "remove `scaleDown`")
    }
}
