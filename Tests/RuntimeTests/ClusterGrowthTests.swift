import ManifestKit
import Testing

@testable import RolloutRuntime

/// A cluster with many objects answers as fast as one with few: no request copies what it does not change.
@Suite struct ClusterGrowthTests {
    private let cluster = EmbeddedCluster()
    private static let web = ObjectName(namespace: "default", name: "web")

    private static func apply(_ object: JSONValue) -> KubernetesRequest {
        var request = KubernetesRequest.patch(.services, web, object, type: .apply)
        request.fieldManager = "test"
        return request
    }

    private static func scale(to count: Int) -> KubernetesRequest {
        .patch(.replicaSets, web, ["spec": ["replicas": .int(count)]], subresource: .scale)
    }

    private static func update(_ resource: ResourceType, _ object: JSONValue) -> KubernetesRequest {
        KubernetesRequest(.update, resource, namespace: "default", name: "web", body: object)
    }

    private static func delete(_ resource: ResourceType) -> KubernetesRequest {
        var request = KubernetesRequest.delete(resource, web)
        request.propagation = .foreground
        return request
    }

    /// Every way to write, each after those before it.
    private static var writes: [KubernetesRequest] {
        let service = EmbeddedClusterTests.service()
        let replicaSet = EmbeddedClusterTests.replicaSet("web")
        let label: JSONValue = [["op": "add", "path": "/metadata/labels", "value": ["a": "1"]]]
        return [
            apply(service), apply(EmbeddedClusterTests.service(labels: ["a": "b"])),
            .patch(.services, web, label, type: .json),
            .patch(.services, web, ["metadata": ["labels": ["b": "1"]]], type: .strategicMerge),
            update(.services, service), .patch(.services, web, ["spec": ["selector": ["app": "other"]]]),
            .create(.replicaSets, namespace: "default", replicaSet), scale(to: 3),
            .patch(.replicaSets, web, ["status": ["replicas": 1]], subresource: .status),
            delete(.services), delete(.replicaSets),
        ]
    }

    @Test(arguments: Array(writes.indices))
    func aWriteChangesWhatIsThereInItsPlace(_ place: Int) throws {
        for number in 0..<50 {
            try cluster.perform(.create(
                .services, namespace: "default", EmbeddedClusterTests.service("other-\(number)")))
        }
        for write in Self.writes.prefix(place) { try cluster.perform(write) }
        let version = cluster.version
        let before = Self.places(in: cluster)
        try cluster.perform(Self.writes[place])
        #expect(cluster.version > version)
        let after = Self.places(in: cluster)
        // What has to become larger moves, and only then.
        if after.capacity == before.capacity { #expect(after.history == before.history) }
        #expect(after.services == before.services)
    }

    /// Where a cluster keeps the latest changes, and one of its collections.
    private struct Places: Sendable {
        var history: Int
        var capacity: Int
        var services: Int
    }

    private static func places(in cluster: EmbeddedCluster) -> Places {
        cluster.state.withLock { state in
            let services = state.store.collections[ObjectStore.Collection(.services)]?.objects ?? [:]
            return Places(
                history: state.store.history.withUnsafeBufferPointer { Int(bitPattern: $0.baseAddress) },
                capacity: state.store.history.capacity,
                // A dictionary is one reference to its storage.
                services: withUnsafeBytes(of: services) { $0.load(as: Int.self) })
        }
    }

    @Test func whatAnObjectOwnsIsKnownThroughAllChanges() {
        var store = ObjectStore()
        var random = SplitMix(state: 11)
        let collection = ObjectStore.Collection(.replicaSets)
        for _ in 0..<2_000 {
            let name = ObjectName(namespace: "default", name: "r\(Int.random(in: 0..<40, using: &random))")
            if Int.random(in: 0..<4, using: &random) == 0 {
                _ = store.remove(collection, name)
            } else {
                let owners = (0..<5).filter { _ in Bool.random(using: &random) }
                _ = store.put(collection, name, ["metadata": ["ownerReferences": .array(owners.map {
                    ["uid": .string("uid-\($0)")]
                })]])
            }
            let uid = "uid-\(Int.random(in: 0..<5, using: &random))"
            let scanned = store.objects(collection) { object in
                object["metadata"]?["ownerReferences"]?.array?.contains { $0["uid"]?.string == uid } ?? false
            }
            #expect(store.objects(ownedBy: uid).map(\.name) == scanned.map(\.name))
        }
    }
}
