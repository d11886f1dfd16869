import Testing

@testable import ManifestKit

/// What every router leaves alone: whatever is in an object beside the weights, and objects that are not its own.
@Suite struct RouterFidelityTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var router: String
        var objects: String
        /// The names of the fields that a router may change.
        var changed: Set<String> = ["weight"]
        var testDescription: String { router }
    }

    /// Fields that no schema knows stand at every level.
    static let cases = weightLists + others

    private static let weightLists = [
        Case(router: "traefik: {weightedTraefikServiceName: web}", objects: """
            apiVersion: traefik.io/v1alpha1
            kind: TraefikService
            metadata: {name: web, x: {y: [1, 2.5, null]}}
            z: last
            spec: {b: 1, weighted: {a: {}, services: [{unknown: "1.0", name: s, weight: 100, q: [{}]}, {weight: 0, name: c}, 7]}}
            """),
        Case(router: "apisix: {route: {name: web}}", objects: """
            apiVersion: apisix.apache.org/v2
            kind: ApisixRoute
            metadata: {name: web}
            spec:
              y: [a]
              http:
              - {name: first, backends: [{serviceName: s, weight: 3}]}
              - {x: 1, name: web, backends: [{weight: 100, serviceName: s, k: {}}, {serviceName: c, weight: 0, l: 1e3}], z: 2}
              - text
            """),
        Case(router: "smi: {}", objects: """
            apiVersion: split.smi-spec.io/v1alpha3
            kind: TrafficSplit
            metadata: {name: web, ownerReferences: [{kind: Rollout, name: web, controller: true}], x: 1}
            spec:
              matches: [{kind: HTTPRouteGroup, name: group}]
              service: s
              backends: [{service: c, weight: 0, x: 1}, {service: s, weight: 100, y: {z: 2}}]
            """),
        Case(
            router: """
                appMesh:
                  virtualService: {name: web}
                  virtualNodeGroup: {canaryVirtualNodeRef: {name: c}, stableVirtualNodeRef: {name: s}}
                """,
            objects: """
                apiVersion: appmesh.k8s.aws/v1beta2
                kind: VirtualService
                metadata: {name: web}
                spec: {x: 1, provider: {virtualRouter: {virtualRouterRef: {name: web}}}}
                ---
                apiVersion: appmesh.k8s.aws/v1beta2
                kind: VirtualRouter
                metadata: {name: web}
                spec:
                  routes:
                  - x: 1
                    http2Route:
                      y: 2
                      action:
                        z: 3
                        weightedTargets: [{virtualNodeRef: {name: s, u: 1}, weight: 100}, {weight: 0, virtualNodeRef: {name: c}}]
                ---
                apiVersion: appmesh.k8s.aws/v1beta2
                kind: VirtualNode
                metadata: {name: s, annotations: {argo-rollouts.argoproj.io/managed-by-rollouts: web, x: y}}
                spec: {podSelector: {x: 1, matchLabels: {app: web, rollouts-pod-template-hash: a}}, y: 2}
                ---
                apiVersion: appmesh.k8s.aws/v1beta2
                kind: VirtualNode
                metadata: {name: c, annotations: {argo-rollouts.argoproj.io/managed-by-rollouts: web}}
                spec: {podSelector: {matchLabels: {rollouts-pod-template-hash: b, app: web}}, x: 1}
                """),
        Case(router: "plugins: {argoproj-labs/contour: {httpProxies: [web]}}", objects: """
            apiVersion: projectcontour.io/v1
            kind: HTTPProxy
            metadata: {name: web}
            spec:
              x: 1
              tcpproxy: {y: 1, services: [{name: c, weight: 0}, {x: 2, name: s, weight: 100}]}
              routes: [{y: 2, services: [{name: s, weight: 100, z: 3}, {name: c, weight: 0}]}, 5]
            status: {conditions: [{type: Valid, status: "True"}]}
            """),
        Case(router: "plugins: {argoproj-labs/openshift: {routes: [web]}}", objects: """
            apiVersion: route.openshift.io/v1
            kind: Route
            metadata: {name: web, x: 1}
            spec:
              to: {x: 1, name: s, kind: Service, weight: 95}
              alternateBackends: [{name: third, weight: 10}, {y: 2, kind: Service, name: c, weight: 5}]
              tls: {termination: edge, z: 3}
            """),
    ]

    private static let others = [
        Case(
            router: "alb: {ingress: web, servicePort: 80}",
            objects: #"""
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata:
                  x: 1
                  name: web
                  annotations:
                    z: last
                    alb.ingress.kubernetes.io/actions.s: '{"Type":"fixed-response"}'
                    rollouts.argoproj.io/managed-alb-annotations: '{"web":["alb.ingress.kubernetes.io/actions.s"]}'
                    a: first
                spec:
                  y: 2
                  rules:
                  - q: 1
                    http: {x: 1, paths: [{path: /, z: 1, backend: {u: 1, service: {name: s, port: {name: use-annotation}}}}]}
                status: {loadBalancer: {ingress: [{hostname: a, x: 1.50}]}}
                """#,
            changed: ["alb.ingress.kubernetes.io/actions.s"]),
        Case(router: "ambassador: {mappings: [web]}", objects: """
            apiVersion: getambassador.io/v2
            kind: Mapping
            metadata: {name: web, x: 1}
            spec: {z: 1, service: s, prefix: /, unknown: {b: 1, a: [2.50]}}
            status: {x: 1}
            ---
            apiVersion: getambassador.io/v2
            kind: Mapping
            metadata: {y: 1, name: web-canary, labels: {of: others}}
            spec: {weight: 0, z: 1, service: c, prefix: /, unknown: {b: 1, a: [2.50]}}
            status: {y: 1, x: 2}
            """),
        Case(
            router: """
                plugins:
                  argoproj-labs/gatewayAPI:
                    httpRoute: web
                    grpcRoute: web
                    tcpRoutes: [{name: web}]
                    tlsRoute: web
                    disableInProgressLabel: true
                """,
            objects: ["HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute"].map { kind in
                """
                apiVersion: gateway.networking.k8s.io/v1
                kind: \(kind)
                metadata: {name: web, x: {y: 1.50}}
                spec:
                  parentRefs: [{name: a, x: 1}]
                  rules:
                  - {z: 1, backendRefs: [{x: [{}], name: s, weight: 100, port: 1}, {weight: 0, name: c, y: null}], a: 2}
                  - {backendRefs: [{name: elsewhere, weight: 3}], x: 1}
                status: {parents: [{x: 1}]}
                """
            }.joined(separator: "\n---\n")),
        Case(
            router: """
                istio:
                  virtualService: {name: web, routes: [main], tcpRoutes: [{port: 1}]}
                  destinationRule: {name: web, canarySubsetName: new, stableSubsetName: old}
                """,
            objects: """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: web, x: 1}
                spec:
                  y: [1.50]
                  http:
                  - {name: other, x: 1, route: [{destination: {host: e}, weight: 5}]}
                  - x: 1
                    name: main
                    route:
                    - {y: 1, destination: {subset: old, host: s, z: 2}, weight: 100}
                    - {weight: 0, destination: {host: s, subset: new}, headers: {x: 1}}
                    fault: {a: 1}
                  tcp: [{q: 1, match: [{port: 1, x: 2}], route: [
                    {destination: {host: s, subset: new}, weight: 0, x: 1},
                    {destination: {host: s, subset: old}, weight: 100}]}]
                status: {x: 1}
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {annotations: {x: y, argo-rollouts.argoproj.io/managed-by-rollouts: web}, name: web}
                spec:
                  x: 1
                  subsets:
                  - {y: 1, labels: {z: w, rollouts-pod-template-hash: b}, name: new}
                  - {name: old, labels: {rollouts-pod-template-hash: a}, trafficPolicy: {x: 1}}
                  host: s
                """),
        Case(
            router: "nginx: {stableIngress: web}",
            objects: """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {x: 1, name: web, annotations: {z: w}}
                spec:
                  y: 2
                  rules: [{host: a, http: {paths: [{path: /, x: 1, backend: {service: {name: s, port: {number: 80}}}}]}}]
                status: {x: 1}
                ---
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata:
                  x: 1
                  annotations:
                    z: w
                    nginx.ingress.kubernetes.io/canary-weight: "0"
                    nginx.ingress.kubernetes.io/canary: "true"
                    a: b
                  labels: {of: others}
                  ownerReferences: [{kind: Rollout, name: web, controller: true}]
                  name: web-web-canary
                spec:
                  rules: [{host: a, http: {paths: [{path: /, x: 1, backend: {service: {name: c, port: {number: 80}}}}]}}]
                status: {y: 1}
                """,
            changed: ["nginx.ingress.kubernetes.io/canary-weight"]),
    ]

    static func rollout(_ router: String) throws -> (Rollout, any TrafficRouter) {
        let text = RenderStepTests.manifest("""
            canary:
              canaryService: c
              stableService: s
              trafficRouting:
            \(router.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
            """)
        let rollout = try #require(Rollout(RenderStepTests.documents(text)[0]))
        return (rollout, try #require(rollout.spec.strategy.canary?.trafficRouting?.routers.first))
    }

    static func intent(_ weight: Int) -> TrafficIntent {
        var intent = TrafficIntent(now: KubernetesTime(seconds: 0))
        intent.weight = weight
        intent.stableHash = "a"
        intent.canaryHash = "b"
        return intent
    }

    @Test func everyRouterIsLookedAt() throws {
        let keys = try Set(Self.cases.map { type(of: try Self.rollout($0.router).1).key })
        #expect(keys == Set(TrafficRouters.all.map { $0.key }))
    }

    @Test(arguments: cases) func everythingButTheWeightsStays(_ example: Case) throws {
        let (rollout, router) = try Self.rollout(example.router)
        var world = World(rollout: rollout, objects: RouterWorld.objects(example.objects))
        let before = world.objects
        for weight in [1, 37, 99] {
            let changes = router.changes(for: Self.intent(weight), of: rollout, in: world)
            #expect(changes.problem == nil)
            #expect(!changes.actions.isEmpty)
            RouterWorld.apply(changes, to: &world)
            #expect(Set(router.observedWeights(of: rollout, in: world)) == [weight])
            #expect(world.objects.count == before.count)
            for (key, object) in world.objects {
                let old = try #require(before[key])
                #expect(Self.text(object, without: example.changed) == Self.text(old, without: example.changed))
            }
            let again = router.changes(for: Self.intent(weight), of: rollout, in: world)
            #expect(again.problem == nil)
            // The status, which says what has been told, is not kept here.
            #expect(again.actions.allSatisfy { if case .emit = $0 { true } else { false } })
        }
    }

    /// The text with certain fields made equal, and all others in their order.
    private static func text(_ value: JSONValue, without fields: Set<String>) -> String {
        JSONWriter.text(masked(value, fields))
    }

    private static func masked(_ value: JSONValue, _ fields: Set<String>) -> JSONValue {
        switch value {
        case .array(let elements): .array(elements.map { masked($0, fields) })
        case .object(let object):
            .object(JSONObject(object.fields.map { ($0.key, fields.contains($0.key) ? .null : masked($0.value, fields)) }))
        default: value
        }
    }

    @Test(arguments: cases) func nothingIsDoneWhereTrafficIsLeft(_ example: Case) throws {
        let (rollout, router) = try Self.rollout(example.router)
        var intent = Self.intent(50)
        intent.leavesTraffic = true
        let world = World(rollout: rollout, objects: RouterWorld.objects(example.objects))
        #expect(router.changes(for: intent, of: rollout, in: world).actions.isEmpty)
    }

    /// Objects that are missing, empty or nonsense make a problem, and no write.
    @Test(arguments: cases) func nonsenseIsAProblem(_ example: Case) throws {
        let (rollout, router) = try Self.rollout(example.router)
        let objects = RouterWorld.objects(example.objects)
        for spec in [JSONValue.null, [:], 7, ["weighted": 1, "http": "x", "routes": [1], "backends": [1], "to": []]] {
            var world = World(rollout: rollout, objects: objects.mapValues { object in
                var object = object
                object["spec"] = spec
                return object
            })
            let changes = router.changes(for: Self.intent(50), of: rollout, in: world)
            if changes.problem != nil { #expect(changes.actions.isEmpty) }
            RouterWorld.apply(changes, to: &world)
            _ = router.observedWeights(of: rollout, in: world)
        }
        if example.router != "smi: {}" {
            let changes = router.changes(for: Self.intent(50), of: rollout, in: World(rollout: rollout))
            #expect(changes.problem != nil && changes.actions.isEmpty)
        }
    }

    // MARK: Objects of others

    @Test func aTrafficSplitOfSomebodyElseIsNotTouched() throws {
        let (rollout, router) = try Self.rollout("smi: {}")
        let world = World(rollout: rollout, objects: RouterWorld.objects("""
            apiVersion: split.smi-spec.io/v1alpha2
            kind: TrafficSplit
            metadata: {name: web}
            spec: {service: s, backends: [{service: s, weight: 100}, {service: c, weight: 0}]}
            """))
        let changes = router.changes(for: Self.intent(50), of: rollout, in: world)
        #expect(changes.actions.isEmpty)
        #expect(changes.problem == "TrafficSplit web does not belong to this Rollout")
    }

    @Test func weightsOfTheFirstTrafficSplitAreText() throws {
        let (rollout, router) = try Self.rollout("smi: {}")
        var world = World(rollout: rollout, objects: RouterWorld.objects("""
            apiVersion: split.smi-spec.io/v1alpha1
            kind: TrafficSplit
            metadata: {name: web, ownerReferences: [{kind: Rollout, name: web, controller: true}]}
            spec: {service: s, backends: [{service: c, weight: "0"}, {service: s, weight: 100}]}
            """))
        #expect(router.changes(for: Self.intent(0), of: rollout, in: world).actions.isEmpty)
        RouterWorld.apply(router.changes(for: Self.intent(20), of: rollout, in: world), to: &world)
        let backends: JSONValue = [["service": "c", "weight": "20"], ["service": "s", "weight": "80"]]
        #expect(world.object(.trafficSplit, "web")?["spec", "backends"] == backends)
        #expect(router.observedWeights(of: rollout, in: world) == [20])
    }

    @Test func smiGivesExperimentsTheirShares() throws {
        let (rollout, router) = try Self.rollout("smi: {}")
        var world = World(rollout: rollout)
        var intent = Self.intent(10)
        intent.additional = [
            RolloutStatus.WeightDestination(weight: 5, serviceName: "try", podTemplateHash: "x")
        ]
        RouterWorld.apply(router.changes(for: intent, of: rollout, in: world), to: &world)
        let backends = { world.object(.trafficSplit, "web")?["spec", "backends"] }
        let shared: JSONValue = [
            ["service": "c", "weight": 10], ["service": "try", "weight": 5], ["service": "s", "weight": 85],
        ]
        #expect(backends() == shared)
        RouterWorld.apply(router.changes(for: Self.intent(10), of: rollout, in: world), to: &world)
        let ended: JSONValue = [["service": "c", "weight": 10], ["service": "s", "weight": 90]]
        #expect(backends() == ended)
    }

    @Test(arguments: ["weight: 10, service: other", "service: c"])
    func aMappingOfSomebodyElseIsNotTouched(_ spec: String) throws {
        let (rollout, router) = try Self.rollout("ambassador: {mappings: [web]}")
        for weight in [0, 50] {
            let world = World(rollout: rollout, objects: RouterWorld.objects("""
                apiVersion: getambassador.io/v2
                kind: Mapping
                metadata: {name: web}
                spec: {prefix: /, service: s}
                ---
                apiVersion: getambassador.io/v2
                kind: Mapping
                metadata: {name: web-canary}
                spec: {prefix: /, \(spec)}
                """))
            let changes = router.changes(for: Self.intent(weight), of: rollout, in: world)
            #expect(changes.actions.isEmpty)
            #expect(changes.problem?.contains("Mapping web-canary is somebody else's") == true)
        }
    }

    @Test func aMappingGoesAWhileAfterItsShare() throws {
        let (rollout, router) = try Self.rollout("ambassador: {mappings: [web]}")
        var world = World(rollout: rollout, objects: RouterWorld.objects("""
            apiVersion: getambassador.io/v2
            kind: Mapping
            metadata: {name: web}
            spec: {prefix: /, service: s}
            """))
        let canary = { world.object(.mapping, "web-canary") }
        func change(_ weight: Int, at seconds: Int64) -> RouteChanges {
            var intent = Self.intent(weight)
            intent.now = KubernetesTime(seconds: seconds)
            let changes = router.changes(for: intent, of: rollout, in: world)
            RouterWorld.apply(changes, to: &world)
            return changes
        }
        _ = change(20, at: 0)
        #expect(canary()?["spec", "weight"] == 20)
        #expect(change(0, at: 10).wakeAt == KubernetesTime(seconds: 13))
        #expect(canary()?["spec", "weight"] == 0)
        #expect(change(0, at: 12).wakeAt == KubernetesTime(seconds: 13))
        #expect(canary() != nil)
        _ = change(30, at: 12)
        #expect(canary()?["spec", "weight"] == 30)
        #expect(canary()?["metadata", "annotations", RolloutMarks.deleteAt] == nil)
        _ = change(0, at: 20)
        #expect(change(0, at: 23).wakeAt == nil)
        #expect(canary() == nil)
        // Its base may change while it is there.
        _ = change(10, at: 30)
        world.objects[ObjectKey(.mapping, "web")]?.set(["spec", "timeout_ms"], to: 500)
        _ = change(10, at: 31)
        #expect(canary()?["spec", "timeout_ms"] == 500)
    }

    @Test(arguments: ["http://web-s:80", "other:80", "", "https://s2"])
    func aMappingThatLeadsElsewhereIsAProblem(_ service: String) throws {
        let (rollout, router) = try Self.rollout("ambassador: {mappings: [web]}")
        let mapping: JSONValue = ["metadata": ["name": "web"], "spec": ["service": .string(service)]]
        let world = World(rollout: rollout, objects: [ObjectKey(.mapping, "web"): mapping])
        let changes = router.changes(for: Self.intent(10), of: rollout, in: world)
        #expect(changes.problem == "Mapping web does not lead to service s" && changes.actions.isEmpty)
    }

    @Test func aRouteForHeadersOfSomebodyElseIsNotTouched() throws {
        let (rollout, router) = try Self.rollout("managedRoutes: [{name: header}]\napisix: {route: {name: web}}")
        let world = World(rollout: rollout, objects: RouterWorld.objects(Self.cases[1].objects + """

            ---
            apiVersion: apisix.apache.org/v2
            kind: ApisixRoute
            metadata: {name: header}
            spec: {http: []}
            """))
        var intent = Self.intent(0)
        intent.removesManagedRoutes = true
        #expect(router.changes(for: intent, of: rollout, in: world).actions.isEmpty)
        intent.removesManagedRoutes = false
        for step in ["{name: header}", "{name: header, match: [{headerName: a, headerValue: {exact: b}}]}"] {
            intent.headerRoute = SetHeaderRouteStep(RenderStepTests.documents(step)[0])
            let changes = router.changes(for: intent, of: rollout, in: world)
            #expect(changes.problem == "ApisixRoute header does not belong to this Rollout")
            #expect(changes.actions.isEmpty)
        }
        intent.headerRoute = SetHeaderRouteStep(["name": "web"])
        #expect(router.changes(for: intent, of: rollout, in: world).problem?.contains("ApisixRoute web itself") == true)
    }

    @Test func aHeaderRouteNeedsPods() throws {
        let (rollout, router) = try Self.rollout("managedRoutes: [{name: header}]\napisix: {route: {name: web}}")
        var world = World(rollout: rollout, objects: RouterWorld.objects(Self.cases[1].objects))
        var intent = Self.intent(0)
        let match: JSONValue = ["headerName": "a", "headerValue": ["exact": "b"]]
        intent.headerRoute = SetHeaderRouteStep(["name": "header", "match": .array([match])])
        RouterWorld.apply(router.changes(for: intent, of: rollout, in: world), to: &world)
        #expect(world.object(.apisixRoute, "header") != nil)
        intent.removesManagedRoutes = true
        RouterWorld.apply(router.changes(for: intent, of: rollout, in: world), to: &world)
        #expect(world.object(.apisixRoute, "header") == nil)
        #expect(router.changes(for: intent, of: rollout, in: world).actions.isEmpty)
    }
}
