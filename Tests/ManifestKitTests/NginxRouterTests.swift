import Testing

@testable import ManifestKit

/// The canary's Ingress of ingress-nginx, for what the recorded scenarios do not have.
@Suite struct NginxRouterTests {
    static func strategy(_ nginx: String, more: String = "") -> String {
        """
        canary:
          canaryService: web-canary
          stableService: web-stable
          trafficRouting:
            nginx: \(nginx)\(more)
          steps: [{setWeight: 30}]
        """
    }

    static func ingress(_ spec: String, name: String = "web") -> String {
        """
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: \(name), namespace: shop, annotations: {kubernetes.io/ingress.class: internal, x: y}}
        spec: \(spec)
        """
    }

    static func canary(
        _ nginx: String = "{stableIngress: web}", more: String = "", in objects: String, name: String = "web-web-canary"
    ) throws -> JSONValue? {
        let rendering = try RenderStepTests.render(
            RenderStepTests.manifest(strategy(nginx, more: more)), objects: objects)
        let step = try #require(rendering.steps.dropFirst().first)
        return RenderStepTests.object(step, "Ingress", name)
    }

    private static func path(_ path: String, _ service: String) -> String {
        "{path: \(path), pathType: Prefix, backend: {service: {name: \(service), port: {number: 80}}}}"
    }

    /// The whole rule would take a share of the other services' requests too (argo-rollouts 3541).
    @Test func onlyPathsOfTheStableServiceAreCopied() throws {
        let object = try Self.canary(in: Self.ingress("""
            {ingressClassName: nginx, rules: [
              {host: a.example.com, http: {paths: [\(Self.path("/", "web-stable")), \(Self.path("/api", "api")),
                {path: /files, pathType: Prefix, backend: {resource: {kind: Bucket, name: files}}},
                \(Self.path("/more", "web-stable"))]}},
              {host: b.example.com, http: {paths: [\(Self.path("/", "api"))]}}, {host: c.example.com}]}
            """))
        let rules = object?["spec"]?["rules"]?.array ?? []
        #expect(rules.map { $0["host"]?.string } == ["a.example.com"])
        let paths = rules.first?["http"]?["paths"]?.array ?? []
        #expect(paths.map { $0["path"]?.string } == ["/", "/more"])
        #expect(paths.allSatisfy { $0["backend"]?["service"]?["name"] == "web-canary" })
        #expect(object?["spec"]?["ingressClassName"] == "nginx")
    }

    @Test func aDefaultBackendIsShared() throws {
        let object = try Self.canary(in: Self.ingress(
            "{defaultBackend: {service: {name: web-stable, port: {number: 80}}}}"))
        #expect(object?["spec"] == [
            "defaultBackend": ["service": ["name": "web-canary", "port": ["number": 80]]],
        ])
        let other = try Self.canary(in: Self.ingress("""
            {defaultBackend: {service: {name: api, port: {number: 80}}},
             rules: [{http: {paths: [\(Self.path("/", "web-stable"))]}}]}
            """))
        #expect(other?["spec"]?["defaultBackend"] == nil && other?["spec"]?["rules"]?.array?.count == 1)
    }

    @Test func annotationsAreThoseOfTheManifest() throws {
        let object = try Self.canary("""
            {stableIngress: web, annotationPrefix: custom.example.com, \
            additionalIngressAnnotations: {canary-by-header: me, custom.example.com/canary-by-cookie: c}, \
            canaryIngressAnnotations: {other.example.com/limit: "5"}}
            """, more: "\n    maxTrafficWeight: 1000",
            in: Self.ingress("{rules: [{http: {paths: [\(Self.path("/", "web-stable"))]}}]}"))
        #expect(object?["metadata"]?["annotations"] == [
            "custom.example.com/canary": "true", "custom.example.com/canary-by-cookie": "c",
            "custom.example.com/canary-by-header": "me", "custom.example.com/canary-weight": "30",
            "custom.example.com/canary-weight-total": "1000", "kubernetes.io/ingress.class": "internal",
            "other.example.com/limit": "5",
        ])
    }

    @Test func everyIngressGetsItsOwn() throws {
        let objects = ["web", "shop"].map {
            Self.ingress("{rules: [{http: {paths: [\(Self.path("/", "web-stable"))]}}]}", name: $0)
        }.joined(separator: "\n---\n")
        for name in ["web-web-canary", "web-shop-canary"] {
            let object = try Self.canary("{stableIngresses: [web, shop]}", in: objects, name: name)
            #expect(object?["metadata"]?["annotations"]?["nginx.ingress.kubernetes.io/canary-weight"] == "30")
        }
    }

    @Test func anIngressOfSomebodyElseIsLeftAlone() throws {
        var ideal = try PlannerTests.deployed("""
            canary:
              canaryService: c
              stableService: s
              trafficRouting: {nginx: {stableIngress: web}}
              steps: [{setWeight: 30}]
            """)
        let key = ObjectKey(.ingress, "web-web-canary")
        let foreign: JSONValue = [
            "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
            "metadata": ["name": "web-web-canary", "ownerReferences": [
                ["kind": "Rollout", "name": "other", "uid": "9", "controller": true],
            ]],
            "spec": ["rules": []],
        ]
        ideal.world.set(key, foreign)
        PlannerTests.setImage(&ideal, "example.com/web:3")
        try PlannerTests.settle(&ideal)
        #expect(ideal.world.objects[key] == foreign)
        #expect(ideal.world.rollout.status.currentStepIndex == 0 && PlannerTests.sizes(ideal)[0] == 4)
        #expect(ideal.reasons.contains { $0.contains("belongs to Rollout other: delete or rename it") })
    }

    @Test func unknownFieldsOfTheCanarysIngressStay() throws {
        var ideal = try PlannerTests.deployed("""
            canary:
              canaryService: c
              stableService: s
              trafficRouting: {nginx: {stableIngress: web}}
              steps: [{setWeight: 30}, {pause: {}}]
            """)
        let key = ObjectKey(.ingress, "web-web-canary")
        var object = try #require(ideal.world.objects[key])
        object.set(["metadata", "annotations", "team"], to: "shop")
        object.set(["metadata", "labels", "team"], to: "shop")
        object.set(["status", "loadBalancer"], to: ["ingress": [["ip": "10.0.0.1"]]])
        ideal.world.set(key, object)
        PlannerTests.setImage(&ideal, "example.com/web:3")
        try PlannerTests.settle(&ideal)
        var expected = object
        expected.set(["metadata", "annotations", "nginx.ingress.kubernetes.io/canary-weight"], to: "30")
        #expect(ideal.world.objects[key] == expected)
    }
}
