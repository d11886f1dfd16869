import ManifestKit

/// Findings as SARIF 2.1.0, which code scanning services take.
enum SARIFReport: ReportFormat {
    static let name = "sarif"

    static func text(of report: ValidationReport, isColored: Bool) -> String {
        var places: [RuleID: Int] = [:]
        for (index, rule) in ValidationRules.all.enumerated() { places[rule.id] = index }
        let driver: JSONValue = [
            "name": "rollout-render", "version": .string(Version.text), "semanticVersion": .string(Version.text),
            "rules": .array(ValidationRules.all.map(descriptor)),
        ]
        let run: JSONValue = [
            "tool": ["driver": driver],
            "columnKind": "unicodeCodePoints",
            "invocations": .array([invocation(report)]),
            "results": .array(report.diagnostics.map { result($0, places[$0.rule]) }),
        ]
        let log: JSONValue = [
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": .array([run]),
        ]
        return JSONWriter.text(log, layout: .pretty) + "\n"
    }

    private static func descriptor(_ rule: any ValidationRule.Type) -> JSONValue {
        [
            "id": .string(rule.id.description),
            "shortDescription": ["text": .string(rule.summary)],
            "fullDescription": ["text": .string(rule.rationale)],
            "help": ["text": .string("\(rule.summary) \(rule.rationale)")],
            "defaultConfiguration": ["level": .string(level(of: rule.severity))],
        ]
    }

    private static func invocation(_ report: ValidationReport) -> JSONValue {
        var fields: [(String, JSONValue)] = [("executionSuccessful", .boolean(report.unreadable.isEmpty))]
        if !report.unreadable.isEmpty {
            let notifications = report.unreadable.map { input -> JSONValue in
                ["level": "error", "message": ["text": .string(input.description)]]
            }
            fields.append(("toolExecutionNotifications", .array(notifications)))
        }
        return .object(JSONObject(fields))
    }

    private static func result(_ diagnostic: Diagnostic, _ ruleIndex: Int?) -> JSONValue {
        var text = diagnostic.message
        if let hint = diagnostic.hint { text += "\n" + hint }
        if let origin = diagnostic.origin { text += "\nfrom " + origin }
        var location = physical(diagnostic.span, snippet: diagnostic.line)
        if !diagnostic.path.isEmpty {
            location["logicalLocations"] = [["fullyQualifiedName": .string(diagnostic.path)]]
        }
        var fields: [(String, JSONValue)] = [("ruleId", .string(diagnostic.rule.description))]
        if let ruleIndex { fields.append(("ruleIndex", .int(ruleIndex))) }
        fields += [
            ("level", .string(level(of: diagnostic.severity))), ("message", ["text": .string(text)]),
            ("locations", .array([location])),
        ]
        if !diagnostic.related.isEmpty {
            let related = diagnostic.related.enumerated().map { position, place -> JSONValue in
                var location = physical(place.span)
                location["id"] = .int(position + 1)
                location["message"] = ["text": .string(place.message)]
                return location
            }
            fields.append(("relatedLocations", .array(related)))
        }
        if let fix = diagnostic.fix { fields.append(("fixes", .array([change(fix)]))) }
        return .object(JSONObject(fields))
    }

    private static func physical(_ span: SourceSpan, snippet: String? = nil) -> JSONValue {
        var region = region(of: span)
        if let snippet, !snippet.isEmpty { region["snippet"] = ["text": .string(snippet)] }
        return ["physicalLocation": ["artifactLocation": ["uri": .string(uri(of: span.file))], "region": region]]
    }

    private static func region(of span: SourceSpan) -> JSONValue {
        [
            "startLine": .int(span.start.line), "startColumn": .int(span.start.column),
            "endLine": .int(span.end.line), "endColumn": .int(span.end.column),
        ]
    }

    private static func change(_ fix: Diagnostic.Fix) -> JSONValue {
        let replacement: JSONValue = [
            "deletedRegion": region(of: fix.span), "insertedContent": ["text": .string(fix.replacement)],
        ]
        let file: JSONValue = [
            "artifactLocation": ["uri": .string(uri(of: fix.span.file))], "replacements": .array([replacement]),
        ]
        return ["artifactChanges": .array([file])]
    }

    private static func level(of severity: Severity) -> String {
        switch severity {
        case .error: "error"
        case .warning: "warning"
        case .note: "note"
        case .off: "none"
        }
    }

    /// A path as a URI: relative paths stay relative, and what URIs give a meaning to is percent-encoded.
    static func uri(of path: String) -> String {
        guard path != "-" else { return "stdin" }
        var bytes = Array(path.utf8)[...]
        while bytes.starts(with: Array("./".utf8)) { bytes = bytes.dropFirst(2) }
        var result = bytes.first == UInt8(ascii: "/") ? "file://" : ""
        for byte in bytes {
            switch byte {
            case 0x61...0x7A, 0x41...0x5A, 0x30...0x39, UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                result.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                result += digits.utf8.count == 1 ? "%0" + digits : "%" + digits
            }
        }
        return result
    }
}
