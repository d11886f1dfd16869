import Foundation
import Testing

@testable import ManifestKit

/// What an API server said of pod templates, held against the rules about them.
@Suite(.enabled(if: PodTemplateTruth.isThere, "the recorded verdicts are not beside the package"))
struct PodTemplateTruthTests {
    @Test(arguments: PodTemplateTruth.refused) func findsTheFault(_ verdict: PodTemplateTruth.Verdict) throws {
        let errors = try PodTemplateTruth.findings(in: verdict).filter { $0.severity == .error }
        #expect(!errors.isEmpty, "the API server says \(verdict.replicaSet)")
        guard !verdict.lines.isEmpty else { return }
        let meets = errors.contains { error in
            verdict.lines.contains { (error.span.start.line...error.span.end.line).contains($0) }
        }
        let found = errors.map { "\($0.span.start.line): \($0.message)" }
        #expect(meets, "expected on one of \(verdict.lines), found \(found)")
    }

    @Test(arguments: PodTemplateTruth.accepted) func findsNothing(_ verdict: PodTemplateTruth.Verdict) throws {
        let errors = try PodTemplateTruth.findings(in: verdict).filter { $0.severity == .error }
        #expect(errors.isEmpty, "\(errors.map(\.message))")
    }
}

enum PodTemplateTruth {
    struct Verdict: CustomTestStringConvertible, Sendable {
        var name: String
        var truth: String
        var replicaSet: [String]
        var apiServer: [String]
        var lines: [Int]
        var testDescription: String { name }
    }

    /// The folder of the verdicts beside the package, or one up where the package is a worktree.
    static let place = ["../../../shared", "../../../../shared"]
        .map {
            URL(filePath: #filePath).deletingLastPathComponent().appending(path: $0)
                .appending(path: "conformance/validation").standardizedFileURL
        }
        .first { FileManager.default.fileExists(atPath: $0.appending(path: "verdicts.json").path) }
    static let isThere = place != nil

    static let verdicts: [Verdict] = {
        guard let place, let data = try? Data(contentsOf: place.appending(path: "verdicts.json")),
            let all = try? JSONSerialization.jsonObject(with: data) as? [String: [String: Any]]
        else { return [] }
        return all.sorted { $0.key < $1.key }.map { name, fields in
            Verdict(
                name: name, truth: fields["truth"] as? String ?? "",
                replicaSet: fields["replicaset"] as? [String] ?? [],
                apiServer: fields["apiserver"] as? [String] ?? [], lines: fields["lines"] as? [Int] ?? [])
        }
    }()

    /// Invalid templates that an API server read and then refused, so that the fault is not one of the schema; and the
    /// one that it refuses only in pods.
    static let refused = verdicts.filter { verdict in
        guard verdict.truth == "invalid", verdict.apiServer.isEmpty else { return false }
        if verdict.name == "image-space" { return true }
        let text = verdict.replicaSet.joined(separator: "\n")
        return text.contains("spec.template") && !text.contains("selector") && !text.contains("cannot be handled")
    }
    static let accepted = verdicts.filter { $0.truth == "valid" }

    static func findings(in verdict: Verdict) throws -> [Diagnostic] {
        guard let place else { return [] }
        let text = try String(contentsOf: place.appending(path: verdict.name + ".yaml"), encoding: .utf8)
        var validator = Validator()
        for document in YAMLParser.documents(in: SourceFile(name: verdict.name, text: text)) {
            validator.check(document)
        }
        return validator.finish().filter { (100..<200).contains($0.rule.number) }
    }
}
