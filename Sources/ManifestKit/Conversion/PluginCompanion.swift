/// Contour: a route of the HTTPProxy needs both Services, and weights.
struct ContourCompanion: RouteCompanion {
    static let router = ConversionRouter.contour
    static let kinds: Set = ["HTTPProxy"]

    static func services(in object: ConversionObject) -> [String] {
        (object.spec?["routes"]?.elements ?? object.root.elements).flatMap { route in
            (route["services"]?.elements ?? route.elements).compactMap { $0["name"]?.filledText }
        }
    }

    static func routing(for names: [String], _ context: RouteContext) -> JSONValue {
        plugin(ContourRouter.plugin, "httpProxies", names)
    }

    static func plan(_ objects: [ConversionObject], _ context: RouteContext) -> RoutePlan? {
        guard !objects.isEmpty else { return nil }
        var plan = RoutePlan(routing: routing(for: objects.map(\.name), context))
        for object in objects {
            var changes: [FieldChange] = []
            for (index, route) in (object.spec?["routes"]?.elements ?? object.root.elements).enumerated() {
                let services = route["services"]?.elements.map { $0["name"]?.text ?? "" } ?? []
                guard let place = services.firstIndex(of: context.stable), !services.contains(context.canary),
                    let stable = route["services"]?[place]
                else { continue }
                changes += secondBackend(
                    context.canary, like: stable, at: ["spec", "routes", .index(index), "services", .index(place)])
            }
            guard !changes.isEmpty else { continue }
            plan.changes.append(
                (
                    object, changes,
                    "its routes to Service \(context.stable) have a second Service \(context.canary) with weight 0 now"
                ))
        }
        return plan
    }
}

/// OpenShift: the controller gives the Route its alternate backend.
struct OpenShiftCompanion: RouteCompanion {
    static let router = ConversionRouter.openShift
    static let kinds: Set = ["Route"]

    static func services(in object: ConversionObject) -> [String] {
        guard object.manifest.apiVersion.hasPrefix("route.openshift.io/") else { return [] }
        return [object.spec?["to", "name"]?.filledText].compactMap { $0 }
    }

    static func routing(for names: [String], _ context: RouteContext) -> JSONValue {
        plugin(OpenShiftRouter.plugin, "routes", names)
    }

    static func plan(_ objects: [ConversionObject], _ context: RouteContext) -> RoutePlan? {
        objects.isEmpty ? nil : RoutePlan(routing: routing(for: objects.map(\.name), context))
    }
}

extension RouteCompanion {
    /// The settings of a router that the reference has as a plugin.
    fileprivate static func plugin(_ name: String?, _ field: String, _ objects: [String]) -> JSONValue {
        let settings = JSONObject([(field, .array(objects.map { .string($0) }))])
        return routing(of: "plugins", .object(JSONObject([(name ?? "", .object(settings))])))
    }
}
