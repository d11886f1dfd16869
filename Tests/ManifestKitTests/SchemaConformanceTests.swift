import Foundation
import Testing

@testable import ManifestKit

/// The manifests whose fate at a real API server was recorded.
enum RecordedVerdicts {
    struct Verdict: Decodable {
        var truth: String
        var apiserver: [String]
        var lint: [String]
        var replicaset: [String]
        var lines: [Int]
    }

    /// `shared/conformance/validation` beside the package, or beside a folder above it.
    static let folder: URL = {
        var above = URL(fileURLWithPath: #filePath)
        for _ in 0..<6 {
            above.deleteLastPathComponent()
            let candidate = above.appendingPathComponent("shared/conformance/validation")
            if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
        }
        return above
    }()
    static var isPresent: Bool {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent("verdicts.json").path)
    }
    static let all: [String: Verdict] = {
        guard let data = try? Data(contentsOf: folder.appendingPathComponent("verdicts.json")) else { return [:] }
        return (try? JSONDecoder().decode([String: Verdict].self, from: data)) ?? [:]
    }()
}

/// What an API server said of manifests when it was asked strictly, against what the schema rules find.
@Suite(.enabled(if: RecordedVerdicts.isPresent, "the recorded verdicts are not beside the package"))
struct SchemaConformanceTests {
    /// Rules about the shape of objects and about the objects around a Rollout.
    static func isMine(_ rule: RuleID) -> Bool {
        (20...39).contains(rule.number) || (600...649).contains(rule.number)
    }

    static func findings(in name: String) throws -> [Diagnostic] {
        let data = try Data(contentsOf: RecordedVerdicts.folder.appendingPathComponent(name + ".yaml"))
        var validator = Validator()
        let source = SourceFile(name: name, bytes: ByteOrderMark.removed(from: Array(data)))
        for document in YAMLParser.documents(in: source) { validator.check(document) }
        return validator.finish().filter { isMine($0.rule) && $0.severity == .error }
    }

    /// Faults that the types of fields show: what an API server cannot decode, or its schema refuses.
    static let shape = RecordedVerdicts.all.filter { name, verdict in
        let said = verdict.apiserver + verdict.lint + verdict.replicaset
        return verdict.truth == "invalid" && said.contains {
            $0.contains("unknown field") || $0.contains("in body must be of type") || $0.contains("cannot unmarshal")
                || $0.contains("quantities must match") || $0.contains("parsing time")
                || $0.contains("Required value") && verdict.apiserver.contains($0)
        }
    }.keys.sorted()

    @Test(arguments: shape) func findsWhatDoesNotDecode(_ name: String) throws {
        let verdict = try #require(RecordedVerdicts.all[name])
        let found = try Self.findings(in: name)
        #expect(!found.isEmpty, "\(verdict)")
        if !verdict.lines.isEmpty {
            #expect(
                found.contains { finding in
                    verdict.lines.contains { (finding.span.start.line...finding.span.end.line).contains($0) }
                }, "\(found.map { "\($0.span.start.line): \($0.message)" }) but \(verdict.lines)")
        }
    }

    @Test(arguments: RecordedVerdicts.all.filter { $0.value.truth == "valid" }.keys.sorted())
    func isSilentOnGoodManifests(_ name: String) throws {
        let found = try Self.findings(in: name)
        #expect(found.isEmpty, "\(found.map { "\($0.span.start.line): \($0.message)" })")
    }
}
