import ManifestKit

/// Findings as one JSON object, for programs.
enum JSONReport: ReportFormat {
    static let name = "json"

    static func text(of report: ValidationReport, isColored: Bool) -> String {
        let summary: JSONValue = [
            "documents": .int(report.counts.documents), "checked": .int(report.counts.checked),
            "skipped": .int(report.counts.skipped.count), "errors": .int(report.count(.error)),
            "warnings": .int(report.count(.warning)),
        ]
        let whole: JSONValue = [
            "files": .array(report.files.map(JSONValue.string)), "summary": summary,
            "diagnostics": .array(report.diagnostics.map(value)),
        ]
        return JSONWriter.text(whole, layout: .pretty) + "\n"
    }

    private static func value(_ diagnostic: Diagnostic) -> JSONValue {
        let span = diagnostic.span
        var fields: [(String, JSONValue)] = [
            ("rule", .string(diagnostic.rule.description)), ("severity", .string(diagnostic.severity.rawValue)),
            ("message", .string(diagnostic.message)), ("file", .string(span.file)),
            ("line", .int(span.start.line)), ("column", .int(span.start.column)),
            ("endLine", .int(span.end.line)), ("endColumn", .int(span.end.column)),
            ("path", .string(diagnostic.path)), ("document", .int(diagnostic.document)),
            ("hint", diagnostic.hint.map(JSONValue.string) ?? .null),
        ]
        // Only where the text came from `helm template`.
        if let origin = diagnostic.origin { fields.append(("origin", .string(origin))) }
        return .object(JSONObject(fields))
    }
}
