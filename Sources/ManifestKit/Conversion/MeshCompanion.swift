/// Istio: a route of the VirtualService needs two destinations, and weights that add up.
struct IstioCompanion: RouteCompanion {
    static let router = ConversionRouter.istio
    static let kinds: Set = ["VirtualService"]

    /// The routes of a list; none where there is no such list.
    private static func routes(_ list: String, in object: ConversionObject) -> [YAMLNode] {
        object.spec?[list].map { Array($0.elements) } ?? []
    }

    static func services(in object: ConversionObject) -> [String] {
        guard object.manifest.apiVersion.hasPrefix("networking.istio.io/") else { return [] }
        return ["http", "tls", "tcp"].flatMap { routes($0, in: object) }.flatMap { route in
            (route["route"].map { Array($0.elements) } ?? []).compactMap { $0["destination", "host"]?.filledText }
        }
    }

    static func routing(for names: [String], _ context: RouteContext) -> JSONValue {
        routing(names.map { ["name": .string($0)] })
    }

    private static func routing(_ services: [JSONValue]) -> JSONValue {
        let field: (String, JSONValue) =
            services.count == 1 ? ("virtualService", services[0]) : ("virtualServices", .array(services))
        return routing(of: "istio", .object(JSONObject([field])))
    }

    static func plan(_ objects: [ConversionObject], _ context: RouteContext) -> RoutePlan? {
        var plan = RoutePlan(routing: .null)
        var services: [JSONValue] = []
        for object in objects {
            var division = Division(object)
            divideHTTP(&division, context)
            for list in ["tls", "tcp"] { divide(list, &division, context) }
            guard division.isOurs else { continue }
            services.append(.object(JSONObject(division.fields)))
            if !division.changes.isEmpty {
                plan.changes.append(
                    (
                        object, division.changes,
                        "its routes to \(context.stable) have a second destination \(context.canary) with weight 0 now"
                    ))
            }
            if let list = division.ambiguous {
                plan.notes.append(
                    (
                        .attention, object, "has several \(list) routes to \(context.stable) for the same port",
                        "the Rollout tells them apart by port\(list == "tls" ? " and server names" : ""), so give each "
                            + "one of its own"
                    ))
            }
        }
        guard !services.isEmpty else { return nil }
        plan.routing = routing(services)
        return plan
    }

    /// What becomes of a VirtualService.
    private struct Division {
        let object: ConversionObject
        /// What the Rollout says of it.
        var fields: [(String, JSONValue)]
        var changes: [FieldChange] = []
        /// Whether one of its routes leads to the stable Service.
        var isOurs = false
        /// The list of routes that the Rollout cannot tell apart, or nil.
        var ambiguous: String?

        init(_ object: ConversionObject) {
            self.object = object
            fields = [("name", .string(object.name))]
        }
    }

    /// HTTP routes are told apart by their names.
    private static func divideHTTP(_ division: inout Division, _ context: RouteContext) {
        let routes = routes("http", in: division.object)
        var names: [JSONValue] = []
        for (index, route) in routes.enumerated() {
            let path: [FieldStep] = ["spec", "http", .index(index)]
            guard let added = addDestination(to: route, at: path + ["route"], context) else { continue }
            division.isOurs = true
            division.changes += added
            guard routes.count > 1 else { continue }
            let name = route["name"]?.filledText ?? "\(context.workload.name)-\(index + 1)"
            names.append(.string(name))
            if route["name"] == nil { division.changes.append(.insert(path, [("name", .string(name))])) }
        }
        if !names.isEmpty { division.fields.append(("routes", .array(names))) }
    }

    /// TLS and TCP routes have no names: where there are several the Rollout names their ports and servers.
    private static func divide(_ list: String, _ division: inout Division, _ context: RouteContext) {
        var own: [JSONValue] = []
        for (index, route) in routes(list, in: division.object).enumerated() {
            guard let added = addDestination(
                to: route, at: ["spec", .key(list), .index(index), "route"], context)
            else { continue }
            division.isOurs = true
            division.changes += added
            let matches = route.json["match"]?.array ?? []
            var name = JSONObject()
            name["port"] = matches.lazy.compactMap { $0.count("port") }.first.map { .int($0) }
            let servers = Set(matches.flatMap { $0.texts("sniHosts") }).sorted()
            if list == "tls", !servers.isEmpty { name["sniHosts"] = .array(servers.map { .string($0) }) }
            own.append(.object(name))
        }
        guard own.count > 1 else { return }
        if Set(own).count < own.count { division.ambiguous = list }
        division.fields.append((list + "Routes", .array(own)))
    }

    /// The changes that give a route to the stable Service its second destination; none where it has one, nil where
    /// the route goes somewhere else.
    private static func addDestination(
        to route: YAMLNode, at path: [FieldStep], _ context: RouteContext
    ) -> [FieldChange]? {
        let destinations = route["route"]?.elements.map { $0["destination", "host"]?.text ?? "" } ?? []
        guard let place = destinations.firstIndex(where: context.isStable(host:)) else { return nil }
        let host = context.canaryHost(like: destinations[place])
        guard destinations.count == 1, let stable = route["route"]?[place] else {
            return destinations.contains(host) ? [] : nil
        }
        var destination = stable["destination"]?.json ?? .object(JSONObject())
        destination["host"] = .string(host)
        destination["subset"] = nil
        return added(["destination": destination, "weight": 0], beside: stable, at: path + [.index(place)])
    }
}

/// Service Mesh Interface: the controller makes the TrafficSplit itself.
struct SMICompanion: RouteCompanion {
    static let router = ConversionRouter.smi
    static let kinds: Set = ["TrafficSplit"]

    static func services(in object: ConversionObject) -> [String] {
        [object.spec?["service"]?.filledText].compactMap { $0 }
    }

    static func routing(for names: [String], _ context: RouteContext) -> JSONValue { routing(of: "smi", [:]) }

    static func plan(_ objects: [ConversionObject], _ context: RouteContext) -> RoutePlan? {
        var plan = RoutePlan(routing: routing(of: "smi", [:]))
        for object in objects {
            plan.notes.append(
                (
                    .attention, object, "divides the traffic of Service \(context.stable) already",
                    "the controller makes a TrafficSplit named \(context.workload.name) of its own; two of them "
                        + "fight, so remove this one"
                ))
        }
        return plan
    }
}

/// AWS App Mesh.
struct AppMeshCompanion: RouteCompanion {
    static let router = ConversionRouter.appMesh
    static let kinds: Set = ["VirtualService"]

    static func services(in object: ConversionObject) -> [String] {
        guard object.manifest.apiVersion.hasPrefix("appmesh.k8s.aws/") else { return [] }
        let host = object.spec?["awsName"]?.filledText ?? object.name
        return [host, object.name]
    }

    static func routing(for names: [String], _ context: RouteContext) -> JSONValue {
        let node: (String) -> JSONValue = { ["name": .string(context.workload.name + $0)] }
        return routing(
            of: "appMesh",
            [
                "virtualService": ["name": .string(names.first ?? context.stable)],
                "virtualNodeGroup": ["canaryVirtualNodeRef": node("-canary"), "stableVirtualNodeRef": node("-stable")],
            ])
    }

    static func plan(_ objects: [ConversionObject], _ context: RouteContext) -> RoutePlan? {
        guard let first = objects.first else { return nil }
        var plan = RoutePlan(routing: routing(for: [first.name], context))
        plan.notes.append(
            (
                .attention, first,
                "needs VirtualNodes \(context.workload.name)-stable and \(context.workload.name)-canary behind its "
                    + "VirtualRouter",
                "the controller changes the weights between them and their selectors, and makes neither"
            ))
        return plan
    }
}
