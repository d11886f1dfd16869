import Foundation
import ManifestKit
import Testing

@testable import RolloutRuntime

/// The controller does what the reference did, scenario by scenario.
@Suite struct ConformanceScenarioTests {
    @Test(.enabled(if: Conformance.isThere), arguments: Conformance.scenarios)
    func scenario(_ name: String) async throws {
        try await follow(name, usesCommands: false)
    }

    @Test(.enabled(if: Conformance.isThere), arguments: Conformance.scenarios)
    func scenarioByCommands(_ name: String) async throws {
        try await follow(name, usesCommands: true)
    }

    func follow(
        _ name: String, usesCommands: Bool, _ prepare: (ConformanceRig) -> Void = { _ in }
    ) async throws {
        let rig = try ConformanceRig(name)
        rig.usesCommands = usesCommands
        prepare(rig)
        try await rig.play(Conformance.read("scenarios/\(name).yaml"))
        let reference = try Conformance.read("traces/\(name).json")
        for (label, snapshot) in reference["snapshots"]?.object?.fields ?? [] {
            let own = try #require(rig.snapshots[label], "no snapshot \(label)")
            let theirs = ConformanceRecorder.Snapshot(reference: snapshot).withoutHashesOfDeployments
            compare(theirs, own.withoutHashesOfDeployments, label, rig.namespace)
        }
        #expect(!rig.decisions.all.contains { if case .slowedDown = $0.result { true } else { false } })
    }

    @Test(.enabled(if: Conformance.isThere), arguments: Conformance.scenarios)
    func events(_ name: String) async throws {
        let rig = try ConformanceRig(name)
        try await rig.play(Conformance.read("scenarios/\(name).yaml"))
        let recorded = try Conformance.read("events/events.json")["scenarios"]?[name]?.array ?? []
        let list = try rig.cluster.perform(.list(.events, namespace: rig.namespace))["items"]?.array ?? []
        let words = { (event: JSONValue) in "\(event["type"]?.string ?? "") \(event["reason"]?.string ?? "")" }
        let theirs = Set(recorded.filter { $0["kind"] == "Rollout" }.map(words))
        let ours = Set(list.filter { $0["involvedObject"]?["kind"] == "Rollout" }.map(words))
        #expect(theirs.subtracting(ours).sorted() == [], "only the reference says so")
        // Its client drops what goes beyond 25 events, so that it says a thing elsewhere is enough.
        #expect(ours.subtracting(Self.knownEvents).sorted() == [], "only we say so")
        let keys = list.map { "\($0["involvedObject"]?["name"]?.string ?? "") \(words($0)) \($0["message"]?.string ?? "")" }
        #expect(keys.count == Set(keys).count, "each happening has one event")
    }

    /// Every event of a Rollout that the reference has emitted in any scenario.
    private static let knownEvents: Set<String> = {
        let scenarios = try? Conformance.read("events/events.json")["scenarios"]?.object?.fields
        let events = (scenarios ?? []).flatMap { $0.value.array ?? [] }.filter { $0["kind"] == "Rollout" }
        let words = events.map { "\($0["type"]?.string ?? "") \($0["reason"]?.string ?? "")" }
        return Set(words).union(["Normal SkipSteps"])
    }()

    func compare(
        _ reference: ConformanceRecorder.Snapshot, _ own: ConformanceRecorder.Snapshot, _ label: String,
        _ namespace: String
    ) {
        compareObjects(reference.objects, own, label, namespace)
        for (name, theirs) in reference.sequences.sorted(by: { $0.key < $1.key }) {
            let ours = (own.sequences[name] ?? []).map { plain($0) }
            let theirs = theirs.map { plain($0) }
            // One switch is right where it goes back and forth.
            guard ours != theirs, ours != Self.withoutSwitching(theirs),
                Self.withoutSwitching(theirs) == theirs || ours != Self.withoutSwitching(theirs) + [theirs.last ?? .null]
            else { continue }
            let list = { (values: [JSONValue]) in values.map { JSONWriter.text($0, sortsKeys: true) } }
            Issue.record("\(label) \(name) sequence:\n  reference \(list(theirs))\n  mine      \(list(ours))")
        }
    }

    /// The reference switches a service back and forth dozens of times while an abort delays; one switch is right.
    private static func withoutSwitching(_ values: [JSONValue]) -> [JSONValue] {
        guard values.count > 6, Set(values).count < 4 else { return values }
        var result: [JSONValue] = []
        // Back to what was there before the last is no new value.
        for value in values where result.dropLast().last != value { if result.last != value { result.append(value) } }
        return result
    }

    func compareObjects(
        _ expected: [String: JSONValue], _ own: ConformanceRecorder.Snapshot, _ label: String, _ namespace: String
    ) {
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

    /// Without nulls, which say the same as nothing.
    private func plain(_ value: JSONValue) -> JSONValue {
        .object(JSONObject((value.object?.fields ?? []).filter { !$0.value.isNull }.map { ($0.key, $0.value) }))
    }

    private func text(_ value: JSONValue?) -> String { value.map { JSONWriter.text($0) } ?? "nothing" }
}

extension ConformanceRecorder.Snapshot {
    /// Reads a snapshot of a recorded trace.
    init(reference: JSONValue) {
        for (name, object) in reference["objects"]?.object?.fields ?? [] { objects[name] = object }
        for (name, values) in reference["sequences"]?.object?.fields ?? [] { sequences[name] = values.array ?? [] }
    }

    /// Hashes that a Deployment gives its own ReplicaSets are nobody's promise.
    var withoutHashesOfDeployments: ConformanceRecorder.Snapshot {
        var result = self
        for (name, object) in objects {
            guard object["metadata"]?["ownerReferences"]?[0]?["kind"] == "Deployment" else { continue }
            let revision = object["metadata", "annotations", "deployment.kubernetes.io/revision"]?.string ?? ""
            let plain = "ReplicaSet of a Deployment at revision \(revision)"
            var kept = object
            kept.set(["metadata", "name"], to: nil)
            for path in [["metadata", "labels"], ["spec", "selector", "matchLabels"], ["spec", "template", "metadata", "labels"]] {
                kept.set(path + ["pod-template-hash"], to: nil)
            }
            result.objects[name] = nil
            result.objects[plain] = kept
            // How many pods go at once depends on how many of the others get ready at once.
            let sizes = result.sequences.removeValue(forKey: name) ?? []
            result.sequences[plain] = sizes.count > 2 ? [sizes[0], sizes[sizes.count - 1]] : sizes
        }
        return result
    }
}
