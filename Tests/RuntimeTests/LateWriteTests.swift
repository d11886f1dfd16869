import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// AnalysisRuns whose statuses cannot be written as fast as they measure.
@Suite(.timeLimit(.minutes(3))) struct LateWriteTests {
    /// A way to a cluster that lets only so many writes through in a second, and may refuse some.
    final class SlowTransport: WrappingTransport {
        private let cluster: EmbeddedCluster
        private let limiter: RequestLimiter
        private let state = Mutex<(writes: Int, refusals: Int)>((0, 0))
        var base: any ClusterTransport { cluster }

        init(_ cluster: EmbeddedCluster, writesPerSecond: Double) {
            self.cluster = cluster
            limiter = RequestLimiter(rate: writesPerSecond, burst: 1)
        }

        /// How many writes of AnalysisRuns went through.
        var writes: Int { state.withLock { $0.writes } }
        /// Refuses the next writes of AnalysisRuns.
        func refuse(_ count: Int) { state.withLock { $0.refusals = count } }

        func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue {
            guard request.resource == .analysisRuns, request.verb == .patch else { return try cluster.perform(request) }
            do { try await limiter.wait() } catch { throw KubernetesFailure(.unreachable, "cancelled") }
            let isRefused = state.withLock { state in
                if state.refusals > 0 {
                    state.refusals -= 1
                    return true
                }
                state.writes += 1
                return false
            }
            if isRefused { throw KubernetesFailure(.serverError, "no room") }
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
            "name": "web", "interval": "10s", "successCondition": "result",
            "provider": ["web": ["url": .string("http://server/\(number)"), "jsonPath": "{$.ok}"]],
        ]
        for (key, value) in fields.object?.fields ?? [] { metric[key] = value }
        return [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun",
            "metadata": ["name": .string("run-\(number)")], "spec": ["metrics": [metric]],
        ]
    }

    /// Runs a controller over AnalysisRuns until all are over, and hands back what they are then.
    static func play(
        _ runs: Int, _ fields: JSONValue, transport: SlowTransport, cluster: EmbeddedCluster,
        servers: ScriptedServers, clock: ScaledClock
    ) async throws -> [AnalysisRun] {
        _ = try cluster.perform(.create(.namespaces, namespace: "", ["metadata": ["name": "default"]]))
        var settings = Controller.Settings()
        settings.workers = 4
        let controller = Controller(transport: transport, clock: clock, settings: settings, metrics: servers)
        async let running: Void = controller.run()
        for number in 0..<runs {
            _ = try cluster.perform(.create(.analysisRuns, namespace: "default", object(number, fields)))
        }
        while true {
            let objects = try cluster.perform(.list(.analysisRuns, namespace: "default"))["items"]?.array ?? []
            let found = objects.compactMap { AnalysisRun($0) }
            if found.allSatisfy({ $0.status.phase?.isCompleted == true }) {
                controller.stop()
                try await running
                return found
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test func measurementsKeepTheirInterval() async throws {
        let clock = ScaledClock(scale: 10)
        let cluster = EmbeddedCluster(clock: clock)
        // Thirty runs measure thirty times a second of the machine; half as many writes go through.
        let transport = SlowTransport(cluster, writesPerSecond: 15)
        let servers = ScriptedServers(clock)
        let runs = try await Self.play(
            30, ["count": 6], transport: transport, cluster: cluster, servers: servers, clock: clock)
        for run in runs {
            #expect(run.status.phase == .successful)
            let result = try #require(run.status.results.first)
            #expect(result.count == 6 && result.measurements.count == 6, "nothing is lost, nothing is counted twice")
        }
        let asked = servers.asked.values
        #expect(asked.allSatisfy { $0.count == 6 })
        let gaps = asked.flatMap { moments in zip(moments, moments.dropFirst()).map { $1 - $0 } }
        let middle = gaps.sorted()[gaps.count / 2]
        #expect(abs(middle - 10) < 0.5, "the machine may be busy, but not at half of all measurements")
        #expect(transport.writes < 30 * 6, "several measurements are one write")
    }

    @Test func aLimitHoldsForWhatIsNotWrittenYet() async throws {
        let clock = ScaledClock(scale: 10)
        let cluster = EmbeddedCluster(clock: clock)
        let transport = SlowTransport(cluster, writesPerSecond: 8)
        let servers = ScriptedServers(clock, answers: [true, false, true, false])
        let runs = try await Self.play(
            20, ["failureLimit": 1], transport: transport, cluster: cluster, servers: servers, clock: clock)
        #expect(servers.asked.values.allSatisfy { $0.count == 4 }, "nobody asks on after the second failure")
        for run in runs {
            #expect(run.status.phase == .failed)
            #expect(run.status.message == "Metric \"web\" assessed Failed due to failed (2) > failureLimit (1)")
            #expect(run.status.results.first?.count == 4)
        }
    }

    @Test func aWriteThatFailsIsTriedAgainAndMeasurementsGoOn() async throws {
        let clock = ScaledClock(scale: 10)
        let cluster = EmbeddedCluster(clock: clock)
        let transport = SlowTransport(cluster, writesPerSecond: 1_000)
        let servers = ScriptedServers(clock)
        async let refusing: Void = {
            while servers.asked.values.first?.count ?? 0 < 2 { try await Task.sleep(for: .milliseconds(5)) }
            transport.refuse(6)
        }()
        let runs = try await Self.play(
            1, ["count": 6], transport: transport, cluster: cluster, servers: servers, clock: clock)
        try await refusing
        #expect(runs.first?.status.results.first?.count == 6)
        let moments = try #require(servers.asked.values.first)
        #expect(moments.count == 6)
        let gaps = zip(moments, moments.dropFirst()).map { $1 - $0 }.sorted()
        #expect(abs(gaps[gaps.count / 2] - 10) < 0.5)
    }
}
