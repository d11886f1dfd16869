import Testing

@testable import ManifestKit

/// Routes that are legal and that few have, and what a Rollout says of those that cannot be divided.
@Suite struct OddRouteTests {
    /// The actions of a plan for a Rollout that is deployed and gets another image.
    private static func rendered(_ routing: String, _ steps: String, _ objects: String) throws -> RolloutRendering {
        try RenderStepTests.render(RenderStepTests.manifest("""
            canary:
              canaryService: c
              stableService: s
              trafficRouting: {\(routing)}
              steps: \(steps)
            """), objects: objects)
    }

    private static func object(_ kind: String, _ rendering: RolloutRendering, step: Int) -> JSONValue? {
        rendering.steps.first { $0.index == step }?.objects.first { $0["kind"]?.string == kind }
    }

    private static func weights(_ route: JSONValue?) -> [Int?] {
        (route?["route"]?.array ?? []).map { $0["weight"]?.integer }
    }

    // MARK: Routes that came and went

    private static let headerStep = "{setHeaderRoute: {name: h, match: [{headerName: a, headerValue: {exact: b}}]}}"

    /// The route goes since the canary has no pods, and was added again by the step, without end.
    @Test(.timeLimit(.minutes(2)), arguments: [
        ("alb: {ingress: web, servicePort: 80}", """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: web}
            spec: {rules: [{http: {paths: [{path: /, backend: {service: {name: s, port: {name: use-annotation}}}}]}}]}
            """),
        ("istio: {virtualService: {name: web, routes: [main]}}", """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: web}
            spec: {http: [{name: main, route: [{destination: {host: s}, weight: 100}, {destination: {host: c}}]}]}
            """),
        ("apisix: {route: {name: web}}", """
            apiVersion: apisix.apache.org/v2
            kind: ApisixRoute
            metadata: {name: web}
            spec: {http: [{name: web, backends: [{serviceName: s}, {serviceName: c}]}]}
            """),
    ])
    func aHeaderRouteBeforeTheFirstPodComesToRest(_ router: String, _ object: String) throws {
        let rendering = try Self.rendered(
            "managedRoutes: [{name: h}], \(router)", "[\(Self.headerStep), {setWeight: 50}]", object)
        #expect(rendering.steps.map(\.index) == [-1, 0, 1, 2], "\(rendering.notes)")
        #expect(!rendering.notes.contains { $0.contains("rest") })
    }

    /// Subsets of others are often of the host that is the stable service's name, and were taken for it.
    @Test(.timeLimit(.minutes(2))) func subsetsOfOthersKeepTheirShare() throws {
        let rendering = try Self.rendered(
            "istio: {virtualService: {name: web}, destinationRule: {name: web, canarySubsetName: can, "
                + "stableSubsetName: sta, additionalSubsetNames: [extra]}}", "[{setWeight: 20}, {setWeight: 95}]", """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: web}
                spec:
                  http:
                  - route:
                    - {destination: {host: s, subset: sta}, weight: 90}
                    - {destination: {host: s, subset: can}, weight: 0}
                    - {destination: {host: s, subset: extra}, weight: 10}
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: web}
                spec: {host: s, subsets: [{name: sta}, {name: can}, {name: extra}]}
                """)
        let found = [-1, 0, 1, 2].map { step in
            Self.weights(Self.object("VirtualService", rendering, step: step)?["spec"]?["http"]?[0])
        }
        #expect(found == [[90, 0, 10], [70, 20, 10], [0, 90, 10], [90, 0, 10]])
    }

    // MARK: Routes of steps

    @Test func routesOfStepsAreForHTTPAlone() throws {
        let rendering = try Self.rendered(
            "managedRoutes: [{name: h}], istio: {virtualServices: [{name: web}]}",
            "[{setWeight: 20}, \(Self.headerStep), {setWeight: 50}]", """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: web}
                spec: {tcp: [{route: [{destination: {host: s}, weight: 100}, {destination: {host: c}}]}]}
                """)
        let after = try #require(Self.object("VirtualService", rendering, step: 2))
        #expect(after["spec"]?["http"] == nil)
        #expect(Self.weights(after["spec"]?["tcp"]?[0]) == [50, 50], "\(rendering.notes)")
    }

    private static let several = """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: web}
        spec:
          http: [{route: [{destination: {host: other}}]}]
          tls:
          - {match: [{port: 443}], route: [{destination: {host: s}, weight: 100}, {destination: {host: c}}]}
          - {match: [{port: 444}], route: [{destination: {host: other}}]}
          tcp: [{match: [{port: 3306}], route: [{destination: {host: database}}]}]
        """

    /// Routes to neither version are somebody else's, and need no names.
    @Test func routesOfOthersNeedNoNames() throws {
        let rendering = try Self.rendered("istio: {virtualService: {name: web}}", "[{setWeight: 20}]", Self.several)
        let spec = Self.object("VirtualService", rendering, step: 0)?["spec"]
        #expect(Self.weights(spec?["tls"]?[0]) == [80, 20], "\(rendering.notes)")
        #expect(Self.weights(spec?["http"]?[0]) == [nil] && Self.weights(spec?["tcp"]?[0]) == [nil])
        let ambiguous = try Self.rendered(
            "istio: {virtualService: {name: web}}", "[{setWeight: 20}]",
            Self.several.replacing("444}], route: [{destination: {host: other}}]", with: "444}], route: [{destination: {host: s}}]"))
        #expect(ambiguous.notes.contains { $0.contains("several tls routes") })
        let nothing = try Self.rendered(
            "istio: {virtualService: {name: web}}", "[{setWeight: 20}]", """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: web}
                spec: {tcp: [{route: [{destination: {host: database}}]}]}
                """)
        #expect(nothing.notes.contains { $0.contains("no route of VirtualService web leads to either version") })
    }

    /// A name alone would be one of the VirtualService's namespace.
    @Test func routesOfStepsLeadWhereTheCanaryIs() throws {
        let rendering = try Self.rendered(
            "managedRoutes: [{name: h}], istio: {virtualServices: [{name: web.edge}]}",
            "[{setWeight: 20}, \(Self.headerStep), {setWeight: 50}]", """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: web, namespace: edge}
                spec:
                  http:
                  - name: main
                    route:
                    - {destination: {host: s.shop.svc.cluster.local, port: {number: 80}}, weight: 100}
                    - {destination: {host: c.shop.svc.cluster.local, port: {number: 80}}}
                """)
        let http = Self.object("VirtualService", rendering, step: 1)?["spec"]?["http"]
        #expect(http?[0]?["name"] == "h", "\(rendering.notes)")
        #expect(http?[0]?["route"]?[0]?["destination"]?["host"] == "c.shop.svc.cluster.local")
    }

    /// The reference sends requests for every host of an Ingress to the canary if they have the header.
    @Test func hostsOfOthersGetNoRouteForHeaders() throws {
        let rendering = try Self.rendered(
            "managedRoutes: [{name: h}, {name: i}], alb: {ingress: web, servicePort: 80}",
            "[{setWeight: 20}, \(Self.headerStep), {setHeaderRoute: {name: i, match: "
                + "[{headerName: q, headerValue: {exact: b}}]}}, {setWeight: 50}]", """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: web}
                spec:
                  rules:
                  - {host: a, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: s, port: {name: use-annotation}}}}]}}
                  - {host: b, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: other, port: {number: 80}}}}]}}
                  - host: c
                    http:
                      paths:
                      - {path: /x, pathType: Prefix, backend: {service: {name: other, port: {number: 80}}}}
                      - {path: /y, pathType: Exact, backend: {service: {name: s, port: {name: use-annotation}}}}
                """)
        func paths(_ step: Int) -> [[String]] {
            (Self.object("Ingress", rendering, step: step)?["spec"]?["rules"]?.array ?? []).map { rule in
                (rule["http"]?["paths"]?.array ?? []).map {
                    "\($0["path"]?.string ?? "") \(Ingress.service(of: $0) ?? "")"
                }
            }
        }
        #expect(paths(2) == [
            ["/ h", "/ i", "/ s"], ["/ other"], ["/y h", "/y i", "/x other", "/y s"],
        ], "\(rendering.notes)")
        #expect(paths(4) == [["/ s"], ["/ other"], ["/x other", "/y s"]])
    }

    // MARK: What cannot be divided

    /// The reference says it in an Event; the status says it for as long as it lasts.
    @Test func theStatusSaysWhyTrafficCannotBeDivided() throws {
        let strategy = """
            canary:
              canaryService: c
              stableService: s
              trafficRouting: {traefik: {weightedTraefikServiceName: web}}
              steps: [{setWeight: 20}, {pause: {}}]
            """
        var ideal = try PlannerTests.deployed(strategy)
        let key = ObjectKey(.traefikService, "web")
        let good = try #require(ideal.world.objects[key])
        ideal.world.set(key, ["metadata": ["name": "web"], "spec": ["mirroring": ["name": "s"]]])
        PlannerTests.setImage(&ideal, "example.com/web:2")
        let problem = "TraefikService web has no weighted services"
        var actions: [Action] = []
        for _ in 0..<10 {
            let pass = ideal.planner.passes(ideal.world, now: ideal.now)
            actions += pass.actions
            ideal.world = pass.world
            if pass.actions.isEmpty { break }
        }
        let events = actions.compactMap { action -> RolloutEvent? in
            if case .emit(let event) = action { event } else { nil }
        }
        let told = events.filter { $0.reason == "TrafficRoutingError" }
        #expect(told.map(\.message) == [problem] && told.allSatisfy { $0.kind == .warning })
        #expect(ideal.world.rollout.status.phase == .progressing)
        #expect(ideal.world.rollout.status.message == "the traffic cannot be divided: \(problem)")
        #expect(ideal.planner.plan(ideal.world, now: ideal.now).actions.isEmpty)
        ideal.world.set(key, good)
        try PlannerTests.settle(&ideal)
        #expect(ideal.world.rollout.status.message == "CanaryPauseStep")
    }

    // MARK: Objects in files

    @Test func mappingsHadAnotherName() {
        #expect(ResourceKind(apiVersion: "x.getambassador.io/v3alpha1", kind: "AmbassadorMapping") == .mapping)
        #expect(ResourceKind(apiVersion: "getambassador.io/v3alpha1", kind: "AmbassadorMapping") == nil)
    }

    @Test(arguments: [
        "matchLabels: {team: a}", "matchExpressions: [{key: team, operator: In, values: [a, b]}]",
    ])
    func aChoiceThatNoFileMeetsIsMadeUp(_ selector: String) throws {
        let rendering = try Self.rendered(
            "plugins: {argoproj-labs/gatewayAPI: {httpRouteSelector: {\(selector)}}}", "[{setWeight: 20}]", """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: web, namespace: shop, labels: {team: z}}
                spec: {rules: [{backendRefs: [{name: other}]}]}
                """)
        #expect(rendering.notes.contains {
            $0.contains("no HTTPRoute among the files has the labels that are asked for (team=a)")
                && $0.contains("under the name web-by-labels")
        }, "\(rendering.notes)")
        let routes = try #require(rendering.steps.first { $0.index == 0 }).objects.filter { $0["kind"] == "HTTPRoute" }
        let made = try #require(routes.first { $0["metadata"]?["name"] == "web-by-labels" })
        #expect(made["metadata"]?["labels"]?["team"] == "a")
        let backends = made["spec"]?["rules"]?[0]?["backendRefs"]?.array ?? []
        #expect(backends.map { $0["weight"]?.integer } == [80, 20])
    }
}
