import Foundation
import ManifestKit
import Testing

@testable import RolloutRuntime

/// A cluster as the reference left it: the controller takes over and has nothing to do.
@Suite struct ConformanceTakeOverTests {
    @Test(.enabled(if: Conformance.isThere), arguments: Conformance.scenarios)
    func nothingIsWritten(_ name: String) async throws {
        try await takeOver(name) { $0 }
    }

    /// An older release of the reference may have computed other hashes.
    @Test(.enabled(if: Conformance.isThere), arguments: Conformance.scenarios)
    func nothingIsWrittenWithOtherHashes(_ name: String) async throws {
        try await takeOver(name) { text in
            var text = text
            for match in text.matches(of: /"rollouts-pod-template-hash":"([a-z0-9]+)"/) {
                let hash = String(match.output.1)
                text = text.replacing(hash, with: "z" + hash.dropFirst())
            }
            return text
        }
    }

    /// Runs that the reference left with their Job at work: no second Job is made, and they end as recorded.
    @Test(.enabled(if: Conformance.isThere), arguments: Conformance.scenarios.filter { $0.contains("analysis") })
    func measurementsUnderWayGoOn(_ name: String) async throws {
        let trace = try Conformance.read("traces/\(name).json")
        var count = 0
        for (label, snapshot) in trace["snapshots"]?.object?.fields ?? [] {
            for (key, recorded) in snapshot["objects"]?.object?.fields ?? [] where key.hasPrefix("AnalysisRun/") {
                count += 1
                let clock = VirtualClock()
                let left = LeftCluster(cluster: EmbeddedCluster(clock: clock), clock: clock, namespace: "default")
                try left.load(Self.underWay(key, recorded))
                try left.finishJobs(as: recorded["status"]?["phase"] == "Successful")
                let controller = Controller(transport: left.cluster, clock: clock)
                for _ in 0..<20 {
                    guard let next = await controller.step(), next < clock.now + 600 else { break }
                    clock.advance(to: next)
                }
                let jobs = try left.cluster.perform(.list(.jobs, namespace: "default"))["items"]?.array
                #expect(jobs?.count == 1, "\(label) \(key)")
                let run = try left.cluster.perform(.list(.analysisRuns, namespace: "default"))["items"]?[0]
                for field in ["phase", "message", "runSummary"] {
                    #expect(run?["status"]?[field] == recorded["status"]?[field], "\(label) \(key) \(field)")
                }
                let (own, theirs) = (run?["status"]?["metricResults"]?[0], recorded["status"]?["metricResults"]?[0])
                for field in ["phase", "count", "successful", "failed", "consecutiveSuccess", "name"] {
                    #expect(own?[field] == theirs?[field], "\(label) \(key) \(field)")
                }
                #expect(own?["measurements"]?.array?.count == theirs?["measurements"]?.array?.count)
            }
        }
        #expect(count > 0)
    }

    /// A run as it was before its only measurement came to its end, and the Job of that.
    private static func underWay(_ key: String, _ recorded: JSONValue) -> JSONValue {
        var run = recorded
        run.set(["metadata", "ownerReferences"], to: nil)
        run["status"] = [
            "phase": "Running", "startedAt": "<time>", "runSummary": [:], "dryRunSummary": [:],
            "metricResults": [[
                "name": recorded["status"]?["metricResults"]?[0]?["name"] ?? "", "phase": "Running",
                "measurements": [["phase": "Running", "startedAt": "<time>", "metadata": ["job-name": "<uid>.probe.1"]]],
            ]],
        ]
        let job: JSONValue = ["metadata": ["name": "<uid>.probe.1", "labels": [:]]]
        return .object(JSONObject([(key, run), ("Job/<uid>.probe.1", job)]))
    }

    private func takeOver(_ name: String, _ change: (String) -> String) async throws {
        let trace = try Conformance.read("traces/\(name).json")
        for (label, snapshot) in trace["snapshots"]?.object?.fields ?? [] {
            let clock = VirtualClock()
            let left = LeftCluster(cluster: EmbeddedCluster(clock: clock), clock: clock, namespace: "default")
            try left.loadTemplates(of: name)
            let text = change(JSONWriter.text(snapshot["objects"] ?? .null))
            try left.load(try #require(YAMLParser.document(text)?.root?.json))
            let version = left.cluster.version
            let decisions = DecisionLog()
            let controller = Controller(transport: left.cluster, clock: left.clock) { decisions.add($0) }
            _ = await controller.step()
            let actions = decisions.all.flatMap(\.actions)
            #expect(left.cluster.version == version, "\(label): \(actions) \(decisions.last ?? "")")
            #expect(!decisions.all.isEmpty)
        }
    }
}

/// A cluster with the objects of a recorded snapshot, and nobody who works on them.
struct LeftCluster {
    let cluster: EmbeddedCluster
    let clock: VirtualClock
    let namespace: String

    /// Loads the templates that a scenario applies, which no snapshot has.
    func loadTemplates(of scenario: String) throws {
        for entry in try Conformance.read("scenarios/\(scenario).yaml")["script"]?.array ?? [] {
            for object in entry["apply"]?.array ?? [] {
                for type in ConformanceRecorder.unrecordedKinds where object["kind"]?.string == type.kind {
                    _ = try cluster.perform(.create(type, namespace: type.isNamespaced ? namespace : "", object))
                }
            }
        }
    }

    /// Lets the Jobs come to their end, and their runs know them by their names.
    func finishJobs(as isGood: Bool) throws {
        let runs = try cluster.perform(.list(.analysisRuns, namespace: namespace))["items"]?.array ?? []
        for run in runs {
            let results = LeftCluster.replacing(
                "<uid>", with: run["metadata"]?["uid"]?.string ?? "", in: run["status"]?["metricResults"] ?? .null)
            _ = try cluster.perform(
                .patch(.analysisRuns, ObjectName(of: run), ["status": ["metricResults": results]]))
        }
        for job in try cluster.perform(.list(.jobs, namespace: namespace))["items"]?.array ?? [] {
            let condition: JSONValue = ["type": isGood ? "Complete" : "Failed", "status": "True"]
            _ = try cluster.perform(
                .patch(.jobs, ObjectName(of: job), ["status": ["conditions": [condition]]], subresource: .status))
        }
    }

    func load(_ objects: JSONValue) throws {
        var uids: [String: JSONValue] = [:]
        var refersToWorkload = false
        let entries = (objects.object?.fields ?? []).sorted { rank($0.key, $0.value) < rank($1.key, $1.value) }
        for (key, object) in entries {
            let kind = String(key.prefix { $0 != "/" })
            guard let resource = ConformanceRecorder.kinds.first(where: { $0.kind == kind }) else { continue }
            // Two versions were never made in one second.
            clock.advance(to: clock.now + 2)
            var object = object
            object["kind"] = .string(kind)
            object["apiVersion"] = .string(resource.apiVersion)
            object.set(["metadata", "namespace"], to: nil)
            // The uid of the run that a Job measures for stands in its name.
            if let run = entries.first(where: { $0.key.hasPrefix("AnalysisRun/") }).flatMap({ uids[$0.key]?.string }),
                kind == "Job" {
                object = Self.replacing("<uid>", with: run, in: object)
            }
            let owners = (object["metadata"]?["ownerReferences"]?.array ?? []).map { owner in
                var owner = owner
                owner["uid"] = uids["\(owner["kind"]?.string ?? "")/\(owner["name"]?.string ?? "")"] ?? "gone"
                owner["apiVersion"] = owner["kind"] == "Rollout" ? "argoproj.io/v1alpha1" : "apps/v1"
                return owner
            }
            object.set(["metadata", "ownerReferences"], to: owners.isEmpty ? nil : .array(owners))
            if kind == "Rollout", object["spec"]?["workloadRef"] != nil {
                refersToWorkload = true
                object.set(["status", "workloadObservedGeneration"], to: "1")
            }
            if refersToWorkload, kind == "Rollout" || kind == "ReplicaSet" {
                object.set(["metadata", "annotations", RolloutMarks.workloadGeneration], to: "1")
            }
            if kind == "Rollout" { object.set(["status", "observedGeneration"], to: "1") }
            object = timed(object)
            let made = try cluster.perform(.create(resource, namespace: namespace, object))
            uids[key] = made["metadata"]?["uid"]
            if resource == .replicaSets { try makePods(of: made, status: object["status"] ?? .null) }
            // AnalysisRuns and Experiments have no status of their own.
            guard let status = object["status"], ![.analysisRuns, .experiments].contains(resource) else { continue }
            _ = try cluster.perform(
                .patch(resource, ObjectName(of: made), ["status": status], subresource: .status))
        }
    }

    /// Makes the pods that a ReplicaSet counts, which no snapshot has.
    private func makePods(of replicaSet: JSONValue, status: JSONValue) throws {
        let owner: JSONValue = [
            "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": replicaSet["metadata"]?["name"] ?? .null,
            "uid": replicaSet["metadata"]?["uid"] ?? .null, "controller": true, "blockOwnerDeletion": true,
        ]
        for number in 0..<(status["replicas"]?.integer ?? 0) {
            var pod: JSONValue = ["spec": replicaSet["spec"]?["template"]?["spec"] ?? .null]
            pod["metadata"] = replicaSet["spec"]?["template"]?["metadata"]
            pod.set(["metadata", "name"], to: .string("\(ObjectName(of: replicaSet).name)-\(number)"))
            pod.set(["metadata", "ownerReferences"], to: [owner])
            let made = try cluster.perform(.create(.pods, namespace: namespace, pod))
            let isReady = number < status["readyReplicas"]?.integer ?? 0
            let conditions: JSONValue = [[
                "type": "Ready", "status": isReady ? "True" : "False", "lastTransitionTime": "2025-01-01T00:00:00Z",
            ]]
            _ = try cluster.perform(.patch(
                .pods, ObjectName(of: made), ["status": ["phase": "Running", "conditions": conditions]],
                subresource: .status))
        }
    }

    /// Owners first, ReplicaSets in the order of their revisions.
    private func rank(_ key: String, _ object: JSONValue) -> (Int, Int, String) {
        let annotations = object["metadata"]?["annotations"]
        let history = annotations?[RolloutMarks.revisionHistory]?.string?.split(separator: ",").first.flatMap { Int($0) }
        let revision = history ?? annotations?[RolloutMarks.revision]?.string.flatMap { Int($0) } ?? 0
        let kind = String(key.prefix { $0 != "/" })
        // The ReplicaSets of an Experiment come behind it, and Jobs behind their AnalysisRun.
        let isOfExperiment = object["metadata"]?["ownerReferences"]?[0]?["kind"] == "Experiment"
        let ranks = ["AnalysisRun": 2, "Experiment": 2, "Ingress": 1, "Job": 3, "ReplicaSet": isOfExperiment ? 3 : 1]
        return (ranks[kind] ?? 0, revision, key)
    }

    private static func replacing(_ text: String, with other: String, in value: JSONValue) -> JSONValue {
        switch value {
        case .string(let own): return .string(own.replacingOccurrences(of: text, with: other))
        case .object(let object):
            return .object(JSONObject(object.fields.map { ($0.key, replacing(text, with: other, in: $0.value)) }))
        case .array(let elements): return .array(elements.map { replacing(text, with: other, in: $0) })
        default: return value
        }
    }

    private func timed(_ value: JSONValue, _ key: String = "") -> JSONValue {
        switch value {
        case .string("<time>"):
            let seconds = clock.time.seconds + (key == RolloutMarks.scaleDownDeadline ? 25 : 0)
            return .string(KubernetesTime(seconds: seconds).description)
        case .object(let object): return .object(JSONObject(object.fields.map { ($0.key, timed($0.value, $0.key)) }))
        case .array(let elements): return .array(elements.map { timed($0) })
        default: return value
        }
    }
}
