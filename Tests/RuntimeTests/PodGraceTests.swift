import Foundation
import ManifestKit
import Testing

@testable import RolloutRuntime

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// What a proxy in front of pods sees while they come and go.
@Suite(.timeLimit(.minutes(5))) struct PodGraceTests {
    let rig = WorkloadModelTests()
    static let slices = ResourceType(
        group: "discovery.k8s.io", version: "v1", plural: "endpointslices", kind: "EndpointSlice")

    func model(grace: Double) throws -> WorkloadModel {
        var settings = WorkloadModel.Settings()
        settings.terminationDelay = grace
        try rig.create(.services, [
            "metadata": ["name": "web"], "spec": ["selector": ["app": "web"], "ports": [["port": 80, "targetPort": 8080]]],
        ])
        return WorkloadModel(cluster: rig.cluster, settings: settings)
    }

    /// Each endpoint's conditions ready, serving and terminating.
    var endpoints: [[Bool?]] {
        let found = rig.cluster.objects(Self.slices).first?.object["endpoints"]?.array ?? []
        return found.map { endpoint in
            ["ready", "serving", "terminating"].map { endpoint["conditions"]?[$0]?.boolean }
        }
    }

    @Test func aPodGoesOnServingWhileItEnds() throws {
        let model = try model(grace: 5)
        try rig.create(.replicaSets, WorkloadModelTests.replicaSet(replicas: 1))
        rig.run(model, seconds: 2)
        #expect(endpoints == [[true, true, false]])
        try rig.cluster.perform(.patch(.replicaSets, WorkloadModelTests.web, ["spec": ["replicas": 0]]))
        rig.run(model, seconds: 4.9)
        #expect(endpoints == [[false, true, true]])
        #expect(rig.status(.replicaSets, "replicas") == 0, "a pod that ends counts no more")
        rig.run(model, seconds: 0.2)
        #expect(endpoints.isEmpty)
        #expect(rig.pods.isEmpty)
    }

    @Test(arguments: [(3, 3.0), (60, 10.0)]) func noPodOutlivesItsGracePeriod(period: Int, seconds: Double) throws {
        let model = try model(grace: 10)
        var replicaSet = WorkloadModelTests.replicaSet(replicas: 1)
        replicaSet.set(["spec", "template", "spec", "terminationGracePeriodSeconds"], to: .int(period))
        try rig.create(.replicaSets, replicaSet)
        rig.run(model, seconds: 2)
        try rig.cluster.perform(.patch(.replicaSets, WorkloadModelTests.web, ["spec": ["replicas": 0]]))
        rig.run(model, seconds: seconds - 0.1)
        #expect(rig.pods.map { $0["metadata"]?["deletionGracePeriodSeconds"] } == [.int(period)])
        rig.run(model, seconds: 0.2)
        #expect(rig.pods.isEmpty)
    }

    #if os(Linux)
    @Test func aPodThatIsNotReadySaysSo() async throws {
        var settings = EmbeddedRun.Settings()
        settings.heedsSignals = false
        settings.servesPods = true
        settings.workloads.podDelay = 0.05
        let run = try EmbeddedRun(settings)
        try await run.run(alongside: [{ cluster in
            var replicaSet = WorkloadModelTests.replicaSet(replicas: 1, annotations: ["rig.test/never-ready": "true"])
            replicaSet.set(["spec", "template", "spec", "containers"], to: [[
                "name": "web", "image": "web:1", "ports": [["containerPort": 18_081]],
            ]])
            try cluster.perform(.create(.replicaSets, namespace: "default", replicaSet))
            while true {
                let pod = cluster.objects(.pods).first?.object
                if let address = pod?["status"]?["podIP"]?.string, let url = URL(string: "http://\(address):18081/"),
                    let (_, response) = try? await URLSession.shared.data(from: url) {
                    #expect((response as? HTTPURLResponse)?.statusCode == 503)
                    return
                }
                try await Task.sleep(for: .milliseconds(20))
            }
        }]) { _ in }
    }
    #endif
}
