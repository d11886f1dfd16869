import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// A write to one of several routers that fails.
@Suite struct SeveralRouterTests {
    /// A cluster that refuses to have routes of Gateway API changed.
    private final class RefusingTransport: WrappingTransport {
        let base: any ClusterTransport
        let isRefusing = Mutex(true)

        init(_ base: any ClusterTransport) { self.base = base }

        func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue {
            if request.resource.plural == "httproutes", case .patch = request.verb, isRefusing.withLock({ $0 }) {
                throw KubernetesFailure(.forbidden, "a policy says no")
            }
            return try await base.send(request)
        }
    }

    @Test func aWriteThatFailsHoldsTheOthersAndIsTold() async throws {
        let tests = GatewayAPITests()
        var strategy = GatewayAPITests.strategy(steps: [["setWeight": 20], ["pause": [:]]])
        strategy.set(["canary", "trafficRouting", "nginx"], to: ["stableIngress": "web"])
        let rig = try await tests.rig(strategy)
        try rig.cluster.perform(.create(.ingresses, namespace: rig.namespace, [
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": ["name": "web"],
            "spec": ["rules": [["http": ["paths": [[
                "path": "/", "pathType": "Prefix", "backend": ["service": ["name": "stable", "port": ["number": 80]]],
            ]]]]]],
        ]))
        try await rig.pass(30)
        let transport = RefusingTransport(rig.cluster)
        rig.controller = Controller(transport: transport, clock: rig.clock)
        try tests.update(rig)
        try await rig.pass(60)
        let canary = ObjectName(namespace: rig.namespace, name: "web-web-canary")
        func share() throws -> String? {
            try rig.cluster.perform(.get(.ingresses, canary))["metadata"]?["annotations"]?[
                "nginx.ingress.kubernetes.io/canary-weight"]?.string
        }
        func weight() throws -> Int? {
            try tests.status(rig)["canary"]?["weights"]?["canary"]?["weight"]?.integer
        }
        #expect(try share() == "0" && weight() == 0, "nothing is written after what failed, and the status knows")
        let events = try rig.cluster.perform(.list(.events, namespace: rig.namespace))["items"]?.array ?? []
        let told = events.filter { $0["reason"] == "TrafficRoutingError" }
        #expect(told.map { $0["message"] } == ["HTTPRoute web cannot be written: a policy says no"])
        #expect(told.first?["type"] == "Warning" && (told.first?["count"]?.integer ?? 0) > 1)
        transport.isRefusing.withLock { $0 = false }
        try await rig.pass(60)
        #expect(try share() == "20" && weight() == 20)
        #expect(try tests.weights(tests.rules(rig)[0]) == [80, 20])
    }
}
