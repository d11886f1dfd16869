import ManifestKit

/// What keeps a command from its work, for people, on standard error.
enum RenderingComplaints {
    /// Writes findings with their source lines.
    static func write(_ findings: [Diagnostic]) {
        guard !findings.isEmpty else { return }
        var report = ValidationReport()
        report.diagnostics = findings
        let text = TextReport.text(of: report, isColored: false)
        StandardError.write(text.hasSuffix("\n") ? String(text.dropLast()) : text)
    }
}
