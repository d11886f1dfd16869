import Foundation
import Testing

@testable import ManifestKit

/// The recorded manifests, in the folder `shared` beside the package or above it.
enum RecordedAnalyses {
    struct Verdict: Decodable {
        var truth: String
        var lines: [Int]?
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var name: String
        var truth: String
        var lines: [Int]
        var testDescription: String { "\(name): \(truth)" }
    }

    static let root: URL? = {
        var folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while folder.pathComponents.count > 1 {
            let candidate = folder.appendingPathComponent("shared/conformance/validation")
            if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
            folder.deleteLastPathComponent()
        }
        return nil
    }()

    static let cases: [Case] = {
        guard let root, let data = try? Data(contentsOf: root.appendingPathComponent("verdicts.json")),
            let verdicts = try? JSONDecoder().decode([String: Verdict].self, from: data)
        else { return [] }
        return verdicts.map { Case(name: $0.key, truth: $0.value.truth, lines: $0.value.lines ?? []) }
            .sorted { $0.name < $1.name }
    }()
}

/// What was recorded of manifests with analyses and experiments comes out the same.
@Suite(.enabled(if: RecordedAnalyses.root != nil, "needs the recorded verdicts beside the package"))
struct AnalysisConformanceTests {
    /// Faults of analyses and experiments that the rules of this area have to find by themselves.
    static let own: Set<String> = [
        "arg-undeclared-in-query", "initial-delay-words", "metric-bad-interval", "metric-count-no-interval",
        "metric-duplicate", "metric-limit-over-count", "metric-two-providers",
    ]

    @Test(arguments: RecordedAnalyses.cases) func agrees(_ example: RecordedAnalyses.Case) throws {
        let root = try #require(RecordedAnalyses.root)
        let text = try String(contentsOf: root.appendingPathComponent("\(example.name).yaml"), encoding: .utf8)
        var validator = Validator()
        for document in YAMLParser.documents(in: SourceFile(name: "manifest.yaml", text: text)) {
            validator.check(document)
        }
        let ids = 300..<350
        let errors = validator.finish().filter { $0.severity == .error && ids.contains($0.rule.number) }
        if example.truth == "valid" { #expect(errors.isEmpty, "\(errors.map(\.message))") }
        guard Self.own.contains(example.name) else { return }
        let found = errors.contains { error in
            example.lines.isEmpty
                || example.lines.contains { ($0 >= error.span.start.line) && ($0 <= error.span.end.line) }
        }
        #expect(found, "lines \(example.lines), found \(errors.map { "\($0.span.start.line): \($0.message)" })")
    }
}
