import Foundation
import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Reads metrics as Prometheus does, and refuses what Prometheus would.
struct MetricsReader {
    struct Failure: Error { var line: String, why: String }
    struct Sample: Hashable { var name: String, labels: [String: String], value: Double }

    private(set) var types: [String: String] = [:]
    private(set) var samples: [Sample] = []

    init(_ text: String) throws {
        var current = ""
        var seen: Set<String> = []
        guard text.hasSuffix("\n") else { throw Failure(line: "", why: "the last line does not end") }
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) {
            if line.hasPrefix("# HELP ") { continue }
            if line.hasPrefix("# TYPE ") {
                let words = line.split(separator: " ").map(String.init)
                guard words.count == 4, ["counter", "gauge", "histogram"].contains(words[3]) else {
                    throw Failure(line: line, why: "no type")
                }
                guard types.updateValue(words[3], forKey: words[2]) == nil else {
                    throw Failure(line: line, why: "twice")
                }
                current = words[2]
                continue
            }
            let sample = try Self.sample(line)
            let suffixes = types[current] == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
            guard suffixes.contains(where: { sample.name == current + $0 }) else {
                throw Failure(line: line, why: "not of \(current)")
            }
            let key = sample.name + sample.labels.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: ",")
            guard seen.insert(key).inserted else { throw Failure(line: line, why: "twice") }
            samples.append(sample)
        }
        try checkHistograms()
    }

    private static func sample(_ line: String) throws -> Sample {
        let name = String(line.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" })
        var rest = line.dropFirst(name.count)
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest = rest.dropFirst()
            while rest.first != "}" {
                let key = String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
                rest = rest.dropFirst(key.count)
                guard !key.isEmpty, rest.hasPrefix("=\"") else { throw Failure(line: line, why: "no label") }
                rest = rest.dropFirst(2)
                var value = ""
                while let character = rest.first, character != "\"" {
                    rest = rest.dropFirst()
                    guard character == "\\" else {
                        value.append(character)
                        continue
                    }
                    guard let next = rest.popFirst() else { throw Failure(line: line, why: "a half escape") }
                    value.append(next == "n" ? "\n" : next)
                }
                guard rest.popFirst() == "\"", labels.updateValue(value, forKey: key) == nil else {
                    throw Failure(line: line, why: "a label that does not end, or twice")
                }
                if rest.first == "," { rest = rest.dropFirst() }
            }
            rest = rest.dropFirst()
        }
        guard rest.first == " ", let value = Double(rest.dropFirst()) else { throw Failure(line: line, why: "no value") }
        return Sample(name: name, labels: labels, value: value)
    }

    /// Buckets rise, and the last is all.
    private func checkHistograms() throws {
        for name in types.filter({ $0.value == "histogram" }).keys {
            var groups: [[String: String]: [(Double, Double)]] = [:]
            for sample in samples where sample.name == name + "_bucket" {
                var labels = sample.labels
                let bound = labels.removeValue(forKey: "le") ?? ""
                groups[labels, default: []].append((bound == "+Inf" ? .infinity : Double(bound) ?? .nan, sample.value))
            }
            for (labels, buckets) in groups {
                let isRising = zip(buckets, buckets.dropFirst()).allSatisfy { $0.0 < $1.0 && $0.1 <= $1.1 }
                guard isRising, buckets.last?.0 == .infinity, buckets.last?.1 == value(name + "_count", labels) else {
                    throw Failure(line: "\(name) \(labels)", why: "buckets")
                }
            }
        }
    }

    func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        samples.first { sample in
            sample.name == name && labels.allSatisfy { sample.labels[$0.key] == $0.value }
        }?.value
    }

    func sum(_ name: String, _ labels: [String: String] = [:]) -> Double {
        samples.filter { sample in
            sample.name == name && labels.allSatisfy { sample.labels[$0.key] == $0.value }
        }.map(\.value).reduce(0, +)
    }
}

/// What Prometheus is told.
@Suite struct TelemetryTests {
    let web = ["namespace": "conf-test", "name": "web"]

    func page(_ telemetry: Telemetry, _ controller: Controller? = nil) throws -> MetricsReader {
        try MetricsReader(MetricsPage.text(telemetry, MetricsPage.Context(
            version: "1.2.3", controller: controller?.figures, lease: ("lock", true))))
    }

    func rig(_ telemetry: Telemetry) async throws -> ConformanceRig {
        let rig = try ConformanceRig("test")
        let transport = MeteredTransport(base: rig.cluster, telemetry: telemetry)
        rig.controller = Controller(transport: transport, clock: rig.clock, telemetry: telemetry)
        _ = try rig.cluster.perform(.create(.rollouts, namespace: rig.namespace, ControllerTests.rollout()))
        try await rig.pass(5)
        return rig
    }

    @Test func tellsOfARolloutWhatTheReferenceTells() async throws {
        let telemetry = Telemetry()
        let rig = try await rig(telemetry)
        var metrics = try page(telemetry, rig.controller)
        #expect(metrics.value("rollout_info", web.merging(["strategy": "canary", "phase": "Completed"]) { $1 }) == 1)
        #expect(metrics.value("rollout_info_replicas_desired", web) == 4)
        #expect(metrics.value("rollout_info_replicas_available", web) == 4)
        #expect(metrics.value("rollout_info_replicas_unavailable", web) == 0)
        #expect(metrics.value("rollout_info_replicas_updated", web) == 4)
        #expect(metrics.sum("rollout_phase", web) == 1)
        #expect(metrics.value("rollout_phase", web.merging(["phase": "Completed"]) { $1 }) == 1)
        let reason = ["type": "Normal", "reason": "RolloutCompleted"]
        #expect(metrics.value("rollout_events_total", web.merging(reason) { $1 }) == 1)
        #expect((metrics.value("rollout_reconcile_count", web) ?? 0) > 2)
        #expect(metrics.value("workqueue_depth", ["name": "Rollouts"]) == 0)
        #expect((metrics.value("workqueue_adds_total") ?? 0) > 2)
        #expect(metrics.value("leader_election_master_status", ["name": "lock"]) == 1)
        #expect(metrics.value("rollout_render_build_info", ["version": "1.2.3"]) == 1)
        #expect(metrics.value("rollout_render_cached_objects", ["resource": "rollouts.argoproj.io"]) == 1)
        let patches = ["kind": "rollouts", "verb": "Patch", "status_code": "200"]
        #expect((metrics.value("controller_clientset_k8s_request_total", patches) ?? 0) > 0)
        #expect((metrics.value("rollout_render_api_requests_total", ["verb": "Create", "code": "201"]) ?? 0) > 0)
        #if os(Linux)
        #expect((metrics.value("process_resident_memory_bytes") ?? 0) > 1_000_000)
        #expect((metrics.value("process_open_fds") ?? 0) > 2)
        #expect((metrics.value("process_cpu_seconds_total") ?? 0) > 0)
        #endif
        _ = try rig.cluster.perform(.patch(.rollouts, ControllerTests.web, ["spec": ["template": ["spec": [
            "containers": [["name": "web", "image": "web:2"]],
        ]]]]))
        try await rig.pass(10)
        metrics = try page(telemetry, rig.controller)
        #expect(metrics.value("rollout_info", web.merging(["phase": "Paused"]) { $1 }) == 1)
        #expect(metrics.samples.filter { $0.name == "rollout_info" }.count == 1, "one phase at a time")
    }

    @Test func aRolloutThatIsGoneIsForgotten() async throws {
        let telemetry = Telemetry()
        let rig = try await rig(telemetry)
        _ = try rig.cluster.perform(.delete(.rollouts, ControllerTests.web))
        try await rig.pass(5)
        let metrics = try page(telemetry, rig.controller)
        let left = metrics.samples.filter { $0.labels["namespace"] == "conf-test" }
        #expect(left.isEmpty, "\(left)")
        #expect(!metrics.samples.isEmpty)
    }

    @Test func nothingIsLabelledByWhatHasNoEnd() async throws {
        let telemetry = Telemetry()
        let rig = try await rig(telemetry)
        for round in 2..<20 {
            _ = try rig.cluster.perform(.patch(.rollouts, ControllerTests.web, ["spec": ["template": ["spec": [
                "containers": [["name": "web", "image": .string("web:\(round)")]],
            ]]]]))
            try await rig.pass(3)
        }
        let before = try page(telemetry, rig.controller).samples.count
        for round in 20..<48 {
            _ = try rig.cluster.perform(.patch(.rollouts, ControllerTests.web, ["spec": ["template": ["spec": [
                "containers": [["name": "web", "image": .string("web:\(round)")]],
            ]]]]))
            try await rig.pass(3)
        }
        // Some kinds of events and answers come late, but not one for each of the 28 revisions.
        #expect(try page(telemetry, rig.controller).samples.count < before + 14)
    }

    @Test func textIsEscaped() throws {
        var text = PrometheusText()
        text.begin("odd", .gauge, "a \\ and\na line")
        text.sample(.infinity, [("a", "q\"b\\s\nn")])
        text.sample(0.25, [("a", "b")])
        text.sample(.nan)
        #expect(text.text.hasPrefix("# HELP odd a \\\\ and\\na line\n"))
        let metrics = try MetricsReader(text.text)
        #expect(metrics.samples.first?.labels == ["a": "q\"b\\s\nn"] && metrics.samples.first?.value == .infinity)
        #expect(metrics.value("odd", ["a": "b"]) == 0.25)
        #expect(throws: MetricsReader.Failure.self) { try MetricsReader("# TYPE a counter\na 1\na 2\n") }
    }

    @Test func requestsAreBoundedHoweverManyNamespacesThereAre() throws {
        let telemetry = Telemetry()
        for number in 0..<30_000 {
            let request = KubernetesRequest.list(.services, namespace: "n\(number)")
            telemetry.note(request, verb: "List", code: 200, seconds: 0.001)
        }
        let metrics = try page(telemetry)
        #expect(metrics.samples.count < 21_000)
        #expect(metrics.sum("controller_clientset_k8s_request_total") == 30_000)
    }
}

/// What a log looks like.
@Suite struct LogWriterTests {
    final class Lines: Sendable {
        private let text = Mutex("")
        func add(_ line: String) { text.withLock { $0 += line } }
        var all: [String] { text.withLock { $0 }.split(separator: "\n").map(String.init) }
    }

    let lines = Lines()

    func log(_ level: LogWriter.Level = .info, _ format: LogWriter.Format = .text) -> LogWriter {
        LogWriter(level: level, format: format, clock: VirtualClock()) { [lines] in lines.add($0) }
    }

    @Test func aLineForEachEntry() async {
        let log = log()
        log.log(.info, "scales ReplicaSet web-1 to 3", [("namespace", "shop"), ("rollout", "web")])
        log.log(.warn, "two\nlines\u{1B}[31m", [("text", "with \"quotes\"\n"), ("empty", "")])
        log.log(.debug, "not said")
        await log.flush()
        #expect(lines.all == [
            "2026-01-01T00:00:00Z INFO  scales ReplicaSet web-1 to 3 namespace=shop rollout=web",
            "2026-01-01T00:00:00Z WARN  two\\nlines\\u{1b}[31m text=\"with \\\"quotes\\\"\\n\" empty=\"\"",
        ])
    }

    @Test func jsonIsJSON() async throws {
        let log = log(.debug, .json)
        log.log(.debug, "a\nb", [("rollout", "web")])
        await log.flush()
        let entry = try JSONReader.value(try #require(lines.all.first))
        #expect(entry == [
            "time": "2026-01-01T00:00:00Z", "level": "debug", "msg": "a\nb", "rollout": "web",
        ])
    }

    @Test func whoLogsNeverWaits() async throws {
        let gate = DispatchSemaphore(value: 0)
        let written = Mutex<[String]>([])
        let log = LogWriter(level: .info, format: .text, clock: VirtualClock()) { line in
            if written.withLock({ $0.isEmpty }) { gate.wait() }
            written.withLock { $0.append(line) }
        }
        for number in 0..<12_000 { log.log(.info, "line \(number)") }
        gate.signal()
        await log.flush(seconds: 30)
        #expect(written.withLock { $0.count } == 10_000)
        log.log(.info, "again")
        await log.flush(seconds: 30)
        let last = try #require(written.withLock { $0.last })
        #expect(last.contains("WARN  2000 lines of this log were dropped\n"))
        #expect(last.hasSuffix("INFO  again\n"))
    }

    @Test func theSameFailureIsSaidOnce() async {
        let log = log()
        let decisions = DecisionJournal(log)
        var decision = Decision(
            rollout: ObjectName(namespace: "shop", name: "web"), time: KubernetesTime(seconds: 0), actions: [],
            reasons: [], result: .stopped(after: 0, KubernetesFailure(.forbidden, "may not")))
        for _ in 0..<5 { decisions.note(decision) }
        decision.result = .done
        decisions.note(decision)
        decision.result = .stopped(after: 0, KubernetesFailure(.forbidden, "may not"))
        decisions.note(decision)
        await log.flush()
        #expect(lines.all.count == 2)
        #expect(lines.all.first?.contains("will try again: may not namespace=shop rollout=web reason=Forbidden") == true)
    }
}

/// Who asks how a controller is gets an answer.
@Suite struct StatusServerTests {
    @Test(.timeLimit(.minutes(5))) func answersOverHTTP() async throws {
        let (ports, ready) = AsyncStream<(String, Int)>.makeStream()
        let isGood = Mutex(true)
        let servers = StatusServers(
            addresses: StatusServers.Addresses(host: "127.0.0.1", metricsPort: 0, healthPort: 0),
            isAlive: { StatusServers.Answer(isGood: true, text: "ok") },
            isReady: { StatusServers.Answer(isGood: isGood.withLock { $0 }, text: "why") },
            metrics: { "up 1\n" })
        let task = Task { try await servers.run { ready.yield(($0, $1)) } }
        defer { task.cancel() }
        var found: [String: Int] = [:]
        for await (what, port) in ports {
            found[what] = port
            if found.count == 2 { break }
        }
        let health = try #require(found["health"])
        let metrics = try #require(found["metrics"])
        #expect(try await Self.get(metrics, "/metrics") == Answer(code: 200, text: "up 1\n"))
        #expect(try await Self.get(health, "/healthz") == Answer(code: 200, text: "ok\n"))
        #expect(try await Self.get(health, "/readyz?verbose") == Answer(code: 200, text: "why\n"))
        isGood.withLock { $0 = false }
        #expect(try await Self.get(health, "/readyz") == Answer(code: 503, text: "why\n"))
        #expect(try await Self.get(health, "/metrics").code == 404)
        #expect(try await Self.get(metrics, "/healthz").code == 404)
    }

    struct Answer: Equatable { var code: Int, text: String }

    static func get(_ port: Int, _ path: String) async throws -> Answer {
        let url = try #require(URL(string: "http://127.0.0.1:\(port)\(path)"))
        let (data, response) = try await URLSession.shared.data(from: url)
        return Answer(
            code: (response as? HTTPURLResponse)?.statusCode ?? 0, text: String(decoding: data, as: UTF8.self))
    }
}
