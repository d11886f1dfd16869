import Foundation
import ManifestKit
import Testing

@testable import RolloutRuntime

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A cluster as a command runs it: with its files, until it is stopped.
@Suite(.timeLimit(.minutes(5))) struct EmbeddedRunTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "embedded-run-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    func settings() -> EmbeddedRun.Settings {
        var settings = EmbeddedRun.Settings()
        settings.heedsSignals = false
        settings.workloads.podDelay = 0.05
        return settings
    }

    /// Runs a cluster for as long as a closure takes.
    func withRun(
        _ settings: EmbeddedRun.Settings, _ body: @Sendable @escaping (EmbeddedCluster, Int) async throws -> Void
    ) async throws {
        let run = try EmbeddedRun(settings)
        let (ports, ready) = AsyncStream<Int>.makeStream()
        try await run.run(alongside: [{ cluster in
            for await port in ports { return try await body(cluster, port) }
        }]) { ready.yield($0) }
    }

    @Test func whatItHoldsOutlivesIt() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var settings = settings()
        settings.stateFile = folder.appending(path: "state.json").path
        try await withRun(settings) { cluster, _ in
            try cluster.perform(.create(.services, namespace: "default", EmbeddedClusterTests.service()))
        }
        try await withRun(settings) { cluster, _ in
            #expect(cluster.object(.services, ObjectName(namespace: "default", name: "web")) != nil)
            #expect(cluster.objects(.namespaces).count == 3)
        }
        try "{}".write(toFile: settings.stateFile ?? "", atomically: true, encoding: .utf8)
        #expect(throws: WholeFile.Failure.self) { try EmbeddedRun(settings) }
    }

    @Test func writesAKubeconfig() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var settings = settings()
        let path = folder.appending(path: "kubeconfig")
        settings.kubeconfig = path.path
        try await withRun(settings) { _, port in
            let text = try String(contentsOf: path, encoding: .utf8)
            #expect(text.contains("server: http://127.0.0.1:\(port)\n"))
        }
        settings.kubeconfig = folder.appending(path: "none/kubeconfig").path
        await #expect(throws: WholeFile.Failure.self) { try await withRun(settings) { _, _ in } }
    }

    @Test func saysThatAPortIsTaken() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let settings = settings()
        try await withRun(settings) { _, port in
            var second = settings
            second.port = port
            await #expect(throws: LoopbackServer.Failure.self) { try await withRun(second) { _, _ in } }
        }
    }

    #if os(Linux)
    @Test func podsAnswerForThemselves() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var settings = settings()
        settings.servesPods = true
        try await withRun(settings) { cluster, _ in
            var replicaSet = WorkloadModelTests.replicaSet(replicas: 1)
            replicaSet.set(["spec", "template", "spec", "containers"], to: [[
                "name": "web", "image": "web:1", "ports": [["containerPort": 18_080]],
            ]])
            try cluster.perform(.create(.replicaSets, namespace: "default", replicaSet))
            for _ in 0..<100 {
                let pod = cluster.objects(.pods).first?.object
                if let address = pod?["status"]?["podIP"]?.string, let url = URL(string: "http://\(address):18080/"),
                    let (data, response) = try? await URLSession.shared.data(from: url),
                    (response as? HTTPURLResponse)?.statusCode == 200 {
                    let answer = try JSONReader.value(Array(data))
                    #expect(answer["image"] == "web:1")
                    #expect(answer["pod"] == pod?["metadata"]?["name"])
                    return
                }
                try await Task.sleep(for: .milliseconds(50))
            }
            Issue.record("no pod answered")
        }
    }
    #endif
}
