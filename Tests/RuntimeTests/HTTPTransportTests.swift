import Foundation
import ManifestKit
import Testing

@testable import RolloutRuntime

/// The client over HTTP against the embedded cluster's API server.
@Suite(.timeLimit(.minutes(5))) struct HTTPTransportTests {
    /// Runs an API server in front of a cluster, with its workloads, for as long as a closure takes.
    static func withServer(
        _ cluster: EmbeddedCluster = EmbeddedCluster(),
        _ body: @Sendable @escaping (_ cluster: EmbeddedCluster, _ access: ClusterAccess) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let (ports, ready) = AsyncStream<Int>.makeStream()
            group.addTask { try await APIServer(cluster: cluster).run(port: 0) { ready.yield($0) } }
            group.addTask {
                for await port in ports { return try await body(cluster, Self.access("http://127.0.0.1:\(port)")) }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    static func access(_ server: String, _ credential: ClusterAccess.Credential = .none) throws -> ClusterAccess {
        ClusterAccess(
            server: try #require(ServerAddress(server, defaultScheme: "http")), trust: .system, serverName: nil,
            certificate: nil, credential: credential, proxy: nil, namespace: "default", origin: "a test")
    }

    @Test func writesReadsAndDeletes() async throws {
        try await Self.withServer { cluster, access in
            try await HTTPTransport.with(access) { transport in
                let name = ObjectName(namespace: "default", name: "web")
                let made = try await transport.send(
                    .create(.services, namespace: "default", EmbeddedClusterTests.service()))
                #expect(made["metadata"]?["name"] == "web")
                let read = try await transport.send(.get(.services, name))
                #expect(read == cluster.object(.services, name))
                let patched = try await transport.send(
                    .patch(.services, name, ["metadata": ["labels": ["tier": "front"]]]))
                #expect(patched["metadata"]?["labels"]?["tier"] == "front")
                var delete = KubernetesRequest.delete(.services, name)
                delete.resourceVersion = made["metadata"]?["resourceVersion"]?.string
                await #expect(throws: KubernetesFailure.self) { try await transport.send(delete) }
                delete.resourceVersion = patched["metadata"]?["resourceVersion"]?.string
                _ = try await transport.send(delete)
                #expect(cluster.object(.services, name) == nil)
            }
        }
    }

    @Test func tellsFailuresApart() async throws {
        try await Self.withServer { _, access in
            try await HTTPTransport.with(access) { transport in
                let name = ObjectName(namespace: "default", name: "web")
                let missing = await #expect(throws: KubernetesFailure.self) {
                    try await transport.send(.get(.services, name))
                }
                #expect(missing?.reason == .notFound)
                #expect(missing?.message == "services \"web\" not found")
                #expect(missing?.resource == .services)
                let create = KubernetesRequest.create(
                    .services, namespace: "default", EmbeddedClusterTests.service())
                _ = try await transport.send(create)
                let second = await #expect(throws: KubernetesFailure.self) { try await transport.send(create) }
                #expect(second?.reason == .alreadyExists)
                #expect(second?.verb == "create")
            }
        }
    }

    @Test func followsChanges() async throws {
        try await Self.withServer { cluster, access in
            try await HTTPTransport.with(access) { transport in
                let list = try await transport.send(.list(.services))
                var request = KubernetesRequest.list(.services)
                request.resourceVersion = list["metadata"]?["resourceVersion"]?.string
                try cluster.perform(.create(.services, namespace: "default", EmbeddedClusterTests.service()))
                var kinds: [WatchEvent.Kind] = []
                for try await event in transport.watch(request) {
                    #expect(event.object["metadata"]?["name"] == "web")
                    kinds.append(event.kind)
                    if kinds == [.added] {
                        try cluster.perform(.delete(.services, ObjectName(namespace: "default", name: "web")))
                    } else {
                        break
                    }
                }
                #expect(kinds == [.added, .deleted])
            }
        }
    }

    /// The controller in a process with nothing but the network between it and the cluster.
    @Test(.timeLimit(.minutes(5))) func bringsARolloutThroughAnUpdate() async throws {
        let cluster = EmbeddedCluster()
        try Self.withRollouts(cluster)
        var workloads = WorkloadModel.Settings()
        workloads.podDelay = 0.02
        let (model, settings) = (Task { await EmbeddedRun.runWorkloads(of: cluster, workloads) }, HTTPFaultTests.settings)
        defer { model.cancel() }
        try await Self.withServer(cluster) { cluster, access in
            try await HTTPTransport.with(access, settings) { transport in
                var controllerSettings = Controller.Settings()
                controllerSettings.workers = 4
                let controller = Controller(transport: transport, clock: ScaledClock(), settings: controllerSettings)
                let running = Task { try await controller.run() }
                defer { running.cancel() }
                let name = ControllerTests.web
                func status() -> JSONValue { cluster.object(.rollouts, name)?["status"] ?? .null }
                _ = try await transport.send(
                    .create(.rollouts, namespace: name.namespace, ControllerTests.rollout()))
                try await HTTPFaultTests.until(seconds: 60) { status()["phase"] == "Healthy" }
                let image: JSONValue = [["op": "replace", "path": "/spec/template/spec/containers/0/image", "value": "web:2"]]
                _ = try await transport.send(.patch(.rollouts, name, image, type: .json))
                try await HTTPFaultTests.until(seconds: 60) { status()["phase"] == "Paused" }
                #expect(status()["currentStepIndex"] == 1)
                _ = try await transport.send(
                    .patch(.rollouts, name, ["status": ["pauseConditions": .null]], subresource: .status))
                try await HTTPFaultTests.until(seconds: 60) { status()["phase"] == "Healthy" }
                let pods = cluster.objects(.pods).map(\.object)
                #expect(pods.allSatisfy { $0["spec"]?["containers"]?[0]?["image"] == "web:2" })
            }
        }
    }

    /// Installs what the controller needs.
    static func withRollouts(_ cluster: EmbeddedCluster) throws {
        let namespace: JSONValue = ["metadata": ["name": .string(ControllerTests.web.namespace)]]
        try cluster.perform(.create(.namespaces, namespace: "", namespace))
    }
}
