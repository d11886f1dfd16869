/// Ambassador and Emissary: a second Mapping beside each of the Rollout's takes the canary's share.
///
/// It is there as long as the canary has a share, and a little longer: first its weight becomes 0, so that no request
/// is on its way when it goes. Like the reference's it has no owner; that it leads to the canary's service with a
/// weight says whose it is.
public struct AmbassadorRouter: TrafficRouter {
    public static let key = "ambassador"
    public static let capabilities = TrafficRouterCapabilities(key, "Ambassador")
    /// How long a Mapping stays without a share, in seconds: Emissary gathers changes for a second before it acts.
    static let retirementSeconds = 3
    private let mappings: [String]

    public init(_ settings: JSONValue) { mappings = settings.texts("mappings") }

    public func objects(for rollout: Rollout) -> [ObjectKey] { mappings.map { ObjectKey(.mapping, $0) } }
    public func ownObjects(for rollout: Rollout) -> [ObjectKey] { mappings.map { Self.canaryKey($0) } }

    private static func canaryKey(_ name: String) -> ObjectKey { ObjectKey(.mapping, canaryName(of: name)) }

    /// The name of the canary's Mapping, which has at most 253 bytes.
    static func canaryName(of mapping: String) -> String {
        String(decoding: mapping.utf8.prefix(246), as: UTF8.self) + "-canary"
    }

    public func refusal(of object: JSONValue, at key: ObjectKey, for rollout: Rollout) -> String? {
        guard let weight = object["spec"]?["weight"]?.integer, weight != 0 else { return nil }
        let name = GoText.quoted(key.name)
        return "spec.weight: Invalid value: \(name): Ambassador mapping \(name) can not define weight"
    }

    public func placeholder(for key: ObjectKey, of rollout: Rollout) -> JSONValue {
        let stable = VersionServices(rollout, prefersPingPong: false).stable
        return [
            "apiVersion": "getambassador.io/v2", "kind": "Mapping", "metadata": ["name": .string(key.name)],
            "spec": ["prefix": "/", "service": .string(stable)],
        ]
    }

    public func changes(for intent: TrafficIntent, of rollout: Rollout, in world: World) -> RouteChanges {
        var changes = RouteChanges()
        guard !intent.leavesTraffic else { return changes }
        guard !mappings.isEmpty else { return .problem("the Rollout names no Mapping") }
        for name in mappings {
            guard let base = world.object(.mapping, name) else { return .problem("there is no Mapping \(name)") }
            let services = VersionServices(rollout, prefersPingPong: false)
            guard let service = Self.service(base["spec"]?.text("service") ?? "", services) else {
                return .problem("Mapping \(name) does not lead to service \(services.stable)")
            }
            let key = Self.canaryKey(name)
            let canary = world.objects[key]
            if let canary, canary["spec"]?["service"]?.string != service || canary["spec"]?.present("weight") == nil {
                return .problem("Mapping \(key.name) is somebody else's: it does not share traffic with \(service)")
            }
            var spec = base["spec"] ?? .null
            spec["service"] = .string(service)
            spec["weight"] = .int(intent.weight)
            let part = intent.weight > 0
                ? Self.share(key, canary, like: base, spec, rollout) : Self.retire(key, canary, now: intent.now)
            changes.actions += part.actions
            changes.wakeAt = [changes.wakeAt, part.wakeAt].compactMap { $0 }.min()
        }
        if rollout.status.weights?.canary.weight != intent.weight {
            let message = "Set canary mapping weight to \(intent.weight)"
            changes.actions.insert(
                .emit(RolloutEvent(reason: "CanaryMappingWeightUpdate", message: message)), at: 0)
        }
        return changes
    }

    /// Makes or changes the canary's Mapping, which is in all else as the stable one is now.
    private static func share(
        _ key: ObjectKey, _ canary: JSONValue?, like base: JSONValue, _ spec: JSONValue, _ rollout: Rollout
    ) -> RouteChanges {
        guard let canary else {
            let object: JSONValue = [
                "apiVersion": base["apiVersion"] ?? "getambassador.io/v2", "kind": base["kind"] ?? "Mapping",
                "metadata": .object(rollout.ownMetadata(named: key.name)), "spec": spec,
            ]
            return RouteChanges(actions: [.create(key, object)])
        }
        var draft = RouteDraft(key, canary)
        draft.object["spec"] = spec
        draft.object.set(["metadata", "annotations", RolloutMarks.deleteAt], to: nil)
        return RouteChanges(actions: draft.actions)
    }

    /// Takes the canary's Mapping out of use, and away when nothing can be on its way through it.
    private static func retire(_ key: ObjectKey, _ canary: JSONValue?, now: KubernetesTime) -> RouteChanges {
        guard let canary else { return RouteChanges() }
        let mark = canary["metadata"]?["annotations"]?[RolloutMarks.deleteAt]?.string
        guard canary["spec"]?.count("weight") == 0, let moment = mark.flatMap({ KubernetesTime($0) }) else {
            var draft = RouteDraft(key, canary)
            let moment = now.after(retirementSeconds)
            draft.object.set(["spec", "weight"], to: 0)
            draft.object.set(["metadata", "annotations", RolloutMarks.deleteAt], to: .string(moment.description))
            return RouteChanges(actions: draft.actions, wakeAt: moment)
        }
        // A time further off than we ever set one is none of ours to wait for.
        guard moment <= now || moment > now.after(retirementSeconds) else {
            return RouteChanges(wakeAt: moment)
        }
        return RouteChanges(actions: [.delete(key)])
    }

    public func observedWeights(of rollout: Rollout, in world: World) -> [Int] {
        mappings.map { world.objects[Self.canaryKey($0)]?["spec"]?.count("weight") ?? 0 }
    }

    /// A Mapping's service with the canary in the place of the stable one; nil where it leads somewhere else.
    private static func service(_ text: String, _ services: VersionServices) -> String? {
        let address = MappingAddress(text)
        guard !address.name.isEmpty, address.name == services.stable else { return nil }
        return address.scheme + services.canary + address.rest
    }

    public static func check(_ settings: YAMLNode, _ findings: inout Findings) {
        RouterSettings.checkNames("mappings", "Mapping", settings, &findings)
    }
}
