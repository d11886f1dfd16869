import ManifestKit
import Testing

@testable import RolloutRuntime

/// Simulations with objects of routers as people have them in files.
@Suite struct SimulatedRouteTests {
    private static func simulate(_ routing: String, _ objects: String) async throws -> SimulatedTimeline {
        var input = try SimulatorTests.input("""
            canary:
              canaryService: new
              stableService: old
              trafficRouting: {\(routing)}
              steps: [{setWeight: 20}, {pause: {duration: 10}}]
            """)
        let values = objects.components(of: "---").compactMap { YAMLParser.document($0)?.root?.json }
        input.objects = ObjectIndex(values)
        return await Simulator.run(input)
    }

    private static func expectDone(_ timeline: SimulatedTimeline, note: String? = nil) {
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.phase == "Healthy", "\(timeline.notes)")
        #expect(timeline.entries.contains { $0.state.weight == 20 })
        if let note { #expect(timeline.notes.contains { $0.contains(note) }, "\(timeline.notes)") }
    }

    /// Nobody has given the route; the user is told what to add, and sees the update all the same.
    @Test func aRouteThatIsChosenByLabelsMayBeAbsent() async throws {
        let timeline = try await Self.simulate(
            "plugins: {argoproj-labs/gatewayAPI: {tcpRouteSelector: {matchLabels: {team: a}}}}", "")
        Self.expectDone(timeline, note: "no TCPRoute among the files has the labels that are asked for (team=a)")
    }

    @Test func aRouteThatIsChosenByLabelsIsTaken() async throws {
        let timeline = try await Self.simulate(
            "plugins: {argoproj-labs/gatewayAPI: {httpRouteSelector: {matchLabels: {team: a}}}}", """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: mine, namespace: shop, labels: {team: a}}
                spec: {rules: [{backendRefs: [{name: old, port: 80}, {name: new, port: 80}]}]}
                """)
        Self.expectDone(timeline)
        #expect(!timeline.notes.contains { $0.contains("labels") })
    }

    /// Clusters with older releases of Gateway API serve this version.
    @Test func routesMayBeOfOldVersions() async throws {
        let timeline = try await Self.simulate(
            "plugins: {argoproj-labs/gatewayAPI: {grpcRoute: web}}", """
                apiVersion: gateway.networking.k8s.io/v1alpha2
                kind: GRPCRoute
                metadata: {name: web, namespace: shop}
                spec: {rules: [{backendRefs: [{name: old, port: 80}, {name: new, port: 80}]}]}
                """)
        Self.expectDone(timeline)
    }

    /// A dump of a cluster has what the controller made; it makes it anew.
    @Test func whatTheControllerMadeMayBeAmongTheFiles() async throws {
        let timeline = try await Self.simulate("smi: {}", """
            apiVersion: split.smi-spec.io/v1alpha2
            kind: TrafficSplit
            metadata:
              name: web
              namespace: shop
              ownerReferences: [{apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web, controller: true, uid: x}]
            spec: {service: old, backends: [{service: new, weight: 0}, {service: old, weight: 100}]}
            """)
        Self.expectDone(timeline)
    }

    @Test func whatSomebodyElseMadeIsSaid() async throws {
        let timeline = try await Self.simulate("smi: {}", """
            apiVersion: split.smi-spec.io/v1alpha2
            kind: TrafficSplit
            metadata: {name: web, namespace: shop}
            spec: {service: old, backends: [{service: new, weight: 0}, {service: old, weight: 100}]}
            """)
        #expect(timeline.entries.contains {
            $0.state.message == "the traffic cannot be divided: TrafficSplit web does not belong to this Rollout"
        })
    }
}

extension String {
    /// The parts between lines that are the separator alone.
    fileprivate func components(of separator: String) -> [String] {
        split(separator: "\n", omittingEmptySubsequences: false)
            .split(separator: Substring(separator), omittingEmptySubsequences: true).map { $0.joined(separator: "\n") }
    }
}
