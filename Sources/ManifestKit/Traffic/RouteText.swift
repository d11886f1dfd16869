/// Texts that several routers have in common.
enum RouteText {
    /// A text as a regular expression that matches nothing else.
    static func pattern(of text: String) -> String {
        String(text.flatMap { "\\.+*?()|[]{}^$".contains($0) ? ["\\", $0] : [$0] })
    }
}

/// The service of a Mapping: `https://web.shop:80` has a scheme, a namespace and a port beside the name.
struct MappingAddress {
    /// The scheme with what separates it from the rest, or empty.
    let scheme: Substring
    /// The name of the Service.
    let name: Substring
    /// What follows the name: a namespace, a port, a path.
    let rest: Substring
    /// The name with what belongs to it up to the port.
    var host: Substring { (name + rest).prefix { $0 != ":" && $0 != "/" } }

    init(_ text: String) {
        let start = text.firstRange(of: "://")?.upperBound ?? text.startIndex
        scheme = text[..<start]
        name = text[start...].prefix { $0 != "." && $0 != ":" && $0 != "/" }
        rest = text[name.endIndex...]
    }
}

extension CanaryStrategy {
    /// The steps that add a route for headers.
    var headerRouteSteps: [SetHeaderRouteStep] { steps.compactMap { $0 as? SetHeaderRouteStep } }
    /// The steps that add a route for copies.
    var mirrorRouteSteps: [SetMirrorRouteStep] { steps.compactMap { $0 as? SetMirrorRouteStep } }
}

extension TrafficIntent {
    /// What the canary and experiments leave of all traffic.
    func rest(of total: Int) -> Int { additional.reduce(total - weight) { $0 - $1.weight } }
}

extension Rollout {
    /// The beginning of the metadata of an object that a router makes.
    func ownMetadata(named name: String) -> JSONObject {
        var metadata = JSONObject([("name", .string(name))])
        metadata["namespace"] = namespace.map { .string($0) }
        return metadata
    }
}
