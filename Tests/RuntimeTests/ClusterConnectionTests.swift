import Foundation
import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// A connection as a command opens it, from a kubeconfig to the answer.
@Suite(.timeLimit(.minutes(5))) struct ClusterConnectionTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "connection-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }

    /// Why a test ends early.
    struct Interruption: Error {}

    @Test func reachesAnEmbeddedClusterByItsKubeconfig() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "cluster.yaml").path
        var settings = EmbeddedRun.Settings()
        settings.heedsSignals = false
        settings.kubeconfig = path
        let (ready, becameReady) = AsyncStream<Void>.makeStream()
        let run = try EmbeddedRun(settings)
        try await run.run(alongside: [{ _ in
            for await _ in ready { break }
            let records = Mutex<[RequestRecord]>([])
            var options = ClusterConnection.Options(environment: ["KUBECONFIG": "/none:" + path])
            options.onRequest = { record in records.withLock { $0.append(record) } }
            let names = try await ClusterConnection.with(options) { cluster in
                #expect(cluster.namespace == "default")
                #expect(cluster.server.hasPrefix("http://127.0.0.1:"))
                let list = try await cluster.transport.send(.list(.namespaces))
                return (list["items"]?.array ?? []).map { ObjectName(of: $0).name }
            }
            #expect(names.sorted() == ["default", "kube-public", "kube-system"])
            #expect(records.withLock { $0.map(\.code) } == [200])
            // What goes wrong inside comes out, and the connection is closed all the same.
            await #expect(throws: Interruption.self) {
                try await ClusterConnection.with(options) { _ in throw Interruption() }
            }
        }]) { _ in becameReady.yield() }
    }

    @Test func warnsOfWhatIsNotChecked() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "config").path
        let text = KubeconfigTests.text(cluster: "server: https://10.0.0.1\ninsecure-skip-tls-verify: true")
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        let warnings = Mutex<[String]>([])
        var options = ClusterConnection.Options(kubeconfig: path, context: "bare", environment: [:])
        options.warn = { warning in warnings.withLock { $0.append(warning) } }
        let namespace = try await ClusterConnection.with(options) { $0.namespace }
        #expect(namespace == "default")
        #expect(warnings.withLock { $0.count } == 1)
        #expect(
            warnings.withLock { $0.first }?.hasPrefix(
                "the certificate of https://10.0.0.1 is not checked, as insecure-skip-tls-verify in context \"bare\"")
                == true)
    }

    @Test func aCancelledCommandClosesItsConnection() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "config").path
        try await FaultServer.with { _ in [.pause(60)] } _: { server, port in
            let text = KubeconfigTests.text(cluster: "server: http://127.0.0.1:\(port)")
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let options = ClusterConnection.Options(kubeconfig: path, environment: [:])
            let task = Task {
                try await ClusterConnection.with(options) { _ = try await $0.transport.send(.list(.pods)) }
            }
            try await HTTPFaultTests.until { server.requests.count == 1 }
            task.cancel()
            await #expect(throws: KubernetesFailure.self) { try await task.value }
            try await HTTPFaultTests.until { server.ended == 1 }
        }
    }
}
