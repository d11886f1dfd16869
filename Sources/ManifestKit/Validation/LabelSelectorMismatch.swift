extension LabelSelectorCheck {
    /// Why a selector does not match: what of it, in words, and the label that is another.
    struct Mismatch {
        let node: YAMLNode
        let message: String
        let label: YAMLNode?
    }

    /// Reports faults of form under a rule, and says whether there were none.
    static func report(_ rule: any ValidationRule.Type, _ selector: YAMLNode, _ findings: inout Findings) -> Bool {
        let before = findings.diagnostics.count
        check(selector, rule, &findings)
        return findings.diagnostics.count == before
    }

    /// Why a sound selector does not match the labels of pods, or nil where it does.
    static func mismatch(of selector: YAMLNode, with labels: YAMLNode?) -> Mismatch? {
        guard let part = mismatch(selector, labels) else { return nil }
        let key = part.isMapping ? part["key"] : part.key
        let label = key.flatMap { labels?.value(forKeyOf: $0) }
        let name = key?.text ?? ""
        let found = label.map { "the pods have \(name)=\($0.text)" } ?? "the pods have no such label"
        return Mismatch(node: part, message: "it wants \(wish(part, name)), and \(found)", label: label)
    }

    /// What a part of a selector asks for, in words.
    private static func wish(_ part: YAMLNode, _ name: String) -> String {
        guard part.isMapping else { return "\(name)=\(part.text)" }
        let values = Wording.alternatives(part["values"]?.elements.map(\.text) ?? [])
        switch part["operator"]?.text {
        case "In": return "\(name) to be \(values)"
        case "NotIn": return "\(name) not to be \(values)"
        case "DoesNotExist": return "no label \(name)"
        default: return "a label \(name)"
        }
    }
}
