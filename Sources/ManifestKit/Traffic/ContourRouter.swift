/// Contour: routes of HTTPProxies divide the traffic between the two services, as the plugin of the reference does.
///
/// Other services of a route keep their weights, and the two share what those leave of 100. Contour's own word on
/// whether it takes an HTTPProxy is its condition `Valid`.
public struct ContourRouter: TrafficRouter {
    public static let key = "contour"
    public static let plugin: String? = "argoproj-labs/contour"
    public static let capabilities = TrafficRouterCapabilities(key, "Contour")
    private let names: [String]

    public init(_ settings: JSONValue) { names = settings.texts("httpProxies") }

    public func objects(for rollout: Rollout) -> [ObjectKey] { names.map { ObjectKey(.httpProxy, $0) } }

    public func placeholder(for key: ObjectKey, of rollout: Rollout) -> JSONValue {
        let services = VersionServices(rollout, prefersPingPong: false)
        let list = zip([services.stable, services.canary], [100, 0]).map { name, weight -> JSONValue in
            ["name": .string(name), "port": 80, "weight": .int(weight)]
        }
        return [
            "apiVersion": "projectcontour.io/v1", "kind": "HTTPProxy", "metadata": ["name": .string(key.name)],
            "spec": ["routes": [["conditions": [["prefix": "/"]], "services": .array(list)]]],
        ]
    }

    public func changes(for intent: TrafficIntent, of rollout: Rollout, in world: World) -> RouteChanges {
        var changes = RouteChanges()
        guard !intent.leavesTraffic else { return changes }
        guard !names.isEmpty else { return .problem("the Rollout names no HTTPProxy") }
        for name in names {
            let key = ObjectKey(.httpProxy, name)
            guard let object = world.objects[key] else { return .problem("there is no HTTPProxy \(name)") }
            var draft = RouteDraft(key, object)
            if let problem = Self.divide(&draft, intent.weight, of: rollout) { return .problem(problem) }
            changes.actions += draft.actions
            if draft.actions.isEmpty, let reason = Self.refusal(of: object) {
                changes.problem = "Contour does not take HTTPProxy \(name): \(reason)"
            }
        }
        return changes
    }

    public func observedWeights(of rollout: Rollout, in world: World) -> [Int] {
        names.flatMap { name -> [Int] in
            guard let object = world.object(.httpProxy, name) else { return [] }
            let tcp = object["spec"]?["tcpproxy"].map { [$0] } ?? []
            return ((object["spec"]?["routes"]?.array ?? []) + tcp).compactMap { route in
                let list = (route["services"]?.array ?? []).filter { !$0.flag("mirror") }
                // Where no service of a route has a weight, all have the same.
                let isEven = list.allSatisfy { $0.count("weight") ?? 0 == 0 }
                let weighted = isEven ? list.map { $0.with(weight: 1) } : list
                return RouteShare(weighted, rollout, defaultWeight: 0, isDestination: Self.isService)?
                    .of(rollout.spec.strategy.maximumWeight)
            }
        }
    }

    /// Divides every route that leads to the canary; what is in the way, if something is.
    private static func divide(_ draft: inout RouteDraft, _ weight: Int, of rollout: Rollout) -> String? {
        let canary = VersionServices(rollout, prefersPingPong: false).canary
        var count = 0
        var problem: String?
        _ = draft.change(listAt: ["spec", "routes"]) { routes in
            for place in routes.indices {
                guard var list = routes[place]["services"]?.array,
                    list.contains(where: { isService($0, canary) })
                else { continue }
                count += 1
                problem = divide(&list, weight, of: rollout) ?? problem
                routes[place]["services"] = .array(list)
            }
        }
        _ = draft.change(listAt: ["spec", "tcpproxy", "services"]) { list in
            guard list.contains(where: { isService($0, canary) }) else { return }
            count += 1
            problem = divide(&list, weight, of: rollout) ?? problem
        }
        return problem.map { "a route of HTTPProxy \(draft.key.name) \($0)" }
            ?? (count == 0 ? "no route of HTTPProxy \(draft.key.name) leads to service \(canary)" : nil)
    }

    private static func divide(_ list: inout [JSONValue], _ weight: Int, of rollout: Rollout) -> String? {
        let services = VersionServices(rollout, prefersPingPong: false)
        let others = list.filter { service in
            !service.flag("mirror") && ![services.canary, services.stable].contains(service["name"]?.string)
        }.reduce(0) { $0 + ($1.count("weight") ?? 0) }
        guard (0..<100).contains(others) else {
            return "gives other services \(others) of 100 parts"
        }
        let total = 100 - others
        let shares = VersionShares(rollout, weight * total / 100, total: total)
        return shares.apply(to: &list, isDestination: isService).map { "does not lead to service \($0)" }
    }

    /// Mirrored services get copies and have no share.
    private static func isService(_ destination: JSONValue, _ name: String) -> Bool {
        destination["name"]?.string == name && !destination.flag("mirror")
    }

    /// Why Contour refuses an HTTPProxy as it is now, or nil where it takes it or has not said.
    private static func refusal(of object: JSONValue) -> String? {
        let valid = object["status"]?["conditions"]?.array?.first { $0["type"]?.string == "Valid" }
        guard valid?["status"]?.string == "False",
            valid?["observedGeneration"] == object["metadata"]?["generation"]
        else { return nil }
        let details = valid?["errors"]?[0]?.text("message") ?? valid?.text("message")
        return details ?? "its condition Valid is False"
    }

    public static func check(_ settings: YAMLNode, _ findings: inout Findings) {
        RouterSettings.checkNames("httpProxies", "HTTPProxy", settings, &findings)
    }
}
