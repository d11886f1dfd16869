/// Traefik: the traffic has to go through a weighted TraefikService that names both Services.
struct TraefikCompanion: RouteCompanion {
    static let router = ConversionRouter.traefik
    static let kinds: Set = ["TraefikService", "IngressRoute"]

    static func services(in object: ConversionObject) -> [String] {
        if object.kind == "TraefikService" {
            return (object.spec?["weighted", "services"]?.elements ?? object.root.elements).compactMap {
                $0["name"]?.filledText
            }
        }
        return backends(of: object).compactMap { $0.node["name"]?.filledText }
    }

    static func routing(for names: [String], _ context: RouteContext) -> JSONValue {
        routing(of: "traefik", ["weightedTraefikServiceName": .string(names.first ?? context.stable)])
    }

    static func plan(_ objects: [ConversionObject], _ context: RouteContext) -> RoutePlan? {
        if let object = objects.first(where: { $0.kind == "TraefikService" }) { return plan(weighted: object, context) }
        guard let route = objects.first,
            let backend = backends(of: route).first(where: { $0.node["name"]?.text == context.stable })
        else { return nil }
        let name = ServiceCompanion.name(of: context.stable, suffix: "-weighted")
        var plan = RoutePlan(routing: routing(for: [name], context))
        var stable = backend.node.json
        stable["kind"] = nil
        stable["weight"] = 100
        var canary = stable
        canary["name"] = .string(context.canary)
        canary["weight"] = 0
        var metadata: [(String, JSONValue)] = [("name", .string(name))]
        if let namespace = route.namespace { metadata.append(("namespace", .string(namespace))) }
        plan.additions.append(
            ConversionDraft.Addition(
                after: route.id, name: name,
                content: .value([
                    "apiVersion": .string(route.manifest.apiVersion), "kind": "TraefikService",
                    "metadata": .object(JSONObject(metadata)),
                    "spec": ["weighted": ["services": .array([stable, canary])]],
                ])))
        for object in objects {
            let changes = backends(of: object).filter { $0.node["name"]?.text == context.stable }.flatMap {
                retarget($0, to: name)
            }
            plan.changes.append(
                (
                    object, changes,
                    "routes to TraefikService \(name) now, which sends all traffic to Service \(context.stable) "
                        + "until an update"
                ))
        }
        return plan
    }

    private static func plan(weighted object: ConversionObject, _ context: RouteContext) -> RoutePlan {
        var plan = RoutePlan(routing: routing(for: [object.name], context))
        let services = object.spec?["weighted", "services"]?.elements.map { $0["name"]?.text ?? "" } ?? []
        guard let place = services.firstIndex(of: context.stable), !services.contains(context.canary),
            let stable = object.spec?["weighted", "services"]?[place]
        else { return plan }
        let path: [FieldStep] = ["spec", "weighted", "services", .index(place)]
        plan.changes.append(
            (
                object, secondBackend(context.canary, like: stable, at: path),
                "has a second Service \(context.canary) with weight 0 now"
            ))
        return plan
    }

    private static func backends(of object: ConversionObject) -> [(path: [FieldStep], node: YAMLNode)] {
        guard object.kind == "IngressRoute" else { return [] }
        var backends: [(path: [FieldStep], node: YAMLNode)] = []
        for (index, route) in (object.spec?["routes"]?.elements ?? object.root.elements).enumerated() {
            for (place, service) in (route["services"]?.elements ?? route.elements).enumerated()
            where service["kind"]?.text ?? "Service" == "Service" {
                backends.append((["spec", "routes", .index(index), "services", .index(place)], service))
            }
        }
        return backends
    }

    private static func retarget(_ backend: (path: [FieldStep], node: YAMLNode), to name: String) -> [FieldChange] {
        var changes: [FieldChange] = [.set(backend.path + ["name"], .string(name))]
        for entry in backend.node.entries where !["name", "kind"].contains(entry.key.text) {
            changes.append(.remove(backend.path + [.key(entry.key.text)]))
        }
        return changes + [.set(backend.path + ["kind"], "TraefikService")]
    }
}
