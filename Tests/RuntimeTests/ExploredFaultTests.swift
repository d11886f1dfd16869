import ManifestKit
import Testing

@testable import RolloutRuntime

/// The shortest scripts of faults that explorations have found.
@Suite struct ExploredFaultTests {
    static func run(_ strategy: String, _ scenario: Scenario, seed: UInt64 = 1) async throws -> SimulatedTimeline {
        await Simulator.run(try ExplorationTests.input(strategy), scenario: scenario, seed: seed)
    }

    /// The canary's service led to the one pod of a newer version while the routes still gave it half of the traffic.
    @Test(arguments: ["canary-dynamic-stable", "canary-istio-subset", "canary-alb"])
    func aNewerVersionDoesNotTakeOverALargeShare(_ strategy: String) async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 60, .promote),
            Scenario.Event(at: 66, .setImage(container: nil, image: "example.com/app:3")),
        ], podDelay: 0.5)
        let timeline = try await Self.run(strategy, scenario, seed: 6)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
    }

    /// A template taken from a ReplicaSet has the rule that was put into it, and the rule was mended without end.
    @Test func anUndoneTemplateKeepsItsOldRule() async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 1124, .setImage(container: nil, image: "example.com/app:3")),
            Scenario.Event(at: 1218.2, .undo),
        ], podDelay: 0.5)
        for strategy in ["canary-anti-affinity", "blue-green-alone"] {
            let timeline = try await Self.run(strategy, scenario, seed: 6)
            #expect(timeline.violations.isEmpty, "\(strategy): \(timeline.violations)")
        }
    }

    /// What waits for somebody, and looks again every few seconds, is at rest.
    @Test func aRefusedRolloutIsAtRest() async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 30, .delete(ScenarioAction.Target(.service, "old"))),
        ])
        let timeline = try await Self.run("canary-nginx", scenario)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.message.hasPrefix("InvalidSpec") == true)
    }
}
