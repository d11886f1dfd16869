import ManifestKit
import Testing

@testable import RolloutRuntime

/// What clients other than kubectl ask of the API server: lists in pages, and watches from a list's version on.
@Suite struct APIHandlerTests {
    let cluster = EmbeddedCluster()
    var handler: APIHandler { APIHandler(cluster: cluster) }
    static let services = "/api/v1/namespaces/default/services"

    func send(
        _ method: String, _ target: String, _ body: JSONValue? = nil, headers: [String: String] = [:]
    ) -> (status: Int, body: JSONValue, warnings: [String]) {
        let bytes = body.map { Array(JSONWriter.text($0).utf8) } ?? []
        let request = APIRequest(method: method, target: target, headers: headers, body: bytes)
        switch handler.respond(to: request) {
        case .json(let status, let value, let warnings): return (status, value, warnings)
        case .text(let status, let text): return (status, .string(text), [])
        case .watch: return (0, .null, [])
        }
    }

    /// The first lines of a watch.
    func watch(_ target: String, lines count: Int, headers: [String: String] = [:]) async throws -> [JSONValue] {
        let request = APIRequest(method: "GET", target: target, headers: headers)
        guard case .watch(let wanted, let settings) = handler.respond(to: request) else { return [] }
        let stream = try WatchStream(cluster, wanted, settings, request)
        var lines: [JSONValue] = []
        try await stream.run { line in
            lines.append(try JSONReader.value(line))
            if lines.count == count { stream.stop() }
        }
        return lines
    }

    @discardableResult
    func makeService(_ name: String) -> JSONValue {
        send("POST", Self.services, EmbeddedClusterTests.service(name)).body
    }

    @Test func pagesShowOneMoment() {
        for name in ["a", "b", "c", "d"] { makeService(name) }
        let first = send("GET", Self.services + "?limit=2").body
        let continuation = first["metadata"]?["continue"]?.string ?? ""
        #expect(first["metadata"]?["remainingItemCount"] == 2)
        #expect(send("DELETE", Self.services + "/c").status == 200)
        makeService("e")
        let second = send("GET", Self.services + "?limit=2&continue=" + continuation).body
        #expect(second["items"]?.array?.compactMap { $0["metadata"]?["name"]?.string } == ["c", "d"])
        #expect(second["metadata"]?["resourceVersion"] == first["metadata"]?["resourceVersion"])
        #expect(second["metadata"]?["continue"] == nil)
        cluster.compact()
        #expect(send("GET", Self.services + "?limit=2&continue=" + continuation).status == 410)
    }

    @Test func watchesGoOnFromAList() async throws {
        makeService("a")
        let version = send("GET", Self.services).body["metadata"]?["resourceVersion"]?.string ?? ""
        makeService("b")
        #expect(send("DELETE", Self.services + "/a").status == 200)
        let lines = try await watch(Self.services + "?watch=true&resourceVersion=" + version, lines: 2)
        #expect(lines.map { $0["type"] } == ["ADDED", "DELETED"])
        #expect(lines.map { $0["object"]?["metadata"]?["name"] } == ["b", "a"])
        cluster.compact()
        await #expect(throws: KubernetesFailure.self) {
            _ = try await watch(Self.services + "?watch=true&resourceVersion=" + version, lines: 1)
        }
        await #expect(throws: KubernetesFailure.self) {
            _ = try await watch(Self.services + "?watch=true&resourceVersion=999999", lines: 1)
        }
    }

    @Test func watchesBeginWithWhatIsThere() async throws {
        makeService("a")
        makeService("b")
        let query = "?watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan"
        let lines = try await watch(Self.services + query, lines: 3)
        #expect(lines.map { $0["type"] } == ["ADDED", "ADDED", "BOOKMARK"])
        let end = lines.last?["object"]?["metadata"]
        #expect(end?["annotations"]?["k8s.io/initial-events-end"] == "true")
        #expect(end?["resourceVersion"]?.string == String(cluster.version))
        let one = try await watch(Self.services + query + "&fieldSelector=metadata.name%3Db", lines: 2)
        #expect(one.first?["object"]?["metadata"]?["name"] == "b")
    }

    @Test func showsTablesAndMetadata() async throws {
        makeService("a")
        let asTable = ["accept": "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"]
        let table = send("GET", Self.services, headers: asTable).body
        #expect(table["kind"] == "Table")
        #expect(table["rows"]?[0]?["cells"]?[0] == "a")
        let rows = try await watch(
            Self.services + "?watch=true&resourceVersion=0&sendInitialEvents=true", lines: 2, headers: asTable)
        #expect(rows.map { $0["object"]?["kind"] } == ["Table", "Table"])
        let asMetadata = ["accept": "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json"]
        let partial = send("GET", Self.services, headers: asMetadata).body
        #expect(partial["kind"] == "PartialObjectMetadataList")
        #expect(partial["items"]?[0]?["spec"] == nil)
    }

    @Test func warnsOfUnknownFieldsAndDropsThem() {
        var rollout: JSONValue = [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": ["name": "web"],
            "spec": ["replicas": 1, "replica": 2],
        ]
        let path = "/apis/argoproj.io/v1alpha1/namespaces/default/rollouts"
        let made = send("POST", path, rollout)
        #expect(made.status == 201)
        #expect(made.warnings == ["unknown field \"spec.replica\""])
        #expect(made.body["spec"] == ["replicas": 1])
        rollout.set(["metadata", "name"], to: "other")
        #expect(send("POST", path + "?fieldValidation=Strict", rollout).status == 400)
        #expect(send("POST", path + "?fieldValidation=Ignore&dryRun=All", rollout).warnings == [])
        let merge = ["content-type": "application/merge-patch+json"]
        let patch = send("PATCH", path + "/web?fieldValidation=Strict", ["spec": ["foo": 1]], headers: merge)
        #expect(patch.status == 422)
        #expect(patch.body["details"]?["causes"]?[0]?["message"]?.string?.contains("unknown field \"spec.foo\"") == true)
    }

    @Test func refusesValuesOfTheWrongType() {
        let rollout: JSONValue = [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": ["name": "web"],
            "spec": ["replicas": "three", "strategy": ["canary": ["steps": ["setWeight": 1]]]],
        ]
        let refused = send("POST", "/apis/argoproj.io/v1alpha1/namespaces/default/rollouts", rollout)
        #expect(refused.status == 422)
        #expect(refused.body["details"]?["causes"]?.array?.compactMap { $0["field"]?.string } == [
            "spec.replicas", "spec.strategy.canary.steps",
        ])
        var service = EmbeddedClusterTests.service()
        service.set(["spec", "ports"], to: [["port": "http"]])
        let second = send("POST", Self.services, service)
        #expect(second.status == 400)
        #expect(second.body["message"]?.string?.hasSuffix(
            "cannot unmarshal string into Go struct field Service.spec.ports[0].port of type int32") == true)
    }

    @Test func readsTheBinaryFormOfGoClients() throws {
        // `kubectl create deployment web --image=nginx:1 --replicas=3`
        let digits = """
            6b3873000a150a07617070732f7631120a4465706c6f796d656e7412ad010a1f0a0377656212001a0022002a003200380042\
            005a0a0a036170701203776562127c0803120c0a0a0a0361707012037765621a620a1c0a0012001a0022002a003200380042\
            005a0a0a036170701203776562124212240a056e67696e7812076e67696e783a312a0042006a007200800100880100900100\
            a201001a00320042004a0052005800600068008201008a01009a0100c2010022020a00280038001a0c080010001800200028\
            0038001a002200
            """
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { place -> UInt8? in
            let start = digits.index(digits.startIndex, offsetBy: place)
            return UInt8(digits[start..<digits.index(start, offsetBy: 2)], radix: 16)
        }
        let object = try ProtobufReader.object(bytes)
        #expect(object["kind"] == "Deployment")
        #expect(object["metadata"] == ["name": "web", "labels": ["app": "web"]])
        #expect(object["spec"]?["replicas"] == 3)
        #expect(object["spec"]?["template"]?["spec"]?["containers"]?[0] == ["name": "nginx", "image": "nginx:1"])
        for count in 0..<bytes.count {
            _ = try? ProtobufReader.object(Array(bytes[..<count]))
            var wrong = bytes
            wrong[count] ^= 0xFF
            _ = try? ProtobufReader.object(wrong)
        }
    }

    @Test(arguments: [
        ("GET", "/api/v1/none", 404), ("GET", "/nowhere", 404), ("GET", "/openapi/v2", 404),
        ("POST", "/api/v1/namespaces/default/pods/web", 405), ("GET", "/apis/none/v1", 404), ("GET", "/healthz", 200),
        ("GET", "/openapi/v3/apis/argoproj.io/v1alpha1", 200), ("GET", "/api/v1/pods?labelSelector=((", 400),
        ("GET", "/api/v1/pods?watch=true&labelSelector=((", 0), ("PATCH", "/api/v1/namespaces/default/pods/web", 415),
    ])
    func answersOddRequests(_ method: String, _ target: String, _ status: Int) {
        #expect(send(method, target).status == status)
    }

    @Test func ourOwnKindsStayWhenTheirDefinitionComesAndGoes() {
        let definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
        let definition: JSONValue = [
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": ["name": "rollouts.argoproj.io"],
            "spec": [
                "group": "argoproj.io", "scope": "Namespaced", "names": ["plural": "rollouts", "kind": "Rollout"],
                "versions": [["name": "v1alpha1", "served": true, "storage": true, "subresources": ["status": [:]]]],
            ],
        ]
        let made = send("POST", definitions, definition)
        #expect(made.status == 201)
        #expect(made.body["status"]?["conditions"]?[1]?["type"] == "Established")
        #expect(send("GET", "/apis/argoproj.io/v1alpha1/rollouts").status == 200)
        let scale = cluster.catalog.entry(group: "argoproj.io", version: "v1alpha1", plural: "rollouts")?.scale
        #expect(scale?.selector == ["status", "selector"])
        #expect(send("DELETE", definitions + "/rollouts.argoproj.io").status == 200)
        #expect(send("GET", "/apis/argoproj.io/v1alpha1/rollouts").status == 200)
    }
}
