/// OpenShift: the alternate backend of a Route takes the canary's share, as the plugin of the reference has it.
///
/// Without a share there is no such backend. Other alternate backends stay as they are.
public struct OpenShiftRouter: TrafficRouter {
    public static let key = "openshift"
    public static let plugin: String? = "argoproj-labs/openshift"
    public static let capabilities = TrafficRouterCapabilities(key, "OpenShift")
    /// How many alternate backends a Route may have; an API server refuses more.
    private static let greatestCount = 3
    /// What a Route gives a backend that says nothing.
    private static let defaultWeight = 100
    private let named: [ObjectKey]

    public init(_ settings: JSONValue) {
        named = settings.texts("routes").map { name in
            let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
            return parts.count == 2
                ? ObjectKey(.openShiftRoute, parts[1], namespace: parts[0]) : ObjectKey(.openShiftRoute, name)
        }
    }

    public func objects(for rollout: Rollout) -> [ObjectKey] { named.map { $0.seen(from: rollout) } }

    public func placeholder(for key: ObjectKey, of rollout: Rollout) -> JSONValue {
        let stable = VersionServices(rollout, prefersPingPong: false).stable
        return [
            "apiVersion": "route.openshift.io/v1", "kind": "Route", "metadata": ["name": .string(key.name)],
            "spec": ["to": ["kind": "Service", "name": .string(stable), "weight": .int(Self.defaultWeight)]],
        ]
    }

    public func changes(for intent: TrafficIntent, of rollout: Rollout, in world: World) -> RouteChanges {
        var changes = RouteChanges()
        guard !intent.leavesTraffic else { return changes }
        guard !named.isEmpty else { return .problem("the Rollout names no Route") }
        let shares = VersionShares(rollout, intent.weight)
        for key in objects(for: rollout) {
            guard let object = world.objects[key] else { return .problem("there is no Route \(key.name)") }
            guard let to = object["spec"]?["to"], Self.isService(to, shares.stable.service) else {
                return .problem("Route \(key.name) does not lead to service \(shares.stable.service)")
            }
            let others = object["spec"]?["alternateBackends"]?.array ?? []
            // Said before a weight is asked for: one Route that cannot follow would be found when others have.
            let hasCanary = others.contains { Self.isService($0, shares.canary.service) }
            guard hasCanary || others.count < Self.greatestCount else {
                return .problem(
                    "Route \(key.name) has \(others.count) alternate backends and can have \(Self.greatestCount): "
                        + "there is no place for service \(shares.canary.service)")
            }
            changes.actions += Self.divided(RouteDraft(key, object), shares).actions
        }
        return changes
    }

    private static func divided(_ route: RouteDraft, _ shares: VersionShares) -> RouteDraft {
        var draft = route
        let path = ["spec", "alternateBackends"]
        var others = route.object["spec"]?["alternateBackends"]?.array ?? []
        let place = others.firstIndex { isService($0, shares.canary.service) }
        let old = route.object["spec"]?["to"]?.count("weight") ?? defaultWeight
        if old != shares.stable.weight { draft.object.set(["spec", "to", "weight"], to: .int(shares.stable.weight)) }
        guard shares.canary.weight > 0 else {
            // Before the first update a Route may name the canary with no share; that is its author's choice.
            guard let place, old != shares.stable.weight || others[place].count("weight") != 0 else { return draft }
            others.remove(at: place)
            draft.object.set(path, to: others.isEmpty ? nil : .array(others))
            return draft
        }
        if let place {
            others[place].setWeight(shares.canary.weight)
        } else {
            others.append([
                "kind": "Service", "name": .string(shares.canary.service), "weight": .int(shares.canary.weight),
            ])
        }
        draft.object.set(path, to: .array(others))
        return draft
    }

    public func observedWeights(of rollout: Rollout, in world: World) -> [Int] {
        objects(for: rollout).compactMap { key in
            guard let spec = world.objects[key]?["spec"] else { return nil }
            let backends = (spec["to"].map { [$0] } ?? []) + (spec["alternateBackends"]?.array ?? [])
            let share = RouteShare(
                backends, rollout, defaultWeight: Self.defaultWeight, isDestination: Self.isService)
            return share?.of(rollout.spec.strategy.maximumWeight) ?? 0
        }
    }

    private static func isService(_ backend: JSONValue, _ name: String) -> Bool {
        backend["name"]?.string == name && backend.text("kind") ?? "Service" == "Service"
    }

    public static func check(_ settings: YAMLNode, _ findings: inout Findings) {
        RouterSettings.checkNames("routes", "Route", settings, &findings)
    }
}
