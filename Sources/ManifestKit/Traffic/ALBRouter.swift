/// The AWS load balancer: annotations of the Ingress hold the weighted target groups.
public struct ALBRouter: TrafficRouter {
    public static let key = "alb"
    public static let capabilities = TrafficRouterCapabilities(
        key, "AWS ALB", headerRoutes: true, exactHeaderValuesOnly: true, experimentWeights: true, pingPong: true,
        verifiesWeights: true, services: .unlessPingPong)
    let ingresses: [String]
    let servicePort: Int
    private let rootService: String?
    private let prefix: String
    private let stickinessSeconds: Int?

    public init(_ settings: JSONValue) {
        let list = settings.texts("ingresses")
        ingresses = list.isEmpty ? settings.text("ingress").map { [$0] } ?? [] : list
        servicePort = settings.count("servicePort") ?? 0
        rootService = settings.text("rootService")
        prefix = settings.text("annotationPrefix") ?? RolloutDefaults.albAnnotationPrefix
        let stickiness = settings["stickinessConfig"]
        stickinessSeconds = stickiness?.flag("enabled") == true ? stickiness?.count("durationSeconds") ?? 0 : nil
    }

    public func objects(for rollout: Rollout) -> [ObjectKey] { ingresses.map { ObjectKey(.ingress, $0) } }

    public func service(in key: ObjectKey, of rollout: Rollout) -> String? {
        rootService ?? rollout.spec.strategy.canary?.stableService
    }

    public func placeholder(for key: ObjectKey, of rollout: Rollout) -> JSONValue {
        Ingress.placeholder(
            name: key.name, className: "alb", service: actionService(of: rollout), port: ["name": "use-annotation"])
    }

    public func changes(for intent: TrafficIntent, of rollout: Rollout, in world: World) -> RouteChanges {
        var changes = RouteChanges()
        for name in ingresses {
            let key = ObjectKey(.ingress, name)
            guard let ingress = world.objects[key] else { return .problem("there is no Ingress \(name)") }
            var draft = ALBIngressDraft(ingress, rollout: rollout.name, prefix: prefix)
            let managedRoutes = rollout.spec.strategy.canary?.trafficRouting?.managedRoutes ?? []
            if intent.removesManagedRoutes, draft.remove(routes: managedRoutes) {
                let message = "Updating Ingress `\(name)` removing managed routes"
                changes.actions += draft.commit(key, message: message)
            }
            guard !intent.leavesTraffic else { continue }
            let service = actionService(of: rollout)
            guard Ingress.leads(ingress, to: service) else {
                return .problem("no rule of Ingress \(name) leads to service \(service)")
            }
            // Said before any traffic moves, not when the update comes to the step.
            let takesHeaderRoutes = Ingress.hasPath(ingress, to: service)
            guard takesHeaderRoutes || intent.removesManagedRoutes || !Self.addsHeaderRoutes(rollout) else {
                return .problem(
                    "Ingress \(name) leads to service \(service) by its default backend alone, which takes no routes "
                        + "for headers: it needs a rule with a path to \(service)")
            }
            if let route = intent.headerRoute {
                let services = VersionServices(rollout, prefersPingPong: true)
                let action = forward([(services.canary, 100)])
                if draft.set(route, action: action, beside: service, order: managedRoutes) {
                    let message = "Updating Ingress `\(name)` to headerRoute '\(route.name)'"
                    changes.actions += draft.commit(key, message: message)
                }
            }
            if draft.set(action: "actions.\(service)", to: forward(groups(for: intent, of: rollout))) {
                let message = "Updating Ingress `\(name)` to desiredWeight '\(intent.weight)'"
                changes.actions += draft.commit(key, message: message)
            }
        }
        return changes
    }

    public func observedWeights(of rollout: Rollout, in world: World) -> [Int] {
        let canary = VersionServices(rollout, prefersPingPong: true).canary
        return ingresses.compactMap { name in
            let text = world.object(.ingress, name).flatMap { action(in: $0, of: rollout) }
            let value = text.flatMap { YAMLParser.document($0)?.root }
            let groups = value?["ForwardConfig", "TargetGroups"].map { Array($0.elements) } ?? []
            guard groups.contains(where: { $0["ServiceName"]?.string == canary }) else { return nil }
            var share = RouteShare()
            for group in groups {
                share.add(group["Weight"]?.integer ?? 1, isCanary: group["ServiceName"]?.string == canary)
            }
            return share.of(rollout.spec.strategy.maximumWeight)
        }
    }

    /// Whether a step of a Rollout adds a route for headers.
    private static func addsHeaderRoutes(_ rollout: Rollout) -> Bool {
        rollout.spec.strategy.canary?.headerRouteSteps.contains { $0.matches != nil } ?? false
    }

    private func actionService(of rollout: Rollout) -> String {
        rootService ?? rollout.spec.strategy.canary?.stableService ?? ""
    }

    /// The annotation that divides requests, as an Ingress has it.
    func action(in ingress: JSONValue, of rollout: Rollout) -> String? {
        ingress["metadata"]?["annotations"]?["\(prefix)/actions.\(actionService(of: rollout))"]?.string
    }

    /// Services and their shares: the canary's first, the stable one's last.
    func groups(for intent: TrafficIntent, of rollout: Rollout) -> [(service: String, weight: Int)] {
        let services = VersionServices(rollout, prefersPingPong: true)
        let additional = intent.additional.map { (service: $0.serviceName ?? "", weight: $0.weight) }
        return [(services.canary, intent.weight)] + additional + [(services.stable, intent.rest(of: 100))]
    }

    /// The action that divides requests between services, as the load balancer's controller reads it.
    private func forward(_ groups: [(service: String, weight: Int)]) -> String {
        let port = String(servicePort)
        let targets = groups.map { group -> JSONValue in
            var fields: [(String, JSONValue)] = []
            if !group.service.isEmpty { fields.append(("ServiceName", .string(group.service))) }
            fields.append(("ServicePort", .string(port)))
            fields.append(("Weight", .int(group.weight)))
            return .object(JSONObject(fields))
        }
        var config: [(String, JSONValue)] = [("TargetGroups", .array(targets))]
        if let stickinessSeconds {
            let stickiness: JSONValue = ["Enabled": true, "DurationSeconds": .int(stickinessSeconds)]
            config.append(("TargetGroupStickinessConfig", stickiness))
        }
        return GoText.json(["Type": "forward", "ForwardConfig": .object(JSONObject(config))])
    }
}

/// An Ingress of the load balancer while its annotations and paths are being changed.
private struct ALBIngressDraft {
    private let rollout: String
    private let prefix: String
    private var written: JSONValue
    private var ingress: JSONValue

    init(_ ingress: JSONValue, rollout: String, prefix: String) {
        self.ingress = ingress
        written = ingress
        self.rollout = rollout
        self.prefix = prefix
    }

    private var annotations: [String: String] { ingress["metadata"]?["annotations"]?.stringDictionary ?? [:] }

    /// What has changed since the last time, as a patch of annotations and spec.
    mutating func commit(_ key: ObjectKey, message: String) -> [Action] {
        guard let patch = written.mergePatch(to: ingress) else { return [] }
        written = ingress
        return [.emit(RolloutEvent(reason: "PatchingALBIngress", message: message)), .patch(key, patch)]
    }

    /// Sets the action of a service and says that it is ours.
    mutating func set(action: String, to value: String) -> Bool {
        let key = "\(prefix)/\(action)"
        let old = annotations
        // The list of what is ours is JSON; looking for the key in its text is enough where nothing changes.
        let isListed = old[RolloutMarks.managedALBAnnotations]?.contains("\"\(key)\"") ?? false
        if old[key] == value, isListed { return false }
        write([key: value]) { $0.contains(key) ? $0 : $0 + [key] }
        return true
    }

    /// Adds the route for headers of a step, or takes it away where the step has no match.
    ///
    /// Only hosts that lead to the service that is divided get it: the other ones are somebody else's.
    mutating func set(
        _ route: SetHeaderRouteStep, action: String, beside service: String, order: [String]
    ) -> Bool {
        guard let matches = route.matches else { return remove(routes: [route.name]) }
        let keys = ["\(prefix)/actions.\(route.name)", "\(prefix)/conditions.\(route.name)"]
        let condition = Self.condition(matches)
        let isThere = annotations[keys[0]] == action && annotations[keys[1]] == condition
        if isThere, Ingress.leads(ingress, to: route.name) { return false }
        write([keys[0]: action, keys[1]: condition]) { managed in managed + keys.filter { !managed.contains($0) } }
        let adds = !Ingress.leads(ingress, to: route.name)
        changePaths { paths in
            if adds { paths = Self.paths(of: route.name, beside: service, in: paths, order) + paths }
            let ranked = paths.enumerated().map { place, path in
                (rank: order.firstIndex(of: Ingress.service(of: path) ?? "") ?? order.count, place: place, path: path)
            }
            paths = ranked.sorted { ($0.rank, $0.place) < ($1.rank, $1.place) }.map(\.path)
        }
        return true
    }

    /// The paths of a route for headers in a rule: those that lead to the service, or one for all of them where the
    /// whole host is the service's.
    ///
    /// The load balancer's controller puts paths of the types Exact and Prefix before the others, so that one for all
    /// behind them would never be reached; paths of the same type and length keep their order.
    private static func paths(
        of route: String, beside service: String, in paths: [JSONValue], _ order: [String]
    ) -> [JSONValue] {
        let backend: JSONValue = ["service": ["name": .string(route), "port": ["name": "use-annotation"]]]
        let own = paths.filter { Ingress.service(of: $0) == service }
        guard !own.isEmpty else { return [] }
        let isTyped = own.contains { ["Exact", "Prefix"].contains($0.text("pathType")) }
        let hasOthers = paths.contains { path in
            let name = Ingress.service(of: path)
            return name != service && !(name.map { order.contains($0) } ?? false)
        }
        guard isTyped || hasOthers else {
            return [["path": "/*", "pathType": "ImplementationSpecific", "backend": backend]]
        }
        return own.map { path in
            var path = path
            path["backend"] = backend
            return path
        }
    }

    /// Takes routes away that steps have added.
    mutating func remove(routes: [String]) -> Bool {
        let keys = routes.flatMap { ["\(prefix)/actions.\($0)", "\(prefix)/conditions.\($0)"] }
        let old = annotations
        let isThere = keys.contains { old[$0] != nil } || routes.contains { Ingress.leads(ingress, to: $0) }
        guard isThere else { return false }
        let removals: [String: String?] = Dictionary(uniqueKeysWithValues: Set(keys).map { ($0, nil) })
        write(removals) { $0.filter { !keys.contains($0) } }
        changePaths { $0.removeAll { routes.contains(Ingress.service(of: $0) ?? "") } }
        return true
    }

    /// Changes annotations, and the list of those that this Rollout has set.
    private mutating func write(_ changes: [String: String?], managed change: ([String]) -> [String]) {
        var changed = annotations
        changed.apply(changes)
        let text = changed[RolloutMarks.managedALBAnnotations] ?? "{}"
        var lists = YAMLParser.document(text)?.root?.json ?? .object(JSONObject())
        let known = (lists[rollout]?.array ?? []).compactMap(\.string)
        lists[rollout] = .array(change(known).map { .string($0) })
        changed[RolloutMarks.managedALBAnnotations] = JSONWriter.text(lists, sortsKeys: true)
        ingress.set(["metadata", "annotations"], to: .strings(changed))
    }

    private mutating func changePaths(_ change: (inout [JSONValue]) -> Void) {
        guard var rules = ingress["spec"]?["rules"]?.array else { return }
        for place in rules.indices {
            guard var paths = rules[place]["http"]?["paths"]?.array else { continue }
            change(&paths)
            rules[place].set(["http", "paths"], to: .array(paths))
        }
        ingress.set(["spec", "rules"], to: .array(rules))
    }

    /// The condition for headers, one entry a header name.
    private static func condition(_ matches: [SetHeaderRouteStep.Match]) -> String {
        var entries: [(name: String, values: [JSONValue])] = []
        for match in matches {
            let value = JSONValue.string(match.value["exact"]?.string ?? "")
            if let place = entries.firstIndex(where: { $0.name == match.name }) {
                entries[place].values.append(value)
            } else {
                entries.append((match.name, [value]))
            }
        }
        return GoText.json(.array(entries.map { entry in
            [
                "field": "http-header",
                "httpHeaderConfig": ["httpHeaderName": .string(entry.name), "values": .array(entry.values)],
            ]
        }))
    }
}
