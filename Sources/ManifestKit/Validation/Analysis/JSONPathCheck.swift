/// Finds what is wrong with a JSONPath before there is anything to apply it to.
enum JSONPathCheck {
    /// Reports a path that cannot be read, or that can never find anything.
    static func report(
        _ rule: any ValidationRule.Type, _ node: YAMLNode, _ text: String, _ findings: inout Findings
    ) {
        do throws(JSONPath.Failure) {
            let path = try JSONPath(text)
            if let problem = problem(with: path) {
                findings.report(rule, field: node, problem.message, hint: problem.hint)
            }
        } catch {
            // With arguments filled in, places of the text are no longer those of the source.
            let part = node.text == text ? error.range : 0..<node.text.utf8.count
            findings.report(
                rule, part: part, of: node, "\(Wording.quoted(text)) is no JSONPath: \(error.message)",
                hint: "write one such as {$.data.ok}")
        }
    }

    private static func problem(with path: JSONPath) -> (message: String, hint: String)? {
        var depth = 0
        for (position, node) in path.nodes.enumerated() {
            switch node {
            case .text(let text) where position == 0:
                let looksLikePath = path.nodes.count == 1
                return (
                    looksLikePath ? "a path outside braces is plain text, and the result would always be "
                        + "\(Wording.quoted(text))"
                        : "the text \(Wording.quoted(text)) before the braces would be the result",
                    looksLikePath ? "put it in braces: {\(text)}" : "leave out what stands before the braces"
                )
            case .list(let steps):
                if case .identifier("range")? = steps.first { depth += 1 }
                if case .identifier("end")? = steps.first { depth -= 1 }
                if depth < 0 { return ("\"end\" stands where no range is open", "leave it out") }
                let isLoop = if case .identifier("range")? = steps.first { true } else { false }
                if isLoop || steps.count == 1 && isEnd(steps) { continue }
                if let problem = problem(in: steps) { return problem }
            default: break
            }
        }
        return nil
    }

    private static func isEnd(_ steps: [JSONPath.Node]) -> Bool {
        if case .identifier("end")? = steps.first { return true }
        return false
    }

    private static let operators: Set<String> = ["<", ">", "==", "!=", "<=", ">=", "exists"]

    private static func problem(in steps: [JSONPath.Node]) -> (message: String, hint: String)? {
        for step in steps {
            switch step {
            case .identifier(let name):
                return ("\(Wording.quoted(name)) stands where a path has to begin with `$` or `.`", "write {.\(name)}")
            case .filter(let left, let right, let operation):
                guard operators.contains(operation) else {
                    return ("\(Wording.quoted(operation)) is no operator of a filter", "use ==, !=, <, <=, > or >=")
                }
                if let problem = problem(in: left) ?? problem(in: right) { return problem }
            case .union(let lists):
                for list in lists { if let problem = problem(in: list) { return problem } }
            case .slice(let slice):
                if let step = slice.step, step <= 0 { return ("a step of \(step) leads nowhere", "write 1 or more") }
            default: break
            }
        }
        return nil
    }
}
