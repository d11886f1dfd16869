/// Labels and annotations, wherever they stand.
struct MetadataCheck {
    /// The rule in whose name faults are reported.
    let rule: any ValidationRule.Type

    /// How many bytes all annotations of an object may have together, keys and values.
    private static let annotationLimit = 256 * 1024

    /// Checks the labels and annotations of a `metadata`.
    func check(_ metadata: YAMLNode, _ findings: inout Findings) {
        if let labels = metadata["labels"], labels.isMapping { checkLabels(labels, &findings) }
        if let annotations = metadata["annotations"], annotations.isMapping { checkAnnotations(annotations, &findings) }
    }

    /// Checks keys and values of labels, or of a `nodeSelector`, which is labels too.
    func checkLabels(_ labels: YAMLNode, _ findings: inout Findings) {
        for entry in labels.entries {
            checkKey(entry.key, "label", &findings) { KubernetesNames.qualifiedName.problem($0) }
            guard entry.value.isScalar, !KubernetesNames.labelValue.accepts(entry.value), let text = entry.value.string,
                let problem = KubernetesNames.labelValue.problem(text)
            else { continue }
            let suggestion = KubernetesNames.labelValue.suggestion(for: text).map { ", as in `\($0)`" } ?? ""
            findings.report(
                rule, at: entry.value, "the label value \(problem)",
                hint: "a value is \(KubernetesNames.labelValue.allowed)\(suggestion)")
        }
    }

    private func checkAnnotations(_ annotations: YAMLNode, _ findings: inout Findings) {
        var size = 0
        for entry in annotations.entries {
            checkKey(entry.key, "annotation", &findings) { key in
                KubernetesNames.qualifiedName.accepts(key)
                    ? nil : KubernetesNames.qualifiedName.problem(key.text.lowercased())
            }
            size += entry.key.withText { $0.count } + entry.value.withText { $0.count }
        }
        guard size > Self.annotationLimit else { return }
        findings.report(
            rule, field: annotations, "the annotations have \(size) bytes; at most \(Self.annotationLimit) are allowed",
            hint: "move large texts to a ConfigMap")
    }

    private func checkKey(
        _ key: YAMLNode, _ kind: String, _ findings: inout Findings, problem: (YAMLNode) -> String?
    ) {
        guard key.isScalar, let problem = problem(key) else { return }
        findings.report(
            rule, at: key, "the \(kind) key \(problem)", hint: "a key is \(KubernetesNames.qualifiedName.allowed)")
    }
}
