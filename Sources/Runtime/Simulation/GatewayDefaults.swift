import ManifestKit

/// The defaults that the definitions of Gateway API have, without which gateways understand no route.
enum GatewayDefaults {
    /// Fills in what the writer of a route has left out.
    static func route(_ object: inout JSONValue, _ kind: String) {
        guard var spec = object["spec"], spec.object != nil else { return }
        change(&spec, "parentRefs") { parent in
            fill(&parent, "group", "gateway.networking.k8s.io")
            fill(&parent, "kind", "Gateway")
        }
        change(&spec, "rules") { rule in
            if kind == "HTTPRoute" { fill(&rule, "matches", [["path": ["type": "PathPrefix", "value": "/"]]]) }
            change(&rule, "matches") { match(&$0, kind) }
            change(&rule, "backendRefs") { backend in
                reference(&backend)
                fill(&backend, "weight", 1)
                change(&backend, "filters", filter)
            }
            change(&rule, "filters", filter)
        }
        object["spec"] = spec
    }

    private static func match(_ match: inout JSONValue, _ kind: String) {
        if kind == "HTTPRoute" {
            var path = match["path"] ?? [:]
            fill(&path, "type", "PathPrefix")
            fill(&path, "value", "/")
            match["path"] = path
        } else if var method = match["method"] {
            fill(&method, "type", "Exact")
            match["method"] = method
        }
        for list in ["headers", "queryParams"] { change(&match, list) { fill(&$0, "type", "Exact") } }
    }

    private static func reference(_ backend: inout JSONValue) {
        fill(&backend, "group", "")
        fill(&backend, "kind", "Service")
    }

    private static func filter(_ filter: inout JSONValue) {
        guard var backend = filter["requestMirror"]?["backendRef"] else { return }
        reference(&backend)
        filter.set(["requestMirror", "backendRef"], to: backend)
    }

    private static func fill(_ object: inout JSONValue, _ key: String, _ value: JSONValue) {
        if object.object != nil, object[key] == nil { object[key] = value }
    }

    private static func change(_ object: inout JSONValue, _ list: String, _ body: (inout JSONValue) -> Void) {
        guard var items = object[list]?.array else { return }
        for place in items.indices { body(&items[place]) }
        object[list] = .array(items)
    }
}
