/// What is wrong with a label selector, and whether it matches labels.
enum LabelSelectorCheck {
    /// Why a selector does not match: what of it, in words, and the label that is another.
    struct Mismatch {
        let node: YAMLNode
        let message: String
        let label: YAMLNode?
    }

    /// Reports faults of form under a rule, and says whether there were none.
    static func report(_ rule: any ValidationRule.Type, _ selector: YAMLNode, _ findings: inout Findings) -> Bool {
        let before = findings.diagnostics.count
        if let labels = selector.mapping("matchLabels") {
            for entry in labels.entries {
                checkKey(rule, entry.key, &findings)
                checkValue(rule, entry.value, &findings)
            }
        }
        if let expressions = selector["matchExpressions"] {
            for expression in expressions.elements where expression.isMapping {
                checkExpression(rule, expression, &findings)
            }
        }
        return findings.diagnostics.count == before
    }

    /// Why a sound selector does not match labels, or nil where it does.
    static func mismatch(of selector: YAMLNode, with labels: YAMLNode?) -> Mismatch? {
        for wanted in selector.mapping("matchLabels")?.entries.map(\.self) ?? [] {
            let label = labels?.value(forKeyOf: wanted.key)
            if let label, label.hasText(of: wanted.value) { continue }
            let found = label.map { "the pods have \(wanted.key.text)=\($0.text)" } ?? "the pods have no such label"
            let message = "it wants \(wanted.key.text)=\(wanted.value.text), and \(found)"
            return Mismatch(node: wanted.value, message: message, label: label)
        }
        for expression in selector["matchExpressions"]?.elements.map(\.self) ?? [] {
            guard let key = expression["key"], let word = expression["operator"]?.text else { continue }
            let label = labels?.value(forKeyOf: key)
            let values = expression["values"]?.elements.map(\.text) ?? []
            guard let message = mismatch(word, key.text, values, label?.text) else { continue }
            return Mismatch(node: expression, message: message, label: label)
        }
        return nil
    }

    private static func mismatch(_ word: String, _ key: String, _ values: [String], _ label: String?) -> String? {
        let found = label.map { "the pods have \(key)=\($0)" } ?? "the pods have no such label"
        switch (word, label) {
        case ("In", let label) where label.map(values.contains) != true:
            return "it wants \(key) to be \(Wording.alternatives(values)), and \(found)"
        case ("NotIn", let label?) where values.contains(label):
            return "it wants \(key) not to be \(Wording.alternatives(values)), and \(found)"
        case ("Exists", nil): return "it wants a label \(key), and \(found)"
        case ("DoesNotExist", .some): return "it wants no label \(key), and \(found)"
        default: return nil
        }
    }

    private static func checkExpression(
        _ rule: any ValidationRule.Type, _ expression: YAMLNode, _ findings: inout Findings
    ) {
        if let key = expression.present("key") { checkKey(rule, key, &findings) }
        guard let word = expression.present("operator"), word.isScalar else { return }
        let values = expression.present("values")
        let count = values?.elements.count ?? 0
        switch word.text {
        case "In", "NotIn":
            if count == 0 {
                findings.report(
                    rule, field: values ?? word, "the operator \(word.text) has no values to compare with",
                    hint: "list the values under `values`, or use Exists or DoesNotExist")
            }
            for value in values?.elements.map(\.self) ?? [] { checkValue(rule, value, &findings) }
        case "Exists", "DoesNotExist":
            guard count > 0, let values else { return }
            findings.report(
                rule, field: values, "the operator \(word.text) takes no values", hint: "leave `values` out, or use In or NotIn")
        default:
            findings.report(
                rule, field: word, "\(Wording.quoted(word.text)) is no operator of a selector",
                hint: "use In, NotIn, Exists or DoesNotExist")
        }
    }

    private static func checkKey(_ rule: any ValidationRule.Type, _ key: YAMLNode, _ findings: inout Findings) {
        guard key.isScalar, let problem = KubernetesNames.qualifiedName.problem(key) else { return }
        findings.report(
            rule, at: key, "the label key \(problem)", hint: "a key is " + KubernetesNames.qualifiedName.allowed)
    }

    private static func checkValue(_ rule: any ValidationRule.Type, _ value: YAMLNode, _ findings: inout Findings) {
        guard value.isScalar, let problem = KubernetesNames.labelValue.problem(value) else { return }
        findings.report(
            rule, at: value, "the label value \(problem)", hint: "a value is " + KubernetesNames.labelValue.allowed)
    }
}
