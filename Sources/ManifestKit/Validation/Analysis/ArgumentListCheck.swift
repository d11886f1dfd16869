/// What holds for every list of arguments.
enum ArgumentListCheck {
    /// Reports names that are empty or stand twice.
    static func reportNames(_ rule: any ValidationRule.Type, _ arguments: [YAMLNode], _ findings: inout Findings) {
        let names = arguments.compactMap { $0.present("name") }.filter(\.isScalar)
        for (position, name) in names.enumerated() {
            if name.withText({ $0.isEmpty }) {
                findings.report(rule, field: name, "the argument's name is empty", hint: "give it a name")
            } else if let first = names[..<position].first(where: { $0.hasText(of: name) }) {
                findings.report(
                    rule, field: name, "the argument \(Wording.quoted(name.text)) is there twice",
                    hint: "keep one of the two", related: [(first, "first here")])
            }
        }
    }

    /// Reports an argument with both a value and a source, at the one that stands below.
    static func reportBoth(
        _ rule: any ValidationRule.Type, _ value: YAMLNode, _ source: YAMLNode, _ findings: inout Findings
    ) {
        let isSourceLast = source.range.lowerBound > value.range.lowerBound
        findings.report(
            rule, field: isSourceLast ? source : value, "the argument has both value and valueFrom",
            hint: "keep one of them", related: [(isSourceLast ? value : source, "the other one")])
    }

    /// Reports `{{ }}` places of a scalar that name nothing, by a test of their names.
    static func reportTags(
        _ rule: any ValidationRule.Type, in node: YAMLNode, _ findings: inout Findings,
        _ problem: (ArgumentTags.Tag) -> (message: String, hint: String)?
    ) {
        guard node.isScalar, node.withText({ ArgumentTags.mayBe(in: $0) }) else { return }
        let tags = ArgumentTags(node.text)
        for tag in tags.tags {
            guard let found = problem(tag) else { continue }
            findings.report(rule, part: tag.range, of: node, found.message, hint: found.hint)
        }
        if let unclosed = tags.unclosed {
            findings.report(
                rule, part: unclosed.lowerBound..<unclosed.lowerBound + 2, of: node,
                "the `{{` is not closed by a `}}`", hint: "write {{args.NAME}}; there is no way to write `{{` as "
                    + "itself")
        }
    }

    /// Calls a closure for every scalar under a node, keys included.
    static func forEachScalar(under node: YAMLNode, depth: Int = 0, _ body: (YAMLNode) -> Void) {
        guard depth < 100 else { return }
        switch node.kind {
        case .scalar: body(node)
        case .sequence: for element in node.elements { forEachScalar(under: element, depth: depth + 1, body) }
        case .mapping:
            for entry in node.entries {
                body(entry.key)
                forEachScalar(under: entry.value, depth: depth + 1, body)
            }
        }
    }
}
