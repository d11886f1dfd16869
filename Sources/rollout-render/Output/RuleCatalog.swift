import ManifestKit

/// Describes the rules: as a table, one by one, as JSON and as the page `docs/rules.md`.
enum RuleCatalog {
    /// A stretch of ids that belong together.
    private struct Chapter {
        var numbers: ClosedRange<Int>
        var title: String
    }

    private static let chapters = [
        Chapter(numbers: 1...9, title: "YAML"),
        Chapter(numbers: 10...19, title: "Comments that silence rules"),
        Chapter(numbers: 20...99, title: "Schema"),
        Chapter(numbers: 100...199, title: "Pod templates"),
        Chapter(numbers: 200...299, title: "Rollouts"),
        Chapter(numbers: 300...399, title: "Analysis and experiments"),
        Chapter(numbers: 400...499, title: "Several objects"),
        Chapter(numbers: 500...599, title: "Advice"),
        Chapter(numbers: 600...899, title: "The objects around a Rollout"),
        Chapter(numbers: 900...9999, title: "Notifications"),
    ]

    /// A line a rule.
    static func table(isColored: Bool) -> String {
        let paint = Paint(isColored: isColored)
        return ValidationRules.all.map { rule in
            let name = rule.severity.rawValue
            let padded = name + String(repeating: " ", count: max(0, 8 - name.count))
            return "\(paint.text(rule.id.description, .bold))  \(padded) \(rule.summary)\n"
        }.joined()
    }

    /// Everything about one rule.
    static func page(of rule: any ValidationRule.Type, isColored: Bool) -> String {
        let paint = Paint(isColored: isColored)
        var text = "\(paint.text("\(rule.id) (\(rule.severity.rawValue)):", .bold)) \(rule.summary)\n\n"
        text += wrapped(rule.rationale, width: 90) + "\n"
        for example in rule.failing {
            text += "\n\(paint.text("Found below each ↓:", .red))\n\n" + indented(example.text)
        }
        for example in rule.passing { text += "\n\(paint.text("Fine:", .green))\n\n" + indented(example.text) }
        return text
    }

    /// Rules as a JSON array.
    static func json(of rules: [any ValidationRule.Type]) -> String {
        let values = rules.map { rule -> JSONValue in
            [
                "id": .string(rule.id.description), "severity": .string(rule.severity.rawValue),
                "summary": .string(rule.summary), "rationale": .string(rule.rationale),
                "failing": .array(rule.failing.map { .string($0.text) }),
                "passing": .array(rule.passing.map { .string($0.text) }),
            ]
        }
        return JSONWriter.text(.array(values), layout: .pretty) + "\n"
    }

    /// The table of rules in `README.md`.
    static var markdownTable: String {
        var text = "| Rule | Severity | What must hold |\n|---|---|---|\n"
        for rule in ValidationRules.all {
            let link = "docs/rules.md#\(rule.id.description.lowercased())"
            text += "| [\(rule.id)](\(link)) | \(rule.severity.rawValue) | \(cell(rule.summary)) |\n"
        }
        return text
    }

    /// The page `docs/rules.md`.
    static var markdown: String {
        var text = """
            # Rules

            Written by `make docs` from the rules themselves; a test fails when this page is stale.

            `# rollout-render:ignore RR0203 reason` silences a rule on its line, or, on a line of its own, in the block
            that begins below it. A `.rollout-render.yaml` changes severities for all files below its folder:

            ```yaml
            severities:
              RR0203: warning
              RR0501: off
            ```


            """
        for chapter in chapters {
            let rules = ValidationRules.all.filter { chapter.numbers.contains($0.id.number) }
            guard !rules.isEmpty else { continue }
            text += "## \(chapter.title)\n\n| Rule | Severity | What must hold |\n|---|---|---|\n"
            for rule in rules {
                let anchor = rule.id.description.lowercased()
                text += "| [\(rule.id)](#\(anchor)) | \(rule.severity.rawValue) | \(cell(rule.summary)) |\n"
            }
            text += "\n" + rules.map(section).joined()
        }
        while text.hasSuffix("\n\n") { text.removeLast() }
        return text
    }

    private static func section(_ rule: any ValidationRule.Type) -> String {
        var text = "### \(rule.id)\n\n**\(rule.summary)**\n\n\(wrapped(rule.rationale, width: 116))\n"
        for (title, examples) in [("Found below each `↓`:", rule.failing), ("Fine:", rule.passing)] {
            for example in examples {
                text += "\n\(title)\n\n```yaml\n\(lines(of: example.text).joined(separator: "\n"))\n```\n"
            }
        }
        return text + "\n"
    }

    private static func cell(_ text: String) -> String {
        text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }

    private static func lines(of text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.unicodeScalars.map { $0 == "\t" ? "\t" : PlainText.shown($0) }.joined()
        }
        while lines.last == "" { lines.removeLast() }
        return lines
    }

    private static func indented(_ text: String) -> String { lines(of: text).map { "    \($0)\n" }.joined() }

    private static func wrapped(_ text: String, width: Int) -> String {
        var lines: [String] = []
        var line = ""
        for word in text.split(whereSeparator: \.isWhitespace) {
            if !line.isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = ""
            }
            line += line.isEmpty ? String(word) : " " + word
        }
        return (lines + [line]).joined(separator: "\n")
    }
}
