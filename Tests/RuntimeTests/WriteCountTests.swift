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

    /// The writes for a Rollout of the scenario `canary-nginx` that is created, and updated once over all steps.
    static func writes() async throws -> [String] {
        let rig = try ConformanceRig("canary-nginx")
        let transport = CountingTransport(rig.cluster)
        rig.controller = Controller(transport: transport, clock: rig.clock)
        try await rig.play(Conformance.read("scenarios/canary-nginx.yaml"))
        return transport.all
    }

    /// The scenario `canary-nginx` with one weight and one pause, created and updated once: what the benchmark plays.
    static func smallScenario() throws -> JSONValue {
        let script = try Conformance.read("scenarios/canary-nginx.yaml")["script"]?.array ?? []
        var objects = script[0]["apply"]?.array ?? []
        objects[3].set(
            ["spec", "strategy", "canary", "steps"], to: [["setWeight": 20], ["pause": ["duration": 1]]])
        let healthy: JSONValue = ["wait": ["rollout": "web", "phase": "Healthy"]]
        let change: JSONValue = [
            "setImage": ["rollout": "web", "container": "web", "image": "registry.example.com/web:2"],
        ]
        return ["name": "small", "script": [["apply": .array(objects)], healthy, ["sleep": 5], change, healthy, ["sleep": 5]]]
    }

    @Test(.enabled(if: Conformance.isThere)) func aSmallCanary() async throws {
        let rig = try ConformanceRig("small")
        let transport = CountingTransport(rig.cluster)
        rig.controller = Controller(transport: transport, clock: rig.clock)
        try await rig.play(Self.smallScenario())
        let writes = transport.all
        let events = writes.filter { $0.contains(" events ") }
        let list = Comment(rawValue: writes.joined(separator: "\n"))
        #expect(writes.count - events.count <= 27, list)
    }

    /// Five weights, three pauses and two promotions; the stages that the recorded sequences ask for are most of it.
    @Test(.enabled(if: Conformance.isThere)) func aCanaryWithARouter() async throws {
        let writes = try await Self.writes()
        let events = writes.filter { $0.contains(" events ") }
        let list = Comment(rawValue: writes.joined(separator: "\n"))
        #expect(writes.count - events.count <= 46, list)
        #expect(events.count <= 26, list)
    }
}
