import Testing

@testable import ManifestKit

/// Which objects routers look at, and what follows from the shares that they see there.
@Suite struct RouterObservationTests {
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

    /// Each router says by itself which pods its objects select.
    @Test func theHashesOfAllRoutersAreSeen() throws {
        let (rollout, _) = try RouterFidelityTests.rollout("""
            nginx: {stableIngress: web}
            istio:
              virtualService: {name: web}
              destinationRule: {name: web, canarySubsetName: c, stableSubsetName: s}
            """)
        let hashes = rollout.routedHashes(in: RouterWorld.objects("""
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: web}
            spec:
              subsets:
              - {name: s, labels: {rollouts-pod-template-hash: a}}
              - {name: c, labels: {rollouts-pod-template-hash: b}}
            """, seenFrom: rollout))
        #expect(hashes.map { $0?.new } == ["b", nil] && hashes.map { $0?.stable } == ["a", nil])
    }

    @Test(arguments: [
        ("matchLabels: {a: b}", ["a": "b"]), ("matchExpressions: [{key: a, operator: In, values: [x, y]}]", ["a": "x"]),
        ("matchLabels: {a: z}, matchExpressions: [{key: a, operator: In, values: [x, z]}]", ["a": "z"]),
        ("matchExpressions: [{key: a, operator: Exists}, {key: b, operator: DoesNotExist}]", ["a": "true"]),
        ("matchExpressions: [{key: a, operator: NotIn, values: [x]}]", [:]), ("matchLabels: {}", [:]),
        ("matchLabels: {a: b}, matchExpressions: [{key: a, operator: DoesNotExist}]", nil),
        ("matchExpressions: [{key: a, operator: Wrong, values: [x]}]", nil),
    ] as [(String, [String: String]?)])
    func theFewestLabelsThatMeetASelector(_ selector: String, _ labels: [String: String]?) throws {
        let object = try #require(RenderStepTests.documents("{\(selector)}").first)
        let found = LabelSelector(object: object).leastLabels
        #expect(found.map { Dictionary(uniqueKeysWithValues: $0.fields.map { ($0.key, $0.value.string ?? "") }) } == labels)
    }
}
