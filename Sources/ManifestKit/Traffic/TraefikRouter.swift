/// Traefik: a weighted TraefikService divides the traffic between the two services that it names.
///
/// Something has to lead to the TraefikService, as a route of an IngressRoute does; that is left alone.
public struct TraefikRouter: TrafficRouter {
    public static let key = "traefik"
    public static let capabilities = TrafficRouterCapabilities(key, "Traefik")
    private static let list = ["spec", "weighted", "services"]
    private let name: String?

    public init(_ settings: JSONValue) { name = settings.text("weightedTraefikServiceName") }

    public func objects(for rollout: Rollout) -> [ObjectKey] { name.map { [ObjectKey(.traefikService, $0)] } ?? [] }

    public func placeholder(for key: ObjectKey, of rollout: Rollout) -> JSONValue {
        let services = VersionServices(rollout, prefersPingPong: false)
        let list = [services.stable, services.canary].map { name -> JSONValue in ["name": .string(name), "port": 80] }
        return [
            "apiVersion": "traefik.io/v1alpha1", "kind": "TraefikService", "metadata": ["name": .string(key.name)],
            "spec": ["weighted": ["services": .array(list)]],
        ]
    }

    public func changes(for intent: TrafficIntent, of rollout: Rollout, in world: World) -> RouteChanges {
        guard !intent.leavesTraffic else { return RouteChanges() }
        guard let name else { return .problem("the Rollout names no TraefikService") }
        let key = ObjectKey(.traefikService, name)
        guard let object = world.objects[key] else { return .problem("there is no TraefikService \(name)") }
        var draft = RouteDraft(key, object)
        var missing: String?
        let shares = VersionShares(rollout, intent.weight)
        let hasList = draft.change(listAt: Self.list) { list in
            missing = shares.apply(to: &list) { Self.isService($0, $1, of: rollout) }
        }
        guard hasList else { return .problem("TraefikService \(name) has no weighted services") }
        if let missing { return .problem("TraefikService \(name) does not lead to service \(missing)") }
        return RouteChanges(actions: draft.actions)
    }

    public func observedWeights(of rollout: Rollout, in world: World) -> [Int] {
        guard let name, let object = world.object(.traefikService, name) else { return [] }
        // A service without a weight has 1.
        let share = RouteShare(object["spec", "weighted", "services"]?.array ?? [], rollout, defaultWeight: 1) {
            Self.isService($0, $1, of: rollout)
        }
        return share?.of(rollout.spec.strategy.maximumWeight).map { [$0] } ?? []
    }

    /// Whether a destination is a Service of this name, and not a TraefikService or one of another namespace.
    private static func isService(_ destination: JSONValue, _ name: String, of rollout: Rollout) -> Bool {
        guard destination["name"]?.string == name, destination.text("kind") ?? "Service" == "Service" else {
            return false
        }
        guard let namespace = destination.text("namespace"), let own = rollout.namespace else { return true }
        return namespace == own
    }

    public static func check(_ settings: YAMLNode, _ findings: inout Findings) {
        RouterSettings.checkFilled("weightedTraefikServiceName", "TraefikService", settings, &findings)
    }
}
