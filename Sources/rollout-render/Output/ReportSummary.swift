import ManifestKit

/// What is said on standard error beside a report.
enum ReportSummary {
    /// One line: what was seen, and what was found.
    static func text(of report: ValidationReport, ignored: Int) -> String {
        let counts = report.counts
        var seen = "\(counted(counts.documents, "document")) in \(counted(report.files.count, "file"))"
        seen += ": \(counts.checked) checked"
        if !counts.skipped.isEmpty { seen += ", \(counts.skipped.count) of kinds without rules" }
        if ignored > 0 { seen += ", \(counted(ignored, "file")) ignored" }
        var found: [String] = []
        for (severity, name) in [(Severity.error, "error"), (.warning, "warning"), (.note, "note")] {
            let count = report.count(severity)
            if count > 0 { found.append(counted(count, name)) }
        }
        return seen + "; " + (found.isEmpty ? "nothing found" : found.joined(separator: ", "))
    }

    /// A fault in a configuration file.
    static func text(of fault: Configuration.Fault) -> String {
        let start = fault.span.start
        let place = "\(PlainText.shown(fault.span.file)):\(start.line):\(start.column)"
        let hint = fault.hint.map { " (\(PlainText.shown($0)))" } ?? ""
        return "\(place): error: \(PlainText.shown(fault.message))\(hint)"
    }

    private static func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}
