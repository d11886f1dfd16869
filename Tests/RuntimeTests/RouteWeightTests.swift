import ManifestKit
import Testing

@testable import RolloutRuntime

/// The weights in routes are added up by what stands in the routes, and only where they are the Rollout's.
@Suite struct RouteWeightTests {
    static let kinds: [ResourceKind] = [.httpRoute, .grpcRoute, .tcpRoute, .tlsRoute]

    /// The world of `InvariantTests` with another router, and an object of it.
    static func world(_ routing: JSONValue, _ key: ObjectKey, _ object: JSONValue) throws -> ObservedWorld {
        var world = try InvariantTests.world {
            $0.set(["spec", "strategy", "canary", "trafficRouting"], to: routing)
        }
        world.objects[InvariantTests.ingress] = nil
        world.objects[key] = object
        world.observeShare()
        return world
    }

    /// A route of Gateway API with backends in its rules, each a name with a weight.
    static func route(_ kind: ResourceKind, _ rules: [[(String, Int)]]) -> JSONValue {
        let list = rules.map { backends -> JSONValue in
            let mirror: JSONValue = ["type": "RequestMirror", "requestMirror": [
                "backendRef": ["name": "new", "port": 80, "weight": 7], "percent": 10,
            ]]
            let references = backends.map { name, weight -> JSONValue in
                ["name": .string(name), "port": 80, "weight": .int(weight)]
            }
            return ["filters": [mirror], "backendRefs": .array(references)]
        }
        return [
            "apiVersion": "gateway.networking.k8s.io/v1", "kind": .string(kind.name),
            "metadata": ["name": "web", "namespace": "shop"], "spec": ["rules": .array(list)],
        ]
    }

    /// What the weight invariant says of a write that gives a route other rules.
    static func violation(
        _ kind: ResourceKind, _ rules: [[(String, Int)]], maximum: Int = 100,
        by actor: ObservedChange.Actor = .controller
    ) throws -> String? {
        let key = ObjectKey(kind, "web")
        let plugins: JSONValue = ["argoproj-labs/gatewayAPI": ["\(kind.name.prefix(4).lowercased())Route": "web"]]
        var routing: JSONValue = ["plugins": plugins]
        if maximum != 100 { routing["maxTrafficWeight"] = .int(maximum) }
        let before = try world(routing, key, route(kind, [[("old", maximum), ("new", 0)]]))
        var after = before
        after.objects[key] = route(kind, rules)
        return WeightInvariant.violation(
            by: ObservedChange(actor: actor, kind: .object(key), before: before, after: after))
    }

    @Test(arguments: kinds) func rulesOfGatewayAPIComeToTheMaximum(_ kind: ResourceKind) throws {
        #expect(try Self.violation(kind, [[("old", 80), ("new", 20)]]) == nil)
        let broken = try Self.violation(kind, [[("old", 80), ("new", 30)]])
        #expect(broken == "\(kind.name) web: the weights of rules[0] are 80, 30")
        #expect(try Self.violation(kind, [[("old", 80), ("new", 20)], [("new", 20), ("old", 70)]]) != nil)
        #expect(try Self.violation(kind, [[("old", 110), ("new", -10)]]) != nil)
        #expect(try Self.violation(kind, [[("old", 80), ("new", 30)]], by: .user) == nil)
    }

    @Test(arguments: kinds) func theMaximumMayBeAnother(_ kind: ResourceKind) throws {
        #expect(try Self.violation(kind, [[("old", 995), ("new", 5)]], maximum: 1000) == nil)
        #expect(try Self.violation(kind, [[("old", 95), ("new", 5)]], maximum: 1000)?.hasSuffix("95, 5 of 1000") == true)
    }

    @Test func rulesOfOthersAndCopiesAreLeftOut() throws {
        let own = [("old", 80), ("new", 20)]
        #expect(try Self.violation(.httpRoute, [own, [("other", 3), ("another", 4)]]) == nil)
        #expect(try Self.violation(.httpRoute, [own, [("old", 3), ("another", 4)]]) == nil)
        #expect(try Self.violation(.httpRoute, [own, [("new", 1)]]) == nil, "a route for headers")
        #expect(try Self.violation(.httpRoute, [own + [("other", 5)]]) == nil)
        #expect(try Self.violation(.httpRoute, [[("old", 80), ("new", 25), ("other", -5)]]) != nil)
    }

    @Test func sharesOfExperimentsCount() throws {
        let key = ObjectKey(.httpRoute, "web")
        let routing: JSONValue = ["plugins": ["argoproj-labs/gatewayAPI": ["httpRoute": "web"]]]
        var before = try Self.world(routing, key, Self.route(.httpRoute, [[("old", 100), ("new", 0)]]))
        before.experiments["try"] = Experiment([
            "metadata": ["name": "try"], "spec": ["templates": [["name": "a"]]],
            "status": ["templateStatuses": [["name": "a", "serviceName": "try-a"]]],
        ])
        func violation(_ rule: [(String, Int)]) -> String? {
            var after = before
            after.objects[key] = Self.route(.httpRoute, [rule])
            let change = ObservedChange(actor: .controller, kind: .object(key), before: before, after: after)
            return WeightInvariant.violation(by: change)
        }
        #expect(before.experiments["try"] != nil)
        #expect(violation([("old", 90), ("new", 0), ("try-a", 10)]) == nil)
        #expect(violation([("old", 100), ("new", 0), ("try-a", 10)]) != nil)
    }

    /// Services of others in a list keep their weights, so only those of the two versions come to a whole.
    @Test func servicesOfOthersAreLeftOut() throws {
        let key = ObjectKey(.traefikService, "web")
        func object(_ weights: [(String, Int)]) -> JSONValue {
            let services = weights.map { name, weight -> JSONValue in ["name": .string(name), "weight": .int(weight)] }
            return ["metadata": ["name": "web"], "spec": ["weighted": ["services": .array(services)]]]
        }
        let routing: JSONValue = ["traefik": ["weightedTraefikServiceName": "web"]]
        let before = try Self.world(routing, key, object([("old", 90), ("new", 0), ("other", 10)]))
        func violation(_ weights: [(String, Int)]) -> String? {
            var after = before
            after.objects[key] = object(weights)
            let change = ObservedChange(actor: .controller, kind: .object(key), before: before, after: after)
            return WeightInvariant.violation(by: change)
        }
        #expect(violation([("old", 80), ("new", 20), ("other", 10)]) == nil)
        #expect(violation([("old", 80), ("new", 10), ("other", 10)]) != nil)
    }
}
