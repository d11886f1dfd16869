import Foundation
import Testing

@testable import ManifestKit

/// Rules about a Rollout's own fields agree with what the reference and an API server said of recorded manifests.
@Suite struct RolloutConformanceTests {
    struct Verdict: Decodable {
        var truth: String
        var lines: [Int]
    }

    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("shared/conformance/validation")

    static let verdicts: [String: Verdict] = {
        guard let data = try? Data(contentsOf: folder.appendingPathComponent("verdicts.json")) else { return [:] }
        return (try? JSONDecoder().decode([String: Verdict].self, from: data)) ?? [:]
    }()

    /// Faults of a Rollout's own fields that a schema does not show.
    static let faults = [
        "anti-affinity-both", "anti-affinity-none", "anti-affinity-weight", "bg-revision-limit",
        "deadline-below-min-ready", "dynamic-and-delay", "dynamic-without-routing", "empty-selector", "empty-step",
        "experiment-weight-on-nginx", "header-no-match-value", "header-two-matches", "header-without-routing",
        "max-weight-on-istio", "mirror-on-nginx", "negative-min-ready", "nginx-no-canary-service",
        "nginx-no-stable-service", "nginx-two-ingress-fields", "no-selector", "no-template", "pause-days",
        "pause-unit-alone", "pause-words", "ping-pong-no-pong", "ping-pong-no-root", "ping-pong-on-nginx",
        "ping-pong-same", "same-services", "scale-without-routing", "second-rollout-bad", "selector-bad-operator",
        "selector-mismatch", "surge-and-unavailable-zero", "two-strategies", "weight-101", "weight-and-scale-in-step",
        "weight-over-max", "workload-ref-and-template",
    ]

    static let sound = verdicts.filter { $0.value.truth == "valid" }.map(\.key).sorted()

    @Test(.enabled(if: !verdicts.isEmpty, "the recorded verdicts are not beside the package"), arguments: faults)
    func findsTheFault(_ name: String) throws {
        let verdict = try #require(Self.verdicts[name])
        let errors = try Self.errors(in: name)
        let places = errors.map { "\($0.span.start.line): \($0.message)" }
        #expect(!errors.isEmpty)
        guard !verdict.lines.isEmpty else { return }
        #expect(
            errors.contains { error in
                let spans = [error.span] + error.related.map(\.span)
                return spans.contains { span in
                    verdict.lines.contains { (span.start.line...span.end.line).contains($0) }
                }
            }, "no error on lines \(verdict.lines): \(places)")
    }

    @Test(.enabled(if: !verdicts.isEmpty, "the recorded verdicts are not beside the package"), arguments: sound)
    func findsNoFault(_ name: String) throws {
        #expect(try Self.errors(in: name).map(\.message).isEmpty)
    }

    private static func errors(in name: String) throws -> [Diagnostic] {
        let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent(name + ".yaml")))
        var validator = Validator()
        let source = SourceFile(name: name, bytes: ByteOrderMark.removed(from: bytes))
        for document in YAMLParser.documents(in: source) { validator.check(document) }
        return validator.finish().filter { $0.severity == .error && (200..<300).contains($0.rule.number) }
    }
}
