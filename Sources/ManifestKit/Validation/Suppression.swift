/// Comments of the form `# rollout-render:ignore RR0012 reason`.
enum Suppression {
    /// The findings that no comment of their document silences.
    static func filter(_ diagnostics: [Diagnostic], in document: YAMLDocument) -> [Diagnostic] { diagnostics }
}
