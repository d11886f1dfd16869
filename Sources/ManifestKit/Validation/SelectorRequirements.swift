/// Selectors of labels and of nodes: keys, operators and the values that go with them.
struct SelectorRequirements {
    /// What is selected, which decides over operators and values.
    enum Target {
        /// Objects by their labels.
        case labels
        /// Nodes by their labels.
        case nodes
        /// Nodes by fields of their own, of which there is only the name.
        case nodeFields
    }

    /// The rule in whose name faults are reported.
    let rule: any ValidationRule.Type
    /// What is selected.
    let target: Target
    /// Whether values need not have the form of label values, as in preferences about nodes.
    var takesAnyValue = false

    /// Checks a label selector: `matchLabels` and `matchExpressions`.
    func checkSelector(_ selector: YAMLNode, _ findings: inout Findings) {
        for entry in selector["matchLabels"]?.entries.map({ $0 }) ?? [] {
            checkKey(entry.key, &findings)
            rule.expect(entry.value, form: .labelValue, &findings)
        }
        for requirement in selector.mappings(in: "matchExpressions") { check(requirement, &findings) }
    }

    /// Checks one requirement: `key`, `operator`, `values`.
    func check(_ requirement: YAMLNode, _ findings: inout Findings) {
        if target == .nodeFields {
            rule.expect(requirement["key"], oneOf: ["metadata.name"], &findings, emptyIsAbsent: false)
        } else if let key = requirement["key"] {
            checkKey(key, &findings)
        }
        if let word = requirement["operator"] {
            rule.expect(word, oneOf: operators, &findings, emptyIsAbsent: false)
            checkCount(of: requirement["values"], for: word, in: requirement, &findings)
        }
        guard !takesAnyValue, let values = requirement["values"] else { return }
        for value in values.elements {
            rule.expect(value, form: target == .nodeFields ? .subdomain : .labelValue, &findings)
        }
    }

    private var operators: [String] {
        switch target {
        case .labels: ["In", "NotIn", "Exists", "DoesNotExist"]
        case .nodes: ["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]
        case .nodeFields: ["In", "NotIn"]
        }
    }

    private func checkKey(_ key: YAMLNode, _ findings: inout Findings) {
        guard key.isScalar, let problem = KubernetesNames.qualifiedName.problem(key) else { return }
        findings.report(rule, at: key, "the key \(problem)", hint: "use \(KubernetesNames.qualifiedName.allowed)")
    }

    private func checkCount(
        of values: YAMLNode?, for word: YAMLNode, in requirement: YAMLNode, _ findings: inout Findings
    ) {
        let count = values?.count ?? 0
        let place = values ?? word
        switch word.text {
        case "In" where target == .nodeFields && count != 1, "NotIn" where target == .nodeFields && count != 1,
            "Gt" where target == .nodes && count != 1, "Lt" where target == .nodes && count != 1:
            findings.report(
                rule, field: place, "`operator: \(word.text)` takes one value and not \(count)",
                hint: "list one value in `values`")
        case "In" where count == 0, "NotIn" where count == 0:
            findings.report(
                rule, field: place, "`operator: \(word.text)` has no values to compare with",
                hint: "list values in `values`, or use `Exists` or `DoesNotExist`")
        case "Exists" where count > 0, "DoesNotExist" where count > 0:
            findings.report(
                rule, field: place, "`operator: \(word.text)` takes no values",
                hint: "remove `values`, or use `In` or `NotIn`")
        case "Gt", "Lt":
            guard target == .nodes, let value = values?[0], let text = value.string, Int64(text) == nil else { return }
            findings.report(
                rule, at: value, "`operator: \(word.text)` compares whole numbers, not \(rule.quoted(text))",
                hint: "write a whole number in quotes", severity: .warning)
        default:
            break
        }
    }
}
