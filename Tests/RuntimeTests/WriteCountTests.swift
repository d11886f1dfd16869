import Foundation
import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// How many requests a Rollout costs an API server.
@Suite struct WriteCountTests {
    /// Counts the controller's writes, Events among them.
    final class CountingTransport: WrappingTransport {
        private let cluster: EmbeddedCluster
        var base: any ClusterTransport { cluster }
        private let writes = Mutex<[String]>([])

        init(_ cluster: EmbeddedCluster) { self.cluster = cluster }

        var all: [String] { writes.withLock { $0 } }

        func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue {
            if request.verb != .get, request.verb != .list {
                let body = request.body.map { JSONWriter.text($0) } ?? ""
                let what = request.resource == .events
                    ? "\(request.body?["reason"]?.string ?? ""): \(request.body?["message"]?.string ?? "")" : body
                let sub = request.subresource.map { "/\($0)" } ?? ""
                writes.withLock { $0.append("\(request.verb.method) \(request.resource)\(sub) \(what.prefix(400))") }
            }
            return try cluster.perform(request)
        }
    }

    /// The writes of the controller while a script is played.
    static func writes(_ name: String, _ script: JSONValue) async throws -> [String] {
        let rig = try ConformanceRig(name)
        let transport = CountingTransport(rig.cluster)
        rig.controller = Controller(transport: transport, clock: rig.clock)
        try await rig.play(script)
        return transport.all
    }

    /// How many of the writes are no Events, and how many are.
    static func counts(_ writes: [String]) -> (objects: Int, events: Int) {
        let events = writes.count { $0.contains(" events ") }
        return (writes.count - events, events)
    }

    /// The scenario `canary-nginx` with other steps, created and updated once.
    static func smallScenario(_ steps: JSONValue) throws -> JSONValue {
        let script = try Conformance.read("scenarios/canary-nginx.yaml")["script"]?.array ?? []
        var objects = script[0]["apply"]?.array ?? []
        objects[3].set(["spec", "strategy", "canary", "steps"], to: steps)
        let healthy: JSONValue = ["wait": ["rollout": "web", "phase": "Healthy"]]
        let change: JSONValue = [
            "setImage": ["rollout": "web", "container": "web", "image": "registry.example.com/web:2"],
        ]
        return ["name": "small", "script": [["apply": .array(objects)], healthy, ["sleep": 5], change, healthy, ["sleep": 5]]]
    }

    /// Nine to create it, and eleven to update it without steps. A weight takes five more: it and the full weight are
    /// set and taken back, and pods come in two parts. A pause has a beginning and an end. The last is what
    /// `Benchmarks/controller.py` plays.
    ///
    /// All but four of them are what the recorded sequences show, one value after the other, on objects that no request
    /// writes together; the four are the two revisions, the deadline, and the last count of pods.
    static let small: [(steps: JSONValue, writes: Int, events: Int)] = [
        ([], 20, 16), ([["setWeight": 20]], 25, 23), ([["setWeight": 20], ["pause": ["duration": 1]]], 27, 25),
    ]

    @Test(.enabled(if: Conformance.isThere), arguments: small)
    func aSmallCanary(_ steps: JSONValue, _ objects: Int, _ events: Int) async throws {
        let writes = try await Self.writes("small", Self.smallScenario(steps))
        let list = Comment(rawValue: writes.joined(separator: "\n"))
        #expect(Self.counts(writes).objects <= objects, list)
        #expect(Self.counts(writes).events <= events, list)
        #expect(!writes.contains { $0.hasPrefix("PATCH events") }, "an Event was counted that is new each time")
    }

    /// The most writes of each recorded scenario, without Events.
    static let most = [
        "analysis-step-fails": 32, "analysis-step-passes": 29, "bluegreen-abort-undo": 27, "bluegreen-auto": 21,
        "bluegreen-manual": 19, "bluegreen-pre-post-analysis": 36, "canary-abort-retry": 44, "canary-alb": 39,
        "canary-ambassador": 39, "canary-apisix": 39, "canary-basic": 34, "canary-dynamic-stable": 38,
        "canary-istio-host": 33, "canary-istio-subset": 26, "canary-metadata": 23, "canary-nginx": 39,
        "canary-nginx-abort": 26, "canary-nginx-scale": 42, "canary-rolling": 22, "canary-traefik": 39,
        "experiment-step": 26, "progress-deadline-abort": 18, "workload-ref": 19, "workload-ref-progressive": 10,
    ]

    /// Nor are there more Events of a reason than the reference has, where its client dropped none. It lets 25 through,
    /// those that say the same again among them, so only short recordings are whole.
    @Test(.enabled(if: Conformance.isThere), arguments: most.sorted { $0.key < $1.key })
    func aRecordedScenario(_ name: String, _ most: Int) async throws {
        let writes = try await Self.writes(name, Conformance.read("scenarios/\(name).yaml"))
        #expect(Self.counts(writes).objects <= most, Comment(rawValue: writes.joined(separator: "\n")))
        let recorded = try Conformance.read("events/events.json")["scenarios"]?[name]?.array ?? []
        guard recorded.count(where: { $0["kind"] == "Rollout" }) < 20 else { return }
        var reasons: [String: Int] = [:]
        for event in recorded { reasons[event["reason"]?.string ?? "", default: 0] += 1 }
        for (reason, count) in reasons {
            let own = writes.filter { $0.contains(" events \(reason): ") }
            #expect(own.count <= count, Comment(rawValue: own.joined(separator: "\n")))
        }
    }
}
