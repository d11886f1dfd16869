import ManifestKit
import Testing

@testable import RolloutRuntime

/// The shortest scripts of faults that explorations have found where somebody changes the size of a Rollout.
@Suite struct ExploredScaleTests {
    /// A new size was not followed while an update stood still, and until it was, nothing else was done either: an abort
    /// left the traffic where it was, and a failed analysis did not end the update.
    @Test(arguments: [
        [
            Scenario.Event(at: 59.5, .metric(ScenarioMetric("errors", .listed([.outcome(.inconclusive)])))),
            Scenario.Event(at: 937, .scale(1)), Scenario.Event(at: 1446, .abort),
        ],
        [
            Scenario.Event(at: 11, .metric(ScenarioMetric("errors", .listed([.error("connection refused")])))),
            Scenario.Event(at: 11, .metric(ScenarioMetric("success-rate", .listed([.outcome(.inconclusive)])))),
            Scenario.Event(at: 30, .scale(1)),
        ],
    ])
    func aSizeDoesNotStopAnUpdateThatStandsStill(_ events: [Scenario.Event]) async throws {
        let timeline = try await ExploredFaultTests.run("canary-analysis-dynamic", Scenario(events: events, podDelay: 5))
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.phase == "Degraded")
        #expect(timeline.entries.last?.state.weight == 0)
    }

    /// An autoscaler's wish counts while somebody has paused the whole Rollout, in every form of a canary.
    @Test(arguments: ["canary-basic", "canary-nginx", "canary-dynamic-stable"], [1, 12])
    func aPausedRolloutFollowsItsSize(_ strategy: String, _ size: Int) async throws {
        let scenario = Scenario(events: [Scenario.Event(at: 90, .pause), Scenario.Event(at: 180, .scale(size))])
        let timeline = try await ExploredFaultTests.run(strategy, scenario)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        let state = try #require(timeline.entries.last?.state)
        #expect(state.phase == "Paused")
        let pods = state.versions.reduce(0) { $0 + $1.ready }
        #expect(pods >= size && pods <= size + max(1, size / 2), "\(state)")
    }

    /// A paused Rollout that had been scaled to 0 stayed without pods whatever size it was given.
    @Test(arguments: ["canary-basic", "canary-nginx", "canary-dynamic-stable"])
    func aPausedRolloutComesBackFromNothing(_ strategy: String) async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 90, .pause), Scenario.Event(at: 180, .scale(0)), Scenario.Event(at: 300, .scale(4)),
        ])
        let timeline = try await ExploredFaultTests.run(strategy, scenario)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        let state = try #require(timeline.entries.last?.state)
        #expect(state.phase == "Paused")
        #expect(state.versions.first { $0.role == .stable }?.ready == 4, "\(state)")
    }

    /// A version that was left alone while an update stood still kept only its part of the pods.
    @Test func aVersionThatIsAloneGetsAllPods() async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 1863.5, .pause), Scenario.Event(at: 1872.2, .deleteReplicaSets(.stable)),
            Scenario.Event(at: 1926.2, .scale(8)),
        ])
        let timeline = try await ExploredFaultTests.run("canary-many", scenario, seed: 400_467)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.versions.reduce(0) { $0 + $1.ready } == 8)
    }

    /// What looked like lost pods and was none: one that a restart had taken already, a size that was not heard of yet,
    /// and a version that made up for nothing that another one lacked.
    @Test(arguments: [
        ("progress-deadline", 200_634, Scenario(events: [
            Scenario.Event(at: 43, .pods(.all, .slow(25))), Scenario.Event(at: 61.8, .undo),
            Scenario.Event(at: 68.1, .restart),
        ], podDelay: 5)),
        ("blue-green-preview", 201_499, Scenario(events: [
            Scenario.Event(at: 623.3, .slowWatches(by: 1.4, seconds: 16)), Scenario.Event(at: 636.9, .restart),
            Scenario.Event(at: 638.2, .scale(6)),
        ], podDelay: 5)),
        ("canary-analysis-dynamic", 201_268, Scenario(events: [
            Scenario.Event(at: 513, .pods(.all, .crash)), Scenario.Event(at: 586, .deleteReplicaSets(.canary)),
            Scenario.Event(at: 757.5, .scale(2)),
        ], podDelay: 0.5)),
    ] as [(String, UInt64, Scenario)])
    func noPodIsMissed(_ strategy: String, _ seed: UInt64, _ scenario: Scenario) async throws {
        let timeline = try await ExploredFaultTests.run(strategy, scenario, seed: seed)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
    }

    /// A new size began the update that somebody had paused.
    @Test(arguments: ["canary-no-steps", "canary-basic", "canary-nginx"])
    func aSizeDoesNotBeginAPausedUpdate(_ strategy: String) async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 2.2, .scale(8)), Scenario.Event(at: 3244, .pause), Scenario.Event(at: 3716.4, .undo),
            Scenario.Event(at: 3719.1, .scale(4)), Scenario.Event(at: 3740.1, .scale(8)),
        ], podDelay: 5)
        let timeline = try await ExploredFaultTests.run(strategy, scenario)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        let pods = timeline.entries.last?.state.versions.reduce(0) { $0 + $1.ready } ?? 0
        #expect(pods >= 8)
    }

    /// A pod of a version between two others stayed for ever, for the canary's service waited for pods of a Rollout that
    /// was to have none.
    @Test func noServiceKeepsAPodThatNobodyWants() async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 2, .abort),
            Scenario.Event(at: 2187.9, .setImage(container: nil, image: "example.com/app:4")),
            Scenario.Event(at: 2602.9, .setImage(container: nil, image: "example.com/app:1")),
            Scenario.Event(at: 2613.9, .scale(0)), Scenario.Event(at: 3753.9, .promote),
        ], podDelay: 20)
        let timeline = try await ExploredFaultTests.run("canary-alb", scenario)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.versions.allSatisfy { $0.pods == 0 } == true)
    }

    /// A version before went all at once where a service without a hash led to it, and the stable one was too small.
    @Test func aServiceMadeAnewLosesNoPods() async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 0, .promoteFull),
            Scenario.Event(at: 20, .delete(ScenarioAction.Target(.service, "old"))),
            Scenario.Event(at: 93, .delete(ScenarioAction.Target(.ingress, "web-web-canary"))),
            Scenario.Event(at: 814, .scale(10)), Scenario.Event(at: 2024.2, .restore),
        ], podDelay: 5)
        let timeline = try await ExploredFaultTests.run("canary-nginx", scenario)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.phase == "Healthy")
    }

    /// An aborted version that had no share any more got new pods when the Rollout grew.
    @Test(arguments: [
        "canary-analysis-dynamic", "canary-app-mesh-dynamic", "canary-dynamic-stable-delay", "canary-dynamic-stable",
        "canary-gateway-tcp", "canary-istio-subset-dynamic", "canary-openshift-routes", "canary-routers",
        "canary-traefik-dynamic",
    ])
    func anAbortedVersionDoesNotComeBackWithTheSize(_ strategy: String) async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 1.7, .abort), Scenario.Event(at: 55.7, .scale(3)), Scenario.Event(at: 58.8, .scale(6)),
            Scenario.Event(at: 64.8, .delete(ScenarioAction.Target(.ingress, "web-web-canary"))),
        ], podDelay: 20)
        let timeline = try await ExploredFaultTests.run(strategy, scenario, seed: 700_605)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        let states = timeline.entries.map(\.state)
        let end = try #require(states.firstIndex { $0.phase == "Degraded" && $0.versions.count == 1 })
        #expect(states[end...].allSatisfy { $0.versions.map(\.role) == [.stable] })
    }

    /// The version that an abort gives up kept its whole share until the stable one had the pods for a step back.
    @Test(arguments: [
        ("canary-analysis-dynamic", 700_560, Scenario(events: [
            Scenario.Event(at: 3.9, .pods(.stable, .neverReady)), Scenario.Event(at: 16.5, .scale(6)),
            Scenario.Event(at: 1064.9, .abort),
        ]), 50),
        ("canary-app-mesh-dynamic", 700_534, Scenario(events: [
            Scenario.Event(at: 936.1, .pods(.stable, .neverReady)), Scenario.Event(at: 988.1, .promote),
            Scenario.Event(at: 1021.4, .abort),
        ], podDelay: 20), 40),
    ] as [(String, UInt64, Scenario, Int)])
    func theStableVersionGetsWhatItsPodsCanTake(
        _ strategy: String, _ seed: UInt64, _ scenario: Scenario, _ share: Int
    ) async throws {
        let timeline = try await ExploredFaultTests.run(strategy, scenario, seed: seed)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        let state = try #require(timeline.entries.last?.state)
        #expect(state.phase == "Degraded")
        #expect(state.weight == share)
    }

    /// The canary of an update that stood still shrank with the size while it was the only version that served.
    @Test(arguments: [
        Scenario(events: [
            Scenario.Event(at: 422.3, .scale(7)), Scenario.Event(at: 468.8, .pause),
            Scenario.Event(at: 511.6, .pods(.stable, .crashAfter(51))), Scenario.Event(at: 554.6, .scale(2)),
        ], podDelay: 0.5),
        Scenario(events: [
            Scenario.Event(at: 3.4, .pods(.stable, .crashAfter(35))), Scenario.Event(at: 3.4, .pause),
            Scenario.Event(at: 18.9, .scale(8)), Scenario.Event(at: 117.9, .scale(3)),
        ], podDelay: 5),
    ])
    func theOnlyPodsThatServeStay(_ scenario: Scenario) async throws {
        let timeline = try await ExploredFaultTests.run("canary-basic", scenario)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.versions.first { $0.role == .canary }?.ready == 2)
        // Each version has its part once both serve again.
        var recovering = scenario
        recovering.events.append(Scenario.Event(at: 600, .pods(.stable, .healthy)))
        let recovered = try await ExploredFaultTests.run("canary-basic", recovering)
        #expect(recovered.violations.isEmpty, "\(recovered.violations)")
        let versions = try #require(recovered.entries.last?.state.versions)
        #expect(versions.first { $0.role == .canary }?.ready == 1)
        #expect(versions.first { $0.role == .stable }.map { $0.ready == $0.wanted } == true)
        // Nor does what waits hold up somebody's decision.
        recovering.events[recovering.events.count - 1] = Scenario.Event(at: 600, .abort)
        let aborted = try await ExploredFaultTests.run("canary-basic", recovering)
        #expect(aborted.entries.last?.state.phase == "Degraded")
    }

    /// What the route of a version alone had before somebody deleted it was not known, with both services its own.
    @Test func aRouteIsPutBackToAVersionThatIsAlone() async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 25, .promoteFull), Scenario.Event(at: 1607.7, .deleteReplicaSets(.stable)),
            Scenario.Event(at: 1608.9, .delete(ScenarioAction.Target(.ingress, "web-web-canary"))),
            Scenario.Event(at: 1625.3, .abort),
        ], podDelay: 20)
        let timeline = try await ExploredFaultTests.run("canary-nginx", scenario)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.phase == "Healthy")
    }
}
