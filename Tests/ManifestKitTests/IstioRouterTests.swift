import Testing

@testable import ManifestKit

/// Routes of VirtualServices by name, by port and by server name, hosts and subsets, and several VirtualServices.
@Suite struct IstioRouterTests {
    /// A Rollout and its VirtualServices, all in namespace `shop` unless they say otherwise.
    private struct Scene {
        var rollout: Rollout
        var router: any TrafficRouter
        var world: World

        init(_ istio: String, _ objects: String) throws {
            (rollout, router) = try RouterFidelityTests.rollout("istio: \(istio)")
            world = World(rollout: rollout, objects: RouterWorld.objects(objects, seenFrom: rollout))
        }

        /// What is in the way of a share; the same share again must change nothing.
        mutating func divide(_ weight: Int) -> String? {
            let changes = router.changes(for: RouterFidelityTests.intent(weight), of: rollout, in: world)
            RouterWorld.apply(changes, to: &world)
            if changes.problem == nil {
                let again = router.changes(for: RouterFidelityTests.intent(weight), of: rollout, in: world)
                #expect(again.actions.isEmpty && again.problem == nil)
            }
            return changes.problem
        }

        /// The weights of the canary and of the stable version in each route of a list; nil for one that has none.
        func weights(_ list: String, _ name: String = "web", in namespace: String? = nil) -> [[Int?]] {
            let key = ObjectKey(.virtualService, name, namespace: namespace)
            return (world.objects[key]?["spec"]?[list]?.array ?? []).map { route in
                (route["route"]?.array ?? []).map { $0["weight"]?.integer }
            }
        }
    }

    private static func virtualService(
        _ spec: String, name: String = "web", namespace: String = "shop"
    ) -> String {
        """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: \(name), namespace: \(namespace)}
        spec:
          hosts: [web.example.com]
        \(spec.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n"))
        """
    }

    private static let both = "route: [{destination: {host: c}, weight: 0}, {destination: {host: s}, weight: 100}]"

    // MARK: HTTP

    @Test func onlyTheNamedRoutesAreDivided() throws {
        var scene = try Scene("{virtualService: {name: web, routes: [second, first]}}", Self.virtualService("""
            http:
            - {name: first, \(Self.both)}
            - {name: other, route: [{destination: {host: elsewhere}}]}
            - {name: second, match: [{uri: {prefix: /api}}], \(Self.both)}
            - {name: third, \(Self.both)}
            """))
        #expect(scene.divide(30) == nil)
        #expect(scene.weights("http") == [[30, 70], [nil], [30, 70], [0, 100]])
        #expect(scene.router.observedWeights(of: scene.rollout, in: scene.world) == [30, 30])
    }

    @Test func anUnnamedRouteHasToBeTheOnlyOne() throws {
        var scene = try Scene("{virtualService: {name: web}}", Self.virtualService("http: [{\(Self.both)}]"))
        #expect(scene.divide(30) == nil)
        #expect(scene.weights("http") == [[30, 70]])
        // The reference refuses it as well.
        scene = try Scene(
            "{virtualService: {name: web}}", Self.virtualService("http: [{\(Self.both)}, {name: b, \(Self.both)}]"))
        #expect(scene.divide(30)
            == "VirtualService web has several http routes; the Rollout has to name those to divide under routes")
        #expect(scene.weights("http") == [[0, 100], [0, 100]])
    }

    @Test func aNamedRouteHasToBeThere() throws {
        var scene = try Scene(
            "{virtualService: {name: web, routes: [a, b]}}", Self.virtualService("http: [{name: a, \(Self.both)}]"))
        #expect(scene.divide(30) == "VirtualService web has no route b")
        #expect(scene.weights("http") == [[0, 100]])
    }

    @Test(arguments: ["{}", "http: []", "http: 7\ntls: {}"])
    func aVirtualServiceWithoutRoutesHoldsTheUpdate(_ spec: String) throws {
        var scene = try Scene("{virtualService: {name: web}}", Self.virtualService(spec == "{}" ? "gateways: []" : spec))
        #expect(scene.divide(30) == "VirtualService web has no http, tls or tcp routes")
    }

    // MARK: TLS and TCP

    /// https://istio.io/latest/docs/reference/config/networking/virtual-service/#TLSRoute, with two versions.
    private static let tls = virtualService("""
        tls:
        - {match: [{port: 443, sniHosts: [login.bookinfo.com]}], \(both)}
        - {match: [{port: 443, sniHosts: [a.bookinfo.com]}, {port: 443, sniHosts: [b.bookinfo.com]}], \(both)}
        - {match: [{port: 8443, sniHosts: [login.bookinfo.com]}], \(both)}
        - {match: [{port: 443, sniHosts: [x]}, {port: 444, sniHosts: [x]}], \(both)}
        - {match: [{sniHosts: [anywhere]}], \(both)}
        """)

    @Test(arguments: [
        ("[{port: 443, sniHosts: [login.bookinfo.com]}]", [0]),
        ("[{port: 443, sniHosts: [b.bookinfo.com, a.bookinfo.com]}]", [1]),
        ("[{port: 8443, sniHosts: [login.bookinfo.com]}, {port: 443, sniHosts: [login.bookinfo.com]}]", [0, 2]),
        ("[{sniHosts: [anywhere]}]", [4]),
    ])
    func tlsRoutesAreFoundByPortAndServerNames(_ routes: String, _ expected: [Int]) throws {
        var scene = try Scene("{virtualService: {name: web, tlsRoutes: \(routes)}}", Self.tls)
        #expect(scene.divide(30) == nil)
        #expect(scene.weights("tls") == (0..<5).map { expected.contains($0) ? [30, 70] : [0, 100] })
    }

    @Test(arguments: [
        ("[{port: 443, sniHosts: [a.bookinfo.com]}]", "VirtualService web has no tls route of port 443 and a.bookinfo.com"),
        ("[{port: 443, sniHosts: [login.bookinfo.com]}, {port: 443}]", "VirtualService web has no tls route of port 443"),
        ("[{port: 443, sniHosts: [x]}]", "VirtualService web has no tls route of port 443 and x"),
        ("[]", "VirtualService web has several tls routes; the Rollout has to name those to divide under tlsRoutes"),
    ])
    func aTLSRouteThatIsNotThereHoldsTheUpdate(_ routes: String, _ problem: String) throws {
        var scene = try Scene("{virtualService: {name: web, tlsRoutes: \(routes)}}", Self.tls)
        #expect(scene.divide(30) == problem)
        #expect(scene.weights("tls").allSatisfy { $0 == [0, 100] })
    }

    /// https://istio.io/latest/docs/reference/config/networking/virtual-service/#TCPRoute, with two versions.
    private static let tcp = virtualService("""
        tcp:
        - {match: [{port: 27017}], \(both)}
        - {match: [{port: 3306}, {port: 3306, sourceLabels: {app: x}}], \(both)}
        - {match: [{port: 1}, {port: 2}], \(both)}
        """)

    @Test func tcpRoutesAreFoundByPort() throws {
        var scene = try Scene("{virtualService: {name: web, tcpRoutes: [{port: 3306}]}}", Self.tcp)
        #expect(scene.divide(30) == nil)
        #expect(scene.weights("tcp") == [[0, 100], [30, 70], [0, 100]])
        scene = try Scene("{virtualService: {name: web, tcpRoutes: [{port: 3306}, {port: 1}]}}", Self.tcp)
        #expect(scene.divide(30) == "VirtualService web has no tcp route of port 1")
        #expect(scene.weights("tcp")[1] == [0, 100])
        scene = try Scene("{virtualService: {name: web}}", Self.tcp)
        #expect(scene.divide(30)?.contains("several tcp routes") == true)
    }

    @Test func allListsOfAVirtualServiceAreDividedTogether() throws {
        var scene = try Scene(
            "{virtualService: {name: web, routes: [main], tcpRoutes: [{port: 5432}]}}", Self.virtualService("""
                http: [{name: main, \(Self.both)}]
                tls: [{match: [{port: 443, sniHosts: [x]}], \(Self.both)}]
                tcp: [{match: [{port: 5432}], \(Self.both)}, {match: [{port: 5433}], \(Self.both)}]
                """))
        #expect(scene.divide(60) == nil)
        #expect(scene.weights("http") == [[60, 40]] && scene.weights("tls") == [[60, 40]])
        #expect(scene.weights("tcp") == [[60, 40], [0, 100]])
    }

    // MARK: Hosts and subsets

    @Test(arguments: ["c", "c.shop", "c.shop.svc.cluster.local"])
    func aHostIsAServiceInWhateverForm(_ host: String) throws {
        var scene = try Scene("{virtualService: {name: web}}", Self.virtualService("""
            http:
            - route:
              - {destination: {host: \(host), port: {number: 80}}, weight: 0, headers: {request: {set: {a: b}}}}
              - {destination: {host: s}, weight: 100}
            """))
        #expect(scene.divide(25) == nil)
        #expect(scene.weights("http") == [[25, 75]])
        let first = scene.world.object(.virtualService, "web")?["spec"]?["http"]?[0]?["route"]?[0]
        #expect(first?["headers"] == ["request": ["set": ["a": "b"]]])
    }

    /// https://istio.io/latest/docs/reference/config/networking/destination-rule/#Subset
    @Test func subsetsFollowTheHashesAndHaveTheWeights() throws {
        let subsets = """
            route: [{destination: {host: reviews, subset: v2}, weight: 0}, {destination: {host: reviews, subset: v1}, weight: 100}]
            """
        var scene = try Scene(
            "{virtualService: {name: web}, destinationRule: {name: web, canarySubsetName: v2, stableSubsetName: v1}}",
            Self.virtualService("http: [{\(subsets)}]") + "\n" + """
                ---
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: web, namespace: shop}
                spec:
                  host: reviews
                  trafficPolicy: {loadBalancer: {simple: RANDOM}}
                  subsets:
                  - {name: v1, labels: {version: v1}}
                  - {name: v2, labels: {version: v2}, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}}
                """)
        #expect(scene.divide(40) == nil)
        #expect(scene.weights("http") == [[40, 60]])
        let rule = scene.world.object(.destinationRule, "web")
        #expect(rule?["spec"] == [
            "host": "reviews", "trafficPolicy": ["loadBalancer": ["simple": "RANDOM"]],
            "subsets": [
                ["name": "v1", "labels": ["version": "v1", "rollouts-pod-template-hash": "a"]],
                [
                    "name": "v2", "labels": ["version": "v2", "rollouts-pod-template-hash": "b"],
                    "trafficPolicy": ["loadBalancer": ["simple": "ROUND_ROBIN"]],
                ],
            ],
        ])
        #expect(scene.router.versionHashes(in: scene.world.objects)?.new == "b")
    }

    // MARK: Several VirtualServices

    @Test func severalVirtualServicesAreDividedAlike() throws {
        let objects = [
            Self.virtualService("http: [{\(Self.both)}]"),
            Self.virtualService("http: [{name: a, \(Self.both)}, {name: b, \(Self.both)}]", name: "api"),
            Self.virtualService("tcp: [{match: [{port: 1}], \(Self.both)}]", name: "web", namespace: "edge"),
        ].joined(separator: "\n---\n")
        let settings = "{virtualServices: [{name: web}, {name: api, routes: [b]}, {name: web.edge}]}"
        var scene = try Scene(settings, objects)
        #expect(scene.router.objects(for: scene.rollout).map(\.namespace) == [nil, nil, "edge"])
        #expect(scene.divide(35) == nil)
        #expect(scene.weights("http") == [[35, 65]] && scene.weights("http", "api") == [[0, 100], [35, 65]])
        #expect(scene.weights("tcp", in: "edge") == [[35, 65]])
        #expect(scene.router.observedWeights(of: scene.rollout, in: scene.world) == [35, 35, 35])
        // One that cannot be divided holds all of them.
        scene = try Scene(settings, objects.replacing("name: b,", with: "name: d,"))
        #expect(scene.divide(35) == "VirtualService api has no route b")
        #expect(scene.weights("http") == [[0, 100]] && scene.weights("tcp", in: "edge") == [[0, 100]])
    }
}
