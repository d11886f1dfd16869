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

    /// A canary with half of the traffic lost its pods before the stable version, which had shrunk, was back.
    @Test func lesserWeightsTakeNoPodsBeforeTheTrafficHasGone() async throws {
        let steps: JSONValue = [
            ["setWeight": 12], ["setWeight": 10], ["pause": [:]], ["setWeight": 50], ["pause": ["duration": "1m"]],
        ]
        let scenario = Scenario(events: [
            Scenario.Event(at: 625, .promote),
            Scenario.Event(at: 629.1, .patch(
                ScenarioAction.Target(.rollout), ["spec": ["strategy": ["canary": ["steps": steps]]]])),
        ])
        let timeline = try await Self.run("canary-dynamic-stable", scenario, seed: 167)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        // The way down goes on all the same: the share of the new steps is reached.
        #expect(timeline.entries.last?.state.weight == 10)
    }

    /// An update that ended while there were to be no pods left the stable service with the old version.
    @Test(arguments: ["canary-nginx", "canary-dynamic-stable", "canary-scale"])
    func anUpdateWithoutPodsMovesTheServices(_ strategy: String) async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 0, .promoteFull),
            Scenario.Event(at: 4.9, .undo),
            Scenario.Event(at: 1509.3, .scale(0)),
            Scenario.Event(at: 2589.5, .promote),
        ])
        let timeline = try await Self.run(strategy, scenario, seed: 181)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.phase == "Healthy")
    }

    /// A preview passed its check point when somebody looked at it by chance, though all was to stay as it was.
    @Test func aPausedPreviewPassesNoCheckPoint() async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 48, .pause), Scenario.Event(at: 96, .controllerCrash(afterWrites: 0)),
        ])
        let timeline = try await Self.run("blue-green-preview", scenario, seed: 134)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
    }

    /// A write for the size that a late watch told of last is no broken promise; a deleted version keeps none.
    @Test func whatNobodyCouldKnowIsNoFault() async throws {
        let late = Scenario(events: [
            Scenario.Event(at: 59, .slowWatches(by: 4.1, seconds: 66)),
            Scenario.Event(at: 67.4, .scale(2)), Scenario.Event(at: 70.4, .scale(8)),
        ], podDelay: 5)
        let deleted = Scenario(events: [Scenario.Event(at: 1.5, .deleteReplicaSets(.stable))])
        for (scenario, seed) in [(late, UInt64(270)), (deleted, 112)] {
            let timeline = try await Self.run("canary-scale", scenario, seed: seed)
            #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        }
    }
}
