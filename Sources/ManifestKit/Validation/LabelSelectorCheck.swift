/// Checks label selectors and what they select, for the rules about the objects around a Rollout.
enum LabelSelectorCheck {
    /// Reports what an API server refuses in a selector of `matchLabels` and `matchExpressions`.
    static func check(_ selector: YAMLNode, _ rule: any ValidationRule.Type, _ findings: inout Findings) {
        checkLabels(selector["matchLabels"], rule, &findings)
        for expression in selector["matchExpressions"]?.elements.map({ $0 }) ?? [] where expression.isMapping {
            if let key = expression.present("key"), let problem = KubernetesNames.qualifiedName.problem(key) {
                findings.report(
                    rule, at: key, "the key of a label \(problem)",
                    hint: "it is \(KubernetesNames.qualifiedName.allowed)")
            }
            checkOperator(expression, rule, &findings)
        }
    }

    /// Reports keys and values of a mapping of labels that no label can have.
    static func checkLabels(_ labels: YAMLNode?, _ rule: any ValidationRule.Type, _ findings: inout Findings) {
        guard let labels, labels.isMapping else { return }
        let limit = findings.diagnostics.count + 50
        for entry in labels.entries where findings.diagnostics.count < limit {
            if !KubernetesNames.qualifiedName.accepts(entry.key) {
                let problem = KubernetesNames.qualifiedName.problem(entry.key) ?? ""
                findings.report(
                    rule, at: entry.key, "the key of a label \(problem)",
                    hint: "it is \(KubernetesNames.qualifiedName.allowed)")
            }
            if entry.value.isScalar, !KubernetesNames.labelValue.accepts(entry.value),
                let problem = KubernetesNames.labelValue.problem(entry.value) {
                findings.report(
                    rule, at: entry.value, "the value of a label \(problem)",
                    hint: "it is \(KubernetesNames.labelValue.allowed)")
            }
        }
    }

    private static func checkOperator(
        _ expression: YAMLNode, _ rule: any ValidationRule.Type, _ findings: inout Findings
    ) {
        guard let node = expression.present("operator") else { return }
        let values = expression.present("values")
        switch node.text {
        case "In", "NotIn":
            guard values?.count ?? 0 == 0 else { break }
            let message = "`\(node.text)` needs at least one value to compare with"
            if let values {
                findings.report(rule, field: values, message)
            } else {
                findings.report(rule, missing: "values", in: expression, message)
            }
        case "Exists", "DoesNotExist":
            guard let values, values.count > 0 else { break }
            findings.report(
                rule, field: values, "`\(node.text)` takes no values", hint: "remove `values`, or use `In` or `NotIn`")
        default:
            let words = ["In", "NotIn", "Exists", "DoesNotExist"]
            findings.report(
                rule, at: node, "`\(node.text)` is no operator of a label selector",
                hint: Spelling.closest(to: node.text, among: words).map { "did you mean `\($0)`?" }
                    ?? "the operators are \(words.joined(separator: ", "))")
        }
        for value in values?.elements.map({ $0 }) ?? [] where value.isScalar {
            guard let problem = KubernetesNames.labelValue.problem(value) else { continue }
            findings.report(
                rule, at: value, "the value of a label \(problem)", hint: "it is \(KubernetesNames.labelValue.allowed)")
        }
    }

    /// Whether a selector has neither labels nor expressions, and so selects everything.
    static func isEmpty(_ selector: YAMLNode) -> Bool {
        (selector.present("matchLabels")?.count ?? 0) == 0 && (selector.present("matchExpressions")?.count ?? 0) == 0
    }

    /// The part of a selector that keeps it from selecting these labels, or nil where it selects them.
    static func mismatch(_ selector: YAMLNode, _ labels: YAMLNode?) -> YAMLNode? {
        for entry in selector["matchLabels"]?.entries.map({ $0 }) ?? [] {
            guard let label = labels?[entry.key.text], label.text == entry.value.text else { return entry.value }
        }
        for expression in selector["matchExpressions"]?.elements.map({ $0 }) ?? [] {
            guard let key = expression["key"]?.text else { continue }
            let label = labels?[key]
            let isListed = label.map { label in
                expression["values"]?.elements.contains { $0.textEquals(label.text) } ?? false
            } ?? false
            let isMet = switch expression["operator"]?.text {
            case "In": isListed
            case "NotIn": !isListed
            case "Exists": label != nil
            case "DoesNotExist": label == nil
            default: true
            }
            if !isMet { return expression }
        }
        return nil
    }
}
