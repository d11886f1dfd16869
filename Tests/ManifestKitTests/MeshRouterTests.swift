import Testing

@testable import ManifestKit

/// Routers whose own objects divide the traffic, on objects as their projects' documentation has them.
@Suite struct MeshRouterTests {
    private static func canary(_ router: String, steps: String = "[{setWeight: 30}, {setWeight: 60}]") -> String {
        RenderStepTests.manifest("""
            canary:
              canaryService: web-canary
              stableService: web-stable
              trafficRouting:
            \(router.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
              steps: \(steps)
            """)
    }

    private static func objects(
        _ router: String, _ kind: String, named name: String = "web", _ text: String, steps: String? = nil
    ) throws -> [JSONValue?] {
        let manifest = steps.map { canary(router, steps: $0) } ?? canary(router)
        let rendering = try RenderStepTests.render(manifest, objects: text)
        return rendering.steps.map { RenderStepTests.object($0, kind, name) }
    }

    /// The weights of the destinations at a path.
    private static func weights(_ list: JSONValue?) -> [Int?] {
        (list?.array ?? []).map { $0["weight"]?.integer }
    }

    // MARK: Traefik

    private static let traefikService = """
        apiVersion: traefik.io/v1alpha1
        kind: TraefikService
        metadata: {name: web}
        spec:
          weighted:
            sticky: {cookie: {name: version}}
            services:
            - {name: web-stable, port: 80}
            - {kind: TraefikService, name: web-canary, weight: 3}
            - {name: web-canary, port: 80, passHostHeader: false}
            - {name: shared, namespace: other, port: 80, weight: 7}
        """

    @Test func traefikChangesTheWeightsOfTheTwoServices() throws {
        let steps = try Self.objects(
            "traefik: {weightedTraefikServiceName: web}", "TraefikService", Self.traefikService)
        let lists = steps.map { $0?["spec", "weighted", "services"] }
        let expected: [[Int?]] = [[100, 3, 0, 7], [70, 3, 30, 7], [40, 3, 60, 7], [100, 3, 0, 7]]
        #expect(lists.map { Self.weights($0) } == expected)
        #expect(lists[1]?[2]?["passHostHeader"] == false)
        #expect(steps[1]?["spec", "weighted", "sticky"] == ["cookie": ["name": "version"]])
    }

    @Test func aTraefikServiceWithoutTheCanaryHoldsTheUpdate() throws {
        let rendering = try RenderStepTests.render(
            Self.canary("traefik: {weightedTraefikServiceName: web}"), objects: """
                apiVersion: traefik.io/v1alpha1
                kind: TraefikService
                metadata: {name: web}
                spec: {weighted: {services: [{name: web-stable, port: 80}]}}
                """)
        #expect(rendering.notes.contains { $0.contains("TraefikService web does not lead to service web-canary") })
    }

    // MARK: APISIX

    private static let apisixRoute = """
        apiVersion: apisix.apache.org/v2
        kind: ApisixRoute
        metadata:
          name: web
          namespace: shop
          labels: {team: shop}
          annotations: {note: kept, argocd.argoproj.io/tracking-id: "app:apisix.apache.org/ApisixRoute:shop/web"}
        spec:
          ingressClassName: apisix
          http:
          - name: main
            priority: 4
            match:
              hosts: [web.example.com]
              paths: [/*]
              exprs: [{subject: {scope: Query, name: id}, op: GreaterThan, value: "5"}]
            backends: [{serviceName: web-stable, servicePort: 80}, {serviceName: web-canary, servicePort: 80}]
            plugins: [{name: limit-count, enable: true, config: {count: 2}}]
          - name: other
            match: {paths: [/other]}
            backends: [{serviceName: elsewhere, servicePort: 80, weight: 5}]
          stream:
          - {name: tcp, protocol: TCP, match: {ingressPort: 9100}, backend: {serviceName: elsewhere, servicePort: 81}}
        """

    @Test func apisixDividesRulesAndMakesARouteForHeaders() throws {
        let router = """
            managedRoutes: [{name: by-header}]
            apisix: {route: {name: web, rules: [main]}}
            """
        let steps = """
            [{setCanaryScale: {replicas: 1}}, {setHeaderRoute: {name: by-header, match: [
            {headerName: trace, headerValue: {exact: debug}}, {headerName: agent, headerValue: {prefix: a.b}},
            {headerName: id, headerValue: {regex: "[0-9]+"}}]}}, {setWeight: 30}, {setHeaderRoute: {name: by-header}}]
            """.split(separator: "\n").joined(separator: " ")
        let routes = try Self.objects(router, "ApisixRoute", Self.apisixRoute, steps: steps)
        let weights = routes.map { Self.weights($0?["spec", "http"]?[0]?["backends"]) }
        let expected: [[Int?]] = [[100, 0], [100, 0], [100, 0], [70, 30], [70, 30], [100, 0]]
        #expect(weights == expected)
        #expect(routes[3]?["spec", "http"]?[1] == routes[0]?["spec", "http"]?[1], "other rules stay")
        let headers = try Self.objects(router, "ApisixRoute", named: "by-header", Self.apisixRoute, steps: steps)
        #expect(headers.map { $0 != nil } == [false, false, true, true, false, false])
        let made = try #require(headers[2] ?? nil)
        let owner: JSONValue = [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "web", "controller": true,
            "blockOwnerDeletion": true,
        ]
        let metadata: JSONValue = [
            "name": "by-header", "namespace": "shop", "labels": ["team": "shop"], "annotations": ["note": "kept"],
            "ownerReferences": .array([owner]),
        ]
        #expect(made["metadata"] == metadata)
        #expect(made["apiVersion"] == "apisix.apache.org/v2")
        let spec = try #require(made["spec"])
        #expect(spec["stream"] == nil, "its ports are taken")
        #expect(spec["http"]?.array?.count == 1)
        let rule = try #require(spec["http"]?[0])
        #expect(rule["priority"] == 5)
        #expect(rule["backends"] == [["serviceName": "web-canary", "servicePort": 80, "weight": 100]])
        #expect(rule["plugins"] == routes[0]?["spec", "http"]?[0]?["plugins"])
        func header(_ name: String, _ operation: String, _ value: String) -> JSONValue {
            [
                "subject": ["scope": "Header", "name": .string(name)], "op": .string(operation),
                "value": .string(value),
            ]
        }
        let own: JSONValue = ["subject": ["scope": "Query", "name": "id"], "op": "GreaterThan", "value": "5"]
        let expressions = [
            own, header("trace", "Equal", "debug"), header("agent", "RegexMatch", #"^a\.b.*"#),
            header("id", "RegexMatch", "[0-9]+"),
        ]
        #expect(rule["match", "exprs"] == .array(expressions))
    }

    // MARK: Ambassador

    @Test(arguments: ["getambassador.io/v2", "getambassador.io/v3alpha1"])
    func ambassadorMakesAMappingForTheCanary(_ apiVersion: String) throws {
        let text = """
            apiVersion: \(apiVersion)
            kind: Mapping
            metadata: {name: web, labels: {team: shop}}
            spec: {prefix: /someapp, rewrite: /, service: "http://web-stable.shop:80", resolver: endpoint}
            status: {state: Running}
            """
        let router = "ambassador: {mappings: [web]}"
        let canaries = try Self.objects(router, "Mapping", named: "web-canary", text)
        let weights: [Int?] = [nil, 30, 60, nil]
        #expect(canaries.map { $0?["spec", "weight"]?.integer } == weights)
        let canary: JSONValue = [
            "apiVersion": .string(apiVersion), "kind": "Mapping",
            "metadata": ["name": "web-canary", "namespace": "shop"],
            "spec": [
                "prefix": "/someapp", "rewrite": "/", "service": "http://web-canary.shop:80", "resolver": "endpoint",
                "weight": 30,
            ],
        ]
        #expect(canaries[1] == canary)
        let stable = try Self.objects(router, "Mapping", text)
        #expect(Set(stable).count == 1, "the stable Mapping stays as it is")
    }

    // MARK: SMI

    @Test func smiMakesATrafficSplit() throws {
        let splits = try Self.objects(
            "smi: {rootService: root, trafficSplitName: split}", "TrafficSplit", named: "split", "")
        let expected: [[Int?]] = [[0, 100], [30, 70], [60, 40], [0, 100]]
        #expect(splits.map { Self.weights($0?["spec", "backends"]) } == expected)
        let split = try #require(splits[1] ?? nil)
        #expect(split["spec", "service"] == "root")
        let backends: JSONValue = [
            ["service": "web-canary", "weight": 30], ["service": "web-stable", "weight": 70],
        ]
        #expect(split["spec", "backends"] == backends)
        #expect(split["metadata", "ownerReferences"]?[0]?["kind"] == "Rollout")
        let plain = try Self.objects("smi: {}", "TrafficSplit", named: "web", "")
        #expect(plain[1]?["spec", "service"] == "web-stable")
    }

    // MARK: App Mesh

    private static let mesh = """
        apiVersion: appmesh.k8s.aws/v1beta2
        kind: VirtualService
        metadata: {name: web}
        spec: {awsName: web.local, provider: {virtualRouter: {virtualRouterRef: {name: web-router}}}}
        ---
        apiVersion: appmesh.k8s.aws/v1beta2
        kind: VirtualRouter
        metadata: {name: web-router}
        spec:
          listeners: [{portMapping: {port: 8080, protocol: http}}]
          routes:
          - name: primary
            priority: 2
            httpRoute:
              match: {prefix: /}
              action:
                weightedTargets:
                - {virtualNodeRef: {name: old}, weight: 100, port: 8080}
                - {virtualNodeRef: {name: new}, weight: 0}
              retryPolicy: {maxRetries: 2}
          - name: other
            grpcRoute: {match: {serviceName: x}, action: {weightedTargets: [{virtualNodeRef: {name: third}, weight: 1}]}}
        ---
        apiVersion: appmesh.k8s.aws/v1beta2
        kind: VirtualNode
        metadata: {name: old}
        spec: {podSelector: {matchLabels: {app: web}}, listeners: [{portMapping: {port: 8080, protocol: http}}]}
        ---
        apiVersion: appmesh.k8s.aws/v1beta2
        kind: VirtualNode
        metadata: {name: new}
        spec: {podSelector: {matchLabels: {app: web}}}
        """
    private static let meshRouter = """
        appMesh:
          virtualService: {name: web}
          virtualNodeGroup: {canaryVirtualNodeRef: {name: new}, stableVirtualNodeRef: {name: old}}
        """

    @Test func appMeshDividesTheRoutesOfTheRouterBehindTheService() throws {
        let routers = try Self.objects(Self.meshRouter, "VirtualRouter", named: "web-router", Self.mesh)
        let lists = routers.map { $0?["spec", "routes"]?[0]?["httpRoute", "action", "weightedTargets"] }
        let expected: [[Int?]] = [[100, 0], [70, 30], [40, 60], [100, 0]]
        #expect(lists.map { Self.weights($0) } == expected)
        #expect(lists[1]?[0]?["port"] == 8080)
        #expect(routers[1]?["spec", "routes"]?[1] == routers[0]?["spec", "routes"]?[1])
        func hash(_ name: String) throws -> [String?] {
            try Self.objects(Self.meshRouter, "VirtualNode", named: name, Self.mesh).map {
                $0?["spec", "podSelector", "matchLabels", RolloutMarks.podTemplateHash]?.string
            }
        }
        let (old, new) = (try hash("old"), try hash("new"))
        #expect(old[0...2] == ["stable", "stable", "stable"])
        #expect(new[0] == "canary-hash", "two nodes must not select the same pods")
        #expect(new[1] == new[2] && new[1] == old[3])
        #expect(new[3] == "canary-hash")
        let node = try Self.objects(Self.meshRouter, "VirtualNode", named: "old", Self.mesh)[0]
        #expect(node?["metadata", "annotations", RolloutMarks.managedBy] == "web")
    }

    /// At the end the canary's node loses its share before it selects nothing.
    @Test func aVirtualNodeSelectsNothingOnlyWithoutAShare() throws {
        let rollout = try #require(Rollout(RenderStepTests.documents(Self.canary(Self.meshRouter))[0]))
        let router = try #require(rollout.spec.strategy.canary?.trafficRouting?.routers.first)
        var world = World(rollout: rollout, objects: RouterWorld.objects(Self.mesh))
        var intent = TrafficIntent(now: KubernetesTime(seconds: 0))
        (intent.stableHash, intent.canaryHash, intent.weight) = ("a", "b", 100)
        RouterWorld.apply(router.changes(for: intent, of: rollout, in: world), to: &world)
        #expect(router.observedWeights(of: rollout, in: world) == [100])
        (intent.stableHash, intent.canaryHash, intent.weight) = ("b", "b", 0)
        let changes = router.changes(for: intent, of: rollout, in: world)
        for action in changes.actions {
            world.apply(action)
            let hashes = router.versionHashes(in: world.objects)
            let share = router.observedWeights(of: rollout, in: world).first
            #expect(hashes?.new != "canary-hash" || share == 0)
            #expect(hashes?.stable == "b" || share == 100)
        }
        #expect(router.versionHashes(in: world.objects)?.new == "canary-hash")
    }

    // MARK: Contour

    @Test func contourSharesWhatOtherServicesLeave() throws {
        let proxies = try Self.objects(
            "plugins: {argoproj-labs/contour: {httpProxies: [web]}}", "HTTPProxy", """
                apiVersion: projectcontour.io/v1
                kind: HTTPProxy
                metadata: {name: web}
                spec:
                  virtualhost: {fqdn: web.example.com}
                  routes:
                  - conditions: [{prefix: /}]
                    timeoutPolicy: {response: 1s}
                    services:
                    - {name: web-stable, port: 80, weight: 80}
                    - {name: web-canary, port: 80, weight: 0}
                    - {name: third, port: 80, weight: 20}
                    - {name: web-canary, port: 80, mirror: true}
                  - services: [{name: web-stable, port: 80}, {name: web-canary, port: 80}]
                  - services: [{name: elsewhere, port: 80}]
                """)
        func weights(_ route: Int) -> [[Int?]] {
            proxies.map { Self.weights($0?["spec", "routes"]?[route]?["services"]) }
        }
        let shared: [[Int?]] = [[80, 0, 20, nil], [56, 24, 20, nil], [32, 48, 20, nil], [80, 0, 20, nil]]
        #expect(weights(0) == shared)
        let whole: [[Int?]] = [[100, 0], [70, 30], [40, 60], [100, 0]]
        #expect(weights(1) == whole)
        let none: [Int?] = [nil]
        #expect(weights(2)[2] == none)
    }

    @Test func whatContourRefusesHoldsTheUpdate() throws {
        let text = """
            apiVersion: projectcontour.io/v1
            kind: HTTPProxy
            metadata: {name: web, generation: 3}
            spec: {routes: [{services: [{name: web-stable, weight: 70}, {name: web-canary, weight: 30}]}]}
            status: {conditions: [{type: Valid, status: "False", observedGeneration: 3, message: no such secret}]}
            """
        let router = "plugins: {argoproj-labs/contour: {httpProxies: [web]}}"
        let rollout = try #require(Rollout(RenderStepTests.documents(Self.canary(router))[0]))
        var world = World(rollout: rollout, objects: RouterWorld.objects(text))
        var intent = TrafficIntent(now: KubernetesTime(seconds: 0))
        intent.weight = 30
        let contour = try #require(rollout.spec.strategy.canary?.trafficRouting?.routers.first)
        #expect(contour.changes(for: intent, of: rollout, in: world).problem == "Contour does not take HTTPProxy web: no such secret")
        intent.weight = 0
        let changes = contour.changes(for: intent, of: rollout, in: world)
        #expect(changes.problem == nil && !changes.actions.isEmpty, "what may mend it is written")
        let key = ObjectKey(.httpProxy, "web")
        world.objects[key]?.set(["metadata", "generation"], to: 4)
        intent.weight = 30
        #expect(contour.changes(for: intent, of: rollout, in: world).problem == nil, "it has not said so of this one")
    }

    // MARK: OpenShift

    @Test func openShiftHasAnAlternateBackendAsLongAsThereIsAShare() throws {
        func route(_ backends: String) throws -> [JSONValue?] {
            try Self.objects("plugins: {argoproj-labs/openshift: {routes: [web]}}", "Route", """
                apiVersion: route.openshift.io/v1
                kind: Route
                metadata: {name: web, annotations: {haproxy.router.openshift.io/disable_cookies: "true"}}
                spec:
                  to: {kind: Service, name: web-stable, weight: 100}
                \(backends)
                  port: {targetPort: http}
                  wildcardPolicy: None
                """)
        }
        let canary = { (weight: Int64) -> JSONValue in
            ["kind": "Service", "name": "web-canary", "weight": .integer(weight)]
        }
        let own = try route("  alternateBackends: [{kind: Service, name: web-canary, weight: 0}]")
        let stable: [Int?] = [100, 70, 40, 100]
        #expect(own.map { $0?["spec", "to", "weight"]?.integer } == stable)
        func backends(_ routes: [JSONValue?]) -> [[JSONValue]?] {
            routes.map { $0?["spec", "alternateBackends"]?.array }
        }
        #expect(backends(own) == [[canary(0)], [canary(30)], [canary(60)], nil])
        let bare = try route("")
        #expect(backends(bare) == [nil, [canary(30)], [canary(60)], nil])
        let third: JSONValue = ["kind": "Service", "name": "third", "weight": 10]
        let others = try route("  alternateBackends: [{kind: Service, name: third, weight: 10}]")
        #expect(backends(others) == [[third], [third, canary(30)], [third, canary(60)], [third]])
    }
}

/// Objects of routers, and changes made to them.
enum RouterWorld {
    /// The objects by the keys that a world of a Rollout has; without one, namespaces mean nothing.
    static func objects(_ text: String, seenFrom rollout: Rollout? = nil) -> [ObjectKey: JSONValue] {
        var objects: [ObjectKey: JSONValue] = [:]
        for object in RenderStepTests.documents(text) {
            guard let kind = ResourceKind(apiVersion: object["apiVersion"]?.string ?? "", kind: object["kind"]?.string ?? "")
            else { continue }
            var key = ObjectKey(kind, object["metadata"]?["name"]?.string ?? "")
            if let rollout {
                key.namespace = object["metadata"]?["namespace"]?.string
                key = key.seen(from: rollout)
            }
            objects[key] = object
        }
        return objects
    }

    static func apply(_ changes: RouteChanges, to world: inout World) {
        for action in changes.actions { world.apply(action) }
    }
}
