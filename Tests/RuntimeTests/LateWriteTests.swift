import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// AnalysisRuns whose statuses cannot be written as fast as they measure.
@Suite(.timeLimit(.minutes(5))) struct LateWriteTests {
    /// A way to a cluster on which writes of AnalysisRuns may be held up or refused.
    final class HeldTransport: WrappingTransport {
        enum Mode { case open, held, refusing }

        private struct State {
            var mode = Mode.open
            var waiting: [CheckedContinuation<Void, Never>] = []
            var writes = 0
            var refusals = 0
        }

        private let cluster: EmbeddedCluster
        private let state = Mutex(State())
        var base: any ClusterTransport { cluster }

        init(_ cluster: EmbeddedCluster) { self.cluster = cluster }

        /// How many writes of AnalysisRuns went through, and how many did not.
        var counts: (writes: Int, refusals: Int) { state.withLock { ($0.writes, $0.refusals) } }

        func set(_ mode: Mode) {
            let waiting = state.withLock { state in
                state.mode = mode
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in waiting { continuation.resume() }
        }

        func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue {
            guard request.resource == .analysisRuns, request.verb == .patch(.merge) else {
                return try cluster.perform(request)
            }
            await withCheckedContinuation { continuation in
                let isHeld = state.withLock { state in
                    guard state.mode == .held else { return false }
                    state.waiting.append(continuation)
                    return true
                }
                if !isHeld { continuation.resume() }
            }
            let isRefused = state.withLock { state in
                if state.mode == .refusing { state.refusals += 1 } else { state.writes += 1 }
                return state.mode == .refusing
            }
            if isRefused { throw KubernetesFailure(.internalError, "no room") }
            return try cluster.perform(request)
        }
    }

    /// Answers what a script says, and notes when each address was asked.
    final class ScriptedServers: MetricSource {
        private let clock: any ClusterClock
        private let answers: [Bool]
        private let moments = Mutex<[String: [Double]]>([:])

        init(_ clock: any ClusterClock, answers: [Bool] = []) {
            self.clock = clock
            self.answers = answers
        }

        var asked: [String: [Double]] { moments.withLock { $0 } }
        /// How often the run has been asked that was asked least.
        var least: Int { asked.values.map(\.count).min() ?? 0 }

        func answer(_ question: MetricQuestion) async -> MetricAnswer {
            guard case .http(let query) = question else { return .missing }
            let number = moments.withLock { moments in
                moments[query.url, default: []].append(clock.now)
                return moments[query.url, default: []].count - 1
            }
            let isGood = answers.indices.contains(number) ? answers[number] : true
            return .http(status: 200, headers: [], body: "{\"ok\":\(isGood)}")
        }
    }

    static func object(_ number: Int, _ fields: JSONValue) -> JSONValue {
        var metric: JSONValue = [
            "name": "web", "interval": "1s", "successCondition": "result",
            "provider": ["web": ["url": .string("http://server/\(number)"), "jsonPath": "{$.ok}"]],
        ]
        for (key, value) in fields.object?.fields ?? [] { metric[key] = value }
        return [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
            "metadata": ["name": .string("run-\(number)")], "spec": ["metrics": [metric]],
        ]
    }

    /// A controller over AnalysisRuns, and all around it.
    struct Rig {
        let clock = ScaledClock(scale: 20)
        let cluster: EmbeddedCluster
        let transport: HeldTransport
        let servers: ScriptedServers
        let controller: Controller

        init(_ runs: Int, _ fields: JSONValue, workers: Int, answers: [Bool] = []) throws {
            cluster = EmbeddedCluster(clock: clock)
            transport = HeldTransport(cluster)
            servers = ScriptedServers(clock, answers: answers)
            var settings = Controller.Settings()
            settings.workers = workers
            controller = Controller(transport: transport, clock: clock, settings: settings, metrics: servers)
            for number in 0..<runs {
                _ = try cluster.perform(.create(.analysisRuns, namespace: "default", object(number, fields)))
            }
        }

        var runs: [AnalysisRun] {
            get throws {
                let objects = try cluster.perform(.list(.analysisRuns, namespace: "default"))["items"]?.array ?? []
                return objects.compactMap { AnalysisRun($0) }
            }
        }

        func wait(until isSo: () throws -> Bool) async throws {
            while try !isSo() { try await Task.sleep(for: .milliseconds(5)) }
        }

        func waitForEnd() async throws -> [AnalysisRun] {
            try await wait { try runs.allSatisfy { $0.status.phase?.isCompleted == true } }
            return try runs
        }
    }

    /// While no write goes through, measurements go on; all that was measured is written afterwards, together.
    @Test(arguments: [HeldTransport.Mode.held, .refusing])
    func measurementsDoNotWaitForWrites(_ mode: HeldTransport.Mode) async throws {
        // Two write at a time what can wait, and none of the runs ends while writes are held up.
        let rig = try Rig(12, ["count": 30], workers: 4)
        async let running: Void = rig.controller.run()
        try await rig.wait { rig.servers.asked.count == 12 }
        rig.transport.set(mode)
        try await rig.wait { rig.servers.least >= 5 }
        #expect(try rig.runs.allSatisfy { $0.status.results.first?.count ?? 0 < 5 }, "they are not written down")
        rig.transport.set(.open)
        for run in try await rig.waitForEnd() {
            #expect(run.status.phase == .successful)
            let result = try #require(run.status.results.first)
            #expect(result.count == 30 && result.measurements.count == 10, "nothing is lost, nothing is counted twice")
        }
        rig.controller.stop()
        try await running
        #expect(rig.servers.asked.values.allSatisfy { $0.count == 30 })
        #expect(rig.transport.counts.writes < 12 * 30, "several measurements are one write")
        #expect((mode == .refusing) == (rig.transport.counts.refusals > 0))
    }

    @Test func aLimitHoldsForWhatIsNotWrittenYet() async throws {
        let rig = try Rig(8, ["failureLimit": 1], workers: 32, answers: [true, false, true, false])
        async let running: Void = rig.controller.run()
        try await rig.wait { rig.servers.asked.count == 8 }
        rig.transport.set(.held)
        try await rig.wait { rig.servers.least >= 4 }
        // Ten intervals.
        try await rig.clock.sleep(until: rig.clock.now + 10)
        #expect(rig.servers.asked.values.allSatisfy { $0.count == 4 }, "nobody asks on after the second failure")
        rig.transport.set(.open)
        for run in try await rig.waitForEnd() {
            #expect(run.status.phase == .failed)
            #expect(run.status.message == "Metric \"web\" assessed Failed due to failed (2) > failureLimit (1)")
            #expect(run.status.results.first?.count == 4)
        }
        rig.controller.stop()
        try await running
        #expect(rig.servers.asked.values.allSatisfy { $0.count == 4 })
    }

    /// The interval goes from beginning to beginning, to the fraction of a second and not by whole seconds.
    @Test func intervalsDoNotDrift() async throws {
        let clock = VirtualClock()
        clock.advance(to: clock.now.rounded(.down) + 0.9)
        let cluster = EmbeddedCluster(clock: clock)
        let servers = ScriptedServers(clock)
        let controller = Controller(transport: cluster, clock: clock, metrics: servers)
        _ = try cluster.perform(
            .create(.analysisRuns, namespace: "default", Self.object(0, ["interval": "2500ms", "count": 5])))
        for _ in 0..<200 {
            _ = await controller.step()
            clock.advance(to: clock.now + 0.1)
        }
        let moments = try #require(servers.asked.values.first)
        let gaps = zip(moments, moments.dropFirst()).map { $1 - $0 }
        #expect(gaps.count == 4 && gaps.allSatisfy { abs($0 - 2.5) < 0.15 }, "\(gaps)")
    }
}
