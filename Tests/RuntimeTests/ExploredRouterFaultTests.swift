import ManifestKit
import Testing

@testable import RolloutRuntime

/// Faults of what routers do that exploration has found, with the shortest scenarios that showed them.
@Suite struct ExploredRouterFaultTests {
    /// An abort gave the share of the version before the wanted one to the wanted one, which had no pods, where objects
    /// of the router select the pods themselves.
    @Test func anAbortLeavesAShareWhereItsPodsAre() async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 99.8, .promote), Scenario.Event(at: 103.4, .pause),
            Scenario.Event(at: 105, .setImage(container: nil, image: "example.com/app:4")),
            Scenario.Event(at: 106.4, .abort),
        ])
        for strategy in ["canary-app-mesh-dynamic", "canary-istio-subset-dynamic"] {
            let timeline = try await ExploredFaultTests.run(strategy, scenario, seed: 400_560)
            #expect(timeline.violations.isEmpty, "\(strategy): \(timeline.violations)")
        }
    }

    /// The stable version is gone with its pods, and all of its traffic goes where there are pods, however few.
    @Test func trafficOfAVersionThatIsGoneGoesWhereThereArePods() async throws {
        let steps: JSONValue = [
            ["setWeight": 71], ["setCanaryScale": ["replicas": 1]], ["pause": [:]], ["setWeight": 80],
        ]
        let scenario = Scenario(events: [
            Scenario.Event(at: 1279.5, .patch(
                ScenarioAction.Target(.rollout), ["spec": ["strategy": ["canary": ["steps": steps]]]])),
            Scenario.Event(at: 1347.7, .deleteReplicaSets(.stable)),
        ], podDelay: 20)
        let timeline = try await ExploredFaultTests.run("canary-apisix", scenario, seed: 400_041)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.phase == "Healthy")
    }

    /// An abort left the canary its share for as long as one stable pod was not ready, where no service can be led back
    /// to the stable version instead.
    @Test(arguments: ["canary-ping-pong", "canary-istio-subset", "canary-app-mesh", "canary-nginx", "canary-traefik"])
    func anAbortDoesNotWaitForEveryStablePod(_ strategy: String) async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 688.5, .restart), Scenario.Event(at: 689.8, .pods(.stable, .neverReady)),
            Scenario.Event(at: 865.2, .abort),
        ])
        let timeline = try await ExploredFaultTests.run(strategy, scenario, seed: 200_695)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.weight == 0)
    }
}
