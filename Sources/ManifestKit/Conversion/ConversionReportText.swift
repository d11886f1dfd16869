/// Writes a conversion's report for people and for programs.
public enum ConversionReportText {
    /// How a report is written.
    public enum Format: String, Sendable, CaseIterable {
        case text, markdown, json
    }

    private static let headings: [(outcome: ConversionReport.Outcome, title: String)] = [
        (.refused, "Not converted"), (.attention, "Look at this"), (.changed, "Changed"), (.added, "New"),
        (.kept, "Left as it is"),
    ]

    /// The report as lines for a terminal.
    public static func text(_ report: ConversionReport) -> String {
        var lines: [String] = []
        for (outcome, title) in headings {
            let entries = report.entries(outcome)
            guard !entries.isEmpty else { continue }
            lines.append(title + ":")
            for entry in entries {
                lines.append("  \(place(entry)): \(entry.object): \(entry.message)")
                if let reason = entry.reason { lines += wrapped(reason, indentation: 6) }
            }
        }
        for cutOver in report.cutOvers {
            lines.append("")
            lines.append("Safe order of the cut-over for \(cutOver.workload):")
            for (number, step) in cutOver.steps.enumerated() {
                lines.append("  \(number + 1). \(step.title)")
                if !step.reason.isEmpty { lines += wrapped(step.reason, indentation: 5) }
                lines += step.commands.map { "         " + $0 }
            }
        }
        if report.entries.isEmpty { lines.append("Nothing to convert.") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Prose on lines of about a hundred columns.
    private static func wrapped(_ text: String, indentation: Int) -> [String] {
        let margin = String(repeating: " ", count: indentation)
        var lines = [margin]
        for word in text.split(separator: " ") {
            let last = lines.count - 1
            if lines[last].count > indentation, lines[last].count + 1 + word.count > 100 {
                lines.append(margin + word)
            } else {
                lines[last] += (lines[last].count > indentation ? " " : "") + word
            }
        }
        return lines
    }

    /// The report as a Markdown page.
    public static func markdown(_ report: ConversionReport) -> String {
        var lines = ["# Migration report", ""]
        for (outcome, title) in headings {
            let entries = report.entries(outcome)
            guard !entries.isEmpty else { continue }
            lines += ["## " + title, ""]
            for entry in entries {
                lines.append(
                    "- **\(entry.object)** (`\(place(entry))`): \(entry.message)"
                        + (entry.reason.map { ". " + $0.capitalizedFirst } ?? "") + ".")
            }
            lines.append("")
        }
        for cutOver in report.cutOvers {
            lines += ["## Cut-over of \(cutOver.workload)", ""]
            for (number, step) in cutOver.steps.enumerated() {
                lines.append("\(number + 1). **\(step.title).**" + (step.reason.isEmpty ? "" : " " + step.reason + "."))
                if !step.commands.isEmpty {
                    lines += ["", "   ```sh"] + step.commands.map { "   " + $0 } + ["   ```", ""]
                }
            }
            lines.append("")
        }
        if report.entries.isEmpty { lines += ["Nothing to convert.", ""] }
        return lines.joined(separator: "\n")
    }

    /// The report as values: `entries`, `cutOvers` and `summary`.
    public static func json(_ report: ConversionReport) -> [(String, JSONValue)] {
        let entries = report.entries.map { entry -> JSONValue in
            var fields: [(String, JSONValue)] = [("outcome", .string(entry.outcome.rawValue))]
            fields += object(entry.object)
            fields += [
                ("file", .string(entry.file)), ("line", entry.line.map { .int($0) } ?? .null),
                ("message", .string(entry.message)), ("reason", entry.reason.map { .string($0) } ?? .null),
            ]
            return .object(JSONObject(fields))
        }
        let cutOvers = report.cutOvers.map { cutOver -> JSONValue in
            let steps = cutOver.steps.map { step -> JSONValue in
                [
                    "title": .string(step.title), "reason": .string(step.reason),
                    "commands": .array(step.commands.map { .string($0) }),
                ]
            }
            return .object(JSONObject(object(cutOver.workload) + [("steps", .array(steps))]))
        }
        let summary = ConversionReport.Outcome.allCases.map { ($0.rawValue, JSONValue.int(report.entries($0).count)) }
        return [
            ("entries", .array(entries)), ("cutOvers", .array(cutOvers)), ("summary", .object(JSONObject(summary))),
        ]
    }

    private static func object(_ name: ConversionReport.ObjectName) -> [(String, JSONValue)] {
        [
            ("kind", .string(name.kind)), ("namespace", name.namespace.map { .string($0) } ?? .null),
            ("name", .string(name.name)),
        ]
    }

    private static func place(_ entry: ConversionReport.Entry) -> String {
        entry.line.map { "\(entry.file):\($0)" } ?? entry.file
    }
}

extension String {
    /// The text with its first letter in upper case.
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
