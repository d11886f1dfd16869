import Foundation
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The controller as a process of its own, over HTTP.
@Suite(.timeLimit(.minutes(5))) struct RuntimeRunTests {
    typealias Object = [String: Any]

    let cluster: RunningCluster
    let server: String

    init() throws {
        cluster = try RunningCluster(hasController: false, ["--pod-delay", "400ms"])
        let text = try String(contentsOfFile: cluster.kubeconfig, encoding: .utf8)
        server = try #require(text.firstMatch(of: /server: (\S+)/).map { String($0.output.1) })
    }

    // MARK: Requests

    @discardableResult
    func request(_ method: String, _ path: String, _ body: Object? = nil) async throws -> (code: Int, object: Object) {
        var request = URLRequest(url: try #require(URL(string: server + path)))
        request.httpMethod = method
        if let body {
            request.httpBody = try JSONSerialization.data(withJSONObject: body)
            let type = method == "PATCH" ? "application/merge-patch+json" : "application/json"
            request.setValue(type, forHTTPHeaderField: "Content-Type")
        }
        let (data, response) = try await URLSession.shared.data(for: request)
        let object = (try? JSONSerialization.jsonObject(with: data)) as? Object ?? [:]
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, object)
    }

    static let rollouts = "/apis/argoproj.io/v1alpha1/namespaces/default/rollouts"
    static let lease = "/apis/coordination.k8s.io/v1/namespaces/default/leases/argo-rollouts-controller-lock"

    /// Makes a Rollout whose update pauses for so many seconds, or until somebody goes on.
    func createRollout(pause: Int? = 1) async throws {
        let template: Object = [
            "metadata": ["labels": ["app": "web"]],
            "spec": ["containers": [["name": "web", "image": "web:1"]]],
        ]
        let steps: [Object] = [["setWeight": 25], ["pause": pause.map { ["duration": $0] } ?? [:]], ["setWeight": 75]]
        let code = try await request("POST", Self.rollouts, [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": ["name": "web"],
            "spec": [
                "replicas": 4, "selector": ["matchLabels": ["app": "web"]], "template": template,
                "strategy": ["canary": ["maxSurge": 1, "maxUnavailable": 0, "steps": steps]],
            ],
        ]).code
        #expect(code == 201)
    }

    func setImage(_ image: String) async throws {
        let containers: [Object] = [["name": "web", "image": image]]
        let code = try await request(
            "PATCH", Self.rollouts + "/web", ["spec": ["template": ["spec": ["containers": containers]]]]).code
        #expect(code == 200)
    }

    /// Ends the pause, as the console's and the command line's promote do.
    func resume() async throws {
        let nothing = ["status": ["pauseConditions": NSNull()]]
        #expect(try await request("PATCH", Self.rollouts + "/web/status", nothing).code == 200)
    }

    func status() async throws -> Object {
        try await request("GET", Self.rollouts + "/web").object["status"] as? Object ?? [:]
    }

    func isHealthy(generation: Int) async throws -> Bool {
        let status = try await status()
        return status["phase"] as? String == "Healthy"
            && status["observedGeneration"] as? String == String(generation)
    }

    func holder() async throws -> String? {
        let spec = try await request("GET", Self.lease).object["spec"] as? Object
        return spec?["holderIdentity"] as? String
    }

    func eventually(
        _ what: String, _ controller: RunningController?, _ isSo: () async throws -> Bool
    ) async throws {
        for _ in 0..<1_200 {
            if try await isSo() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw RunningCluster.Failure(description: "never so: \(what)\n\(controller?.text ?? "")\n\(cluster.log)")
    }

    // MARK: Tests

    @Test func endsInTheMiddleOfAnUpdateAndGoesOnFromThere() async throws {
        let first = try RunningController(cluster, name: "first")
        try await createRollout(pause: nil)
        try await eventually("healthy", first) { try await isHealthy(generation: 1) }
        #expect(try await holder()?.hasPrefix("first_") == true)
        try await setImage("web:2")
        try await eventually("in the middle", first) { try await status()["phase"] as? String == "Paused" }
        first.signal(SIGTERM)
        #expect(first.end() == 0, "\(first.text)")
        #expect(try await holder() == "", "the lease is given back")
        #expect(first.text.contains("has ended"))
        try await resume()
        try await Task.sleep(for: .seconds(1))
        #expect(try await status()["currentStepIndex"] as? Int == 1, "nobody goes on")

        let second = try RunningController(cluster, name: "second", ["--log-format", "json"])
        try await eventually("the update is done", second) { try await isHealthy(generation: 2) }
        for line in second.text.split(separator: "\n") {
            let entry = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? Object
            #expect(entry?["msg"] is String && entry?["level"] is String && entry?["time"] is String)
        }
        second.signal(SIGINT)
        #expect(second.end() == 0)
    }

    @Test func aStandbyTakesOverAndALostLeaseEndsTheProgram() async throws {
        let first = try RunningController(cluster, name: "first")
        try await eventually("the first leads", first) { try await holder()?.hasPrefix("first_") == true }
        let second = try RunningController(cluster, name: "second")
        try await eventually("the second stands by", second) { second.text.contains("stands by") }
        try await createRollout()
        try await eventually("healthy", first) { try await isHealthy(generation: 1) }
        let healthPort = try #require(second.port(of: "health"))
        #expect(try await get(healthPort, "/readyz") == "standby\n")
        try await setImage("web:2")
        // Somebody takes the lease away, as another controller would whose clock says that it is over.
        try await request("PATCH", Self.lease, ["spec": ["holderIdentity": "thief", "leaseDurationSeconds": 1]])
        #expect(first.end() == 1)
        #expect(first.text.contains("has lost the lease and stops at once: thief holds it now"), "\(first.text)")
        try await eventually("the second leads", second) { try await holder()?.hasPrefix("second_") == true }
        try await eventually("the update is done", second) { try await isHealthy(generation: 2) }
        second.signal(SIGTERM)
        #expect(second.end() == 0)
    }

    @Test func tellsHowItIs() async throws {
        let controller = try RunningController(cluster, name: "only")
        try await createRollout()
        try await eventually("healthy", controller) { try await isHealthy(generation: 1) }
        try await eventually("ports", controller) {
            controller.port(of: "health") != nil && controller.port(of: "metrics") != nil
        }
        let health = try #require(controller.port(of: "health"))
        #expect(try await get(health, "/healthz") == "ok\n")
        #expect(try await get(health, "/readyz") == "ok\n")
        let metrics = try await get(try #require(controller.port(of: "metrics")), "/metrics")
        #expect(metrics.contains("leader_election_master_status{name=\"argo-rollouts-controller-lock\"} 1\n"))
        let info = "rollout_info{namespace=\"default\",name=\"web\",strategy=\"canary\",traffic_router=\"\","
        #expect(metrics.contains(info + "phase=\"Completed\"} 1\n"))
        #expect(controller.text.contains("INFO  makes ReplicaSet web-"))
        #expect(controller.text.contains("namespace=default rollout=web"))
        controller.signal(SIGTERM)
        #expect(controller.end() == 0)
    }

    func get(_ port: Int, _ path: String) async throws -> String {
        let url = try #require(URL(string: "http://127.0.0.1:\(port)\(path)"))
        return String(decoding: try await URLSession.shared.data(from: url).0, as: UTF8.self)
    }

    /// A server that never answers holds up neither the end nor whoever takes over, who measures anew.
    @Test func doesNotWaitForAMeasurement() async throws {
        let asked = Counter()
        let server = try LocalServer { _ in
            asked.increase()
            Thread.sleep(forTimeInterval: 120)
            return LocalServer.Answer(body: "{}")
        }
        let first = try RunningController(cluster, name: "first")
        let runs = "/apis/argoproj.io/v1alpha1/namespaces/default/analysisruns"
        let provider: Object = ["web": ["url": "http://127.0.0.1:\(server.port)/", "timeoutSeconds": 600, "jsonPath": "{$}"]]
        #expect(try await request("POST", runs, [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun", "metadata": ["name": "slow"],
            "spec": ["metrics": [["name": "m", "provider": provider]]],
        ]).code == 201)
        try await eventually("the server is asked", first) { asked.count > 0 }
        let start = ContinuousClock.now
        first.signal(SIGTERM)
        #expect(first.end() == 0, "\(first.text)")
        // Far below the 30 seconds that requests are given; the machine may be busy.
        #expect(ContinuousClock.now - start < .seconds(10), "\(first.text)")
        #expect(try await holder() == "", "the lease is given back")
        let results = try await request("GET", runs + "/slow").object["status"] as? Object
        let written = results?["metricResults"] as? [Object]
        #expect(written?.isEmpty ?? true, "\(results ?? [:])")
        _ = server
    }

    @Test func worksWithoutALeaseWhereItIsTold() async throws {
        let controller = try RunningController(cluster, name: "alone", ["--leader-elect=false"])
        try await createRollout()
        try await eventually("healthy", controller) { try await isHealthy(generation: 1) }
        #expect(try await request("GET", Self.lease).code == 404)
        controller.signal(SIGTERM)
        #expect(controller.end() == 0)
    }
}

/// Counts on several threads.
private final class Counter: @unchecked Sendable {
    // Guarded by the lock.
    private let lock = NSLock()
    private var value = 0
    var count: Int { lock.withLock { value } }
    func increase() { lock.withLock { value += 1 } }
}

/// What `runtime run` does not begin with.
@Suite struct RuntimeRunUsageTests {
    @Test(arguments: [
        ["--leader-election-renew-deadline", "20s"], ["--leader-election-retry-period", "9s"], ["--workers", "0"],
        ["--qps", "-1"], ["--log-level", "loud"], ["--metrics-port", "70000"], ["--rollout-resync", "soon"],
        ["--state", "x.json"], ["--embedded", "--context", "x"], ["--leader-elect", "--no-leader-elect"],
        ["--instance-id", "a b"], ["--selector", "team in shop"], ["--selector", "team=a b"], ["--selector", "/x=1"],
    ])
    func refusesWhatMakesNoSense(_ arguments: [String]) throws {
        let run = try ProgramRun(["runtime", "run"] + arguments)
        #expect(run.code == 2)
        #expect(run.messages.contains("Error: "), "\(run.messages)")
    }
}
