/// Reads the Services that an Ingress routes to, in the form of today and in that of `extensions/v1beta1`.
enum IngressBackends {
    /// A backend: the way to it, the Service's name and its port.
    struct Backend {
        var path: [FieldStep]
        var service: String
        var port: YAMLNode?
        var isLegacy: Bool
    }

    /// Every backend of an Ingress's rules.
    static func backends(of ingress: ConversionObject) -> [Backend] {
        var backends: [Backend] = []
        for (rule, node) in (ingress.spec?["rules"]?.elements ?? ingress.root.elements).enumerated() {
            for (place, path) in (node["http", "paths"]?.elements ?? node.elements).enumerated() {
                let steps: [FieldStep] = ["spec", "rules", .index(rule), "http", "paths", .index(place), "backend"]
                if let name = path["backend", "service", "name"]?.filledText {
                    let port = path["backend", "service", "port"]
                    backends.append(
                        Backend(
                            path: steps, service: name, port: port?["number"] ?? port?["name"], isLegacy: false))
                } else if let name = path["backend", "serviceName"]?.filledText {
                    backends.append(
                        Backend(
                            path: steps, service: name, port: path["backend", "servicePort"], isLegacy: true))
                }
            }
        }
        return backends
    }
}

/// ingress-nginx: the controller makes a canary Ingress beside the one that is there.
struct NginxCompanion: RouteCompanion {
    static let router = ConversionRouter.nginx
    static let kinds: Set = ["Ingress"]

    static func services(in object: ConversionObject) -> [String] {
        IngressBackends.backends(of: object).map(\.service)
    }

    static func routing(for names: [String], _ context: RouteContext) -> JSONValue {
        routing(of: "nginx", .object(JSONObject([named(names, single: "stableIngress", several: "stableIngresses")])))
    }

    static func plan(_ objects: [ConversionObject], _ context: RouteContext) -> RoutePlan? {
        var plan = RoutePlan(routing: routing(for: objects.map(\.name), context))
        for object in objects {
            plan.notes.append(
                (
                    .kept, object,
                    "is left as it is: it routes to Service \(context.stable), which is the stable Service now",
                    "the controller makes a canary Ingress from it and sets the weight there"
                ))
        }
        return plan
    }
}

/// AWS load balancer controller: the backend must ask for an action, and the action must be there from the start.
struct ALBCompanion: RouteCompanion {
    static let router = ConversionRouter.alb
    static let kinds: Set = ["Ingress"]

    static func services(in object: ConversionObject) -> [String] { NginxCompanion.services(in: object) }

    static func routing(for names: [String], _ context: RouteContext) -> JSONValue {
        let port = context.service?.spec?["ports"]?[0]?["port"]?.integer ?? 80
        return routing(names, port: port)
    }

    private static func routing(_ names: [String], port: Int) -> JSONValue {
        routing(
            of: "alb",
            .object(
                JSONObject([
                    named(names, single: "ingress", several: "ingresses"), ("servicePort", .int(port)),
                ])))
    }

    static func plan(_ objects: [ConversionObject], _ context: RouteContext) -> RoutePlan? {
        let backends = objects.flatMap { IngressBackends.backends(of: $0) }.filter { $0.service == context.stable }
        let ports = Set(backends.compactMap { number(of: $0.port, context) })
        guard let port = ports.min() ?? context.service?.spec?["ports"]?[0]?["port"]?.integer else { return nil }
        var plan = RoutePlan(routing: routing(objects.map(\.name), port: port))
        for object in objects {
            plan.changes.append(
                (
                    object, changes(in: object, port: port, context),
                    "its backend \(context.stable) uses an action annotation, which sends all traffic to Service "
                        + "\(context.stable) until an update"
                ))
            if ports.count > 1 {
                plan.notes.append(
                    (
                        .attention, object, "routes to several ports of Service \(context.stable)",
                        "the controller divides the traffic of one port, \(port); give the other paths a Service "
                            + "of their own"
                    ))
            }
        }
        return plan
    }

    private static func changes(in ingress: ConversionObject, port: Int, _ context: RouteContext) -> [FieldChange] {
        var changes: [FieldChange] = []
        for backend in IngressBackends.backends(of: ingress) where backend.service == context.stable {
            if backend.port?.text == "use-annotation" { continue }
            let port = backend.path + ["service", "port"]
            if backend.isLegacy {
                changes.append(.set(backend.path + ["servicePort"], "use-annotation"))
            } else if backend.port?.key?.text == "number" {
                changes += [.set(port + ["number"], "use-annotation"), .rename(port + ["number"], "name")]
            } else {
                changes.append(.set(port + ["name"], "use-annotation"))
            }
        }
        let key = "alb.ingress.kubernetes.io/actions." + context.stable
        if ingress.root["metadata", "annotations"]?[key] == nil {
            changes.append(.set(["metadata", "annotations", .key(key)], .string(action(port: port, context))))
        }
        return changes
    }

    /// The action in the form in which the controller writes it.
    private static func action(port: Int, _ context: RouteContext) -> String {
        func group(_ service: String, _ weight: Int) -> JSONValue {
            ["ServiceName": .string(service), "ServicePort": .string(String(port)), "Weight": .int(weight)]
        }
        let groups: JSONValue = .array([group(context.canary, 0), group(context.stable, 100)])
        return JSONWriter.text(["Type": "forward", "ForwardConfig": ["TargetGroups": groups]])
    }

    private static func number(of port: YAMLNode?, _ context: RouteContext) -> Int? {
        guard let port else { return nil }
        if let number = port.integer { return number }
        return context.service?.spec?["ports"]?.elements.first { $0["name"]?.text == port.text }?["port"]?.integer
    }
}
