import ManifestKit
import Testing

@testable import RolloutRuntime

/// Trouble with routes and with the pods behind them that exploration has found, played again.
@Suite struct ExploredRouteTests {
    /// What somebody has deleted divides nothing: all traffic was the stable version's, and its pods were taken.
    @Test func theStableVersionHasWhatNobodyDivides() async throws {
        let canary = ScenarioAction.Target(.ingress, "web-web-canary")
        let timeline = try await ExploredFaultTests.run("canary-analysis-dynamic", Scenario(events: [
            Scenario.Event(at: 120, .pods(.canary, .crash)),
            Scenario.Event(at: 207, .patch(
                canary, ["metadata": ["annotations": ["nginx.ingress.kubernetes.io/canary-weight": "32"]]])),
            Scenario.Event(at: 264.3, .delete(canary)),
        ]))
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.versions.first { $0.role == .stable }?.ready == 5)
    }

    /// The same in the middle of another update, with pods of the stable version that crash.
    @Test func theStableVersionKeepsWhatNobodyDivides() async throws {
        let timeline = try await ExploredFaultTests.run("canary-analysis-dynamic", Scenario(events: [
            Scenario.Event(at: 56, .pods(.stable, .crashAfter(13))),
            Scenario.Event(at: 64.7, .delete(ScenarioAction.Target(.ingress, "web-web-canary"))),
            Scenario.Event(at: 113, .setImage(container: nil, image: "example.com/app:3")),
        ], podDelay: 5))
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
    }

    /// Two background runs measured at the same time where a ReplicaSet had been made anew as another revision.
    @Test func aRunEndsBeforeAnotherForTheSameBegins() async throws {
        let steps: JSONValue = [
            ["setWeight": 20],
            ["analysis": [
                "templates": [["templateName": "success-rate"]], "args": [["name": "service", "value": "new"]],
            ]],
            ["setWeight": 60],
        ]
        let timeline = try await ExploredFaultTests.run("canary-analysis-dynamic", Scenario(events: [
            Scenario.Event(at: 786.9, .setImage(container: nil, image: "example.com/app:4")),
            Scenario.Event(at: 2186.4, .deleteReplicaSets(.canary)),
            Scenario.Event(at: 2188.7, .patch(
                ScenarioAction.Target(.rollout, "web"), ["spec": ["strategy": ["canary": ["steps": steps]]]])),
        ], podDelay: 20))
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.phase == "Healthy")
    }

    /// With dynamic stable scale an abort left a share on a version that had lost all its pods.
    @Test func anAbortLeavesNothingOnDeadPods() async throws {
        let timeline = try await ExploredFaultTests.run("canary-app-mesh-dynamic", Scenario(events: [
            Scenario.Event(at: 35, .pods(.stable, .neverReady)), Scenario.Event(at: 41.4, .promote),
            Scenario.Event(at: 73, .setImage(container: nil, image: "example.com/app:1")),
            Scenario.Event(at: 1154.2, .pods(.canary, .crashAfter(49))), Scenario.Event(at: 1198.2, .abort),
        ], podDelay: 5))
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        let state = try #require(timeline.entries.last?.state)
        #expect(state.phase == "Degraded" && state.weight == 0)
    }

    /// Most of the traffic went to a version that had been deleted, for the one that took its place had few pods.
    @Test func theShareOfADeletedVersionGoesToWhatIsThere() async throws {
        let timeline = try await ExploredFaultTests.run("canary-app-mesh-dynamic", Scenario(events: [
            Scenario.Event(at: 722.6, .pods(.canary, .neverReady)),
            Scenario.Event(at: 1202.6, .deleteReplicaSets(.stable)),
            Scenario.Event(at: 1208.8, .setImage(container: nil, image: "example.com/app:1")),
            Scenario.Event(at: 2347.5, .abort),
        ]))
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        let stable = try #require(timeline.entries.last?.state.versions.first { $0.role == .stable })
        #expect(stable.share == 100 && stable.ready == 1)
    }

    /// What looked like a share without pods was somebody's that the controller had not heard of, or had been there
    /// before somebody took it away.
    @Test(arguments: [
        ("canary-analysis-dynamic", 1_001_352, Scenario(events: [
            Scenario.Event(at: 2, .slowWatches(by: 4.9, seconds: 105)),
            Scenario.Event(at: 5.2, .patch(
                ScenarioAction.Target(.ingress, "web-web-canary"),
                ["metadata": ["annotations": ["nginx.ingress.kubernetes.io/canary-weight": "54"]]])),
        ], podDelay: 5)),
        ("canary-app-mesh-dynamic", 1_002_664, Scenario(events: [
            Scenario.Event(at: 3.2, .apiFaults(.outages, rate: 0.5, seconds: 23)), Scenario.Event(at: 62.5, .promote),
            Scenario.Event(at: 67, .restart), Scenario.Event(at: 69.8, .apiFaults(.errors, rate: 0.2, seconds: 18)),
            Scenario.Event(at: 75.9, .scale(6)), Scenario.Event(at: 86, .scale(8)),
            Scenario.Event(at: 140, .delete(ScenarioAction.Target(.virtualNode, "new"))),
            Scenario.Event(at: 143.5, .restore),
        ], podDelay: 20)),
    ] as [(String, UInt64, Scenario)])
    func whatOthersDividedIsNoFault(_ strategy: String, _ seed: UInt64, _ scenario: Scenario) async throws {
        let timeline = try await ExploredFaultTests.run(strategy, scenario, seed: seed)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
    }

    /// While the first of two routes had been written and the second had not, all traffic that was taken from a version
    /// without pods looked as if it had been served before.
    @Test func oneOfTwoRoutesMayBeWrittenFirst() async throws {
        let timeline = try await ExploredFaultTests.run("canary-openshift-routes", Scenario(events: [
            Scenario.Event(at: 29, .pods(.stable, .crashAfter(2))), Scenario.Event(at: 135, .promoteFull),
            Scenario.Event(at: 298.8, .undo), Scenario.Event(at: 370.7, .promoteFull),
            Scenario.Event(at: 411.9, .undo),
        ], podDelay: 0.5), seed: 2_000_087)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
    }

    /// A canary whose pods had all failed kept its share where dynamic stable scale had left few stable pods.
    @Test func aCanaryWithoutPodsKeepsNoShare() async throws {
        let timeline = try await ExploredFaultTests.run("canary-analysis-dynamic", Scenario(events: [
            Scenario.Event(at: 120, .pods(.canary, .crash)),
        ]))
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        let state = try #require(timeline.entries.last?.state)
        #expect(state.weight == 0)
        let stable = try #require(state.versions.first { $0.role == .stable })
        #expect(stable.share == 100 && stable.ready == 5, "the stable version grows for what it carries")
    }

    /// A Rollout that shrank took pods of the stable version that carried everything while the update stood still.
    @Test func aStandingUpdateKeepsThePodsOfShares() async throws {
        let timeline = try await ExploredFaultTests.run("canary-analysis-dynamic", Scenario(events: [
            Scenario.Event(at: 100, .pause), Scenario.Event(at: 101, .abort), Scenario.Event(at: 120, .scale(6)),
            Scenario.Event(at: 200, .pods(.canary, .crash)), Scenario.Event(at: 300, .scale(3)),
        ]))
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        let stable = try #require(timeline.entries.last?.state.versions.first { $0.role == .stable })
        #expect(stable.share == 100 && stable.ready == 3)
    }

    /// Where a step had given the canary a size of its own, what it lost with all its pods counted for nothing, and its
    /// traffic seemed to come upon the stable version from nowhere.
    @Test func theShareOfACanaryWithASizeOfItsOwnIsNoSurprise() async throws {
        let timeline = try await ExploredFaultTests.run("canary-scale", Scenario(events: [
            Scenario.Event(at: 0, .undo), Scenario.Event(at: 88.8, .undo),
            Scenario.Event(at: 171.8, .apiFaults(.outages, rate: 0.9, seconds: 57)),
            Scenario.Event(at: 174.6, .scale(7)), Scenario.Event(at: 175.6, .pods(.canary, .crashAfter(24))),
        ]), seed: 2_000_282)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        let state = try #require(timeline.entries.last?.state)
        #expect(state.weight == 0 && state.versions.first { $0.role == .stable }?.ready == 7)
    }
}
