/// The Service Mesh Interface: a TrafficSplit that the controller makes itself divides what is sent to a root service.
public struct SMIRouter: TrafficRouter {
    public static let key = "smi"
    public static let capabilities = TrafficRouterCapabilities(key, "SMI", experimentWeights: true)
    private let rootService: String?
    private let name: String?

    public init(_ settings: JSONValue) {
        rootService = settings.text("rootService")
        name = settings.text("trafficSplitName")
    }

    public func objects(for rollout: Rollout) -> [ObjectKey] { [] }
    public func ownObjects(for rollout: Rollout) -> [ObjectKey] { [key(of: rollout)] }

    private func key(of rollout: Rollout) -> ObjectKey { ObjectKey(.trafficSplit, name ?? rollout.name) }

    public func placeholder(for key: ObjectKey, of rollout: Rollout) -> JSONValue {
        split(of: rollout, backends: backends(for: TrafficIntent(now: KubernetesTime(seconds: 0)), of: rollout))
    }

    public func changes(for intent: TrafficIntent, of rollout: Rollout, in world: World) -> RouteChanges {
        guard !intent.leavesTraffic else { return RouteChanges() }
        let key = key(of: rollout)
        let wanted = backends(for: intent, of: rollout)
        guard let object = world.objects[key] else {
            return RouteChanges(actions: [
                .create(key, split(of: rollout, backends: wanted)),
                .emit(RolloutEvent(reason: "TrafficSplitCreated", message: "TrafficSplit `\(key.name)` created")),
            ])
        }
        guard Ingress.isControlled(object, by: rollout) else {
            return .problem("TrafficSplit \(key.name) does not belong to this Rollout")
        }
        var draft = RouteDraft(key, object)
        let known = object["spec"]?["backends"]?.array ?? []
        // The first version of the interface has weights that are quantities, which are written as text.
        let writesText = object["apiVersion"]?.string?.hasSuffix("/v1alpha1") == true
        let list = wanted.map { backend -> JSONValue in
            let found = known.first { $0["service"]?.string == backend.service }
            var entry = found ?? ["service": .string(backend.service)]
            if Self.weight(of: entry) != backend.weight {
                entry["weight"] = writesText ? .string(String(backend.weight)) : .int(backend.weight)
            }
            return entry
        }
        if list != known { draft.object.set(["spec", "backends"], to: .array(list)) }
        let root = root(of: rollout)
        if object["spec"]?["service"]?.string != root { draft.object.set(["spec", "service"], to: .string(root)) }
        return RouteChanges(actions: draft.actions)
    }

    public func observedWeights(of rollout: Rollout, in world: World) -> [Int] {
        let canary = VersionServices(rollout, prefersPingPong: false).canary
        let backends = world.objects[key(of: rollout)]?["spec"]?["backends"]?.array ?? []
        guard backends.contains(where: { $0["service"]?.string == canary }) else { return [] }
        var share = RouteShare()
        for backend in backends {
            share.add(Self.weight(of: backend) ?? 0, isCanary: backend["service"]?.string == canary)
        }
        return share.of(rollout.spec.strategy.maximumWeight).map { [$0] } ?? []
    }

    /// A weight, a number or a quantity.
    private static func weight(of backend: JSONValue) -> Int? {
        backend.count("weight") ?? backend.text("weight").flatMap { Int($0) }
    }

    private func root(of rollout: Rollout) -> String {
        rootService ?? VersionServices(rollout, prefersPingPong: false).stable
    }

    private func backends(for intent: TrafficIntent, of rollout: Rollout) -> [(service: String, weight: Int)] {
        let services = VersionServices(rollout, prefersPingPong: false)
        let additional = intent.additional.map { (service: $0.serviceName ?? "", weight: $0.weight) }
        return [(services.canary, intent.weight)] + additional + [(services.stable, max(0, intent.rest(of: 100)))]
    }

    private func split(of rollout: Rollout, backends: [(service: String, weight: Int)]) -> JSONValue {
        var metadata = rollout.ownMetadata(named: key(of: rollout).name)
        metadata["ownerReferences"] = .array([rollout.ownerReference])
        let list = backends.map { backend -> JSONValue in
            ["service": .string(backend.service), "weight": .int(backend.weight)]
        }
        return [
            "apiVersion": "split.smi-spec.io/v1alpha2", "kind": "TrafficSplit", "metadata": .object(metadata),
            "spec": ["service": .string(root(of: rollout)), "backends": .array(list)],
        ]
    }
}
