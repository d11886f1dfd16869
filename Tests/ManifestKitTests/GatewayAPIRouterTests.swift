import Testing

@testable import ManifestKit

/// Routes of Gateway API, from the examples that its project and the reference's plugin document.
@Suite struct GatewayAPIRouterTests {
    /// A Rollout, its route, and what is around them.
    struct Scene {
        var rollout: Rollout
        var router: any TrafficRouter
        var world: World

        init(
            _ plugin: String, steps: String = "[]", objects: [String], namespace: String = "shop", more: String = "",
            status: JSONValue = [:]
        ) throws {
            var manifest = try GatewayAPIRouterTests.json("""
                apiVersion: argoproj.io/v1alpha1
                kind: Rollout
                metadata: {name: foo, namespace: \(namespace), uid: "1"}
                spec:
                  replicas: 4
                  selector: {matchLabels: {app: foo}}
                  template: {metadata: {labels: {app: foo}}, spec: {containers: [{name: foo, image: "foo:1"}]}}
                  strategy:
                    canary:
                      stableService: foo-v1
                      canaryService: foo-v2
                      trafficRouting:
                        managedRoutes: [{name: beta}, {name: copy}]
                        plugins: {argoproj-labs/gatewayAPI: \(plugin)}\(more)
                      steps: \(steps)
                """)
            manifest["status"] = status
            rollout = try #require(Rollout(manifest))
            let routing = try #require(rollout.spec.strategy.canary?.trafficRouting)
            router = try #require(routing.routers.first)
            #expect(routing.routers.count == 1 && routing.missingRouters.isEmpty)
            world = World(rollout: rollout)
            for text in objects {
                let object = try GatewayAPIRouterTests.json(text)
                let kind = try #require(ResourceKind(
                    apiVersion: object["apiVersion"]?.string ?? "", kind: object["kind"]?.string ?? ""))
                let own = object["metadata"]?["namespace"]?.string ?? namespace
                world.set(
                    ObjectKey(
                        kind, object["metadata"]?["name"]?.string ?? "", namespace: own == namespace ? nil : own),
                    object)
            }
        }

        var intent: TrafficIntent {
            var intent = TrafficIntent(now: KubernetesTime(seconds: 0))
            let steps = rollout.spec.strategy.canary?.steps ?? []
            intent.headerRoutes = steps.compactMap { $0 as? SetHeaderRouteStep }
            intent.mirrorRoutes = steps.compactMap { $0 as? SetMirrorRouteStep }
            return intent
        }

        /// The world after what the router wants is done; doing it again must change nothing.
        mutating func apply(_ weight: Int, _ change: (inout TrafficIntent) -> Void = { _ in }) -> String? {
            var intent = intent
            intent.weight = weight
            change(&intent)
            let changes = router.changes(for: intent, of: rollout, in: world)
            for action in changes.actions { world.apply(action) }
            if changes.problem == nil {
                #expect(router.changes(for: intent, of: rollout, in: world).actions.isEmpty, "twice the same")
            }
            return changes.problem
        }

        func route(
            _ name: String = "foo-route", _ kind: ResourceKind = .httpRoute, in namespace: String? = nil
        ) -> JSONValue {
            world.objects[ObjectKey(kind, name, namespace: namespace)] ?? .null
        }

        func rules(_ name: String = "foo-route", _ kind: ResourceKind = .httpRoute) -> [JSONValue] {
            route(name, kind)["spec"]?["rules"]?.array ?? []
        }
    }

    static func json(_ text: String) throws -> JSONValue { try #require(YAMLParser.document(text)?.root?.json) }

    static func weights(_ rule: JSONValue) -> [Int?] {
        (rule["backendRefs"]?.array ?? []).map { $0["weight"]?.integer }
    }

    /// https://gateway-api.sigs.k8s.io/guides/user-guides/traffic-splitting/
    static let split = """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata:
          name: foo-route
          labels: {gateway: prod-web-gw}
        spec:
          hostnames: [foo.example.com]
          rules:
          - backendRefs:
            - {name: foo-v1, port: 8080, weight: 90}
            - {name: foo-v2, port: 8080, weight: 10}
        """
    static let header = """
        [{setHeaderRoute: {name: beta, match: [{headerName: X-Canary, headerValue: {exact: 'true'}}]}}]
        """

    @Test func theDocumentedSplitGetsItsWeights() throws {
        var scene = try Scene("{httpRoute: foo-route, disableInProgressLabel: true}", objects: [Self.split])
        #expect(Set(scene.router.observedWeights(of: scene.rollout, in: scene.world)) == [10])
        #expect(scene.apply(25) == nil)
        var wanted = try Self.json(Self.split)
        wanted.set(["spec", "rules"], to: [["backendRefs": [
            ["name": "foo-v1", "port": 8080, "weight": 75], ["name": "foo-v2", "port": 8080, "weight": 25],
        ]]])
        #expect(scene.route() == wanted)
        #expect(Set(scene.router.observedWeights(of: scene.rollout, in: scene.world)) == [25])
    }

    @Test func withoutWeightsAllAreEqualUntilTheFirstWrite() throws {
        let route = Self.split.replacing(", weight: 90", with: "").replacing(", weight: 10", with: "")
        var scene = try Scene("{httpRoute: foo-route}", objects: [route])
        #expect(Set(scene.router.observedWeights(of: scene.rollout, in: scene.world)) == [50])
        #expect(scene.apply(0) == nil)
        #expect(Self.weights(scene.rules()[0]) == [100, 0])
    }

    @Test(arguments: [
        ("grpcRoute", "GRPCRoute", "v1"), ("tcpRoute", "TCPRoute", "v1alpha2"), ("tlsRoute", "TLSRoute", "v1alpha2"),
    ])
    func everyKindOfRouteIsDivided(_ field: String, _ kind: String, _ version: String) throws {
        let route = """
            {apiVersion: gateway.networking.k8s.io/\(version), kind: \(kind), metadata: {name: foo-route},
             spec: {rules: [{backendRefs: [{name: foo-v1, port: 443}, {name: foo-v2, port: 443}]}]}}
            """
        let known = try #require(ResourceKind(rawValue: kind))
        for plugin in ["{\(field): foo-route}", "{\(field)s: [{name: foo-route}, {name: foo-route}]}"] {
            var scene = try Scene(plugin, objects: [route])
            #expect(scene.router.objects(for: scene.rollout) == [ObjectKey(known, "foo-route")])
            #expect(scene.router.problem(of: scene.rollout, in: scene.world) == nil)
            #expect(scene.apply(30) == nil)
            #expect(Self.weights(scene.rules("foo-route", known)[0]) == [70, 30])
        }
    }

    @Test func severalRoutesOrNone() throws {
        let other = Self.split.replacing("foo-route", with: "api-route")
        var scene = try Scene(
            "{httpRoutes: [{name: foo-route}, {name: api-route}]}", objects: [Self.split, other])
        #expect(scene.apply(40) == nil)
        #expect(Self.weights(scene.rules()[0]) == [60, 40])
        #expect(Self.weights(scene.rules("api-route")[0]) == [60, 40])
        // One that cannot be divided holds the others.
        let foreign = other.replacing("name: foo-v2", with: "name: foo-v3")
        scene = try Scene("{httpRoutes: [{name: foo-route}, {name: api-route}]}", objects: [Self.split, foreign])
        #expect(scene.apply(40) == "HTTPRoute api-route has no backend foo-v2")
        #expect(Self.weights(scene.rules()[0]) == [90, 10])
    }

    /// The plugin writes weights into such rules too, and so sends requests nowhere.
    @Test func rulesThatAreNotOursAreLeftAlone() throws {
        let route = """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: foo-route, x-unknown: {a: 1}}
            unknown: [1, 2]
            spec:
              futureField: {deep: [{er: 1.50}]}
              rules:
              - matches: [{path: {type: PathPrefix, value: /admin}}]
                backendRefs: [{name: foo-v1, port: 8080, weight: 7}]
              - name: main
                futureField: true
                retry: {attempts: 3}
                backendRefs:
                - {name: foo-v1, port: 8080, weight: 1, filters: [{type: Future, x: y}], futureField: 1}
                - {name: elsewhere, port: 1, weight: 5}
                - {name: foo-v2, port: 8080, weight: 0}
              - matches: [{headers: [{name: pinned, value: canary}]}]
                backendRefs: [{name: foo-v2, port: 8080, weight: 3}]
              - backendRefs: [{name: foo-v1, kind: Other, port: 8080}, {name: third, port: 8080, weight: 9}]
            """
        var scene = try Scene(
            "{httpRoute: foo-route, disableInProgressLabel: true}", steps: Self.header, objects: [route])
        let before = scene.route()
        #expect(scene.apply(20) == nil)
        #expect(scene.rules().count == 5)
        #expect(scene.rules()[4]["name"] == "beta" && scene.rules()[4]["retry"] == ["attempts": 3])
        #expect(scene.apply(0) { $0.removesManagedRoutes = true } == nil)
        var wanted = before
        var rules = try #require(wanted["spec"]?["rules"]?.array)
        var backends = try #require(rules[1]["backendRefs"]?.array)
        backends[0]["weight"] = 100
        rules[1]["backendRefs"] = .array(backends)
        wanted.set(["spec", "rules"], to: .array(rules))
        #expect(scene.route() == wanted)
    }

    /// https://rollouts-plugin-trafficrouter-gatewayapi.readthedocs.io/en/latest/features/header-based-routing/
    @Test func headersApplyToEveryRule() throws {
        let route = """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: foo-route}
            spec:
              parentRefs: [{name: my-gateway}]
              rules:
              - matches: [{path: {type: PathPrefix, value: /products}}]
                backendRefs: [{name: foo-v1, port: 80, weight: 100}, {name: foo-v2, port: 80, weight: 0}]
              - matches: [{path: {type: PathPrefix, value: /orders}, headers: [{name: X-Key, value: k}]}]
                filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplaceFullPath, replaceFullPath: /}}}]
                backendRefs: [{name: foo-v1, port: 80, weight: 100}, {name: foo-v2, port: 80, weight: 0}]
            """
        var scene = try Scene("{httpRoute: foo-route}", steps: Self.header, objects: [route])
        #expect(scene.apply(20) == nil)
        let rules = scene.rules()
        #expect(rules.map { $0["name"]?.string } == [nil, nil, "beta", "beta-1"])
        #expect(rules.prefix(2).map(Self.weights) == [[80, 20], [80, 20]])
        #expect(rules[2] == (try Self.json("""
            name: beta
            matches:
            - path: {type: PathPrefix, value: /products}
              headers: [{name: X-Canary, type: Exact, value: 'true'}]
            backendRefs: [{name: foo-v2, port: 80, weight: 1}]
            """)))
        #expect(rules[3]["filters"] == rules[1]["filters"])
        #expect(rules[3]["matches"] == (try Self.json("""
            - path: {type: PathPrefix, value: /orders}
              headers: [{name: X-Key, value: k}, {name: X-Canary, type: Exact, value: 'true'}]
            """)))
        // Another weight leaves them as they are, and at the end they go.
        #expect(scene.apply(60) == nil)
        #expect(Array(scene.rules().suffix(2)) == Array(rules.suffix(2)))
        #expect(scene.apply(60) { $0.leavesTraffic = true; $0.removesManagedRoutes = true } == nil)
        #expect(scene.rules().map(Self.weights) == [[40, 60], [40, 60]])
    }

    @Test func routesThatDoNotTakeHeadersGetNone() throws {
        var scene = try Scene("{httpRoutes: [{name: foo-route}]}", steps: Self.header, objects: [Self.split])
        #expect(scene.apply(20) == nil)
        #expect(scene.rules().count == 1)
    }

    /// The API server fills in defaults, and one of before Gateway API 1.2 drops the names.
    @Test(arguments: [false, true]) func aRuleThatIsThereIsKnownAgain(_ dropsNames: Bool) throws {
        var scene = try Scene("{httpRoute: foo-route}", steps: Self.header, objects: [Self.split])
        #expect(scene.apply(20) == nil)
        var route = scene.route()
        var rules = scene.rules()
        #expect(rules.count == 2)
        rules[0].set(["matches"], to: [["path": ["type": "PathPrefix", "value": "/"]]])
        if dropsNames { rules[1]["name"] = nil }
        for place in rules.indices {
            rules[place]["backendRefs"] = .array(try #require(rules[place]["backendRefs"]?.array).map { backend in
                var backend = backend
                backend["group"] = ""
                backend["kind"] = "Service"
                return backend
            })
        }
        route.set(["spec", "rules"], to: .array(rules))
        scene.world.set(ObjectKey(.httpRoute, "foo-route"), route)
        #expect(scene.apply(20) == nil)
        #expect(scene.rules().count == 2)
        #expect(scene.rules()[1]["name"] == (dropsNames ? nil : "beta"))
        #expect(scene.apply(20) { $0.removesManagedRoutes = true } == nil)
        #expect(scene.rules().count == 1)
    }

    /// Releases of the plugin before 0.13 kept the places of their rules in a ConfigMap, and gave no names.
    @Test func whatThePluginLeftIsTakenOver() throws {
        let route = Self.split + """

              - matches: [{path: {type: PathPrefix, value: /}, headers: [{type: Exact, name: X-Canary, value: 'true'}]}]
                backendRefs: [{group: '', kind: Service, name: foo-v2, port: 8080, weight: 10}]
              - matches: [{headers: [{name: pinned, value: canary}]}]
                backendRefs: [{name: foo-v2, port: 8080}]
            """
        var scene = try Scene("{httpRoute: foo-route}", steps: Self.header, objects: [route])
        #expect(scene.rules().count == 3)
        #expect(scene.apply(0) { $0.removesManagedRoutes = true } == nil)
        #expect(scene.rules().count == 2, "a rule that somebody has made stays")
        #expect(scene.rules()[1]["matches"]?[0]?["headers"]?[0]?["name"] == "pinned")
    }

    /// Two routes for the same header replaced each other in the plugin's 0.15.0.
    @Test func routesForTheSameHeaderStandBesideEachOther() throws {
        let steps = """
            [{setHeaderRoute: {name: copy, match: [{headerName: ring, headerValue: {prefix: a.b}}]}},
             {setHeaderRoute: {name: beta, match: [{headerName: ring, headerValue: {regex: 'c+'}}]}}]
            """
        var scene = try Scene("{httpRoute: foo-route}", steps: steps, objects: [Self.split])
        #expect(scene.apply(20) == nil)
        #expect(scene.rules().dropFirst().map { $0["name"]?.string } == ["beta", "copy"], "as managedRoutes has them")
        let values = scene.rules().dropFirst().map { $0["matches"]?[0]?["headers"]?[0]?["value"]?.string }
        #expect(values == ["c+", "a\\.b.*"])
    }

    @Test func copiesGoToTheCanary() throws {
        let steps = """
            [{setMirrorRoute: {name: copy, percentage: 35, match: [{method: {exact: GET}, path: {prefix: /api/v1}}]}}]
            """
        let route = Self.split.replacing(
            "- backendRefs:", with: "- matches: [{path: {value: /api}}, {path: {value: /other}}]\n    backendRefs:")
        var scene = try Scene("{httpRoute: foo-route}", steps: steps, objects: [route])
        #expect(scene.apply(20) == nil)
        let rule = try #require(scene.rules().first)
        #expect(rule["name"] == "copy", "of two rules for the same requests the first one gets them")
        #expect(rule["matches"] == [["path": ["type": "PathPrefix", "value": "/api/v1"], "method": "GET"]])
        #expect(Self.weights(rule) == [80, 20])
        #expect(rule["filters"] == [[
            "type": "RequestMirror",
            "requestMirror": ["backendRef": ["name": "foo-v2", "port": 8080], "percent": 35],
        ]])
        #expect(scene.apply(50) == nil)
        #expect(scene.rules().map(Self.weights) == [[50, 50], [50, 50]], "the weights follow")
        #expect(scene.apply(50) { $0.mirrorRoutes = [] } == nil)
        #expect(scene.rules().count == 1)
    }

    /// Behind the rule that it is beside, a mirrored rule for the same requests would get none of them.
    @Test func aMirroredRuleComesBeforeTheRuleThatItIsBeside() throws {
        let steps = """
            [{setMirrorRoute: {name: copy, percentage: 35, match: [{path: {prefix: /}}]}},
             {setHeaderRoute: {name: beta, match: [{headerName: ring, headerValue: {exact: a}}]}}]
            """
        var scene = try Scene("{httpRoute: foo-route}", steps: steps, objects: [Self.split])
        func names() -> [String] { scene.rules().map { $0["name"]?.string ?? "" } }
        #expect(scene.apply(20) == nil)
        #expect(names() == ["beta", "copy", ""])
        #expect(scene.rules()[1]["matches"] == [["path": ["type": "PathPrefix", "value": "/"]]])
        let before = scene.route()
        #expect(scene.apply(20) == nil && scene.route() == before)
        // As an earlier release left it.
        var route = before
        route.set(["spec", "rules"], to: .array([scene.rules()[2]] + scene.rules().prefix(2)))
        scene.world.set(ObjectKey(.httpRoute, "foo-route"), route)
        #expect(scene.apply(30) == nil && names() == ["beta", "copy", ""])
        #expect(scene.apply(30) { $0.mirrorRoutes = [] } == nil && names() == ["", "beta"])
    }

    /// https://gateway-api.sigs.k8s.io/guides/user-guides/grpc-routing/: calls are matched by service and method.
    @Test(arguments: [
        ("{path: {exact: /com.Example/Login}}", "{type: Exact, service: com.Example, method: Login}"),
        ("{path: {prefix: /com.Example}}", "{type: Exact, service: com.Example}"),
        ("{method: {exact: POST}, path: {prefix: /}}", "{service: com.Example}"),
        ("{headers: {ring: {exact: a}}}", "{service: com.Example}"),
        ("{path: {prefix: /com.Other}}", nil), ("{path: {regex: /com.*}}", nil), ("{method: {exact: GET}}", nil),
        ("{path: {exact: /com.Example}}", nil), ("{path: {prefix: /a/b/c}}", nil),
    ] as [(String, String?)])
    func copiesOfCallsGoToTheCanary(_ match: String, _ method: String?) throws {
        let route = """
            apiVersion: gateway.networking.k8s.io/v1
            kind: GRPCRoute
            metadata: {name: foo-route}
            spec:
              parentRefs: [{name: prod}]
              rules:
              - matches: [{method: {service: com.Example}}]
                backendRefs: [{name: foo-v1, port: 50051}, {name: foo-v2, port: 50051}]
            """
        let steps = "[{setMirrorRoute: {name: copy, percentage: 35, match: [\(match)]}}]"
        var scene = try Scene("{grpcRoute: foo-route}", steps: steps, objects: [route])
        #expect(scene.apply(20) == nil)
        let rules = scene.rules("foo-route", .grpcRoute)
        #expect(Self.weights(rules[0]) == [80, 20])
        guard let method else {
            #expect(rules.count == 1)
            return
        }
        try #require(rules.count == 2)
        #expect(rules[0]["name"] == "copy")
        #expect(rules[0]["matches"]?[0]?["method"] == (try Self.json(method)))
        #expect(rules[0]["matches"]?[0]?["path"] == nil)
        #expect(rules[0]["matches"]?[0]?["headers"]
            == (match.contains("ring") ? [["type": "Exact", "name": "ring", "value": "a"]] : nil))
        #expect(rules[0]["filters"] == [[
            "type": "RequestMirror",
            "requestMirror": ["backendRef": ["name": "foo-v2", "port": 50051], "percent": 35],
        ]])
        #expect(Self.weights(rules[1]) == [80, 20])
        #expect(scene.apply(50) { $0.mirrorRoutes = [] } == nil)
        #expect(scene.rules("foo-route", .grpcRoute).count == 1)
    }

    /// Without any ReferenceGrant in the input the least one is made up, as every other object is; with one, it counts.
    @Test func aGrantIsMadeUpWhereThereIsNone() throws {
        let manifest = RenderStepTests.manifest("""
            canary:
              canaryService: foo-v2
              stableService: foo-v1
              trafficRouting:
                plugins: {argoproj-labs/gatewayAPI: {httpRoute: foo-route, tcpRoute: foo-route, namespace: edge}}
              steps: [{setWeight: 10}]
            """)
        let rendering = try RenderStepTests.render(manifest)
        #expect(rendering.notes.contains { $0.hasPrefix("ReferenceGrant allow-routes is not among the files") })
        let grant = RenderStepTests.object(rendering.steps[0], "ReferenceGrant", "allow-routes")
        #expect(grant?["spec"] == [
            "from": [
                ["group": "gateway.networking.k8s.io", "kind": "HTTPRoute", "namespace": "edge"],
                ["group": "gateway.networking.k8s.io", "kind": "TCPRoute", "namespace": "edge"],
            ],
            "to": [["group": "", "kind": "Service"]],
        ])
        let rollout = try #require(Rollout(RenderStepTests.documents(manifest)[0]))
        var world = World(rollout: rollout)
        for key in rollout.references where !key.namesAll { world.set(key, rollout.placeholder(for: key)) }
        let router = try #require(rollout.spec.strategy.canary?.trafficRouting?.routers.first)
        #expect(router.problem(of: rollout, in: world)?.contains("no ReferenceGrant there allows it") == true)
        world.set(ObjectKey(.referenceGrant, "allow-routes"), grant)
        #expect(router.problem(of: rollout, in: world) == nil)
        let given = try RenderStepTests.render(manifest, objects: """
            apiVersion: gateway.networking.k8s.io/v1beta1
            kind: ReferenceGrant
            metadata: {name: other, namespace: shop}
            spec: {from: [], to: []}
            """)
        #expect(!given.notes.contains { $0.hasPrefix("ReferenceGrant") })
    }

    /// The plugin takes the canary's weight from nobody, and removed backends of others before 0.14.
    @Test func experimentsHaveShares() throws {
        let status: JSONValue = ["canary": ["weights": [
            "canary": ["weight": 20], "stable": ["weight": 70],
            "additional": [["weight": 10, "serviceName": "exp-old"]],
        ]]]
        let route = Self.split + """

                - {name: exp-old, port: 8080, weight: 10}
                - {name: of-others, port: 8080, weight: 0}
            """
        var scene = try Scene("{httpRoute: foo-route}", objects: [route], status: status)
        #expect(scene.apply(20) { intent in
            intent.additional = ["exp-baseline", "exp-candidate"].map {
                RolloutStatus.WeightDestination(weight: 10, serviceName: $0, podTemplateHash: "h")
            }
        } == nil)
        let backends = scene.rules()[0]["backendRefs"]?.array ?? []
        #expect(backends.map { $0["name"]?.string ?? "" } == [
            "foo-v1", "foo-v2", "of-others", "exp-baseline", "exp-candidate",
        ])
        #expect(Self.weights(scene.rules()[0]) == [60, 20, 0, 10, 10])
        #expect(backends[3]["port"] == 8080)
    }

    @Test func anotherMaximum() throws {
        var scene = try Scene(
            "{httpRoute: foo-route}", objects: [Self.split], more: "\n        maxTrafficWeight: 1000")
        #expect(scene.apply(5) == nil)
        #expect(Self.weights(scene.rules()[0]) == [995, 5])
        #expect(Set(scene.router.observedWeights(of: scene.rollout, in: scene.world)) == [5])
    }

    @Test func tooManyRulesAreRefused() throws {
        let more = (1...8).map { number in
            "\n  - matches: [{path: {value: /\(number)}}]\n    backendRefs: [{name: foo-v1}, {name: foo-v2}]"
        }
        var scene = try Scene("{httpRoute: foo-route}", steps: Self.header, objects: [Self.split + more.joined()])
        #expect(scene.apply(20)?.contains("would have 18 rules") == true)
    }

    @Test func anUpdateIsMarkedForGitOps() throws {
        let key = "rollouts.argoproj.io/gatewayapi-canary"
        func label(_ plugin: String, _ key: String, _ weight: Int, _ known: JSONValue = [:]) throws -> JSONValue? {
            var scene = try Scene(plugin, objects: [Self.split])
            var route = scene.route()
            route.set(["metadata", "labels"], to: known)
            scene.world.set(ObjectKey(.httpRoute, "foo-route"), route)
            #expect(scene.apply(weight) == nil)
            return scene.route()["metadata"]?["labels"]?[key]
        }
        #expect(try label("{httpRoute: foo-route}", key, 10) == "in-progress")
        #expect(try label("{httpRoute: foo-route}", key, 0, .strings([key: "in-progress"])) == nil)
        #expect(try label("{httpRoute: foo-route, disableInProgressLabel: true}", key, 10) == nil)
        #expect(try label(
            "{httpRoute: foo-route, inProgressLabelKey: a/b, inProgressLabelValue: c}", "a/b", 10) == "c")
    }

    @Test func routesAreFoundByLabels() throws {
        let other = Self.split.replacing("foo-route", with: "api-route").replacing("prod-web-gw", with: "other")
        let plugin = """
            {httpRouteSelector:
             {matchLabels: {gateway: prod-web-gw}, matchExpressions: [{key: x, operator: DoesNotExist}]}}
            """
        var scene = try Scene(plugin, objects: [Self.split, other])
        #expect(scene.router.onlookedObjects(for: scene.rollout) == [.all(.httpRoute)])
        #expect(scene.apply(30) == nil)
        #expect(Self.weights(scene.rules()[0]) == [70, 30])
        #expect(Self.weights(scene.rules("api-route")[0]) == [90, 10])
        scene = try Scene(plugin, objects: [other])
        #expect(scene.router.problem(of: scene.rollout, in: scene.world)
            == "no HTTPRoute has the labels that are asked for")
        scene = try Scene("{}", objects: [])
        #expect(scene.router.problem(of: scene.rollout, in: scene.world)?.contains("no route is named") == true)
    }

    /// https://gateway-api.sigs.k8s.io/guides/user-guides/multiple-ns/ and the ReferenceGrant of its security model.
    @Test func anotherNamespaceNeedsAGrant() throws {
        let route = Self.split.replacing("name: foo-route", with: "name: foo-route\n  namespace: prod")
            .replacing("name: foo-v1,", with: "name: foo-v1, namespace: shop,")
            .replacing("name: foo-v2,", with: "name: foo-v2, namespace: shop,")
        func grant(_ from: String, _ to: String) -> String {
            """
            {apiVersion: gateway.networking.k8s.io/v1beta1, kind: ReferenceGrant, metadata: {name: allow-prod-traffic},
             spec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: \(from)}], to: [\(to)]}}
            """
        }
        let plugin = "{httpRoute: foo-route, namespace: prod}"
        func problem(_ objects: [String]) throws -> String? {
            let scene = try Scene(plugin, objects: objects)
            return scene.router.problem(of: scene.rollout, in: scene.world)
        }
        let service = "{group: '', kind: Service}"
        #expect(try problem([route])?.contains("no ReferenceGrant there allows it") == true)
        #expect(try problem([route, grant("other", service)]) != nil)
        #expect(try problem([route, grant("prod", "{group: '', kind: Secret}")]) != nil)
        #expect(try problem([route, grant("prod", "{group: '', kind: Service, name: foo-v1}")])?
            .contains("Service foo-v2") == true)
        #expect(try problem([route, grant("prod", service)]) == nil)
        var scene = try Scene(plugin, steps: Self.header, objects: [route, grant("prod", service)])
        #expect(scene.router.objects(for: scene.rollout) == [ObjectKey(.httpRoute, "foo-route", namespace: "prod")])
        #expect(scene.router.onlookedObjects(for: scene.rollout) == [.all(.referenceGrant)])
        #expect(scene.apply(20) == nil)
        let rules = scene.route(in: "prod")["spec"]?["rules"]?.array ?? []
        #expect(rules.map(Self.weights) == [[80, 20], [1]])
        #expect(rules[1]["backendRefs"]?[0]?["namespace"] == "shop")
        // Without a namespace a backend is a Service of the route's own.
        let near = route.replacing(" namespace: shop,", with: "")
        #expect(try problem([near, grant("prod", service)])?.contains("needs namespace: shop") == true)
    }

    @Test func stepsAreRenderedWithTheirWeights() throws {
        let rendering = try RenderStepTests.render(
            RenderStepTests.manifest("""
                canary:
                  canaryService: foo-v2
                  stableService: foo-v1
                  trafficRouting:
                    managedRoutes: [{name: beta}]
                    plugins: {argoproj-labs/gatewayAPI: {httpRoute: foo-route}}
                  steps:
                  - setWeight: 10
                  - setHeaderRoute: {name: beta, match: [{headerName: agent, headerValue: {exact: me}}]}
                  - pause: {}
                  - setHeaderRoute: {name: beta}
                  - setWeight: 50
                """), objects: Self.split)
        let weights = [1, 2, 3, 4, 5].map { step in
            let route = RenderStepTests.object(rendering.steps[step], "HTTPRoute", "foo-route")
            return (route?["spec"]?["rules"]?.array ?? []).map(Self.weights)
        }
        #expect(weights == [[[90, 10]], [[90, 10], [1]], [[90, 10], [1]], [[90, 10]], [[50, 50]]])
    }
}
