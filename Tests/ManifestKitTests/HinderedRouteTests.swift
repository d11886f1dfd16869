import Testing

@testable import ManifestKit

/// What people are told, and what goes on, while a router cannot divide the traffic.
@Suite struct HinderedRouteTests {
    private static let key = ObjectKey(.traefikService, "web")
    private static let broken: JSONValue = ["metadata": ["name": "web"], "spec": ["mirroring": ["name": "s"]]]
    private static let problem = "TraefikService web has no weighted services"
    private static let said = "the traffic cannot be divided: \(problem)"

    private static func deployed(
        _ steps: String = "[{setWeight: 20}, {pause: {}}, {setWeight: 60}, {pause: {}}]", nginx: Bool = false
    ) throws -> IdealWorld {
        try PlannerTests.deployed("""
            canary:
              canaryService: c
              stableService: s
              trafficRouting:
                traefik: {weightedTraefikServiceName: web}
                \(nginx ? "nginx: {stableIngress: web}" : "")
              steps: \(steps)
            """)
    }

    /// Lets everything come to rest, and returns what people were told of routes.
    private static func told(_ ideal: inout IdealWorld) throws -> [String] {
        var messages: [String] = []
        for _ in 0..<50 {
            let pass = ideal.planner.passes(ideal.world, now: ideal.now)
            messages += pass.actions.compactMap { action in
                guard case .emit(let event) = action, event.reason == "TrafficRoutingError" else { return nil }
                #expect(event.kind == .warning)
                return event.message
            }
            ideal.world = pass.world
            guard ideal.followUp() || !pass.actions.isEmpty else { return messages }
        }
        Issue.record("it does not come to rest")
        return messages
    }

    private static func share(_ ideal: IdealWorld) -> String? {
        let ingress = ideal.world.object(.ingress, "web-web-canary")
        return ingress?["metadata"]?["annotations"]?["nginx.ingress.kubernetes.io/canary-weight"]?.string
    }

    // MARK: What is said

    /// Only the log knew, until the next update stood still.
    @Test func aHealthyRolloutSaysThatItsRouteIsBroken() throws {
        var ideal = try Self.deployed()
        let good = try #require(ideal.world.objects[Self.key])
        ideal.world.set(Self.key, Self.broken)
        #expect(try Self.told(&ideal) == [Self.problem])
        #expect(ideal.world.rollout.status.phase == .healthy)
        #expect(ideal.world.rollout.status.message == Self.said)
        #expect(ideal.planner.plan(ideal.world, now: ideal.now.after(3_600)).actions.isEmpty, "said once, and at rest")
        // A change of size writes a status for itself; it is no news about the route.
        var rollout = ideal.world.rollout
        rollout.spec.declaredReplicas = 7
        ideal.world.replaceManifest(with: rollout)
        #expect(try Self.told(&ideal).isEmpty)
        #expect(ideal.world.rollout.status.message == Self.said)
        #expect(ideal.world.rollout.status.availableReplicas == 7, "sizes do not wait for routes")
        ideal.world.set(Self.key, good)
        #expect(try Self.told(&ideal).isEmpty)
        #expect(ideal.world.rollout.status.phase == .healthy && ideal.world.rollout.status.message.isEmpty)
    }

    @Test func aPausedAndAnAbortedUpdateSaySoToo() throws {
        var ideal = try Self.deployed()
        PlannerTests.setImage(&ideal, "example.com/web:2")
        #expect(try Self.told(&ideal).isEmpty)
        #expect(ideal.world.rollout.status.message == "CanaryPauseStep")
        ideal.world.set(Self.key, Self.broken)
        #expect(try Self.told(&ideal) == [Self.problem])
        #expect(ideal.world.rollout.status.message == "CanaryPauseStep; \(Self.said)")
        #expect(ideal.planner.plan(ideal.world, now: ideal.now).actions.isEmpty)
        ideal.world.rollout.status.isAborted = true
        #expect(try Self.told(&ideal).isEmpty)
        #expect(ideal.world.rollout.status.phase == .degraded)
        #expect(
            ideal.world.rollout.status.message
                == "RolloutAborted: Rollout aborted update to revision 2; \(Self.said)")
        #expect(ideal.planner.plan(ideal.world, now: ideal.now).actions.isEmpty)
    }

    // MARK: Several routers

    /// All are looked at before any is written.
    @Test func noRouterIsWrittenWhereALaterOneCannotDivide() throws {
        var ideal = try Self.deployed(nginx: true)
        #expect(TrafficRouters.all.map { $0.key }.filter { ["nginx", "traefik"].contains($0) } == ["nginx", "traefik"])
        #expect(Self.share(ideal) == "0")
        ideal.world.set(Self.key, Self.broken)
        PlannerTests.setImage(&ideal, "example.com/web:2")
        #expect(try Self.told(&ideal) == [Self.problem])
        #expect(Self.share(ideal) == "0", "the first has no share of its own")
        #expect(ideal.world.rollout.status.currentStepIndex == 0)
        #expect(ideal.world.rollout.status.weights?.canary.weight == 0)
        #expect(ideal.world.rollout.status.stableHash != ideal.world.rollout.status.currentPodHash)
    }

    /// What goes back to the stable version waits for nobody: an abort is not the moment for that.
    @Test func anAbortGoesBackWhereItCan() throws {
        var ideal = try Self.deployed(nginx: true)
        PlannerTests.setImage(&ideal, "example.com/web:2")
        _ = try Self.told(&ideal)
        #expect(Self.share(ideal) == "20")
        ideal.world.set(Self.key, Self.broken)
        ideal.world.rollout.status.isAborted = true
        #expect(try Self.told(&ideal) == [Self.problem])
        #expect(Self.share(ideal) == "0")
        #expect(ideal.world.rollout.status.weights?.canary.weight == 20, "the status does not say what is not so")
        #expect(PlannerTests.sizes(ideal).allSatisfy { $0 > 0 }, "the other router may still send requests there")
    }

    /// The route for headers of the first VirtualService was added though the second could not be divided.
    @Test func noVirtualServiceIsWrittenWhereAnotherCannotBeDivided() throws {
        let both = "route: [{destination: {host: s}, weight: 100}, {destination: {host: c}, weight: 0}]"
        let (rollout, router) = try RouterFidelityTests.rollout("""
            managedRoutes: [{name: h}]
            istio: {virtualServices: [{name: one}, {name: two}]}
            """)
        var intent = TrafficIntent(now: KubernetesTime(seconds: 0))
        intent.weight = 20
        intent.headerRoute = SetHeaderRouteStep(
            ["name": "h", "match": [["headerName": "a", "headerValue": ["exact": "b"]]]])
        func changes(_ second: String) -> RouteChanges {
            let world = World(rollout: rollout, objects: RouterWorld.objects("""
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: one}
                spec: {http: [{\(both)}]}
                ---
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: two}
                spec: {http: [{\(second)}]}
                """, seenFrom: rollout))
            return router.changes(for: intent, of: rollout, in: world)
        }
        #expect(changes(both).actions.count == 8 && changes(both).problem == nil)
        let held = changes("route: [{destination: {host: s}}]")
        #expect(held.actions.isEmpty && held.problem?.contains("does not lead to the canary") == true)
    }

    // MARK: ALB

    private static func rendered(_ steps: String, _ spec: String) throws -> RolloutRendering {
        try RenderStepTests.render(RenderStepTests.manifest("""
            canary:
              canaryService: c
              stableService: s
              trafficRouting: {managedRoutes: [{name: h}], alb: {ingress: web, servicePort: 80}}
              steps: \(steps)
            """), objects: """
            apiVersion: networking.k8s.io/v1
            kind: Ingress
            metadata: {name: web}
            spec: {\(spec)}
            """)
    }

    private static func ingress(_ rendering: RolloutRendering, _ step: Int) -> JSONValue? {
        rendering.steps.first { $0.index == step }?.objects.first { $0["kind"] == "Ingress" }
    }

    private static let header = "{setHeaderRoute: {name: h, match: [{headerName: a, headerValue: {exact: b}}]}}"
    private static let backend = "{service: {name: s, port: {name: use-annotation}}}"

    /// A default backend takes weights; a route for headers was written where nothing read it.
    @Test func aDefaultBackendTakesNoRoutesForHeaders() throws {
        let plain = try Self.rendered("[{setWeight: 20}]", "defaultBackend: \(Self.backend)")
        let action = Self.ingress(plain, 0)?["metadata"]?["annotations"]?["alb.ingress.kubernetes.io/actions.s"]
        #expect(action?.string?.contains(#""Weight":20"#) == true, "\(plain.notes)")
        let hindered = try Self.rendered(
            "[{setWeight: 20}, \(Self.header), {setWeight: 50}]", "defaultBackend: \(Self.backend)")
        #expect(hindered.notes.contains { $0.contains("by its default backend alone, which takes no routes") })
        let weights = hindered.steps.flatMap(\.objects).compactMap {
            $0["metadata"]?["annotations"]?["alb.ingress.kubernetes.io/actions.s"]?.string
        }
        #expect(!weights.contains { $0.contains(#""Weight":20"#) }, "no traffic moves")
    }

    /// The load balancer's controller puts Prefix paths before one for all of no type, which nothing came to.
    @Test func aRouteForHeadersComesBeforeThePathOfTheSameType() throws {
        let rendering = try Self.rendered(
            "[{setWeight: 20}, \(Self.header), {setWeight: 50}]", """
            rules: [{http: {paths: [{path: /, pathType: Prefix, backend: \(Self.backend)},
              {path: /health, pathType: Exact, backend: \(Self.backend)}]}},
              {host: b, http: {paths: [{path: "/*", pathType: ImplementationSpecific, backend: \(Self.backend)}]}}]
            """)
        func paths(_ step: Int) -> [[String]] {
            (Self.ingress(rendering, step)?["spec"]?["rules"]?.array ?? []).map { rule in
                (rule["http"]?["paths"]?.array ?? []).map {
                    "\($0.text("pathType") ?? "") \($0.text("path") ?? "") \(Ingress.service(of: $0) ?? "")"
                }
            }
        }
        let (prefix, exact) = ("Prefix /", "Exact /health")
        let any = "ImplementationSpecific /*"
        #expect(paths(0) == [["\(prefix) s", "\(exact) s"], ["\(any) s"]])
        #expect(paths(2) == [
            ["\(prefix) h", "\(exact) h", "\(prefix) s", "\(exact) s"], ["\(any) h", "\(any) s"],
        ], "\(rendering.notes)")
        #expect(paths(4).isEmpty || paths(4) == paths(0))
    }

    // MARK: OpenShift

    /// The API server would refuse the write, when other routers have their share already.
    @Test func aRouteHasPlaceForTheCanary() throws {
        let (rollout, router) = try RouterFidelityTests.rollout("plugins: {argoproj-labs/openshift: {routes: [web]}}")
        var intent = TrafficIntent(now: KubernetesTime(seconds: 0))
        func problem(_ others: [String]) -> String? {
            let world = World(rollout: rollout, objects: RouterWorld.objects("""
                apiVersion: route.openshift.io/v1
                kind: Route
                metadata: {name: web}
                spec: {to: {kind: Service, name: s}, alternateBackends: [\(others.joined(separator: ", "))]}
                """, seenFrom: rollout))
            return router.changes(for: intent, of: rollout, in: world).problem
        }
        let others = ["{name: x}", "{name: y}", "{name: z}"]
        for weight in [0, 20] {
            intent.weight = weight
            #expect(problem(Array(others.prefix(2))) == nil && problem(others.dropLast() + ["{name: c}"]) == nil)
            #expect(problem(others)?.contains("no place for service c") == true)
        }
    }
}
