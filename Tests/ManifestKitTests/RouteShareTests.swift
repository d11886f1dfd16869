import Testing

@testable import ManifestKit

/// What somebody else's weights mean before our first write: shares of what they come to, and not of 100.
@Suite struct RouteShareTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var router: String
        var objects: String
        var shares: [Int]
        var testDescription: String { router + " " + shares.description }
    }

    private static func traefik(_ services: String, _ shares: [Int]) -> Case {
        Case(router: "traefik: {weightedTraefikServiceName: web}", objects: """
            apiVersion: traefik.io/v1alpha1
            kind: TraefikService
            metadata: {name: web}
            spec: {weighted: {services: [\(services)]}}
            """, shares: shares)
    }

    private static func openShift(_ spec: String, _ shares: [Int]) -> Case {
        Case(router: "plugins: {argoproj-labs/openshift: {routes: [web]}}", objects: """
            apiVersion: route.openshift.io/v1
            kind: Route
            metadata: {name: web}
            spec: {\(spec)}
            """, shares: shares)
    }

    private static func gateway(_ backends: String, _ shares: [Int]) -> Case {
        Case(router: "plugins: {argoproj-labs/gatewayAPI: {httpRoute: web}}", objects: """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: web}
            spec: {rules: [{backendRefs: [\(backends)]}]}
            """, shares: shares)
    }

    private static func contour(_ services: String, _ shares: [Int]) -> Case {
        Case(router: "plugins: {argoproj-labs/contour: {httpProxies: [web]}}", objects: """
            apiVersion: projectcontour.io/v1
            kind: HTTPProxy
            metadata: {name: web}
            spec: {routes: [{services: [\(services)]}]}
            """, shares: shares)
    }

    private static func apisix(_ backends: String, _ shares: [Int]) -> Case {
        Case(router: "apisix: {route: {name: web}}", objects: """
            apiVersion: apisix.apache.org/v2
            kind: ApisixRoute
            metadata: {name: web}
            spec: {http: [{name: web, backends: [\(backends)]}]}
            """, shares: shares)
    }

    private static func istio(_ route: String, _ shares: [Int]) -> Case {
        Case(router: "istio: {virtualService: {name: web}}", objects: """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: web}
            spec: {http: [{route: [\(route)]}]}
            """, shares: shares)
    }

    private static func alb(_ groups: String, _ shares: [Int]) -> Case {
        Case(router: "alb: {ingress: web, servicePort: 80}", objects: """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata:
              name: web
              annotations:
                alb.ingress.kubernetes.io/actions.s: '{"ForwardConfig":{"TargetGroups":[\(groups)]}}'
            """, shares: shares)
    }

    private static func nginx(_ annotations: String, _ shares: [Int], maximum: Int = 100) -> Case {
        Case(router: "nginx: {stableIngress: web}\nmaxTrafficWeight: \(maximum)", objects: """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: web-web-canary, annotations: {\(annotations)}}
            """, shares: shares)
    }

    static let cases = [
        traefik("{name: s, weight: 3}, {name: c, weight: 1}", [25]),
        traefik("{name: s}, {name: c}", [50]),
        traefik("{name: s, weight: 999}, {name: c, weight: 1}", [1]),
        traefik("{name: s, weight: 1}, {name: c, weight: 999}", [99]),
        traefik("{name: s, weight: 0}, {name: c, weight: 7}", [100]),
        traefik("{name: s, weight: 90}, {name: c, weight: 0}, {name: other, weight: 10}", [0]),
        traefik("{name: s, weight: 10}, {name: c, weight: 10}, {name: other, weight: 180}", [50]),
        traefik("{name: s, weight: 0}, {name: c, weight: 0}", []),
        traefik("{name: c, weight: 5}", []),
        openShift("to: {kind: Service, name: s}, alternateBackends: [{kind: Service, name: c}]", [50]),
        openShift("to: {name: s, weight: 200}, alternateBackends: [{name: c, weight: 50}]", [20]),
        openShift("to: {name: s, weight: 10}", [0]),
        openShift("to: {name: s, weight: 0}, alternateBackends: [{name: c, weight: 256}]", [100]),
        gateway("{name: s, weight: 3}, {name: c}", [25]),
        gateway("{name: s, weight: 50}, {name: c, weight: 50}, {name: other, weight: 900}", [50]),
        gateway("{name: s, weight: 2}, {name: c, weight: 1}", [34]),
        contour("{name: s, port: 80}, {name: c, port: 80}", [50]),
        contour("{name: s, weight: 30}, {name: c, weight: 10}, {name: other, weight: 60}", [25]),
        contour("{name: s, weight: 30}, {name: c, weight: 0}, {name: c, weight: 90, mirror: true}", [0]),
        apisix("{serviceName: s, weight: 3}, {serviceName: c, weight: 1}", [25]),
        apisix("{serviceName: s}, {serviceName: c, weight: 25}", [20]),
        istio("{destination: {host: s}, weight: 3}, {destination: {host: c}, weight: 1}", [25]),
        istio("{destination: {host: s}}", [0]),
        istio("{destination: {host: c}}", [100]),
        alb(#"{"ServiceName":"s","Weight":3},{"ServiceName":"c","Weight":1}"#, [25]),
        alb(#"{"ServiceName":"s"},{"ServiceName":"c"}"#, [50]),
        nginx("nginx.ingress.kubernetes.io/canary-weight: '40'", [40]),
        nginx(
            "nginx.ingress.kubernetes.io/canary-weight: '40', nginx.ingress.kubernetes.io/canary-weight-total: '200'",
            [20]),
        nginx("nginx.ingress.kubernetes.io/canary-weight: '40'", [400], maximum: 1000),
    ]

    /// Routers with two routes of which the second one lags.
    static let lags = [
        Case(router: "nginx: {stableIngresses: [one, two]}", objects: """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: web-one-canary, annotations: {nginx.ingress.kubernetes.io/canary-weight: "40"}}
            ---
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: web-two-canary, annotations: {nginx.ingress.kubernetes.io/canary-weight: "10"}}
            """, shares: [40, 10]),
        Case(router: "nginx: {stableIngresses: [one, two]}", objects: """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: web-two-canary, annotations: {nginx.ingress.kubernetes.io/canary-weight: "10"}}
            """, shares: [0, 10]),
        Case(router: "nginx: {stableIngresses: [one, two]}", objects: "kind: Other", shares: []),
        Case(router: "alb: {ingresses: [one, two], servicePort: 80}", objects: """
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
        Case(router: "istio: {virtualServices: [{name: one}, {name: two.web}]}", objects: """
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
        Case(router: "plugins: {argoproj-labs/gatewayAPI: {httpRoutes: [{name: one}], tcpRoute: two}}", objects: """
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
        Case(router: "plugins: {argoproj-labs/openshift: {routes: [one, shop/two]}}", objects: """
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
        Case(router: "plugins: {argoproj-labs/contour: {httpProxies: [one, two]}}", objects: """
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

    @Test(arguments: cases + lags) func weightsAreSharesOfTheMaximum(_ one: Case) throws {
        let (rollout, router) = try RouterFidelityTests.rollout(one.router)
        let world = World(rollout: rollout, objects: RouterWorld.objects(one.objects, seenFrom: rollout))
        #expect(router.observedWeights(of: rollout, in: world) == one.shares)
    }

    /// Quantities, and targets of a mesh.
    @Test func splitsAndMeshes() throws {
        let split = try RouterFidelityTests.rollout("smi: {}")
        let world = World(rollout: split.0, objects: RouterWorld.objects("""
            apiVersion: split.smi-spec.io/v1alpha1
            kind: TrafficSplit
            metadata: {name: web}
            spec: {service: s, backends: [{service: s, weight: "900"}, {service: c, weight: "300"}]}
            """, seenFrom: split.0))
        #expect(split.1.observedWeights(of: split.0, in: world) == [25])
        let mesh = try RouterFidelityTests.rollout("""
            appMesh:
              virtualService: {name: web}
              virtualNodeGroup: {canaryVirtualNodeRef: {name: c}, stableVirtualNodeRef: {name: s}}
            """)
        let nodes = World(rollout: mesh.0, objects: RouterWorld.objects("""
            apiVersion: appmesh.k8s.aws/v1beta2
            kind: VirtualService
            metadata: {name: web}
            spec: {provider: {virtualRouter: {virtualRouterRef: {name: web}}}}
            ---
            apiVersion: appmesh.k8s.aws/v1beta2
            kind: VirtualRouter
            metadata: {name: web}
            spec:
              routes:
              - tcpRoute:
                  action:
                    weightedTargets: [{virtualNodeRef: {name: s}, weight: 30}, {virtualNodeRef: {name: c}, weight: 10}]
            """, seenFrom: mesh.0))
        #expect(mesh.1.observedWeights(of: mesh.0, in: nodes) == [25])
    }
}
