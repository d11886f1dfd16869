import Testing

@testable import ManifestKit

/// What the planner does in the recorded scenarios is what the reference did.
@Suite(.enabled(if: Conformance.isThere, "needs the recordings beside the package")) struct ConformanceRenderTests {
    @Test(arguments: Conformance.scenarios) func equalsTheRecording(_ name: String) throws {
        let scenario = try #require(Conformance.read("scenarios/\(name).yaml"))
        let trace = try #require(Conformance.read("traces/\(name).json"))
        var player = ScenarioPlayer()
        do {
            try player.play(scenario)
        } catch let stop as ScenarioPlayer.Stopped {
            Issue.record("\(name): \(stop.what)")
        }
        for (label, recorded) in trace["snapshots"]?.object?.fields ?? [] {
            guard let mine = player.snapshots[label] else {
                Issue.record("\(name): there is no snapshot \(label)")
                continue
            }
            for (object, value) in recorded["objects"]?.object?.fields ?? [] where Self.isOurs(object, value) {
                guard let own = mine.objects[object] else {
                    Issue.record("\(name) \(label): \(object) is missing")
                    continue
                }
                let differences = Self.differences(object, value, own).joined(separator: "\n")
                #expect(differences == "", "\(name) \(label) \(object)")
            }
            let kinds = ["ReplicaSet/", "Ingress/"]
            let extra = mine.objects.keys.filter { key in kinds.contains { key.hasPrefix($0) } }
                .filter { recorded["objects"]?[$0] == nil }
            #expect(extra.isEmpty, "\(name) \(label): not in the recording")
        }
    }

    /// The values that sizes, weights, selectors and phases go through between two snapshots are those of the
    /// reference, but for a selector that it switches back and forth.
    @Test(arguments: Conformance.scenarios) func goesThroughTheSameValues(_ name: String) throws {
        let scenario = try #require(Conformance.read("scenarios/\(name).yaml"))
        let trace = try #require(Conformance.read("traces/\(name).json"))
        var player = ScenarioPlayer()
        try player.play(scenario)
        for (label, recorded) in trace["snapshots"]?.object?.fields ?? [] {
            for (object, values) in recorded["sequences"]?.object?.fields ?? [] {
                guard let own = player.snapshots[label]?.sequences[object] else { continue }
                let theirs = Self.text(of: values.array ?? [])
                #expect(Self.text(of: own) == theirs, "\(name) \(label) \(object)")
            }
        }
    }

    private static func text(of values: [JSONValue]) -> String {
        steady(values.map { scrubbed($0) }).map { JSONWriter.text($0, sortsKeys: true) }.joined(separator: "\n")
    }

    /// Values without a back and forth between two of them.
    static func steady(_ values: [JSONValue]) -> [JSONValue] {
        var result: [JSONValue] = []
        for value in values where result.last != value {
            if result.count > 1, result[result.count - 2] == value { continue }
            result.append(value)
        }
        return result
    }

    static func isOurs(_ name: String, _ object: JSONValue) -> Bool {
        if name.hasPrefix("Deployment/") || name.hasPrefix("Job/") { return false }
        return object["metadata", "annotations", "deployment.kubernetes.io/revision"] == nil
    }

    static func differences(_ name: String, _ reference: JSONValue, _ own: JSONValue) -> [String] {
        let paths: [[String]] = switch name.prefix(while: { $0 != "/" }) {
        case "Rollout": [["metadata", "annotations"], ["status"]]
        case "ReplicaSet":
            [["metadata", "annotations"], ["metadata", "labels"], ["spec"], ["status"]]
        case "Service": [["metadata", "annotations"], ["spec", "selector"]]
        default: [["metadata", "annotations"], ["spec"]]
        }
        var result: [String] = []
        for path in paths {
            let pair = [reference, own].map { object in path.reduce(object) { $0[$1] ?? .null } }
            let flat = pair.map { flatten(scrubbed($0), path.joined(separator: ".")) }
            for key in Set(flat[0].keys).union(flat[1].keys).sorted() where flat[0][key] != flat[1][key] {
                result.append("\(key): \(flat[0][key] ?? "nothing") -> \(flat[1][key] ?? "nothing")")
            }
        }
        return result
    }

    /// What the recordings leave out, left out.
    static func scrubbed(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements):
            let scrubbed = elements.map { Self.scrubbed($0) }
            let isConditions = scrubbed.allSatisfy { $0["type"] != nil && $0["reason"] != nil }
            guard isConditions else { return .array(scrubbed) }
            return .array(scrubbed.sorted { ($0["type"]?.string ?? "") < ($1["type"]?.string ?? "") })
        case .object(let object):
            let dropped: Set = [
                "observedGeneration", "workloadObservedGeneration", "duration", "lastUpdateTime", "lastTransitionTime",
                "rollout.argoproj.io/workload-generation",
            ]
            let kept = object.fields.filter { !dropped.contains($0.key) }
            return .object(JSONObject(kept.map { ($0.key, Self.scrubbed($0.value)) }))
        case .boolean(false): return .null
        case .string(let text): return KubernetesTime(text) == nil ? value : "<time>"
        default: return value
        }
    }

    static func flatten(_ value: JSONValue, _ path: String) -> [String: String] {
        switch value {
        case .object(let object) where !object.isEmpty:
            return object.fields.reduce(into: [:]) { $0.merge(flatten($1.value, "\(path).\($1.key)")) { $1 } }
        case .array(let elements) where !elements.isEmpty:
            return elements.enumerated().reduce(into: [:]) { result, element in
                result.merge(flatten(element.element, "\(path)[\(element.offset)]")) { $1 }
            }
        // A cluster leaves out what is zero, and a person may have written `abort: false`.
        case .object, .array, .null, .boolean(false), .integer(0): return [:]
        default: return [path: JSONWriter.text(value)]
        }
    }
}
