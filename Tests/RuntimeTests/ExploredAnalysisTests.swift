import ManifestKit
import Testing

@testable import RolloutRuntime

/// The shortest scripts with which explorations of failing metrics have broken something, and invariants that fire.
@Suite struct ExploredAnalysisTests {
    private static func run(_ strategy: String, _ scenario: Scenario, seed: UInt64) async throws -> SimulatedTimeline {
        await Simulator.run(try ExplorationTests.input(strategy), scenario: scenario, seed: seed)
    }

    /// Somebody promoted in full after an analysis had come to a bad end, which was held against the controller.
    @Test func aPromotionInFullOutweighsAnAnalysis() async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 0.9, .pods(.all, .crash)),
            Scenario.Event(at: 1.5, .metric(ScenarioMetric("success-rate", .listed([.error("connection refused")])))),
            Scenario.Event(at: 1982.5, .promoteFull),
        ], podDelay: 0.5)
        let timeline = try await Self.run("blue-green-analysis", scenario, seed: 1)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.contains { $0.state.message.contains("RolloutAborted") })
        #expect(timeline.entries.last?.state.message.contains("ProgressDeadlineExceeded") == true)
    }

    /// A measurement whose write was done and not answered was counted twice.
    @Test(arguments: [("canary-analysis", UInt64(212)), ("canary-analysis-dynamic", 212), ("canary-analysis-dynamic", 240)])
    func aMeasurementCountsOnce(_ strategy: String, _ seed: UInt64) async throws {
        let scenario = seed == 212
            ? Scenario(events: [Scenario.Event(at: 0, .apiFaults(.errors, rate: 0.2, seconds: 55))], podDelay: 0.5)
            : Scenario(events: [Scenario.Event(at: 3.4, .apiFaults(.errors, rate: 0.9, seconds: 23))], podDelay: 5)
        let timeline = try await Self.run(strategy, scenario, seed: seed)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
    }

    /// An Experiment that was asked to end waited for a required analysis that had not begun, or that it did not look at.
    @Test(arguments: [(20.0, 53.8), (1, 57)]) func anAbortedExperimentEnds(_ delay: Double, _ abort: Double) async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 18, .metric(ScenarioMetric("latency", .listed([.error("connection refused")])))),
            Scenario.Event(at: abort, .abort),
        ], podDelay: delay)
        let timeline = try await Self.run("canary-analysis", scenario, seed: 22)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.phase == "Degraded")
    }

    /// The analysis in the background failed while the update waited because of the step's, which nobody could tell.
    @Test func aBadEndCountsDuringAnInconclusivePause() async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 3, .metric(ScenarioMetric("success-rate", .listed([.outcome(.inconclusive)])))),
            Scenario.Event(at: 30, .metric(ScenarioMetric("errors", .listed([.outcome(.failed)])))),
        ])
        let timeline = try await Self.run("canary-analysis", scenario, seed: 1)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.contains { $0.state.message.contains("InconclusiveAnalysisRun") })
        #expect(timeline.entries.last?.state.phase == "Degraded")
        #expect(timeline.entries.last?.state.weight == 0)
    }

    /// Two parts of the planner took turns with the condition of a pause, a write a second.
    @Test func aPauseBeforeTheLastAnalysisIsNotRewritten() async throws {
        let scenario = Scenario(events: [Scenario.Event(at: 46.6, .pause)], podDelay: 20)
        let timeline = try await Self.run("blue-green-analysis", scenario, seed: 100)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
    }

    /// The update got traffic in the pass in which it was aborted for its analysis.
    @Test(.enabled(if: Conformance.isThere)) func aFailedAnalysisGetsNoMoreTraffic() async throws {
        let script = try Conformance.read("scenarios/analysis-step-fails.yaml")["script"]
        let objects = try #require(script?[0]?["apply"]?.array)
        let rollout = try #require(objects.first { $0["kind"] == "Rollout" })
        let scenario = Scenario(events: [
            Scenario.Event(at: 0, .apiFaults(.errors, rate: 0.5, seconds: 27)), Scenario.Event(at: 5.1, .restart),
            Scenario.Event(at: 7.6, .slowWatches(by: 4.3, seconds: 100)),
        ])
        let input = SimulationInput(rollout: rollout, objects: ObjectIndex(objects))
        let timeline = await Simulator.run(input, scenario: scenario, seed: 105)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
    }

    @Test func whatFailsAbortsAndWhatIsWellDoesNot() async throws {
        for (phase, end) in [(AnalysisPhase.failed, "Degraded"), (.error, "Degraded"), (.successful, "Healthy")] {
            for strategy in ["canary-analysis", "blue-green-analysis"] {
                let metric = ScenarioMetric("success-rate", .listed([.outcome(phase)]))
                let timeline = try await Self.run(strategy, Scenario(events: [], metrics: [metric]), seed: 1)
                #expect(timeline.violations.isEmpty, "\(strategy) \(phase): \(timeline.violations)")
                #expect(timeline.entries.last?.state.phase == end, "\(strategy) \(phase)")
            }
        }
    }

    @Test func randomMetricsAreWrittenAndReadAgain() throws {
        let input = try ExplorationTests.input("canary-analysis")
        var kinds: Set<String> = []
        for seed in UInt64(1)...60 {
            let scenario = Scenario.random(seed: seed, for: input)
            for case .metric(let metric) in scenario.events.map(\.action) {
                #expect(["errors", "latency", "success-rate"].contains(metric.name))
                if metric.slowSeconds > 0 { kinds.insert("slow") }
                guard case .listed(let answers) = metric.answers else { continue }
                kinds.insert(answers.count > 1 ? "flapping" : answers[0].text)
            }
        }
        #expect(kinds.isSuperset(of: ["slow", "flapping", "Failed", "Successful", "Inconclusive", "nothing"]), "\(kinds)")
        #expect(kinds.contains("error: connection refused"))
    }
}
