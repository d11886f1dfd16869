import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// A write to one of several routers that fails.
@Suite struct SeveralRouterTests {
    /// A cluster that refuses to have objects of a type changed.
    private final class RefusingTransport: WrappingTransport {
        let base: any ClusterTransport
        let resource: ResourceType
        let isRefusing = Mutex(true)

        init(_ base: any ClusterTransport, _ resource: ResourceType) {
            self.base = base
            self.resource = resource
        }

        func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue {
            if request.resource.plural == resource.plural, case .patch = request.verb, isRefusing.withLock({ $0 }) {
                throw KubernetesFailure(.forbidden, "a policy says no")
            }
            return try await base.send(request)
        }
    }

    private static func addIngress(_ rig: ConformanceRig) throws {
        try rig.cluster.perform(.create(.ingresses, namespace: rig.namespace, [
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": ["name": "web"],
            "spec": ["rules": [["http": ["paths": [[
                "path": "/", "pathType": "Prefix", "backend": ["service": ["name": "stable", "port": ["number": 80]]],
            ]]]]]],
        ]))
    }

    @Test func aWriteThatFailsHoldsTheOthersAndIsTold() async throws {
        let tests = GatewayAPITests()
        var strategy = GatewayAPITests.strategy(steps: [["setWeight": 20], ["pause": [:]]])
        strategy.set(["canary", "trafficRouting", "nginx"], to: ["stableIngress": "web"])
        let rig = try await tests.rig(strategy)
        try Self.addIngress(rig)
        try await rig.pass(30)
        let transport = RefusingTransport(rig.cluster, .httpRoutes)
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

    /// The one that was written has its share, the other has not: nothing shrinks and no step is reached until they
    /// agree.
    @Test func nothingGoesOnWhileTheRoutersDisagree() async throws {
        let tests = GatewayAPITests()
        let strategy: JSONValue = ["canary": [
            "canaryService": "canary", "stableService": "stable", "dynamicStableScale": true,
            "steps": [["setWeight": 50], ["pause": [:]], ["setWeight": 100]],
            "trafficRouting": ["nginx": ["stableIngress": "web"], "traefik": ["weightedTraefikServiceName": "web"]],
        ]]
        let rig = try await tests.rig(strategy, route: nil)
        try Self.addIngress(rig)
        try rig.cluster.perform(.create(.traefikServices, namespace: rig.namespace, [
            "apiVersion": "traefik.io/v1alpha1", "kind": "TraefikService", "metadata": ["name": "web"],
            "spec": ["weighted": ["services": [["name": "stable", "port": 80], ["name": "canary", "port": 80]]]],
        ]))
        try await rig.pass(60)
        try #require(try tests.status(rig)["phase"] == "Healthy")
        let first = try #require(try tests.status(rig)["stableRS"]?.string)
        func shares() throws -> [Int?] {
            let ingress = try rig.cluster.perform(
                .get(.ingresses, ObjectName(namespace: rig.namespace, name: "web-web-canary")))
            let service = try rig.cluster.perform(
                .get(.traefikServices, ObjectName(namespace: rig.namespace, name: "web")))
            let text = ingress["metadata"]?["annotations"]?["nginx.ingress.kubernetes.io/canary-weight"]?.string
            let list = service["spec"]?["weighted"]?["services"]?.array ?? []
            return [text.flatMap { Int($0) }, list.first { $0["name"] == "canary" }?["weight"]?.integer]
        }
        func stablePods() throws -> Int? {
            let name = ObjectName(namespace: rig.namespace, name: "web-\(first)")
            return try rig.cluster.perform(.get(.replicaSets, name))["spec"]?["replicas"]?.integer
        }
        #expect(try shares() == [0, 0])
        let transport = RefusingTransport(rig.cluster, .traefikServices)
        rig.controller = Controller(transport: transport, clock: rig.clock)
        try tests.update(rig)
        for _ in 0..<10 {
            try await rig.pass(60)
            #expect(try shares() == [50, 0] && stablePods() == 4)
            let status = try tests.status(rig)
            #expect(status["currentStepIndex"]?.integer == 0 && status["stableRS"]?.string == first)
            #expect(status["canary"]?["weights"]?["canary"]?["weight"]?.integer == 0, "seen, not asked for")
        }
        transport.isRefusing.withLock { $0 = false }
        try await rig.pass(2_000)
        #expect(try shares() == [50, 50] && tests.status(rig)["phase"] == "Paused")
        // Again at the last step: the stable version keeps its pods for the router that has not followed.
        transport.isRefusing.withLock { $0 = true }
        try rig.cluster.perform(.patch(
            .rollouts, ControllerTests.web, ["status": ["pauseConditions": .null]], subresource: .status))
        try await rig.pass(600)
        #expect(try shares() == [100, 50] && (stablePods() ?? 0) >= 2)
        #expect(try tests.status(rig)["stableRS"]?.string == first, "no promotion")
        transport.isRefusing.withLock { $0 = false }
        try await rig.pass(2_000)
        #expect(try shares() == [0, 0] && stablePods() == 0)
        #expect(try tests.status(rig)["phase"] == "Healthy")
    }
}
