import Foundation
import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// A cluster as the reference left it in the middle of an update: the controller takes over and finishes it.
@Suite struct ConformanceFinishTests {
    /// Snapshots that are followed by others in the script of their scenario.
    static let middles: [(scenario: String, label: String)] = Conformance.scenarios.flatMap { name in
        let labels = ((try? Conformance.read("scenarios/\(name).yaml"))?["script"]?.array ?? [])
            .compactMap { $0["snapshot"]?.string }
        return labels.dropLast().map { (name, $0) }
    }

    @Test(.enabled(if: Conformance.isThere)) func thereAreMiddles() { #expect(Self.middles.count > 20) }

    @Test(.enabled(if: Conformance.isThere), arguments: middles)
    func finishes(_ name: String, _ label: String) async throws {
        let trace = try Conformance.read("traces/\(name).json")
        let rig = try ConformanceRig(name)
        let left = LeftCluster(cluster: rig.cluster, clock: rig.clock, namespace: rig.namespace)
        try left.loadTemplates(of: name)
        try left.load(try #require(trace["snapshots"]?[label]?["objects"]))
        try await runPods(of: rig)
        try renewDeadlines(of: rig)
        let before = inventory(of: rig)
        let rollout = try rig.cluster.perform(.list(.rollouts, namespace: rig.namespace))["items"]?[0]
        _ = rig.recorder.take()
        _ = try await rig.settle()
        #expect(inventory(of: rig) == before, "a ReplicaSet was made or a pod has gone")
        let now = try rig.cluster.perform(.list(.rollouts, namespace: rig.namespace))["items"]?[0]
        #expect(now?["status"]?["currentStepIndex"] == rollout?["status"]?["currentStepIndex"])
        try await rig.play(Conformance.read("scenarios/\(name).yaml"), after: label)
        #expect(!rig.snapshots.isEmpty)
        for (later, snapshot) in rig.snapshots.sorted(by: { $0.key < $1.key }) {
            let reference = try #require(trace["snapshots"]?[later])
            var theirs = ConformanceRecorder.Snapshot(reference: reference).withoutHashesOfDeployments
            // What had gone before stands there with the last value that it had.
            for (object, values) in theirs.sequences where values.count == 1 {
                let isThere = [trace["snapshots"]?[label], reference].contains { $0?["objects"]?[object] != nil }
                if !isThere { theirs.sequences[object] = nil }
            }
            ConformanceScenarioTests().compare(
                theirs, snapshot.withoutHashesOfDeployments, "\(label), then \(later)", rig.namespace)
        }
    }

    /// Lets the pods of what was loaded come up before the controller starts, as they were up in the recording.
    private func runPods(of rig: ConformanceRig) async throws {
        for _ in 0..<200 {
            guard let next = rig.model.advance() else { return }
            rig.clock.advance(to: max(next, rig.clock.now + 0.001))
        }
    }

    /// Nobody knows how long ago a deadline was set; it is set now, as long as the scenario's delay is.
    private func renewDeadlines(of rig: ConformanceRig) throws {
        let rollout = try rig.cluster.perform(.list(.rollouts, namespace: rig.namespace))["items"]?[0]
        let strategy = rollout?["spec"]?["strategy"]
        let delay = (strategy?["canary"] ?? strategy?["blueGreen"])?["scaleDownDelaySeconds"]?.integer ?? 30
        let deadline = KubernetesTime(seconds: rig.clock.time.seconds + Int64(delay)).description
        let list = try rig.cluster.perform(.list(.replicaSets, namespace: rig.namespace))
        for object in list["items"]?.array ?? []
        where object["metadata"]?["annotations"]?[RolloutMarks.scaleDownDeadline] != nil {
            _ = try rig.cluster.perform(.patch(.replicaSets, ObjectName(of: object), [
                "metadata": ["annotations": [RolloutMarks.scaleDownDeadline: .string(deadline)]],
            ]))
        }
    }

    /// The ReplicaSets and pods that there are.
    private func inventory(of rig: ConformanceRig) -> Set<String> {
        var names: Set<String> = []
        for kind in [ResourceType.replicaSets, .pods] {
            let list = try? rig.cluster.perform(.list(kind, namespace: rig.namespace))
            for object in list?["items"]?.array ?? [] where object["metadata"]?["deletionTimestamp"] == nil {
                names.insert("\(kind.kind) \(object["metadata"]?["name"]?.string ?? "")")
            }
        }
        return names
    }
}

/// What we leave at any moment is what the reference goes on from.
@Suite struct ConformanceHandBackTests {
    @Test(.enabled(if: Conformance.isThere), arguments: Conformance.scenarios)
    func everyStateHasItsFields(_ name: String) async throws {
        let rig = try ConformanceRig(name)
        let faults = FaultList()
        let namespace = rig.namespace
        for kind in [ResourceType.rollouts, .replicaSets, .services] {
            let stop = rig.cluster.observe(kind) { place, object in
                guard place.namespace == namespace, let object else { return }
                for fault in Self.faults(of: kind, object) { faults.add("\(kind.kind) \(place.name): \(fault)") }
            }
            _ = stop
        }
        try await rig.play(Conformance.read("scenarios/\(name).yaml"))
        #expect(faults.all.isEmpty, "\(faults.all.sorted())")
    }

    private final class FaultList: Sendable {
        private let texts = Mutex<Set<String>>([])

        func add(_ text: String) { texts.withLock { _ = $0.insert(text) } }
        var all: Set<String> { texts.withLock { $0 } }
    }

    private static func faults(of kind: ResourceType, _ object: JSONValue) -> [String] {
        switch kind {
        case .rollouts: rolloutFaults(object)
        case .replicaSets: replicaSetFaults(object)
        default: serviceFaults(object)
        }
    }

    /// What the reference reads of a status that was written for a manifest that it has seen.
    private static func rolloutFaults(_ object: JSONValue) -> [String] {
        guard let status = object["status"], status["currentPodHash"]?.string?.isEmpty == false else { return [] }
        var faults: [String] = []
        func need(_ holds: Bool, _ what: String) { if !holds { faults.append(what) } }
        need(status["observedGeneration"]?.string?.isEmpty == false, "no observedGeneration")
        need(status["selector"]?.string?.isEmpty == false, "no selector")
        need(status["phase"]?.string?.isEmpty == false, "no phase")
        need(object["metadata"]?["annotations"]?[RolloutMarks.revision] != nil, "no revision")
        for condition in status["conditions"]?.array ?? [] {
            for key in ["type", "status", "reason", "lastTransitionTime", "lastUpdateTime"] {
                need(condition[key]?.string?.isEmpty == false, "a condition without \(key)")
            }
        }
        let canary = object["spec"]?["strategy"]?["canary"]
        if canary != nil { need(status["currentStepHash"]?.string?.isEmpty == false, "no currentStepHash") }
        if canary?["steps"]?.array?.isEmpty == false {
            need(status["currentStepIndex"]?.integer != nil, "no currentStepIndex")
        }
        for pause in status["pauseConditions"]?.array ?? [] {
            need(pause["reason"]?.string != nil, "a pause without a reason")
            need(pause["startTime"]?.string.flatMap { KubernetesTime($0) } != nil, "a pause without its time")
            need(status["controllerPause"]?.boolean == true, "a pause that nobody has begun")
        }
        if let weights = status["canary"]?["weights"] {
            for key in ["canary", "stable"] {
                need(weights[key]?["weight"]?.integer != nil, "no weight of \(key)")
                need(weights[key]?["serviceName"]?.string != nil || canary?["\(key)Service"] == nil, "no service of \(key)")
            }
        }
        if status["abort"]?.boolean == true, status["phase"] == "Degraded" {
            need(status["abortedAt"]?.string.flatMap { KubernetesTime($0) } != nil, "an abort without its time")
        }
        return faults
    }

    private static func replicaSetFaults(_ object: JSONValue) -> [String] {
        let metadata = object["metadata"]
        guard metadata?["ownerReferences"]?[0]?["kind"] == "Rollout" else { return [] }
        let annotations = metadata?["annotations"]
        let hash = metadata?["labels"]?[RolloutMarks.podTemplateHash]?.string ?? ""
        var faults: [String] = []
        func need(_ holds: Bool, _ what: String) { if !holds { faults.append(what) } }
        need(annotations?[RolloutMarks.desiredReplicas]?.string.flatMap { Int($0) } != nil, "no desired replicas")
        need(annotations?[RolloutMarks.revision]?.string.flatMap { Int($0) } != nil, "no revision")
        need(metadata?["name"]?.string?.hasSuffix("-\(hash)") == true && !hash.isEmpty, "no hash in its name")
        for path in [["spec", "selector", "matchLabels"], ["spec", "template", "metadata", "labels"]] {
            need(object[path]?[RolloutMarks.podTemplateHash]?.string == hash, "another hash in \(path)")
        }
        need(metadata?["ownerReferences"]?[0]?["controller"] == true, "no controller")
        if let deadline = annotations?[RolloutMarks.scaleDownDeadline]?.string {
            need(KubernetesTime(deadline) != nil, "a deadline of \(deadline)")
        }
        return faults
    }

    private static func serviceFaults(_ object: JSONValue) -> [String] {
        guard object["spec"]?["selector"]?[RolloutMarks.podTemplateHash] != nil else { return [] }
        return object["metadata"]?["annotations"]?["argo-rollouts.argoproj.io/managed-by-rollouts"] == nil
            ? ["a selector without a manager"] : []
    }
}

extension JSONValue {
    fileprivate subscript(_ path: [String]) -> JSONValue? { path.reduce(self as JSONValue?) { $0?[$1] } }
}
