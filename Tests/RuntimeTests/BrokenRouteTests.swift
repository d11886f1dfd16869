import ManifestKit
import Testing

@testable import RolloutRuntime

/// Routes that somebody breaks while no update runs, with the controller itself.
@Suite struct BrokenRouteTests {
    private static let service = ObjectName(namespace: "conf-test", name: "web")

    private static func traefikService(_ spec: JSONValue) -> JSONValue {
        [
            "apiVersion": "traefik.io/v1alpha1", "kind": "TraefikService", "metadata": ["name": "web"], "spec": spec,
        ]
    }

    private static let good: JSONValue = ["weighted": ["services": [
        ["name": "stable", "port": 80], ["name": "canary", "port": 80],
    ]]]

    private func rig() async throws -> ConformanceRig {
        let strategy: JSONValue = ["canary": [
            "canaryService": "canary", "stableService": "stable", "steps": [["setWeight": 20], ["pause": [:]]],
            "trafficRouting": ["traefik": ["weightedTraefikServiceName": "web"]],
        ]]
        let tests = GatewayAPITests()
        let rig = try await tests.rig(strategy, route: nil)
        try rig.cluster.perform(.create(.traefikServices, namespace: rig.namespace, Self.traefikService(Self.good)))
        try await rig.pass(60)
        try #require(try tests.status(rig)["phase"] == "Healthy")
        return rig
    }

    private func events(_ rig: ConformanceRig) throws -> [JSONValue] {
        (try rig.cluster.perform(.list(.events, namespace: rig.namespace))["items"]?.array ?? [])
            .filter { $0["reason"] == "TrafficRoutingError" }
    }

    /// The status and one Event say so at once; then nothing is written, however long it lasts, also by a controller
    /// that starts anew.
    @Test func aBrokenRouteIsToldOnceAndNothingIsWrittenAtRest() async throws {
        let rig = try await rig()
        let tests = GatewayAPITests()
        let mirroring: JSONValue = ["spec": ["weighted": .null, "mirroring": ["name": "stable"]]]
        try rig.cluster.perform(.patch(.traefikServices, Self.service, mirroring))
        try await rig.pass(5)
        let problem = "TraefikService web has no weighted services"
        var status = try tests.status(rig)
        #expect(status["phase"] == "Healthy", "as with the reference: all pods are there and get traffic")
        #expect(status["message"] == .string("the traffic cannot be divided: \(problem)"))
        #expect(try events(rig).map { [$0["message"], $0["type"], $0["count"]] } == [[.string(problem), "Warning", 1]])
        let version = rig.cluster.version
        try await rig.pass(3_600)
        rig.controller = Controller(transport: rig.cluster, clock: rig.clock)
        try await rig.pass(3_600)
        #expect(rig.cluster.version == version)
        // An autoscaler goes on.
        try rig.cluster.perform(.patch(.rollouts, ControllerTests.web, ["spec": ["replicas": 6]]))
        try await rig.pass(30)
        status = try tests.status(rig)
        #expect(status["availableReplicas"]?.integer == 6 && status["message"]?.string?.contains(problem) == true)
        #expect(try events(rig).map { $0["count"] } == [1])
        try rig.cluster.perform(.patch(.traefikServices, Self.service, ["spec": Self.good]))
        try await rig.pass(5)
        #expect(try tests.status(rig)["message"] ?? "" == "")
        #expect(try tests.status(rig)["phase"] == "Healthy")
    }

    /// A route that is gone is a Rollout that refers to nothing, as with the reference.
    @Test func aRouteThatIsGoneIsSaidAtOnce() async throws {
        let rig = try await rig()
        let tests = GatewayAPITests()
        try rig.cluster.perform(.delete(.traefikServices, Self.service))
        try await rig.pass(5)
        let status = try tests.status(rig)
        #expect(status["phase"] == "Degraded")
        #expect(status["message"]?.string?.contains(#"TraefikService "web" not found"#) == true, "\(status)")
        let version = rig.cluster.version
        try await rig.pass(3_600)
        #expect(rig.cluster.version == version)
        try rig.cluster.perform(.create(.traefikServices, namespace: rig.namespace, Self.traefikService(Self.good)))
        try await rig.pass(30)
        #expect(try tests.status(rig)["phase"] == "Healthy")
    }
}
