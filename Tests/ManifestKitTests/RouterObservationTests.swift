import Testing

@testable import ManifestKit

/// What routers see of the canary's share, and which objects they look at.
@Suite struct RouterObservationTests {
    /// A router with two routes of which the second one lags.
    struct Lag: Sendable, CustomTestStringConvertible {
        var router: String
        var objects: String
        var shares: [Int]

        var testDescription: String { router }
    }

    static let lags = [
        Lag(router: "nginx: {stableIngresses: [one, two]}", objects: """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: web-one-canary, annotations: {nginx.ingress.kubernetes.io/canary-weight: "40"}}
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: web-two-canary, annotations: {nginx.ingress.kubernetes.io/canary-weight: "10"}}
            """, shares: [40, 10]),
        Lag(router: "nginx: {stableIngresses: [one, two]}", objects: """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: web-two-canary, annotations: {nginx.ingress.kubernetes.io/canary-weight: "10"}}
            """, shares: [0, 10]),
        Lag(router: "nginx: {stableIngresses: [one, two]}", objects: "kind: Other", shares: []),
        Lag(router: "alb: {ingresses: [one, two], servicePort: 80}", objects: """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: one
              annotations:
                alb.ingress.kubernetes.io/actions.s: '{"ForwardConfig":{"TargetGroups":[{"ServiceName":"c","Weight":40},{"ServiceName":"s","Weight":60}]}}'
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: two
              annotations:
                alb.ingress.kubernetes.io/actions.s: '{"ForwardConfig":{"TargetGroups":[{"ServiceName":"c","Weight":10},{"ServiceName":"s","Weight":90}]}}'
            """, shares: [40, 10]),
        Lag(router: "istio: {virtualServices: [{name: one}, {name: two.web}]}", objects: """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: one}
            spec:
              http: [{route: [{destination: {host: c}, weight: 40}, {destination: {host: s}, weight: 60}]}]
              tcp: [{route: [{destination: {host: c}, weight: 30}, {destination: {host: s}, weight: 70}]}]
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: two, namespace: web}
            spec: {http: [{route: [{destination: {host: c}, weight: 10}, {destination: {host: s}, weight: 90}]}]}
            """, shares: [40, 30, 10]),
        Lag(router: "plugins: {argoproj-labs/gatewayAPI: {httpRoutes: [{name: one}], tcpRoute: two}}", objects: """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: one}
            spec:
              rules:
              - backendRefs: [{name: c, weight: 40}, {name: s, weight: 60}]
              - backendRefs: [{name: other}]
              - backendRefs: [{name: c, weight: 1}, {name: s, weight: 3}]
            ---
            apiVersion: gateway.networking.k8s.io/v1alpha2
            kind: TCPRoute
            metadata: {name: two}
            spec: {rules: [{backendRefs: [{name: c, weight: 10}, {name: s, weight: 90}]}]}
            """, shares: [40, 25, 10]),
        Lag(router: "plugins: {argoproj-labs/openshift: {routes: [one, shop/two]}}", objects: """
            apiVersion: route.openshift.io/v1
            kind: Route
            metadata: {name: one}
            spec: {to: {name: s, weight: 60}, alternateBackends: [{name: c, weight: 40}]}
            ---
            apiVersion: route.openshift.io/v1
            kind: Route
            metadata: {name: two, namespace: shop}
            spec: {to: {name: s, weight: 90}, alternateBackends: [{name: c, weight: 10}]}
            """, shares: [40, 10]),
        Lag(router: "plugins: {argoproj-labs/contour: {httpProxies: [one, two]}}", objects: """
            apiVersion: projectcontour.io/v1
            kind: HTTPProxy
            metadata: {name: one}
            spec: {routes: [{services: [{name: s, weight: 60}, {name: c, weight: 40}]}]}
            ---
            apiVersion: projectcontour.io/v1
            kind: HTTPProxy
            metadata: {name: two}
            spec: {tcpproxy: {services: [{name: s, weight: 90}, {name: c, weight: 10}]}}
            """, shares: [40, 10]),
    ]

    @Test(arguments: lags) func everyRouteIsSeen(_ lag: Lag) throws {
        let (rollout, router) = try RouterFidelityTests.rollout(lag.router)
        let world = World(rollout: rollout, objects: RouterWorld.objects(lag.objects, seenFrom: rollout))
        #expect(router.observedWeights(of: rollout, in: world) == lag.shares)
    }

    /// A stable version that shrinks with the traffic keeps the pods for the route that has not followed yet, and the
    /// canary those for the route that has.
    @Test func aRouteThatLagsKeepsThePodsOfItsShare() throws {
        var manifest = try #require(RenderStepTests.documents(RenderStepTests.manifest("""
            canary:
              canaryService: c
              stableService: s
              dynamicStableScale: true
              trafficRouting:
                plugins: {argoproj-labs/openshift: {routes: [one, two]}}
              steps: [{setWeight: 20}, {setWeight: 80}]
            """)).first)
        manifest["spec"]?["replicas"] = 10
        let rollout = try #require(Rollout(manifest))
        let world = World(rollout: rollout, objects: RouterWorld.objects("""
            apiVersion: route.openshift.io/v1
            kind: Route
            metadata: {name: one}
            spec: {to: {name: s, weight: 20}, alternateBackends: [{name: c, weight: 80}]}
            ---
            apiVersion: route.openshift.io/v1
            kind: Route
            metadata: {name: two}
            spec: {to: {name: s, weight: 80}, alternateBackends: [{name: c, weight: 20}]}
            """))
        let shares = rollout.spec.strategy.canary?.observedWeights(of: rollout, in: world)
        #expect(shares == [80, 20])
        let pass = UpdatePass(world: world, now: KubernetesTime(seconds: 0), mode: PlanningMode())
        #expect(pass.routedShare == 80)
        #expect(pass.desiredSizes(weights: nil).stable >= 8)
    }

    /// A name with the Rollout's own namespace means the same object as the name alone.
    @Test(arguments: [
        "plugins: {argoproj-labs/openshift: {routes: [shop/web]}}", "istio: {virtualService: {name: web.shop}}",
        "plugins: {argoproj-labs/gatewayAPI: {namespace: shop, httpRoute: web}}",
    ])
    func theOwnNamespaceMayBeNamed(_ settings: String) throws {
        let (rollout, router) = try RouterFidelityTests.rollout(settings)
        #expect(rollout.namespace == "shop")
        #expect(router.objects(for: rollout).map(\.namespace) == [nil])
        let other = try RouterFidelityTests.rollout(settings.replacing("shop", with: "edge"))
        #expect(other.1.objects(for: other.0).map(\.namespace) == ["edge"])
    }

    /// Kinds that only other objects name, or that are looked at as a whole, have definitions as well.
    @Test(arguments: [
        ("appMesh: {virtualService: {name: w}, virtualNodeGroup: {}}", ResourceKind.virtualRouter),
        ("plugins: {argoproj-labs/gatewayAPI: {tcpRouteSelector: {matchLabels: {a: b}}}}", .tcpRoute),
        ("plugins: {argoproj-labs/gatewayAPI: {httpRoute: web, namespace: edge}}", .referenceGrant),
    ])
    func aMissingDefinitionIsNamed(_ settings: String, _ kind: ResourceKind) throws {
        let (rollout, _) = try RouterFidelityTests.rollout(settings)
        var world = World(rollout: rollout, objects: [
            ObjectKey(.service, "c"): ["metadata": ["name": "c"]], ObjectKey(.service, "s"): ["metadata": ["name": "s"]],
        ])
        world.missingDefinitions = [kind: "the.definition"]
        let pass = UpdatePass(world: world, now: KubernetesTime(seconds: 0), mode: PlanningMode())
        #expect(pass.specProblem?.contains("the cluster does not serve \(kind.name)") == true)
    }
}
