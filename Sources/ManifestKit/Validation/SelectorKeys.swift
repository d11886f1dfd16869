/// Keys of labels that stand beside a selector and add to it: `matchLabelKeys`.
struct SelectorKeys {
    /// The rule in whose name faults are reported.
    let rule: any ValidationRule.Type
    /// Whether keys of the selector may be repeated, as in `mismatchLabelKeys`.
    var mayRepeat = false

    /// Checks a list of keys.
    func check(_ keys: YAMLNode, beside selector: YAMLNode?, _ findings: inout Findings) {
        guard keys.isSequence, keys.count > 0 else { return }
        guard let selector else {
            findings.report(
                rule, field: keys, "`\(rule.fieldName(of: keys))` needs a `labelSelector` beside it",
                hint: "add a `labelSelector`, or remove the keys")
            return
        }
        let taken = (selector["matchLabels"]?.entries.map(\.key) ?? [])
            + selector.mappings(in: "matchExpressions").compactMap { $0["key"] }
        let places = Dictionary(taken.map { ($0.text, $0) }, uniquingKeysWith: { first, _ in first })
        for key in keys.elements {
            rule.expect(key, form: .qualifiedName, &findings)
            guard !mayRepeat, let text = key.string, let other = places[text] else { continue }
            findings.report(
                rule, at: key, "\(rule.quoted(text)) is a key of the `labelSelector` too",
                hint: "remove it from one of them",
                related: [(other, "in the selector")])
        }
    }
}
