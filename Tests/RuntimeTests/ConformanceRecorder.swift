import Foundation
import ManifestKit
import Synchronization

@testable import RolloutRuntime

/// Records what a controller does to a cluster, in the form of the recorded traces.
final class ConformanceRecorder: Sendable {
    /// A settled state, and what each object went through before it.
    struct Snapshot: Sendable {
        var objects: [String: JSONValue] = [:]
        var sequences: [String: [JSONValue]] = [:]
    }

    private struct State {
        var sequences: [String: [JSONValue]] = [:]
        var last: [String: JSONValue] = [:]
        var changedAt = 0.0
    }

    static let kinds: [ResourceType] = [
        .rollouts, .replicaSets, .services, .ingresses, .deployments, .virtualServices, .destinationRules,
        .analysisRuns, .experiments, .jobs, .traefikServices, .apisixRoutes, .mappings, .trafficSplits,
    ]
    /// Kinds that scenarios apply and nobody records.
    static let unrecordedKinds: [ResourceType] = [.analysisTemplates, .clusterAnalysisTemplates]
    private let cluster: EmbeddedCluster
    private let namespace: String
    private let state = Mutex(State())

    init(cluster: EmbeddedCluster, namespace: String, clock: any ClusterClock) {
        self.cluster = cluster
        self.namespace = namespace
        for kind in Self.kinds {
            _ = cluster.observe(kind) { [weak self] name, object in
                guard name.namespace == namespace, let self else { return }
                self.see(kind, object, at: clock.now)
            }
        }
    }

    /// When something last changed.
    var changedAt: Double { state.withLock { $0.changedAt } }

    private func see(_ kind: ResourceType, _ object: JSONValue?, at now: Double) {
        guard let object else {
            state.withLock { $0.changedAt = now }
            return
        }
        let name = Self.name(kind, object)
        let full = ConformanceNormalForm.normal(kind.kind, object)
        let values = ConformanceNormalForm.scrubbed(Self.keyFields(kind.kind, object))
        state.withLock { state in
            if state.last[name] != full {
                state.last[name] = full
                state.changedAt = now
            }
            if !values.fields.isEmpty, state.sequences[name]?.last != .object(values) {
                state.sequences[name, default: []].append(.object(values))
            }
        }
    }

    /// The state now, and what led to it since the last one.
    func take() -> Snapshot {
        var snapshot = Snapshot()
        for kind in Self.kinds {
            let list = try? cluster.perform(.list(kind, namespace: namespace))
            for object in list?["items"]?.array ?? [] {
                snapshot.objects[Self.name(kind, object)] = ConformanceNormalForm.normal(kind.kind, object)
            }
        }
        snapshot.sequences = state.withLock { state in
            let sequences = state.sequences
            state.sequences = sequences.mapValues { $0.suffix(1) }
            return sequences
        }
        return snapshot
    }

    private static func name(_ kind: ResourceType, _ object: JSONValue) -> String {
        "\(kind.kind)/" + ConformanceNormalForm.scrubbed(object["metadata"]?["name"]?.string ?? "")
    }

    /// The few values whose order over time is the controller's behaviour.
    private static func keyFields(_ kind: String, _ object: JSONValue) -> JSONObject {
        let spec = object["spec"]
        switch kind {
        case "ReplicaSet": return JSONObject([("replicas", spec?["replicas"] ?? .null)])
        case "Service": return JSONObject([("selector", spec?["selector"] ?? .null)])
        case "Ingress":
            let own = (object["metadata"]?["annotations"]?.object?.fields ?? []).filter {
                $0.key.contains("canary") || $0.key.contains("actions.")
            }
            return JSONObject([("annotations", .object(JSONObject(own.map { ($0.key, $0.value) })))])
        case "VirtualService", "DestinationRule", "TraefikService", "ApisixRoute", "Mapping", "TrafficSplit": return JSONObject([("spec", spec ?? .null)])
        case "Rollout":
            let status = object["status"]
            let pauses = (status?["pauseConditions"]?.array ?? []).compactMap { $0["reason"] }
            return JSONObject([
                ("phase", status?["phase"] ?? .null), ("step", status?["currentStepIndex"] ?? .null),
                ("abort", status?["abort"] ?? .null), ("stableRS", status?["stableRS"] ?? .null),
                ("canaryWeight", status?["canary", "weights", "canary", "weight"] ?? .null),
                ("activeSelector", status?["blueGreen", "activeSelector"] ?? .null), ("paused", .array(pauses)),
            ])
        case "AnalysisRun", "Experiment": return JSONObject([("phase", object["status"]?["phase"] ?? .null)])
        default: return JSONObject()
        }
    }
}

/// Objects without what differs from run to run.
enum ConformanceNormalForm {
    private static let droppedMetadata: Set<String> = [
        "uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink", "namespace",
        "finalizers",
    ]

    static func normal(_ kind: String, _ object: JSONValue) -> JSONValue {
        var out: JSONValue = ["metadata": metadata(of: object)]
        for section in ["spec", "status", "backends"] { out[section] = object[section] }
        let status = object["status"]
        switch kind {
        case "Rollout":
            var kept = status ?? [:]
            for key in ["observedGeneration", "workloadObservedGeneration", "duration"] { kept[key] = nil }
            let conditions = (status?["conditions"]?.array ?? []).map { condition -> JSONValue in
                .object(JSONObject(["type", "status", "reason", "message"].map { ($0, condition[$0] ?? .null) }))
            }
            kept["conditions"] = .array(conditions.sorted {
                ($0["type"]?.string ?? "") < ($1["type"]?.string ?? "")
            })
            out["status"] = kept
        case "ReplicaSet", "Deployment":
            var kept = JSONObject()
            for key in ["replicas", "readyReplicas", "availableReplicas"] { kept[key] = status?[key] }
            out["status"] = .object(kept)
            if kind == "ReplicaSet", out["spec"]?["replicas"] == nil { out.set(["spec", "replicas"], to: 0) }
        case "Service":
            out["spec"] = .object(JSONObject(["selector", "ports", "type"].map { ($0, object["spec"]?[$0] ?? .null) }))
            out["status"] = nil
        case "Ingress": out["status"] = nil
        case "AnalysisRun":
            let results = (status?["metricResults"]?.array ?? []).map { result -> JSONValue in
                var result = result
                let measurements = (result["measurements"]?.array ?? []).map { measurement -> JSONValue in
                    var measurement = measurement
                    if measurement["metadata"] != nil { measurement.set(["metadata", "job-namespace"], to: nil) }
                    return measurement
                }
                if !measurements.isEmpty { result["measurements"] = .array(measurements) }
                return result
            }
            if !results.isEmpty { out.set(["status", "metricResults"], to: .array(results)) }
        case "Job":
            let labels = (object["metadata"]?["labels"]?.object?.fields ?? []).filter { !$0.key.contains("uid") }
            out = ["metadata": [
                "name": object["metadata"]?["name"] ?? .null, "labels": .object(JSONObject(labels.map { ($0.key, $0.value) })),
            ]]
        default: break
        }
        return scrubbed(out)
    }

    private static func metadata(of object: JSONValue) -> JSONValue {
        var metadata = object["metadata"]?.object ?? JSONObject()
        for key in droppedMetadata { metadata[key] = nil }
        let owners = (metadata["ownerReferences"]?.array ?? []).map { owner -> JSONValue in
            .object(JSONObject(["kind", "name", "controller", "blockOwnerDeletion"].map { ($0, owner[$0] ?? .null) }))
        }
        metadata["ownerReferences"] = .array(owners)
        var annotations = metadata["annotations"]?.object ?? JSONObject()
        annotations["kubectl.kubernetes.io/last-applied-configuration"] = nil
        annotations[RolloutMarks.workloadGeneration] = nil
        metadata["annotations"] = .object(annotations)
        return .object(metadata)
    }

    static func scrubbed(_ object: JSONObject) -> JSONObject {
        JSONObject(object.fields.map { ($0.key, scrubbed($0.value)) })
    }

    /// Times and uids anywhere, which differ from run to run.
    static func scrubbed(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object): return .object(scrubbed(object))
        case .array(let elements): return .array(elements.map { scrubbed($0) })
        case .string(let text): return .string(scrubbed(text))
        default: return value
        }
    }

    static func scrubbed(_ text: String) -> String {
        guard text.utf8.count >= 20, text.utf8.contains(UInt8(ascii: "-")) else { return text }
        return text
            .replacing(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/, with: "<time>")
            .replacing(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/, with: "<uid>")
    }

    /// Every value with its path; what is empty or null counts as absent.
    static func flat(_ value: JSONValue?, _ path: String = "") -> [String: JSONValue] {
        switch value {
        case nil, .null: return [:]
        case .object(let object):
            var result: [String: JSONValue] = [:]
            for (key, field) in object.fields {
                result.merge(flat(field, path.isEmpty ? key : "\(path).\(key)")) { own, _ in own }
            }
            return result
        case .array(let elements):
            var result: [String: JSONValue] = [:]
            for (position, element) in elements.enumerated() {
                result.merge(flat(element, "\(path)[\(position)]")) { own, _ in own }
            }
            return result
        case let value?: return [path: value]
        }
    }
}
