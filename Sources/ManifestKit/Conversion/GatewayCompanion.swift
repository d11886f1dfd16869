/// Gateway API, by the plugin `argoproj-labs/gatewayAPI`.
struct GatewayCompanion: RouteCompanion {
    static let router = ConversionRouter.gatewayAPI
    static let kinds: Set = ["HTTPRoute", "GRPCRoute", "TCPRoute", "TLSRoute"]
    static let plugin = "argoproj-labs/gatewayAPI"

    static func services(in object: ConversionObject) -> [String] {
        backends(of: object).map { $0.node["name"]?.text ?? "" }
    }

    static func routing(for names: [String], _ context: RouteContext) -> JSONValue {
        routing([("httpRoute", names)], namespace: context.workload.namespace)
    }

    /// Without a namespace the routes are in the Rollout's own.
    private static func routing(_ routes: [(String, [String])], namespace: String?) -> JSONValue {
        var fields: [(String, JSONValue)] = routes.map { key, names in
            names.count == 1
                ? (key, .string(names[0])) : (key + "s", .array(names.map { ["name": .string($0)] }))
        }
        if let namespace { fields.append(("namespace", .string(namespace))) }
        return routing(of: "plugins", .object(JSONObject([(plugin, .object(JSONObject(fields)))])))
    }

    static func plan(_ objects: [ConversionObject], _ context: RouteContext) -> RoutePlan? {
        let keys = [
            ("HTTPRoute", "httpRoute"), ("GRPCRoute", "grpcRoute"), ("TCPRoute", "tcpRoute"), ("TLSRoute", "tlsRoute"),
        ]
        let routes = keys.compactMap { kind, key in
            let names = objects.filter { $0.kind == kind }.map(\.name)
            return names.isEmpty ? nil : (key, names)
        }
        let namespace = objects.compactMap(\.namespace).first ?? context.workload.namespace
        var plan = RoutePlan(routing: routing(routes, namespace: namespace))
        for object in objects {
            let changes = changes(in: object, context)
            guard !changes.isEmpty else { continue }
            plan.changes.append(
                (
                    object, changes,
                    "its rules for Service \(context.stable) have a second backend \(context.canary) with weight 0 now"
                ))
        }
        return plan
    }

    private static func backends(of object: ConversionObject) -> [(
        path: [FieldStep], node: YAMLNode, siblings: YAMLNode
    )] {
        var backends: [(path: [FieldStep], node: YAMLNode, siblings: YAMLNode)] = []
        for (index, rule) in (object.spec?["rules"]?.elements ?? object.root.elements).enumerated() {
            guard let references = rule["backendRefs"] else { continue }
            for (place, backend) in references.elements.enumerated()
            where backend["kind"]?.text ?? "Service" == "Service" {
                backends.append((["spec", "rules", .index(index), "backendRefs", .index(place)], backend, references))
            }
        }
        return backends
    }

    private static func changes(in object: ConversionObject, _ context: RouteContext) -> [FieldChange] {
        backends(of: object).flatMap { backend -> [FieldChange] in
            guard backend.node["name"]?.text == context.stable,
                !backend.siblings.elements.contains(where: { $0["name"]?.text == context.canary })
            else { return [] }
            return secondBackend(context.canary, like: backend.node, at: backend.path)
        }
    }
}

/// Apache APISIX.
struct ApisixCompanion: RouteCompanion {
    static let router = ConversionRouter.apisix
    static let kinds: Set = ["ApisixRoute"]

    static func services(in object: ConversionObject) -> [String] {
        (object.spec?["http"]?.elements ?? object.root.elements).flatMap { rule in
            (rule["backends"]?.elements ?? rule.elements).compactMap { $0["serviceName"]?.filledText }
        }
    }

    static func routing(for names: [String], _ context: RouteContext) -> JSONValue {
        routing(of: "apisix", ["route": ["name": .string(names.first ?? context.stable)]])
    }

    static func plan(_ objects: [ConversionObject], _ context: RouteContext) -> RoutePlan? {
        guard let object = objects.first else { return nil }
        var changes: [FieldChange] = []
        var rules: [JSONValue] = []
        for (index, rule) in (object.spec?["http"]?.elements ?? object.root.elements).enumerated() {
            let backends = rule["backends"]?.elements.map { $0["serviceName"]?.text ?? "" } ?? []
            guard let place = backends.firstIndex(of: context.stable), let stable = rule["backends"]?[place] else {
                continue
            }
            if let name = rule["name"]?.filledText { rules.append(.string(name)) }
            guard !backends.contains(context.canary) else { continue }
            changes += secondBackend(
                context.canary, in: "serviceName", like: stable,
                at: ["spec", "http", .index(index), "backends", .index(place)])
        }
        var route: [(String, JSONValue)] = [("name", .string(object.name))]
        if !rules.isEmpty { route.append(("rules", .array(rules))) }
        var plan = RoutePlan(routing: routing(of: "apisix", ["route": .object(JSONObject(route))]))
        if !changes.isEmpty {
            plan.changes.append(
                (
                    object, changes,
                    "its rules for Service \(context.stable) have a second backend \(context.canary) with weight 0 now"
                ))
        }
        return plan
    }
}

/// Ambassador, now Emissary: the controller makes a canary Mapping beside the one that is there.
struct AmbassadorCompanion: RouteCompanion {
    static let router = ConversionRouter.ambassador
    static let kinds: Set = ["Mapping"]

    static func services(in object: ConversionObject) -> [String] {
        guard let service = object.spec?["service"]?.filledText else { return [] }
        return [String(MappingAddress(service).host)]
    }

    static func routing(for names: [String], _ context: RouteContext) -> JSONValue {
        routing(of: "ambassador", ["mappings": .array(names.map { .string($0) })])
    }

    static func plan(_ objects: [ConversionObject], _ context: RouteContext) -> RoutePlan? {
        var plan = RoutePlan(routing: routing(for: objects.map(\.name), context))
        for object in objects {
            if object.spec?["weight"] != nil {
                plan.notes.append(
                    (
                        .attention, object, "has a weight of its own, which the controller refuses",
                        "remove spec.weight; the controller makes a canary Mapping and sets the weight there"
                    ))
            } else {
                plan.notes.append(
                    (
                        .kept, object,
                        "is left as it is: it routes to Service \(context.stable), which is the stable Service now",
                        "the controller makes a canary Mapping from it and sets the weight there"
                    ))
            }
        }
        return plan
    }
}
