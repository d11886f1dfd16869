import ManifestKit
import Testing

@testable import RolloutRuntime

/// Whole updates, played by the controller on a cluster in memory.
@Suite struct SimulatorTests {
    static let strategies = [
        "canary: {steps: [{setWeight: 20}, {pause: {}}, {setWeight: 60}, {pause: {duration: 5m}}]}",
        """
        canary:
          canaryService: new
          stableService: old
          trafficRouting: {nginx: {stableIngress: web}}
          steps: [{setWeight: 20}, {pause: {duration: 10m}}, {setCanaryScale: {replicas: 3}}, {setWeight: 60}]
        """,
        """
        canary:
          canaryService: new
          stableService: old
          dynamicStableScale: true
          trafficRouting: {istio: {virtualService: {name: web}}}
          steps: [{setWeight: 20}, {pause: {duration: 1m}}, {setWeight: 60}, {pause: {duration: 30}}, {setWeight: 90}]
        """,
        "blueGreen: {activeService: old, previewService: new, autoPromotionSeconds: 60, scaleDownDelaySeconds: 30}",
    ]

    static func input(_ strategy: String, replicas: Int = 5) throws -> SimulationInput {
        let text = """
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: web, namespace: shop}
            spec:
              replicas: \(replicas)
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec: {containers: [{name: web, image: "example.com/web:1"}]}
              strategy:
            \(strategy.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
            """
        let root = try #require(YAMLParser.document(text)?.root)
        return SimulationInput(rollout: root.json)
    }

    static func events(_ events: (Double, ScenarioAction)...) -> Scenario {
        Scenario(events: events.map { Scenario.Event(at: $0.0, $0.1) })
    }

    @Test func tenStepsWithAnHourOfPauses() async throws {
        let steps = (1...5).map { "{setWeight: \($0 * 18)}, {pause: {duration: 12m}}" }.joined(separator: ", ")
        let timeline = await Simulator.run(try Self.input("canary: {steps: [\(steps)]}", replicas: 10))
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.phase == "Healthy")
        #expect(timeline.duration >= 3600 && timeline.duration < 3700)
        let indices = timeline.entries.compactMap(\.state.stepIndex)
        #expect(indices == indices.sorted() && indices.last == 10)
        let weights = timeline.entries.compactMap(\.state.weight)
        #expect(weights == weights.sorted() && weights.last == 100)
    }

    @Test func aPauseWaitsForSomebody() async throws {
        let input = try Self.input(Self.strategies[0])
        let waiting = await Simulator.run(input)
        #expect(waiting.entries.last?.state.phase == "Paused" && waiting.notes.count == 1)
        let promoted = await Simulator.run(input, scenario: Self.events((600, .promote)))
        #expect(promoted.entries.last?.state.phase == "Healthy")
        #expect(promoted.duration >= 900)
        #expect(promoted.entries.contains { $0.kind == .event && $0.text == "promote" && $0.seconds == 600 })
    }

    @Test(arguments: strategies) func anAbortEndsOnTheStableVersion(_ strategy: String) async throws {
        let timeline = await Simulator.run(try Self.input(strategy), scenario: Self.events((30, .abort)))
        let state = try #require(timeline.entries.last?.state)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(state.phase == "Degraded" && state.message.hasPrefix("RolloutAborted"))
        #expect(state.versions.first { $0.role == .stable }?.ready == 5)
        #expect((state.versions.first { $0.role == .canary }?.share ?? 0) == 0)
    }

    @Test func podsThatNeverGetReadyMissTheDeadline() async throws {
        let scenario = Self.events((0, .pods(.canary, .neverReady)))
        let timeline = await Simulator.run(try Self.input(Self.strategies[1]), scenario: scenario)
        let state = try #require(timeline.entries.last?.state)
        #expect(state.phase == "Degraded" && state.message.contains("ProgressDeadlineExceeded"))
        #expect(state.weight == 0 && timeline.violations.isEmpty, "\(timeline.violations)")
    }

    @Test func scaleImageAndEnd() async throws {
        var scenario = Self.events((10, .scale(8)), (20, .setImage(container: "web", image: "web:9")))
        var timeline = await Simulator.run(try Self.input("canary: {}"), scenario: scenario)
        let state = try #require(timeline.entries.last?.state)
        #expect(state.versions.map(\.ready) == [8] && state.versions.first?.revision == 3)
        scenario = Scenario(events: [], until: 60)
        timeline = await Simulator.run(try Self.input(Self.strategies[1]), scenario: scenario)
        #expect(timeline.duration == 60 && timeline.entries.last?.state.phase == "Paused")
        #expect(timeline.violations.isEmpty)
        let missing = Self.events((1, .setImage(container: "none", image: "web:9")))
        #expect(await Simulator.run(try Self.input("canary: {}"), scenario: missing).notes.count == 1)
    }

    @Test func aFirstDeploymentHasNoOldVersion() async throws {
        var input = try Self.input(Self.strategies[1])
        input.isInitial = true
        let timeline = await Simulator.run(input)
        #expect(timeline.entries.last?.state.phase == "Healthy" && timeline.violations.isEmpty)
        #expect(timeline.entries.last?.state.versions.map(\.revision) == [1])
    }

    @Test(arguments: strategies) func theSameSeedGivesTheSameCourse(_ strategy: String) async throws {
        let input = try Self.input(strategy)
        for seed: UInt64 in [3, 4] {
            let scenario = Scenario.random(seed: seed, for: input)
            let first = await Simulator.run(input, scenario: scenario, seed: seed)
            let second = await Simulator.run(input, scenario: scenario, seed: seed)
            #expect(first == second)
        }
    }

    /// The controller is killed behind every write of an update and started again.
    @Test(arguments: strategies) func crashesBetweenAnyTwoWrites(_ strategy: String) async throws {
        let input = try Self.input(strategy, replicas: 3)
        let promotes = [(100.0, ScenarioAction.promote)].map { Scenario.Event(at: $0.0, $0.1) }
        let whole = await Simulator.run(input, scenario: Scenario(events: promotes))
        let end = try #require(whole.entries.last?.state)
        for writes in 1...30 {
            let crash = Scenario.Event(at: 0, .controllerCrash(afterWrites: writes))
            let timeline = await Simulator.run(input, scenario: Scenario(events: [crash] + promotes))
            #expect(timeline.violations.isEmpty, "after \(writes) writes: \(timeline.violations)")
            #expect(timeline.entries.last?.state == end, "after \(writes) writes")
        }
    }

    @Test func strangeInputIsANote() async throws {
        let timeline = await Simulator.run(SimulationInput(rollout: ["metadata": ["name": "web"]]))
        #expect(timeline.entries.isEmpty && timeline.notes.count == 1)
    }
}
