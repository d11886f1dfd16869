import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// Updates whose traffic goes through routes of Gateway API, by the controller itself.
@Suite struct GatewayAPITests {
    static let route = ObjectName(namespace: "conf-test", name: "web")

    static func strategy(_ plugin: JSONValue = ["httpRoute": "web"], steps: JSONValue) -> JSONValue {
        [
            "canary": [
                "canaryService": "canary", "stableService": "stable", "steps": steps,
                "trafficRouting": [
                    "managedRoutes": [["name": "beta"]], "plugins": ["argoproj-labs/gatewayAPI": plugin],
                ],
            ],
        ]
    }

    static func object(namespace: String? = nil) -> JSONValue {
        let backends = ["stable", "canary"].map { name -> JSONValue in
            var backend: JSONValue = ["name": .string(name), "port": 80, "futureField": [1, ["a": "b"]]]
            if namespace != nil { backend["namespace"] = "conf-test" }
            return backend
        }
        return [
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute",
            "metadata": ["name": "web", "annotations": ["a": "b"]],
            "spec": [
                "parentRefs": [["name": "edge"]], "hostnames": ["web.example.com"], "futureField": ["x": 1],
                "rules": [
                    ["backendRefs": .array(backends), "retry": ["codes": [503]]],
                    ["matches": [["path": ["value": "/admin"]]], "backendRefs": [["name": "stable", "port": 80]]],
                ],
            ],
        ]
    }

    func rig(_ strategy: JSONValue, route: JSONValue? = Self.object()) async throws -> ConformanceRig {
        let rig = try ConformanceRig("test")
        for name in ["stable", "canary"] {
            try rig.cluster.perform(.create(.services, namespace: rig.namespace, [
                "apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(name)],
                "spec": ["selector": ["app": "web"]],
            ]))
        }
        if let route { try rig.cluster.perform(.create(.httpRoutes, namespace: rig.namespace, route)) }
        let rollout = ControllerTests.rollout(strategy: strategy)
        try rig.cluster.perform(.create(.rollouts, namespace: rig.namespace, rollout))
        try await rig.pass(5)
        return rig
    }

    func update(_ rig: ConformanceRig) throws {
        try rig.cluster.perform(.patch(.rollouts, ControllerTests.web, ["spec": ["template": ["spec": [
            "containers": [["name": "web", "image": "web:2"]],
        ]]]]))
    }

    func status(_ rig: ConformanceRig) throws -> JSONValue {
        try rig.cluster.perform(.get(.rollouts, ControllerTests.web))["status"] ?? .null
    }

    func rules(_ rig: ConformanceRig) throws -> [JSONValue] {
        try rig.cluster.perform(.get(.httpRoutes, Self.route))["spec"]?["rules"]?.array ?? []
    }

    func weights(_ rule: JSONValue) -> [Int?] { (rule["backendRefs"]?.array ?? []).map { $0["weight"]?.integer } }

    /// Everything of a route but the weights of its first rule, and what the API server counts.
    func rest(_ rig: ConformanceRig) throws -> JSONValue {
        var route = try rig.cluster.perform(.get(.httpRoutes, Self.route))
        for key in ["resourceVersion", "generation", "managedFields"] { route.set(["metadata", key], to: nil) }
        var rules = route["spec"]?["rules"]?.array ?? []
        rules[0]["backendRefs"] = .array((rules[0]["backendRefs"]?.array ?? []).map { backend in
            var backend = backend
            backend["weight"] = nil
            return backend
        })
        route.set(["spec", "rules"], to: .array(rules))
        return route
    }

    @Test func weightsFollowTheStepsAndNothingElseChanges() async throws {
        let steps: JSONValue = [["setWeight": 20], ["pause": [:]], ["setWeight": 60], ["pause": [:]]]
        let plugin: JSONValue = ["httpRoute": "web", "disableInProgressLabel": true]
        let rig = try await rig(Self.strategy(plugin, steps: steps))
        #expect(try weights(rules(rig)[0]) == [100, 0], "equal parts were half of the traffic")
        let before = try rest(rig)
        try update(rig)
        for weight in [20, 60] {
            try await rig.pass(10)
            #expect(try rules(rig).map { weights($0) } == [[100 - weight, weight], [1]])
            #expect(try status(rig)["canary"]?["weights"]?["canary"]?["weight"]?.integer == weight)
            #expect(try rest(rig) == before)
            try rig.cluster.perform(.patch(
                .rollouts, ControllerTests.web, ["status": ["pauseConditions": .null]], subresource: .status))
        }
        try await rig.pass(60)
        #expect(try status(rig)["phase"] == "Healthy")
        #expect(try weights(rules(rig)[0]) == [100, 0])
        #expect(try rest(rig) == before)
        let version = rig.cluster.version
        try await rig.pass(3_600)
        #expect(rig.cluster.version == version, "nothing is written once all is done")
    }

    /// Lets somebody else change the route when the controller is about to.
    private final class EditingTransport: WrappingTransport {
        let cluster: EmbeddedCluster
        var base: any ClusterTransport { cluster }
        let hasEdited = Mutex(false)

        init(_ cluster: EmbeddedCluster) { self.cluster = cluster }

        func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue {
            if request.verb == .patch(.merge), request.resource.kind == "HTTPRoute", !hasEdited.withLock({ $0 }) {
                hasEdited.withLock { $0 = true }
                var rules = try cluster.perform(.get(.httpRoutes, GatewayAPITests.route))["spec"]?["rules"]?.array ?? []
                rules.append([
                    "matches": [["path": ["value": "/new"]]], "backendRefs": [["name": "stable", "port": 81]],
                ])
                _ = try cluster.perform(
                    .patch(.httpRoutes, GatewayAPITests.route, ["spec": ["rules": .array(rules)]]))
            }
            return try cluster.perform(request)
        }
    }

    @Test func whatOthersAddMeanwhileIsKept() async throws {
        let rig = try await rig(Self.strategy(steps: [["setWeight": 20], ["pause": [:]]]))
        let transport = EditingTransport(rig.cluster)
        rig.controller = Controller(transport: transport, clock: rig.clock) {
            [decisions = rig.decisions] in decisions.add($0)
        }
        try await rig.pass(1)
        try update(rig)
        try await rig.pass(20)
        #expect(transport.hasEdited.withLock { $0 })
        #expect(try rules(rig).count == 3)
        #expect(try weights(rules(rig)[0]) == [80, 20])
    }

    /// The plugin adds such a route before there are pods, or never.
    @Test func aRouteForHeadersComesWithThePodsAndGoesAtAnAbort() async throws {
        let steps: JSONValue = [
            ["setHeaderRoute": ["name": "beta", "match": [["headerName": "beta", "headerValue": ["exact": "yes"]]]]],
            ["setCanaryScale": ["replicas": 1]], ["pause": [:]],
        ]
        let rig = try await rig(Self.strategy(steps: steps))
        let before = try rest(rig)
        try update(rig)
        try await rig.pass(20)
        #expect(try status(rig)["currentStepIndex"] == 2)
        let added = try rules(rig).filter { $0["name"]?.string?.hasPrefix("beta") == true }
        #expect(added.count == 1, "the rule for /admin is not divided")
        #expect(added.first?["backendRefs"]?[0]?["name"] == "canary")
        #expect(added.first?["matches"]?[0]?["headers"] == [["type": "Exact", "name": "beta", "value": "yes"]])
        let labels = try rig.cluster.perform(.get(.httpRoutes, Self.route))["metadata"]?["labels"]
        #expect(labels?["rollouts.argoproj.io/gatewayapi-canary"] == "in-progress")
        try rig.cluster.perform(.patch(
            .rollouts, ControllerTests.web, ["status": ["abort": true]], subresource: .status))
        try await rig.pass(60)
        var after = try rest(rig)
        after.set(["metadata", "labels"], to: nil)
        #expect(after == before)
    }

    @Test func aGrantThatIsMissingIsSaidAndWaitedFor() async throws {
        let plugin: JSONValue = ["httpRoute": "web", "namespace": "edge"]
        let rig = try await rig(Self.strategy(plugin, steps: [["setWeight": 20], ["pause": [:]]]), route: nil)
        try rig.cluster.perform(.create(.namespaces, namespace: "", ["metadata": ["name": "edge"]]))
        let route = Self.object(namespace: "edge")
        try rig.cluster.perform(.create(.httpRoutes, namespace: "edge", route))
        try await rig.pass(5)
        #expect(try status(rig)["message"]?.string?.contains("no ReferenceGrant there allows it") == true)
        try rig.cluster.perform(.create(.referenceGrants, namespace: rig.namespace, [
            "apiVersion": "gateway.networking.k8s.io/v1beta1", "kind": "ReferenceGrant", "metadata": ["name": "edge"],
            "spec": [
                "from": [["group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "namespace": "edge"]],
                "to": [["group": "", "kind": "Service"]],
            ],
        ]))
        try await rig.pass(3)
        #expect(try status(rig)["phase"] == "Healthy", "the news of the grant is enough")
        try update(rig)
        try await rig.pass(10)
        let name = ObjectName(namespace: "edge", name: "web")
        let divided = try rig.cluster.perform(.get(.httpRoutes, name))["spec"]?["rules"]?[0] ?? .null
        #expect(weights(divided) == [80, 20])
    }

    @Test(arguments: ["v1", "v1beta1"]) func theVersionThatIsServedIsUsed(_ version: String) async throws {
        let rig = try await rig(Self.strategy(steps: [["setWeight": 20], ["pause": [:]]]))
        let other = version == "v1" ? "v1beta1" : "v1"
        let transport = PartialTransport(rig.cluster, hiding: ["gateway.networking.k8s.io/\(other)"])
        rig.controller = Controller(transport: transport, clock: rig.clock)
        try update(rig)
        try await rig.pass(10)
        #expect(try weights(rules(rig)[0]) == [80, 20])
        let versions = transport.requests("HTTPRoute").map(\.resource.version)
        #expect(Set(versions) == [version])
    }

    /// Two routers in one Rollout: a problem of one holds the other.
    @Test func severalRoutersGoTogether() async throws {
        var strategy = Self.strategy(steps: [["setWeight": 20], ["pause": [:]]])
        strategy.set(["canary", "trafficRouting", "nginx"], to: ["stableIngress": "web"])
        let rig = try await rig(strategy)
        #expect(try status(rig)["message"]?.string?.contains("Ingress \"web\" not found") == true)
        try rig.cluster.perform(.create(.ingresses, namespace: rig.namespace, [
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": ["name": "web"],
            "spec": ["rules": [["http": ["paths": [[
                "path": "/", "pathType": "Prefix", "backend": ["service": ["name": "stable", "port": ["number": 80]]],
            ]]]]]],
        ]))
        try await rig.pass(5)
        try update(rig)
        try await rig.pass(10)
        let canary = ObjectName(namespace: rig.namespace, name: "web-web-canary")
        func share() throws -> JSONValue? {
            let ingress = try rig.cluster.perform(.get(.ingresses, canary))
            return ingress["metadata"]?["annotations"]?["nginx.ingress.kubernetes.io/canary-weight"]
        }
        #expect(try share() == "20")
        #expect(try weights(rules(rig)[0]) == [80, 20])
        // The route leads elsewhere now, so the Ingress keeps its share, and the status what was written.
        try rig.cluster.perform(.patch(.httpRoutes, Self.route, ["spec": ["rules": [
            ["backendRefs": [["name": "stable", "port": 80]]],
        ]]]))
        try rig.cluster.perform(.patch(
            .rollouts, ControllerTests.web, ["status": ["promoteFull": true]], subresource: .status))
        try await rig.pass(10)
        #expect(try share() == "20")
        #expect(try status(rig)["canary"]?["weights"]?["canary"]?["weight"] == 20)
    }
}
