import Foundation
import Testing

@testable import ManifestKit

/// The recorded truth about manifests: what is invalid gets an error on a faulty line, what is valid gets none.
@Suite struct ConformanceValidationTests {
    struct Verdict: Decodable, Sendable {
        var truth: String
        var lines: [Int]?
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var verdict: Verdict
        var testDescription: String { name }
    }

    /// Beside the package, or further up.
    static let folder: URL = {
        var place = TidyTests.root
        while place.path != "/" {
            place = place.deletingLastPathComponent()
            let folder = place.appending(path: "shared/conformance/validation")
            if FileManager.default.fileExists(atPath: folder.path) { return folder }
        }
        return TidyTests.root.deletingLastPathComponent().appending(path: "shared/conformance/validation")
    }()
    static let verdicts: [String: Verdict] = {
        guard let data = try? Data(contentsOf: folder.appending(path: "verdicts.json")) else { return [:] }
        return (try? JSONDecoder().decode([String: Verdict].self, from: data)) ?? [:]
    }()
    static let cases = verdicts.map { Case(name: $0.key, verdict: $0.value) }.sorted { $0.name < $1.name }

    @Test(.enabled(if: !cases.isEmpty, "the recorded manifests are not there")) func verdictsAreThere() {
        #expect(Self.cases.count > 100)
    }

    @Test(arguments: cases) func agrees(_ example: Case) throws {
        let file = example.name + ".yaml"
        let text = try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
        let findings = Self.findings(in: text, name: file)
        let errors = findings.filter { $0.severity == .error }
        let shown = findings.map { "\($0.span.start.line): \($0.severity) \($0.rule) \($0.message)" }
            .joined(separator: "\n")
        switch example.verdict.truth {
        case "valid":
            #expect(errors.isEmpty, "\(example.name) is valid\n\(shown)")
        case "invalid":
            let lines = example.verdict.lines ?? []
            let isMet = errors.contains { error in
                lines.isEmpty || Self.places(of: error).contains { place in lines.contains(where: place.contains) }
            }
            #expect(isMet, "\(example.name) is invalid on lines \(lines)\n\(shown)")
        default:
            break
        }
    }

    /// The lines that an error names.
    static func places(of error: Diagnostic) -> [ClosedRange<Int>] {
        ([error.span] + error.related.map(\.span)).map { $0.start.line...max($0.start.line, $0.end.line) }
    }

    static func findings(in text: String, name: String) -> [Diagnostic] {
        var validator = Validator()
        YAMLParser.forEachDocument(in: SourceFile(name: name, text: text)) { validator.check($0) }
        return validator.finish()
    }
}
