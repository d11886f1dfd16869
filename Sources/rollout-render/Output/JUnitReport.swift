import ManifestKit

/// Findings as the XML that test reporters of CI servers read: a suite a file, a case a finding.
///
/// A finding below the level that fails the run is a case that passes, with its text as output.
enum JUnitReport: ReportFormat {
    static let name = "junit"

    static func text(of report: ValidationReport, isColored: Bool) -> String {
        let byFile = Dictionary(grouping: report.diagnostics, by: \.span.file)
        let named = report.files + byFile.keys.filter { !report.files.contains($0) }.sorted()
        let failed = report.diagnostics.count { report.failLevel.isReached(by: $0.severity) }
        let cases = named.reduce(0) { $0 + max(byFile[$1]?.count ?? 0, 1) } + report.unreadable.count
        var xml = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        xml += "<testsuites name=\"rollout-render\" tests=\"\(cases)\" failures=\"\(failed)\" "
        xml += "errors=\"\(report.unreadable.count)\">\n"
        for file in named { xml += suite(file, byFile[file] ?? [], report.failLevel) }
        for input in report.unreadable { xml += suite(of: input) }
        return xml + "</testsuites>\n"
    }

    private static func suite(_ file: String, _ diagnostics: [Diagnostic], _ level: FailLevel) -> String {
        let failures = diagnostics.count { level.isReached(by: $0.severity) }
        let name = escaped(file)
        var xml = "  <testsuite name=\"\(name)\" tests=\"\(max(diagnostics.count, 1))\" failures=\"\(failures)\" errors=\"0\">\n"
        if diagnostics.isEmpty { xml += "    <testcase name=\"no findings\" classname=\"\(name)\"/>\n" }
        for diagnostic in diagnostics { xml += testCase(diagnostic, isFailure: level.isReached(by: diagnostic.severity)) }
        return xml + "  </testsuite>\n"
    }

    private static func testCase(_ diagnostic: Diagnostic, isFailure: Bool) -> String {
        let span = diagnostic.span
        let title = escaped("\(diagnostic.rule) line \(span.start.line) \(diagnostic.path)")
        var text = "\(span.file):\(span.start.line):\(span.start.column): \(diagnostic.severity.rawValue) "
        text += "\(diagnostic.rule): \(diagnostic.message)"
        if let hint = diagnostic.hint { text += "\nhint: " + hint }
        if let origin = diagnostic.origin { text += "\nfrom: " + origin }
        var xml = "    <testcase name=\"\(title)\" classname=\"\(escaped(span.file))\">\n"
        if isFailure {
            xml += "      <failure type=\"\(diagnostic.rule)\" message=\"\(escaped(diagnostic.message))\">"
            xml += escaped(text) + "</failure>\n"
        } else {
            xml += "      <system-out>" + escaped(text) + "</system-out>\n"
        }
        return xml + "    </testcase>\n"
    }

    private static func suite(of input: UnreadableInput) -> String {
        let name = escaped(input.path)
        return """
              <testsuite name="\(name)" tests="1" failures="0" errors="1">
                <testcase name="can be read" classname="\(name)">
                  <error type="unreadable" message="\(escaped(input.description))"/>
                </testcase>
              </testsuite>

            """
    }

    /// Text as XML takes it, in attributes too; what XML has no way to write becomes a replacement character.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&apos;"
            case "\n": result += "&#10;"
            case "\r": result += "&#13;"
            case "\t": result += "&#9;"
            case "\0"..<" ", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
