import Foundation
import ManifestKit
import Testing

@testable import RolloutRuntime

/// The controller does what the reference did, scenario by scenario.
@Suite struct ConformanceScenarioTests {
    @Test(.enabled(if: Conformance.isThere), arguments: Conformance.scenarios)
    func scenario(_ name: String) async throws {
        let rig = try ConformanceRig(name)
        try await rig.play(Conformance.read("scenarios/\(name).yaml"))
        let reference = try Conformance.read("traces/\(name).json")
        for (label, snapshot) in reference["snapshots"]?.object?.fields ?? [] {
            let own = try #require(rig.snapshots[label], "no snapshot \(label)")
            compareObjects(snapshot["objects"] ?? .null, own, label, rig.namespace)
            compareSequences(snapshot["sequences"] ?? .null, own, label, rig.namespace)
        }
    }

    private func compareObjects(
        _ reference: JSONValue, _ own: ConformanceRecorder.Snapshot, _ label: String, _ namespace: String
    ) {
        let expected = Dictionary(uniqueKeysWithValues: (reference.object?.fields ?? []).map { ($0.key, $0.value) })
        for name in Set(expected.keys).union(own.objects.keys).sorted() {
            let theirs = ConformanceNormalForm.flat(expected[name])
            let ours = ConformanceNormalForm.flat(own.objects[name])
            guard !theirs.isEmpty, !ours.isEmpty else {
                Issue.record("\(label) \(name): \(theirs.isEmpty ? "not in the reference" : "missing")")
                continue
            }
            for path in Set(theirs.keys).union(ours.keys).sorted() {
                if path == "spec.template.metadata.creationTimestamp" { continue }
                var value = ours[path]
                if value == .string(namespace) { value = "<namespace>" }
                guard value != theirs[path] else { continue }
                Issue.record("\(label) \(name) \(path): \(text(theirs[path])) -> \(text(value))")
            }
        }
    }

    private func compareSequences(
        _ reference: JSONValue, _ own: ConformanceRecorder.Snapshot, _ label: String, _ namespace: String
    ) {
        for (name, values) in reference.object?.fields ?? [] {
            let ours = (own.sequences[name] ?? []).map { plain($0) }
            let theirs = (values.array ?? []).map { plain($0) }
            guard ours != theirs else { continue }
            let list = { (values: [JSONValue]) in values.map { JSONWriter.text($0, sortsKeys: true) } }
            Issue.record("\(label) \(name) sequence:\n  reference \(list(theirs))\n  mine      \(list(ours))")
        }
    }

    /// Without nulls, which say the same as nothing.
    private func plain(_ value: JSONValue) -> JSONValue {
        .object(JSONObject((value.object?.fields ?? []).filter { !$0.value.isNull }.map { ($0.key, $0.value) }))
    }

    private func text(_ value: JSONValue?) -> String { value.map { JSONWriter.text($0) } ?? "nothing" }
}
