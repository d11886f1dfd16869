import Testing

@testable import ManifestKit

/// Routes of the routers, for what the recorded scenarios do not have.
@Suite struct TrafficRouterTests {
    private static let istio = """
        canary:
          canaryService: web-canary
          stableService: web-stable
          trafficRouting:
            managedRoutes: [{name: mirror}, {name: header}]
            istio: {virtualService: {name: web, routes: [primary]}}
          steps:
          - setWeight: 10
          - setHeaderRoute: {name: header, match: [{headerName: agent, headerValue: {exact: me}}]}
          - setMirrorRoute: {name: mirror, percentage: 30, match: [{path: {prefix: /}}]}
          - pause: {}
          - setHeaderRoute: {name: header}
          - setWeight: 50
        """
    private static let virtualService = """
        kind: VirtualService
        apiVersion: networking.istio.io/v1
        metadata: {name: web, namespace: shop}
        spec:
          hosts: [web]
          http:
          - name: other
            route: [{destination: {host: elsewhere}}]
          - name: primary
            route:
            - {destination: {host: web-stable, port: {number: 80}}, weight: 100}
            - {destination: {host: web-canary.shop.svc, port: {number: 80}}, weight: 0}
        """

    @Test func istioAddsAndRemovesRoutesOfSteps() throws {
        let rendering = try RenderStepTests.render(
            RenderStepTests.manifest(Self.istio), objects: Self.virtualService)
        func routes(_ step: Int) -> [JSONValue] {
            RenderStepTests.object(rendering.steps[step + 1], "VirtualService", "web")?["spec", "http"]?.array ?? []
        }
        func names(_ step: Int) -> [String] { routes(step).compactMap { $0["name"]?.string } }
        #expect(names(0) == ["other", "primary"])
        #expect(names(1) == ["header", "other", "primary"])
        #expect(names(2) == ["mirror", "header", "other", "primary"])
        #expect(names(4) == ["mirror", "other", "primary"])
        #expect(names(6) == ["other", "primary"])
        let header = routes(1)[0]
        #expect(header["match"] == [["headers": ["agent": ["exact": "me"]]]])
        let destination: JSONValue = ["host": "web-canary.shop.svc", "port": ["number": 80]]
        #expect(header["route"] == [["destination": destination, "weight": 100]])
        let mirror = routes(2)[0]
        #expect(mirror["mirror"] == destination)
        #expect(mirror["mirrorPercentage"] == ["value": 30])
        #expect(mirror["match"] == [["uri": ["prefix": "/"]]])
        let weights = routes(5).filter { $0["name"] != "other" }.map { route in
            (route["route"]?.array ?? []).map { $0["weight"]?.integer ?? 0 }
        }
        #expect(weights == [[50, 50], [50, 50]], "the mirror's weights follow")
        #expect(routes(0)[0] == routes(6)[0], "routes of others stay as they are")
        #expect(rendering.steps[4].abort.flatMap { abort in
            abort.objects.first { $0["kind"] == "VirtualService" }?["spec", "http"]?.array?.count
        } == 2)
    }

    @Test func albAddsARouteForHeaders() throws {
        let rendering = try RenderStepTests.render(RenderStepTests.manifest("""
            canary:
              canaryService: web-canary
              stableService: web-stable
              trafficRouting:
                managedRoutes: [{name: me}]
                alb:
                  ingress: web
                  rootService: root
                  servicePort: 443
                  stickinessConfig: {enabled: true, durationSeconds: 60}
              steps:
              - setWeight: 10
              - setHeaderRoute:
                  name: me
                  match: [{headerName: a, headerValue: {exact: x}}, {headerName: a, headerValue: {exact: z}}]
              - pause: {}
            """))
        let ingress = try #require(RenderStepTests.object(rendering.steps[2], "Ingress", "web"))
        let annotations = ingress["metadata", "annotations"]?.stringDictionary ?? [:]
        #expect(annotations["alb.ingress.kubernetes.io/actions.root"] == """
            {"Type":"forward","ForwardConfig":{"TargetGroups":[\
            {"ServiceName":"web-canary","ServicePort":"443","Weight":10},\
            {"ServiceName":"web-stable","ServicePort":"443","Weight":90}],\
            "TargetGroupStickinessConfig":{"Enabled":true,"DurationSeconds":60}}}
            """)
        #expect(annotations["alb.ingress.kubernetes.io/conditions.me"] == """
            [{"field":"http-header","httpHeaderConfig":{"httpHeaderName":"a","values":["x","z"]}}]
            """)
        let first = ingress["spec", "rules"]?[0]?["http", "paths"]?[0]
        #expect(first?["backend", "service", "name"] == "me")
        let done = try #require(RenderStepTests.object(rendering.steps.last, "Ingress", "web"))
        #expect(done["metadata", "annotations", "alb.ingress.kubernetes.io/conditions.me"] == nil)
        #expect(done["spec", "rules"]?[0]?["http", "paths"]?.array?.count == 1)
        #expect(done["metadata", "annotations", "rollouts.argoproj.io/managed-alb-annotations"]
            == #"{"web":["alb.ingress.kubernetes.io/actions.root"]}"#)
    }

    @Test func nginxKeepsOnlyTheRulesOfTheStableService() throws {
        let rendering = try RenderStepTests.render(RenderStepTests.manifest("""
            canary:
              canaryService: web-canary
              stableService: web-stable
              trafficRouting: {nginx: {stableIngresses: [one, two]}}
              steps: [{setWeight: 10}]
            """), objects: """
            kind: Ingress
            metadata: {name: one, namespace: shop, annotations: {kubernetes.io/ingress.class: nginx, x: y}}
            spec:
              tls: [{hosts: [a]}]
              rules:
              - {host: a, http: {paths: [{path: /, backend: {service: {name: web-stable, port: {number: 80}}}}]}}
              - {host: b, http: {paths: [{path: /, backend: {service: {name: other, port: {number: 80}}}}]}}
            """)
        let canary = try #require(RenderStepTests.object(rendering.steps[1], "Ingress", "web-one-canary"))
        #expect(canary["spec", "rules"]?.array?.count == 1)
        #expect(canary["spec", "rules"]?[0]?["http", "paths"]?[0]?["backend", "service", "name"] == "web-canary")
        #expect(canary["spec", "tls"]?[0]?["hosts"] == ["a"])
        #expect(canary["metadata", "annotations"]?.stringDictionary["kubernetes.io/ingress.class"] == "nginx")
        #expect(canary["metadata", "annotations"]?.stringDictionary["x"] == nil)
        #expect(RenderStepTests.object(rendering.steps[1], "Ingress", "web-two-canary") != nil)
    }

    @Test func anIngressThatDoesNotLeadToTheStableServiceStopsTheUpdate() throws {
        let rendering = try RenderStepTests.render(RenderStepTests.manifest("""
            canary:
              canaryService: web-canary
              stableService: web-stable
              trafficRouting: {nginx: {stableIngress: one}}
              steps: [{setWeight: 10}]
            """), objects: """
            kind: Ingress
            metadata: {name: one}
            spec: {rules: [{http: {paths: [{path: /, backend: {service: {name: other, port: {number: 80}}}}]}}]}
            """)
        #expect(rendering.notes.contains { $0.contains("no rule of Ingress one leads to service web-stable") })
    }

    @Test func namesAreCutToWhatKubernetesAllows() {
        let long = String(repeating: "i", count: 200)
        let name = Ingress.canaryName(rollout: String(repeating: "r", count: 200), ingress: long)
        #expect(name.utf8.count == 253)
        #expect(name.hasSuffix("i-canary"))
    }

    @Test func theListIsSorted() {
        let routers = TrafficRouters.all.map { $0.key }
        #expect(routers == routers.sorted())
        let steps = CanarySteps.all.map { $0.key }
        #expect(steps == steps.sorted())
    }
}
