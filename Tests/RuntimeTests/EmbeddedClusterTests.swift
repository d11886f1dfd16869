import ManifestKit
import Testing

@testable import RolloutRuntime

/// The embedded cluster answers as an API server does.
@Suite struct EmbeddedClusterTests {
    let cluster = EmbeddedCluster()
    static let web = ObjectName(namespace: "default", name: "web")

    static func service(_ name: String = "web", labels: [String: String] = [:]) -> JSONValue {
        [
            "apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name), "labels": .strings(labels)],
            "spec": ["ports": [["port": 80]], "selector": ["app": "web"]],
        ]
    }

    static func replicaSet(_ name: String, owner: JSONValue? = nil) -> JSONValue {
        var object: JSONValue = [
            "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": ["name": .string(name)],
            "spec": [
                "selector": ["matchLabels": ["app": "web"]],
                "template": [
                    "metadata": ["labels": ["app": "web"]],
                    "spec": ["containers": [["name": "web", "image": "web:1"]]],
                ],
            ],
        ]
        if let owner {
            object.set(
                ["metadata", "ownerReferences"],
                to: [
                    [
                        "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": owner["metadata"]?["name"] ?? .null,
                        "uid": owner["metadata"]?["uid"] ?? .null, "controller": true,
                    ]
                ])
        }
        return object
    }

    func failure(_ request: KubernetesRequest) -> KubernetesFailure.Reason? {
        do throws(KubernetesFailure) {
            _ = try cluster.perform(request)
            return nil
        } catch { return error.reason }
    }

    @Test func createFillsInWhatTheServerKnows() throws {
        let object = try cluster.perform(.create(.services, namespace: "default", Self.service()))
        #expect(object["metadata"]?["uid"]?.string?.count == 36)
        #expect(object["metadata"]?["generation"] == 1)
        #expect(object["metadata"]?["namespace"] == "default")
        #expect(object["spec"]?["ports"] == [["port": 80, "protocol": "TCP", "targetPort": 80]])
        #expect(try cluster.perform(.get(.services, Self.web)) == object)
        #expect(failure(.create(.services, namespace: "default", Self.service())) == .alreadyExists)
        #expect(failure(.create(.services, namespace: "none", Self.service())) == .notFound)
        #expect(failure(.create(.services, namespace: "default", Self.service("Web"))) == .invalid)
        #expect(failure(.get(.services, ObjectName(namespace: "default", name: "other"))) == .notFound)
    }

    @Test func namesAreGenerated() throws {
        var object = Self.service()
        object["metadata"] = ["generateName": "web-"]
        let first = try cluster.perform(.create(.services, namespace: "default", object))["metadata"]?["name"]?.string
        let second = try cluster.perform(.create(.services, namespace: "default", object))["metadata"]?["name"]?.string
        #expect(first?.hasPrefix("web-") == true && first?.count == 9 && first != second)
    }

    @Test func writesOfAnOldVersionConflict() throws {
        var object = try cluster.perform(.create(.services, namespace: "default", Self.service()))
        _ = try cluster.perform(.patch(.services, Self.web, ["metadata": ["labels": ["a": "b"]]]))
        object.set(["spec", "type"], to: "NodePort")
        let update = KubernetesRequest(.update, .services, namespace: "default", name: "web", body: object)
        #expect(failure(update) == .conflict)
        #expect(failure(.patch(.services, Self.web, ["metadata": ["resourceVersion": "1"]])) == .conflict)
    }

    @Test func generationCountsChangesOfTheSpecOnly() throws {
        _ = try cluster.perform(.create(.replicaSets, namespace: "default", Self.replicaSet("web")))
        func patch(_ patch: JSONValue, _ subresource: KubernetesRequest.Subresource? = nil) throws -> JSONValue {
            try cluster.perform(.patch(.replicaSets, Self.web, patch, subresource: subresource))
        }
        #expect(try patch(["metadata": ["labels": ["a": "b"]]])["metadata"]?["generation"] == 1)
        #expect(try patch(["spec": ["replicas": 3]])["metadata"]?["generation"] == 2)
        let status = try patch(["status": ["replicas": 3], "spec": ["replicas": 9]], .status)
        #expect(status["metadata"]?["generation"] == 2)
        #expect(status["spec"]?["replicas"] == 3)
        #expect(status["status"]?["replicas"] == 3)
        #expect(try patch(["status": ["replicas": 5]])["status"]?["replicas"] == 3)
        let version = cluster.version
        #expect(try patch(["spec": ["replicas": 3]]) == status)
        #expect(cluster.version == version, "a patch that changes nothing is no change")
    }

    @Test func scaleSubresource() throws {
        _ = try cluster.perform(.create(.replicaSets, namespace: "default", Self.replicaSet("web")))
        let patched = try cluster.perform(
            .patch(.replicaSets, Self.web, ["spec": ["replicas": 4]], subresource: .scale))
        #expect(patched["kind"] == "Scale" && patched["spec"]?["replicas"] == 4)
        #expect(patched["status"]?["selector"] == "app=web")
        #expect(try cluster.perform(.get(.replicaSets, Self.web))["spec"]?["replicas"] == 4)
        #expect(failure(.patch(.replicaSets, Self.web, ["spec": ["replicas": -1]], subresource: .scale)) == .invalid)
        #expect(failure(.patch(.services, Self.web, ["spec": [:]], subresource: .scale)) == .notFound)
    }

    @Test func deletingAnOwnerDeletesWhatItOwns() throws {
        let owner = try cluster.perform(.create(.replicaSets, namespace: "default", Self.replicaSet("a")))
        let middle = try cluster.perform(
            .create(.replicaSets, namespace: "default", Self.replicaSet("b", owner: owner)))
        _ = try cluster.perform(.create(.replicaSets, namespace: "default", Self.replicaSet("c", owner: middle)))
        _ = try cluster.perform(.delete(.replicaSets, ObjectName(namespace: "default", name: "a")))
        #expect(try cluster.perform(.list(.replicaSets))["items"] == [])
    }

    @Test func orphansStay() throws {
        let owner = try cluster.perform(.create(.replicaSets, namespace: "default", Self.replicaSet("a")))
        _ = try cluster.perform(.create(.replicaSets, namespace: "default", Self.replicaSet("b", owner: owner)))
        var request = KubernetesRequest.delete(.replicaSets, ObjectName(namespace: "default", name: "a"))
        request.propagation = .orphan
        _ = try cluster.perform(request)
        let left = try cluster.perform(.list(.replicaSets))["items"]?.array ?? []
        #expect(left.map { $0["metadata"]?["name"] } == ["b"])
        #expect(left.first?["metadata"]?["ownerReferences"] == nil)
    }

    @Test func finalizersHoldADeletion() throws {
        var object = Self.service()
        object.set(["metadata", "finalizers"], to: ["example.com/hold"])
        _ = try cluster.perform(.create(.services, namespace: "default", object))
        _ = try cluster.perform(.delete(.services, Self.web))
        #expect(try cluster.perform(.get(.services, Self.web))["metadata"]?["deletionTimestamp"] != nil)
        _ = try cluster.perform(.patch(.services, Self.web, ["metadata": ["finalizers": .null]]))
        #expect(failure(.get(.services, Self.web)) == .notFound)
    }

    @Test func deletingANamespaceDeletesWhatIsInIt() throws {
        _ = try cluster.perform(.create(.namespaces, namespace: "", ["metadata": ["name": "team"]]))
        _ = try cluster.perform(.create(.services, namespace: "team", Self.service()))
        _ = try cluster.perform(.delete(.namespaces, ObjectName(namespace: "", name: "team")))
        #expect(try cluster.perform(.list(.services))["items"] == [])
        #expect(failure(.create(.services, namespace: "team", Self.service())) == .notFound)
    }

    @Test func listsBySelectorsAndPages() throws {
        for index in 0..<5 {
            let labels = ["even": index % 2 == 0 ? "yes" : "no"]
            _ = try cluster.perform(
                .create(.services, namespace: "default", Self.service("web-\(index)", labels: labels)))
        }
        func names(_ change: (inout KubernetesRequest) -> Void) throws -> [String] {
            var request = KubernetesRequest.list(.services)
            change(&request)
            return try cluster.perform(request)["items"]?.array?.compactMap { $0["metadata"]?["name"]?.string } ?? []
        }
        #expect(try names { $0.labelSelector = "even=yes" } == ["web-0", "web-2", "web-4"])
        #expect(try names { $0.labelSelector = "even in (no),!odd" } == ["web-1", "web-3"])
        #expect(try names { $0.labelSelector = "even!=no" } == ["web-0", "web-2", "web-4"])
        #expect(try names { $0.fieldSelector = "metadata.name=web-3" } == ["web-3"])
        #expect(try names { $0.limit = 2 } == ["web-0", "web-1"])
        var first = KubernetesRequest.list(.services)
        first.limit = 3
        let token = try cluster.perform(first)["metadata"]?["continue"]?.string
        #expect(try names { $0.continuation = token } == ["web-3", "web-4"])
    }

    @Test func watchesGoOnFromAVersion() async throws {
        let list = try cluster.perform(.list(.services))
        var request = KubernetesRequest.list(.services)
        request.resourceVersion = list["metadata"]?["resourceVersion"]?.string
        request.labelSelector = "app=web"
        _ = try cluster.perform(.create(.services, namespace: "default", Self.service(labels: ["app": "web"])))
        var events = cluster.watch(request).makeAsyncIterator()
        #expect(try await events.next()?.kind == .added)
        _ = try cluster.perform(.patch(.services, Self.web, ["metadata": ["labels": ["app": "web", "b": "c"]]]))
        #expect(try await events.next()?.kind == .modified)
        _ = try cluster.perform(.patch(.services, Self.web, ["metadata": ["labels": ["app": "other"]]]))
        #expect(try await events.next()?.kind == .deleted)
        cluster.compact()
        await #expect(throws: KubernetesFailure.self) {
            for try await _ in cluster.watch(request) { break }
        }
    }

    @Test func dryRunsKeepNothing() throws {
        var request = KubernetesRequest.create(.services, namespace: "default", Self.service())
        request.isDryRun = true
        #expect(try cluster.perform(request)["metadata"]?["uid"] != nil)
        #expect(failure(.get(.services, Self.web)) == .notFound)
    }

    @Test func definitionsServeTheirKinds() throws {
        let type = ResourceType(group: "example.com", version: "v1", plural: "things", kind: "Thing")
        let crd = ResourceType(
            group: "apiextensions.k8s.io", version: "v1", plural: "customresourcedefinitions",
            kind: "CustomResourceDefinition", isNamespaced: false)
        #expect(failure(.list(type)) == .notFound)
        _ = try cluster.perform(
            .create(
                crd, namespace: "",
                [
                    "metadata": ["name": "things.example.com"],
                    "spec": [
                        "group": "example.com", "scope": "Namespaced", "names": ["plural": "things", "kind": "Thing"],
                        "versions": [["name": "v1", "served": true, "storage": true, "subresources": ["status": [:]]]],
                    ],
                ]))
        _ = try cluster.perform(.create(type, namespace: "default", ["metadata": ["name": "one"], "spec": ["a": 1]]))
        #expect(try cluster.perform(.list(type))["items"]?.array?.count == 1)
        _ = try cluster.perform(.delete(crd, ObjectName(namespace: "", name: "things.example.com")))
        #expect(failure(.list(type)) == .notFound)
    }
}

/// The patches that an API server takes.
@Suite struct PatchTests {
    @Test func jsonPatch() throws {
        let object: JSONValue = ["a": ["b": [1, 2, 3]], "c/d": 4]
        let patch: JSONValue = [
            ["op": "test", "path": "/a/b/0", "value": 1], ["op": "add", "path": "/a/b/-", "value": 5],
            ["op": "add", "path": "/a/b/0", "value": 0], ["op": "remove", "path": "/a/b/1"],
            ["op": "replace", "path": "/c~1d", "value": 9], ["op": "move", "from": "/c~1d", "path": "/e"],
        ]
        #expect(try JSONPatch.apply(patch, to: object) == ["a": ["b": [0, 2, 3, 5]], "e": 9])
        #expect(throws: KubernetesFailure.self) {
            try JSONPatch.apply([["op": "test", "path": "/a", "value": 1]], to: object)
        }
        #expect(throws: KubernetesFailure.self) { try JSONPatch.apply([["op": "remove", "path": "/x"]], to: object) }
    }

    @Test func strategicMergeKnowsListsThatAreMaps() throws {
        let object: JSONValue = [
            "spec": [
                "template": [
                    "spec": [
                        "containers": [
                            ["name": "a", "image": "a:1", "env": [["name": "X", "value": "1"]]],
                            ["name": "b", "image": "b:1"],
                        ]
                    ]
                ]
            ]
        ]
        let patch: JSONValue = [
            "spec": [
                "template": [
                    "spec": [
                        "$setElementOrder/containers": [["name": "c"], ["name": "a"]],
                        "containers": [
                            ["name": "a", "env": [["name": "Y", "value": "2"]]], ["name": "c", "image": "c:1"],
                            ["name": "b", "$patch": "delete"],
                        ],
                    ]
                ]
            ]
        ]
        #expect(
            try StrategicMergePatch.apply(patch, to: object, kind: "Deployment") == [
                "spec": [
                    "template": [
                        "spec": [
                            "containers": [
                                ["name": "c", "image": "c:1"],
                                [
                                    "name": "a", "image": "a:1",
                                    "env": [["name": "X", "value": "1"], ["name": "Y", "value": "2"]],
                                ],
                            ]
                        ]
                    ]
                ]
            ])
    }

    @Test func applyOwnsItsFields() throws {
        let cluster = EmbeddedCluster()
        let name = EmbeddedClusterTests.web
        func apply(_ object: JSONValue, by manager: String, force: Bool = false) throws -> JSONValue {
            var request = KubernetesRequest.patch(.services, name, object, type: .apply)
            request.fieldManager = manager
            request.isForced = force
            return try cluster.perform(request)
        }
        func service(_ spec: JSONValue) -> JSONValue {
            ["apiVersion": "v1", "kind": "Service", "metadata": ["name": "web"], "spec": spec]
        }
        _ = try apply(service(["selector": ["app": "web", "tier": "front"], "ports": [["port": 80]]]), by: "one")
        let second = try apply(service(["ports": [["port": 443, "name": "tls"]]]), by: "two")
        #expect(second["spec"]?["ports"]?.array?.count == 2)
        #expect(throws: KubernetesFailure.self) { try apply(service(["selector": ["app": "other"]]), by: "two") }
        let forced = try apply(
            service(["selector": ["app": "other"], "ports": [["port": 443]]]), by: "two", force: true)
        #expect(forced["spec"]?["selector"]?["app"] == "other")
        let dropped = try apply(service(["ports": [["port": 80]]]), by: "one")
        #expect(dropped["spec"]?["selector"] == ["app": "other"])
    }
}
