/// Istio: a route of the VirtualService needs two destinations, and weights that add up.
struct IstioCompanion: RouteCompanion {
    static let router = ConversionRouter.istio
    static let kinds: Set = ["VirtualService"]

    static func services(in object: ConversionObject) -> [String] {
        guard object.manifest.apiVersion.hasPrefix("networking.istio.io/") else { return [] }
        return (object.spec?["http"]?.elements ?? object.root.elements).flatMap { route in
            (route["route"]?.elements ?? route.elements).compactMap { $0["destination", "host"]?.filledText }
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
            let routes = object.spec?["http"]?.elements ?? object.root.elements
            var changes: [FieldChange] = []
            var names: [JSONValue] = []
            for (index, route) in routes.enumerated() {
                let path: [FieldStep] = ["spec", "http", .index(index)]
                guard let added = addDestination(to: route, at: path + ["route"], context) else { continue }
                changes += added
                guard routes.count > 1 else { continue }
                let name = route["name"]?.filledText ?? "\(context.workload.name)-\(index + 1)"
                names.append(.string(name))
                if route["name"] == nil { changes.append(.insert(path, [("name", .string(name))])) }
            }
            if routes.count > 1, names.isEmpty { continue }
            var fields: [(String, JSONValue)] = [("name", .string(object.name))]
            if !names.isEmpty { fields.append(("routes", .array(names))) }
            services.append(.object(JSONObject(fields)))
            if !changes.isEmpty {
                plan.changes.append(
                    (
                        object, changes,
                        "its routes to \(context.stable) have a second destination \(context.canary) with weight 0 now"
                    ))
            }
            if object.spec?["tls"] != nil || object.spec?["tcp"] != nil {
                plan.notes.append(
                    (
                        .attention, object, "has tcp or tls routes, which were left alone",
                        "add a canary destination, and tcpRoutes or tlsRoutes to the Rollout, if they carry this "
                            + "workload's traffic"
                    ))
            }
        }
        guard !services.isEmpty else { return nil }
        plan.routing = routing(services)
        return plan
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
