extension Findings {
    /// Reports a word that is none of a few.
    mutating func report(
        _ rule: any ValidationRule.Type, unknown node: YAMLNode, _ what: String, _ words: [String]
    ) {
        let meant = Spelling.closest(to: node.text, among: words)
        report(
            rule, at: node, "`\(node.text)` is no \(what)",
            hint: meant.map { "did you mean `\($0)`?" } ?? "it is one of \(words.joined(separator: ", "))",
            fix: meant.map { Diagnostic.Fix(span: node.span, replacement: $0) })
    }
}
