import Foundation
import Testing

/// Controllers that share a cluster: each looks after its own Rollouts, and what belongs to them.
@Suite(.timeLimit(.minutes(5))) struct InstanceTests {
    typealias Object = [String: Any]

    let rig: RuntimeRunTests

    init() throws { rig = try RuntimeRunTests() }

    static let runs = "/apis/argoproj.io/v1alpha1/namespaces/default/analysisruns"
    static let replicaSets = "/apis/apps/v1/namespaces/default/replicasets"
    static let instance = "argo-rollouts.argoproj.io/controller-instance-id"

    func createRollout(
        _ name: String, labels: [String: String], at path: String = RuntimeRunTests.rollouts
    ) async throws {
        let template: Object = [
            "metadata": ["labels": ["app": name]], "spec": ["containers": [["name": "web", "image": "web:1"]]],
        ]
        let code = try await rig.request("POST", path, [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": ["name": name, "labels": labels],
            "spec": [
                "replicas": 1, "selector": ["matchLabels": ["app": name]], "template": template,
                "strategy": ["canary": ["steps": [["setWeight": 50], ["pause": [String: Any]()]]]],
            ],
        ]).code
        #expect(code == 201)
    }

    func rollout(_ name: String) async throws -> Object {
        try await rig.request("GET", RuntimeRunTests.rollouts + "/" + name).object
    }

    func isHealthy(_ name: String) async throws -> Bool {
        (try await rollout(name)["status"] as? Object)?["phase"] as? String == "Healthy"
    }

    /// Whether nobody has ever written to an object.
    func isUntouched(_ object: Object) -> Bool {
        let managers = (object["metadata"] as? Object)?["managedFields"] as? [Object] ?? []
        return object["status"] == nil && managers.count == 1
    }

    func ownersOfReplicaSets() async throws -> Set<String> {
        let items = try await rig.request("GET", Self.replicaSets).object["items"] as? [Object] ?? []
        let owners = items.flatMap { ($0["metadata"] as? Object)?["ownerReferences"] as? [Object] ?? [] }
        return Set(owners.compactMap { $0["name"] as? String })
    }

    @Test func anInstanceLooksAfterThoseWithItsIDAndNoOthers() async throws {
        for (name, labels) in [("plain", [:]), ("other", [Self.instance: "b"]), ("own", [Self.instance: "a"])] {
            try await createRollout(name, labels: labels)
        }
        let first = try RunningController(rig.cluster, name: "first", ["--instance-id", "a"])
        try await rig.eventually("own is healthy", first) { try await isHealthy("own") }
        // What it begins with, it sees before a Rollout that comes later.
        try await createRollout("later", labels: [Self.instance: "a"])
        try await rig.eventually("later is healthy", first) { try await isHealthy("later") }
        #expect(isUntouched(try await rollout("plain")))
        #expect(isUntouched(try await rollout("other")))
        #expect(try await ownersOfReplicaSets() == ["own", "later"])
        let lease = try await rig.request("GET", RuntimeRunTests.lease + "-a").object["spec"] as? Object
        #expect((lease?["holderIdentity"] as? String)?.hasPrefix("first_") == true)

        // One without an id works beside it, and takes those without one.
        let version = try await versions("own", "later", "other")
        let second = try RunningController(rig.cluster, name: "second")
        try await rig.eventually("plain is healthy", second) { try await isHealthy("plain") }
        #expect(try await versions("own", "later", "other") == version)
        #expect(try await ownersOfReplicaSets() == ["own", "later", "plain"])
        for controller in [first, second] {
            controller.signal(SIGTERM)
            #expect(controller.end() == 0, "\(controller.text)")
        }
    }

    @Test func oneOfANamespaceLeavesTheOthersAlone() async throws {
        #expect(try await rig.request("POST", "/api/v1/namespaces", ["metadata": ["name": "shop"]]).code == 201)
        let shop = RuntimeRunTests.rollouts.replacing("/default/", with: "/shop/")
        try await createRollout("elsewhere", labels: [:])
        try await createRollout("here", labels: [:], at: shop)
        let controller = try RunningController(rig.cluster, name: "shop", ["--namespace", "shop"])
        func isHealthy(_ name: String) async throws -> Bool {
            let status = try await rig.request("GET", shop + "/" + name).object["status"] as? Object
            return status?["phase"] as? String == "Healthy"
        }
        try await rig.eventually("here is healthy", controller) { try await isHealthy("here") }
        try await createRollout("later", labels: [:], at: shop)
        try await rig.eventually("later is healthy", controller) { try await isHealthy("later") }
        #expect(isUntouched(try await rollout("elsewhere")))
        #expect(try await ownersOfReplicaSets().isEmpty)
        controller.signal(SIGTERM)
        #expect(controller.end() == 0, "\(controller.text)")
    }

    func versions(_ names: String...) async throws -> [String] {
        var versions: [String] = []
        for name in names {
            let metadata = try await rollout(name)["metadata"] as? Object
            versions.append(try #require(metadata?["resourceVersion"] as? String))
        }
        return versions
    }

    // MARK: Selectors

    /// Makes a run that fails at once, as nothing listens there.
    func createRun(_ name: String, labels: [String: String] = [:], owner: Object? = nil) async throws {
        var metadata: Object = ["name": name, "labels": labels]
        if let owner, let of = owner["metadata"] as? Object {
            metadata["ownerReferences"] = [[
                "apiVersion": "argoproj.io/v1alpha1", "kind": owner["kind"], "name": of["name"], "uid": of["uid"],
                "controller": true,
            ]]
        }
        let provider: Object = ["web": ["url": "http://127.0.0.1:1/", "jsonPath": "{$}"]]
        let metric: Object = ["name": "m", "provider": provider, "consecutiveErrorLimit": 0]
        #expect(try await rig.request("POST", Self.runs, [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisRun", "metadata": metadata,
            "spec": ["metrics": [metric]],
        ]).code == 201)
    }

    func run(_ name: String) async throws -> Object { try await rig.request("GET", Self.runs + "/" + name).object }

    func hasEnded(_ name: String) async throws -> Bool {
        (try await run(name)["status"] as? Object)?["phase"] as? String == "Error"
    }

    @Test func aSelectorTakesRolloutsAndWhatBelongsToThem() async throws {
        try await createRollout("shop", labels: ["team": "shop"])
        try await createRollout("bank", labels: ["team": "bank"])
        for name in ["shop", "bank"] { try await createRun("of-\(name)", owner: try await rollout(name)) }
        try await createRun("nobodys")
        try await createRun("by-hand", labels: ["team": "shop"])
        let controller = try RunningController(rig.cluster, name: "shop", ["--selector", "team in (shop)"])
        try await rig.eventually("shop is healthy", controller) { try await isHealthy("shop") }
        for name in ["of-shop", "by-hand"] {
            try await rig.eventually("\(name) is measured", controller) { try await hasEnded(name) }
        }
        try await createRun("later", labels: ["team": "shop"])
        try await rig.eventually("later is measured", controller) { try await hasEnded("later") }
        #expect(isUntouched(try await rollout("bank")))
        for name in ["of-bank", "nobodys"] { #expect(isUntouched(try await run(name)), "\(name)") }

        // A Rollout that comes to match is taken over, and its runs with it; the others stay where they are.
        let labels: Object = ["metadata": ["labels": ["team": "shop"]]]
        #expect(try await rig.request("PATCH", RuntimeRunTests.rollouts + "/bank", labels).code == 200)
        try await rig.eventually("bank is healthy", controller) { try await isHealthy("bank") }
        try await rig.eventually("its run is measured", controller) { try await hasEnded("of-bank") }
        #expect(isUntouched(try await run("nobodys")))
        controller.signal(SIGTERM)
        #expect(controller.end() == 0, "\(controller.text)")
    }
}
