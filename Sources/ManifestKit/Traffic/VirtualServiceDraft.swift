/// A VirtualService while its routes are being changed.
struct VirtualServiceDraft {
    private let target: IstioRouter.Target
    private let subsets: IstioRouter.Subsets?
    private let services: VersionServices
    private let managedRoutes: [String]
    private let stepRoutes: Set<String>
    private let maximumWeight: Int
    private var written: JSONValue
    private var object: JSONValue

    init(_ object: JSONValue, target: IstioRouter.Target, router: IstioRouter, rollout: Rollout) {
        self.object = object
        written = object
        self.target = target
        subsets = router.subsets
        services = VersionServices(rollout, prefersPingPong: false)
        maximumWeight = rollout.spec.strategy.maximumWeight
        let canary = rollout.spec.strategy.canary
        managedRoutes = canary?.trafficRouting?.managedRoutes ?? []
        stepRoutes = Set((canary?.headerRouteSteps ?? []).map(\.name) + (canary?.mirrorRouteSteps ?? []).map(\.name))
    }

    /// What has changed since the last time.
    mutating func commit(_ what: String) -> [Action] {
        guard let patch = written.mergePatch(to: object) else { return [] }
        written = object
        let event = RolloutEvent(
            reason: "Updated VirtualService", message: "VirtualService `\(target.key.name)` \(what)")
        return [.patch(target.key, patch), .emit(event)]
    }

    private var http: [JSONValue] {
        get { object["spec"]?["http"]?.array ?? [] }
        set { object.set(["spec", "http"], to: .array(newValue)) }
    }

    // MARK: Routes of steps

    /// Takes away every route that steps or `managedRoutes` name.
    mutating func removeManagedRoutes() {
        let routes = http
        let kept = routes.filter { !isOfStep($0) }
        if kept.count != routes.count { http = kept }
    }

    /// Adds the route for headers, or takes it away where the step has no match.
    mutating func set(_ step: SetHeaderRouteStep, host: String?) {
        let others = http.filter { $0["name"]?.string != step.name }
        guard let matches = step.matches else { return replace(with: others) }
        guard dividesHTTP else { return }
        let conditions = matches.map { match -> JSONValue in
            var value = JSONObject()
            for key in ["exact", "regex", "prefix"] { value[key] = match.value.text(key).map { .string($0) } }
            return ["headers": .object(JSONObject([(match.name, .object(value))]))]
        }
        let route: JSONValue = [
            "name": .string(step.name), "match": .array(conditions),
            "route": .array([["destination": canaryDestination(host: host), "weight": 100]]),
        ]
        replace(with: ordered(others + [route]))
    }

    /// Adds the route for copies, or takes it away where the step has no match.
    mutating func set(_ step: SetMirrorRouteStep, host: String?) {
        let others = http.filter { $0["name"]?.string != step.name }
        guard let matches = step.matches else { return replace(with: others) }
        guard dividesHTTP else { return }
        let conditions = matches.map { match -> JSONValue in
            var condition = JSONObject()
            condition["method"] = match.present("method")
            condition["uri"] = match.present("path")
            condition["headers"] = match.present("headers")
            return .object(condition)
        }
        let own = indices(of: .http).first.map { http[$0]["route"]?.array ?? [] } ?? []
        let divided = own.map { entry -> JSONValue in
            var known = JSONObject()
            known["destination"] = entry["destination"]
            if let weight = entry.count("weight"), weight != 0 { known["weight"] = .int(weight) }
            return .object(known)
        }
        let route: JSONValue = [
            "name": .string(step.name), "match": .array(conditions), "route": .array(divided),
            "mirror": canaryDestination(host: host), "mirrorPercentage": ["value": .int(step.percentage)],
        ]
        // Weights within the route are kept by `divide`; what is there already with them counts as the same.
        if let known = http.first(where: { $0["name"]?.string == step.name }), Self.isSame(known, route) { return }
        replace(with: ordered([route] + others))
    }

    /// Whether there is HTTP traffic to divide; TLS and TCP have no headers, and nothing that could be copied.
    private var dividesHTTP: Bool { !indices(of: .http).isEmpty }

    private mutating func replace(with routes: [JSONValue]) {
        if routes != http { http = routes }
    }

    private static func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
        ["match", "mirror", "mirrorPercentage"].allSatisfy { left[$0] == right[$0] }
    }

    private func canaryDestination(host: String?) -> JSONValue {
        let divided = indices(of: .http).first.map { http[$0]["route"] ?? .null }
        // A name alone is of the VirtualService's own namespace, so what leads to the canary there is taken as it is.
        let known = divided?.array?.first { isCanary($0) }?["destination"]?.text("host")
        var destination = JSONObject([("host", .string(host ?? known ?? services.canary))])
        if let port = divided?[0]?["destination"]?["port"]?.count("number"), port > 0 {
            destination["port"] = ["number": .int(port)]
        }
        if let subsets, !subsets.canary.isEmpty { destination["subset"] = .string(subsets.canary) }
        return .object(destination)
    }

    /// Managed routes first, in the order of `managedRoutes`, then the others in theirs.
    private func ordered(_ routes: [JSONValue]) -> [JSONValue] {
        let managed = managedRoutes.flatMap { name in routes.filter { $0["name"]?.string == name } }
        return managed + routes.filter { !managedRoutes.contains($0["name"]?.string ?? "") }
    }

    // MARK: Weights

    /// The lists of routes that a VirtualService has.
    private enum RouteList: String, CaseIterable {
        case http, tls, tcp
    }

    /// Divides the traffic of the routes that are ours; returns what is in the way, if something is.
    mutating func divide(_ intent: TrafficIntent) -> String? {
        guard RouteList.allCases.contains(where: { object["spec"]?[$0.rawValue]?.array?.isEmpty == false }) else {
            return "VirtualService \(target.key.name) has no http, tls or tcp routes"
        }
        var count = 0
        for list in RouteList.allCases {
            guard var routes = object["spec"]?[list.rawValue]?.array, !routes.isEmpty else { continue }
            if let problem = missingRoute(in: list, routes) { return problem }
            let own = indices(of: list)
            count += own.count
            for place in own {
                if let problem = missingDestination(in: routes[place]) { return problem }
            }
            let mirrors = routes.indices.filter { place in
                list == .http && isManagedMirror(routes[place]) && !own.contains(place)
            }
            var hasChanged = false
            for place in own + mirrors {
                let old = routes[place]["route"]?.array ?? []
                let new = divided(old, intent)
                if new != old {
                    routes[place]["route"] = .array(new)
                    hasChanged = true
                }
            }
            if hasChanged { object.set(["spec", list.rawValue], to: .array(routes)) }
        }
        return count == 0 ? "no route of VirtualService \(target.key.name) leads to either version" : nil
    }

    private func divided(_ destinations: [JSONValue], _ intent: TrafficIntent) -> [JSONValue] {
        // Subsets of others keep what they have, and the two versions share what those leave.
        let others = destinations.reduce(0) { $0 + (isAdditionalSubset($1) ? $1.count("weight") ?? 0 : 0) }
        let canaryWeight = max(0, min(intent.weight, 100 - others))
        let rest = intent.rest(of: 100) - others
        var missing = intent.additional
        var result: [JSONValue] = []
        for var destination in destinations {
            let host = Self.host(of: destination)
            guard !host.isEmpty else {
                result.append(destination)
                continue
            }
            if isCanary(destination) {
                Self.set(&destination, canaryWeight)
            } else if isStable(destination) {
                Self.set(&destination, max(0, rest))
            } else if let place = missing.firstIndex(where: { $0.serviceName == host }) {
                Self.set(&destination, missing.remove(at: place).weight)
            } else if !isAdditionalSubset(destination), (destination.count("weight") ?? 0) != 0 {
                continue
            }
            result.append(destination)
        }
        for destination in missing.sorted(by: { ($0.serviceName ?? "") < ($1.serviceName ?? "") }) {
            result.append([
                "weight": .int(destination.weight), "destination": ["host": .string(destination.serviceName ?? "")],
            ])
        }
        return result
    }

    private static func set(_ destination: inout JSONValue, _ weight: Int) {
        if (destination.count("weight") ?? 0) != weight { destination["weight"] = .int(weight) }
    }

    /// The canary's weight in each route that is ours.
    var canaryWeights: [Int] {
        RouteList.allCases.flatMap { list -> [Int] in
            let routes = object["spec"]?[list.rawValue]?.array ?? []
            return indices(of: list).map { place in
                let destinations = routes[place]["route"]?.array ?? []
                var (share, own) = (RouteShare(), RouteShare())
                for destination in destinations {
                    // A destination that is alone needs no weight.
                    let weight = destination.count("weight") ?? (destinations.count == 1 ? 1 : 0)
                    share.add(weight, isCanary: isCanary(destination))
                    if !isAdditionalSubset(destination) { own.add(weight, isCanary: isCanary(destination)) }
                }
                // What subsets of others have is not the stable version's.
                return own.of(maximumWeight) == maximumWeight ? maximumWeight : share.of(maximumWeight) ?? 0
            }
        }
    }

    // MARK: Finding routes

    /// The positions of the routes whose traffic is divided.
    private func indices(of list: RouteList) -> [Int] {
        let routes = object["spec"]?[list.rawValue]?.array ?? []
        switch list {
        case .http:
            guard target.routes.isEmpty else {
                return target.routes.compactMap { name in routes.firstIndex { $0["name"]?.string == name } }
            }
            let own = routes.indices.filter { !isOfStep(routes[$0]) }
            // With several of them nobody can tell which ones are meant.
            guard own.count == 1 else { return [] }
            // The only one may be of somebody else where the versions serve other protocols.
            return servesOtherProtocols && !leadsToVersion(routes[own[0]]) ? [] : own
        case .tls: return indices(of: target.tlsRoutes, in: routes, namesServers: true)
        case .tcp: return indices(of: target.tcpRoutes, in: routes, namesServers: false)
        }
    }

    /// Whether TLS or TCP routes are the Rollout's.
    private var servesOtherProtocols: Bool {
        guard target.tlsRoutes.isEmpty, target.tcpRoutes.isEmpty else { return true }
        return [RouteList.tls, .tcp].contains { list in
            object["spec"]?[list.rawValue]?.array?.contains { leadsToVersion($0) } ?? false
        }
    }

    /// Whether one of a route's destinations is one of the versions.
    private func leadsToVersion(_ route: JSONValue) -> Bool {
        (route["route"]?.array ?? []).contains { isCanary($0) || isStable($0) }
    }

    private func indices(
        of wanted: [IstioRouter.TransportRoute], in routes: [JSONValue], namesServers: Bool
    ) -> [Int] {
        guard !wanted.isEmpty else {
            let own = routes.indices.filter { leadsToVersion(routes[$0]) }
            return own.count == 1 ? own : []
        }
        return wanted.flatMap { indices(of: $0, in: routes, namesServers: namesServers) }
    }

    private func indices(
        of wanted: IstioRouter.TransportRoute, in routes: [JSONValue], namesServers: Bool
    ) -> [Int] {
        routes.indices.filter { place in
            let matches = routes[place]["match"]?.array ?? []
            let ports = Set(matches.map { $0.count("port") ?? 0 })
            let names = Set(matches.flatMap { $0.texts("sniHosts") })
            let isPort = ports.count <= 1 && (ports.first ?? 0) == wanted.port
            return isPort && (!namesServers || names == wanted.serverNames)
        }
    }

    /// What the Rollout does not say, or says of a route that is not there.
    private func missingRoute(in list: RouteList, _ routes: [JSONValue]) -> String? {
        let name = "VirtualService \(target.key.name)"
        let isAmbiguous = "\(name) has several \(list.rawValue) routes; the Rollout has to name those to divide under "
        switch list {
        case .http:
            let names = Set(routes.compactMap { $0["name"]?.string })
            if let missing = target.routes.first(where: { !names.contains($0) }) {
                return "\(name) has no route \(missing)"
            }
            let own = routes.filter { !isOfStep($0) }
            let isElsewhere = servesOtherProtocols && !own.contains { leadsToVersion($0) }
            return !target.routes.isEmpty || own.count <= 1 || isElsewhere ? nil : isAmbiguous + "routes"
        case .tls, .tcp:
            let wanted = list == .tls ? target.tlsRoutes : target.tcpRoutes
            guard !wanted.isEmpty else {
                let isClear = routes.count { leadsToVersion($0) } <= 1
                return isClear ? nil : isAmbiguous + "\(list.rawValue)Routes"
            }
            let missing = wanted.first { indices(of: $0, in: routes, namesServers: list == .tls).isEmpty }
            return missing.map { route in
                let servers = list == .tls ? route.serverNames.sorted().joined(separator: ", ") : ""
                return "\(name) has no \(list.rawValue) route of port \(route.port)"
                    + (servers.isEmpty ? "" : " and \(servers)")
            }
        }
    }

    private func missingDestination(in route: JSONValue) -> String? {
        let destinations = route["route"]?.array ?? []
        if !destinations.contains(where: { isCanary($0) }) {
            return "a route of VirtualService \(target.key.name) does not lead to the canary"
        }
        if !destinations.contains(where: { isStable($0) }) {
            return "a route of VirtualService \(target.key.name) does not lead to the stable version"
        }
        return nil
    }

    /// Whether a route is one that steps add.
    private func isOfStep(_ route: JSONValue) -> Bool {
        let name = route["name"]?.string ?? ""
        return managedRoutes.contains(name) || stepRoutes.contains(name)
    }

    private func isManagedMirror(_ route: JSONValue) -> Bool {
        route.present("mirror") != nil && managedRoutes.contains(route["name"]?.string ?? "")
    }

    /// The first part of a destination's host.
    private static func host(of destination: JSONValue) -> String {
        let host = destination["destination"]?["host"]?.string ?? ""
        return String(host.prefix { $0 != "." })
    }

    private static func subset(of destination: JSONValue) -> String { destination["destination"]?.text("subset") ?? "" }

    private func isCanary(_ destination: JSONValue) -> Bool {
        isVersion(destination, subset: subsets?.canary, service: services.canary)
    }

    private func isStable(_ destination: JSONValue) -> Bool {
        isVersion(destination, subset: subsets?.stable, service: services.stable)
    }

    private func isVersion(_ destination: JSONValue, subset name: String?, service: String) -> Bool {
        let subset = Self.subset(of: destination)
        if !subset.isEmpty, subset == name { return true }
        // All subsets are often of one host, which may be that of one of the services too.
        if let subsets, [subsets.canary, subsets.stable].contains(subset) || subsets.additional.contains(subset) {
            return false
        }
        return !service.isEmpty && Self.host(of: destination) == service
    }

    private func isAdditionalSubset(_ destination: JSONValue) -> Bool {
        subsets?.additional.contains(Self.subset(of: destination)) ?? false
    }
}
