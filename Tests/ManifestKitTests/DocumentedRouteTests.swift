import Testing

@testable import ManifestKit

/// The examples that the projects of the routers document themselves, divided.
@Suite struct DocumentedRouteTests {
    /// An example, and what it is to become. Names are those of the example.
    struct Example: Sendable, CustomTestStringConvertible {
        /// The router's settings under `trafficRouting`.
        var settings: String
        var stable: String
        var canary: String
        /// The example as its project has it.
        var before: String
        /// What is written for a share of 30: the objects that change, or are made.
        var after: String

        var testDescription: String { settings }
    }

    static let examples = ingresses + routes + meshes

    private static let ingresses = [
        // https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#actions
        // (the action "forward-multiple-tg")
        Example(
            settings: "alb: {ingress: ingress, rootService: forward-multiple-tg, servicePort: 80}",
            stable: "service-1", canary: "service-2",
            before: """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata:
                  name: ingress
                  annotations:
                    alb.ingress.kubernetes.io/scheme: internet-facing
                spec:
                  ingressClassName: alb
                  rules:
                  - http:
                      paths:
                      - path: /path1
                        pathType: Exact
                        backend: {service: {name: forward-multiple-tg, port: {name: use-annotation}}}
                """,
            after: #"""
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata:
                  name: ingress
                  annotations:
                    alb.ingress.kubernetes.io/scheme: internet-facing
                    alb.ingress.kubernetes.io/actions.forward-multiple-tg: '{"Type":"forward","ForwardConfig":{"TargetGroups":[{"ServiceName":"service-2","ServicePort":"80","Weight":30},{"ServiceName":"service-1","ServicePort":"80","Weight":70}]}}'
                    rollouts.argoproj.io/managed-alb-annotations: '{"web":["alb.ingress.kubernetes.io/actions.forward-multiple-tg"]}'
                spec:
                  ingressClassName: alb
                  rules:
                  - http:
                      paths:
                      - path: /path1
                        pathType: Exact
                        backend: {service: {name: forward-multiple-tg, port: {name: use-annotation}}}
                """#),
        // https://kubernetes.github.io/ingress-nginx/examples/canary/
        Example(
            settings: "nginx: {stableIngress: production}", stable: "production", canary: "canary",
            before: """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata: {name: production, annotations: {}}
                spec:
                  ingressClassName: nginx
                  rules:
                  - host: echo.prod.mydomain.com
                    http:
                      paths:
                      - pathType: Prefix
                        path: /
                        backend: {service: {name: production, port: {number: 80}}}
                """,
            after: """
                apiVersion: networking.k8s.io/v1
                kind: Ingress
                metadata:
                  name: web-production-canary
                  namespace: shop
                  annotations:
                    nginx.ingress.kubernetes.io/canary: "true"
                    nginx.ingress.kubernetes.io/canary-weight: "30"
                  ownerReferences:
                  - {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web, controller: true, blockOwnerDeletion: true}
                spec:
                  ingressClassName: nginx
                  rules:
                  - host: echo.prod.mydomain.com
                    http:
                      paths:
                      - pathType: Prefix
                        path: /
                        backend: {service: {name: canary, port: {number: 80}}}
                """),
    ]

    private static let routes = [
        // https://github.com/emissary-ingress/emissary/blob/master/docs/topics/using/canary.md
        Example(
            settings: "ambassador: {mappings: [quote-backend]}", stable: "quote", canary: "quotev2",
            before: """
                apiVersion: getambassador.io/v2
                kind: Mapping
                metadata: {name: quote-backend}
                spec: {prefix: /backend/, service: quote}
                """,
            after: """
                apiVersion: getambassador.io/v2
                kind: Mapping
                metadata: {name: quote-backend-canary, namespace: shop}
                spec: {prefix: /backend/, service: quotev2, weight: 30}
                """),
        // https://apisix.apache.org/docs/ingress-controller/concepts/apisix_route/#weight-based-traffic-split
        Example(
            settings: "apisix: {route: {name: method-route, rules: [method]}}", stable: "foo", canary: "bar",
            before: """
                apiVersion: apisix.apache.org/v2
                kind: ApisixRoute
                metadata: {name: method-route}
                spec:
                  http:
                  - name: method
                    match:
                      paths: [/*]
                      methods: [GET]
                      exprs:
                      - subject: {scope: Header, name: User-Agent}
                        op: RegexMatch
                        value: .*Chrome.*
                    backends:
                    - {serviceName: foo, servicePort: 80, weight: 100}
                    - {serviceName: bar, servicePort: 81, weight: 50}
                """,
            after: """
                apiVersion: apisix.apache.org/v2
                kind: ApisixRoute
                metadata: {name: method-route}
                spec:
                  http:
                  - name: method
                    match:
                      paths: [/*]
                      methods: [GET]
                      exprs:
                      - subject: {scope: Header, name: User-Agent}
                        op: RegexMatch
                        value: .*Chrome.*
                    backends:
                    - {serviceName: foo, servicePort: 80, weight: 70}
                    - {serviceName: bar, servicePort: 81, weight: 30}
                """),
        // https://projectcontour.io/docs/main/config/request-routing/#upstream-weighting
        Example(
            settings: "plugins: {argoproj-labs/contour: {httpProxies: [weight-shifting]}}", stable: "s2", canary: "s1",
            before: """
                apiVersion: projectcontour.io/v1
                kind: HTTPProxy
                metadata: {name: weight-shifting, namespace: default}
                spec:
                  virtualhost: {fqdn: weights.bar.com}
                  routes:
                  - services: [{name: s1, port: 80, weight: 10}, {name: s2, port: 80, weight: 90}]
                """,
            after: """
                apiVersion: projectcontour.io/v1
                kind: HTTPProxy
                metadata: {name: weight-shifting, namespace: default}
                spec:
                  virtualhost: {fqdn: weights.bar.com}
                  routes:
                  - services: [{name: s1, port: 80, weight: 30}, {name: s2, port: 80, weight: 70}]
                """),
        // https://gateway-api.sigs.k8s.io/guides/user-guides/traffic-splitting/; more in GatewayAPIRouterTests
        Example(
            settings: "plugins: {argoproj-labs/gatewayAPI: {httpRoute: simple-split, disableInProgressLabel: true}}",
            stable: "foo-v1", canary: "foo-v2",
            before: """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: simple-split}
                spec:
                  rules:
                  - backendRefs: [{name: foo-v1, port: 8080, weight: 90}, {name: foo-v2, port: 8080, weight: 10}]
                """,
            after: """
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: simple-split}
                spec:
                  rules:
                  - backendRefs: [{name: foo-v1, port: 8080, weight: 70}, {name: foo-v2, port: 8080, weight: 30}]
                """),
        // https://github.com/openshift/openshift-docs/blob/main/modules/deployments-ab-testing-lb.adoc
        Example(
            settings: "plugins: {argoproj-labs/openshift: {routes: [route-alternate-service]}}",
            stable: "ab-example-a", canary: "ab-example-b",
            before: """
                apiVersion: route.openshift.io/v1
                kind: Route
                metadata:
                  name: route-alternate-service
                  annotations: {haproxy.router.openshift.io/balance: roundrobin}
                spec:
                  host: ab-example.my-project.my-domain
                  to: {kind: Service, name: ab-example-a, weight: 10}
                  alternateBackends: [{kind: Service, name: ab-example-b, weight: 15}]
                """,
            after: """
                apiVersion: route.openshift.io/v1
                kind: Route
                metadata:
                  name: route-alternate-service
                  annotations: {haproxy.router.openshift.io/balance: roundrobin}
                spec:
                  host: ab-example.my-project.my-domain
                  to: {kind: Service, name: ab-example-a, weight: 70}
                  alternateBackends: [{kind: Service, name: ab-example-b, weight: 30}]
                """),
        // https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/http/traefikservice/
        Example(
            settings: "traefik: {weightedTraefikServiceName: wrr2}", stable: "svc1", canary: "svc3",
            before: """
                apiVersion: traefik.io/v1alpha1
                kind: TraefikService
                metadata: {name: wrr2, namespace: apps}
                spec:
                  weighted:
                    services:
                    - {name: svc1, port: 80, weight: 1}
                    - {name: svc3, port: 80, weight: 1}
                """,
            after: """
                apiVersion: traefik.io/v1alpha1
                kind: TraefikService
                metadata: {name: wrr2, namespace: apps}
                spec:
                  weighted:
                    services:
                    - {name: svc1, port: 80, weight: 70}
                    - {name: svc3, port: 80, weight: 30}
                """),
    ]

    private static let meshes = [
        // https://github.com/istio/istio/blob/master/samples/bookinfo/networking/virtual-service-reviews-90-10.yaml
        // and destination-rule-reviews.yaml beside it, without its third subset
        Example(
            settings: """
                istio:
                  virtualService: {name: reviews}
                  destinationRule: {name: reviews, canarySubsetName: v2, stableSubsetName: v1}
                """,
            stable: "", canary: "",
            before: """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: reviews}
                spec:
                  hosts: [reviews]
                  http:
                  - route:
                    - {destination: {host: reviews, subset: v1}, weight: 90}
                    - {destination: {host: reviews, subset: v2}, weight: 10}
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: reviews}
                spec:
                  host: reviews
                  trafficPolicy: {loadBalancer: {simple: RANDOM}}
                  subsets: [{name: v1, labels: {version: v1}}, {name: v2, labels: {version: v2}}]
                """,
            after: """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: reviews}
                spec:
                  hosts: [reviews]
                  http:
                  - route:
                    - {destination: {host: reviews, subset: v1}, weight: 70}
                    - {destination: {host: reviews, subset: v2}, weight: 30}
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata:
                  name: reviews
                  annotations: {argo-rollouts.argoproj.io/managed-by-rollouts: web}
                spec:
                  host: reviews
                  trafficPolicy: {loadBalancer: {simple: RANDOM}}
                  subsets:
                  - {name: v1, labels: {version: v1, rollouts-pod-template-hash: a}}
                  - {name: v2, labels: {version: v2, rollouts-pod-template-hash: b}}
                """),
        // https://github.com/servicemeshinterface/smi-spec/blob/main/apis/traffic-split/v1alpha4/traffic-split.md,
        // which the controller makes, in the version that the reference makes
        Example(
            settings: "smi: {rootService: website, trafficSplitName: canary}", stable: "website-v1",
            canary: "website-v2", before: "{}",
            after: """
                apiVersion: split.smi-spec.io/v1alpha2
                kind: TrafficSplit
                metadata:
                  name: canary
                  namespace: shop
                  ownerReferences:
                  - {apiVersion: argoproj.io/v1alpha1, kind: Rollout, name: web, controller: true, blockOwnerDeletion: true}
                spec:
                  service: website
                  backends: [{service: website-v2, weight: 30}, {service: website-v1, weight: 70}]
                """),
        // https://argo-rollouts.readthedocs.io/en/stable/getting-started/appmesh/ for the settings, and
        // https://aws.github.io/aws-app-mesh-controller-for-k8s/reference/api_spec/ for the objects
        Example(
            settings: """
                appMesh:
                  virtualService: {name: my-svc, routes: [http-primary]}
                  virtualNodeGroup:
                    canaryVirtualNodeRef: {name: my-vn-canary}
                    stableVirtualNodeRef: {name: my-vn-stable}
                """,
            stable: "my-svc-stable", canary: "my-svc-canary",
            before: """
                apiVersion: appmesh.k8s.aws/v1beta2
                kind: VirtualService
                metadata: {name: my-svc}
                spec: {awsName: my-svc.local, provider: {virtualRouter: {virtualRouterRef: {name: my-vrouter}}}}
                ---
                apiVersion: appmesh.k8s.aws/v1beta2
                kind: VirtualRouter
                metadata: {name: my-vrouter}
                spec:
                  listeners: [{portMapping: {port: 5000, protocol: http}}]
                  routes:
                  - name: http-primary
                    httpRoute:
                      match: {prefix: /}
                      action:
                        weightedTargets:
                        - {virtualNodeRef: {name: my-vn-canary}, weight: 0}
                        - {virtualNodeRef: {name: my-vn-stable}, weight: 100}
                ---
                apiVersion: appmesh.k8s.aws/v1beta2
                kind: VirtualNode
                metadata: {name: my-vn-canary}
                spec: {podSelector: {matchLabels: {app: my-app, rollouts-pod-template-hash: canary-hash}}}
                ---
                apiVersion: appmesh.k8s.aws/v1beta2
                kind: VirtualNode
                metadata: {name: my-vn-stable}
                spec: {podSelector: {matchLabels: {app: my-app, rollouts-pod-template-hash: stable-hash}}}
                """,
            after: """
                apiVersion: appmesh.k8s.aws/v1beta2
                kind: VirtualRouter
                metadata: {name: my-vrouter}
                spec:
                  listeners: [{portMapping: {port: 5000, protocol: http}}]
                  routes:
                  - name: http-primary
                    httpRoute:
                      match: {prefix: /}
                      action:
                        weightedTargets:
                        - {virtualNodeRef: {name: my-vn-canary}, weight: 30}
                        - {virtualNodeRef: {name: my-vn-stable}, weight: 70}
                ---
                apiVersion: appmesh.k8s.aws/v1beta2
                kind: VirtualNode
                metadata:
                  name: my-vn-canary
                  annotations: {argo-rollouts.argoproj.io/managed-by-rollouts: web}
                spec: {podSelector: {matchLabels: {app: my-app, rollouts-pod-template-hash: b}}}
                ---
                apiVersion: appmesh.k8s.aws/v1beta2
                kind: VirtualNode
                metadata:
                  name: my-vn-stable
                  annotations: {argo-rollouts.argoproj.io/managed-by-rollouts: web}
                spec: {podSelector: {matchLabels: {app: my-app, rollouts-pod-template-hash: a}}}
                """),
    ]

    static func rollout(_ example: Example) throws -> (Rollout, any TrafficRouter) {
        let services = example.stable.isEmpty
            ? "" : "  canaryService: \(example.canary)\n  stableService: \(example.stable)\n"
        let text = RenderStepTests.manifest("""
            canary:
            \(services)  trafficRouting:
            \(example.settings.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n"))
            """)
        let rollout = try #require(Rollout(RenderStepTests.documents(text)[0]))
        return (rollout, try #require(rollout.spec.strategy.canary?.trafficRouting?.routers.first))
    }

    @Test func everyRouterHasAnExample() throws {
        let keys = try Self.examples.map { type(of: try Self.rollout($0).1).key }
        #expect(keys.sorted() == TrafficRouters.all.map { $0.key })
    }

    @Test(arguments: examples) func itIsDivided(_ example: Example) throws {
        let (rollout, router) = try Self.rollout(example)
        let before = RouterWorld.objects(example.before)
        var world = World(rollout: rollout, objects: before)
        let changes = router.changes(for: RouterFidelityTests.intent(30), of: rollout, in: world)
        #expect(changes.problem == nil)
        RouterWorld.apply(changes, to: &world)
        let changed = world.objects.filter { before[$0.key] != $0.value }
        #expect(changed == RouterWorld.objects(example.after))
        #expect(Set(router.observedWeights(of: rollout, in: world)) == [30])
    }
}
