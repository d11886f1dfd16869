import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// Somebody else writes to a DestinationRule at the very moment that the controller does.
@Suite(.enabled(if: Conformance.isThere, "needs the recorded scenarios")) struct IstioConflictTests {
    /// A cluster in which somebody is always a little faster, as often as they like.
    final class BusyTransport: WrappingTransport {
        private let cluster: EmbeddedCluster
        var base: any ClusterTransport { cluster }
        private let left = Mutex(3)

        init(_ cluster: EmbeddedCluster) { self.cluster = cluster }

        var conflicts: Int { 3 - left.withLock { $0 } }

        func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue {
            if case .patch = request.verb, request.resource == .destinationRules, let name = request.name {
                let number = left.withLock { left in
                    left -= left > 0 ? 1 : 0
                    return left
                }
                if number > 0 || conflicts < 3 {
                    let object = ObjectName(namespace: request.namespace, name: name)
                    _ = try cluster.perform(.patch(
                        .destinationRules, object, ["metadata": ["annotations": ["n\(number)": "x"]]]))
                }
            }
            return try cluster.perform(request)
        }
    }

    /// The reference's process ends there.
    @Test func theControllerGoesOn() async throws {
        let rig = try ConformanceRig("istio")
        let transport = BusyTransport(rig.cluster)
        rig.controller = Controller(transport: transport, clock: rig.clock)
        try await rig.play(try Conformance.read("scenarios/canary-istio-subset.yaml"))
        #expect(transport.conflicts == 3)
        let name = ObjectName(namespace: rig.namespace, name: "web")
        let rollout = try rig.cluster.perform(.get(.rollouts, name))
        #expect(rollout["status"]?["phase"] == "Healthy")
        let rule = try rig.cluster.perform(.get(.destinationRules, name))
        let hashes = (rule["spec"]?["subsets"]?.array ?? []).map { $0["labels"]?[RolloutMarks.podTemplateHash] }
        #expect(hashes == Array(repeating: rollout["status"]?["stableRS"], count: 2))
        #expect(rule["metadata"]?["annotations"]?["n2"] == "x", "what others write stays")
    }
}
