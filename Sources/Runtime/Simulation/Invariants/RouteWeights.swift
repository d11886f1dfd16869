import ManifestKit

/// The weights in an object of a router, read from the object itself and not by what wrote them.
struct RouteWeights {
    /// The weights of destinations that share one route's traffic.
    private var divided: [(route: String, weights: [Int])] = []
    /// Weights that stand alone.
    private var alone: [(what: String, weight: Int)] = []

    init(_ object: JSONValue) {
        let annotations = object["metadata"]?["annotations"]?.object?.sortedFields ?? []
        for (key, value) in annotations {
            if key.hasSuffix("/canary-weight"), let weight = value.string.flatMap({ Int($0) }) {
                alone.append((key, weight))
            }
            if key.contains("/actions."), let text = value.string {
                let groups = YAMLParser.document(text)?.root?.json["ForwardConfig", "TargetGroups"]?.array ?? []
                let weights = groups.compactMap { $0["Weight"]?.integer }
                if !weights.isEmpty { divided.append((key, weights)) }
            }
        }
        readLists(of: object["spec"] ?? .null)
        for list in ["http", "tls", "tcp"] {
            for (position, route) in (object["spec"]?[list]?.array ?? []).enumerated() {
                let weights = (route["route"]?.array ?? []).map { $0["weight"]?.integer ?? 0 }
                let name = route["name"]?.string ?? "\(list)[\(position)]"
                if weights.count > 1 { divided.append((name, weights)) }
                if let share = route["mirrorPercentage"]?["value"]?.integer {
                    alone.append(("mirror of \(name)", share))
                }
            }
        }
    }

    /// Weights in the lists that the objects of other routers have. Lists in which a weight is left out say nothing.
    private mutating func readLists(of spec: JSONValue) {
        var lists: [(String, [JSONValue])] = [
            ("weighted.services", spec["weighted"]?["services"]?.array ?? []),
            ("backends", spec["backends"]?.array ?? []),
            ("tcpproxy.services", spec["tcpproxy"]?["services"]?.array ?? []),
        ]
        if let to = spec["to"] { lists.append(("to", [to] + (spec["alternateBackends"]?.array ?? []))) }
        for route in spec["http"]?.array ?? [] { lists.append((Self.name(of: route), route["backends"]?.array ?? [])) }
        for route in spec["routes"]?.array ?? [] {
            let services = (route["services"]?.array ?? []).filter { $0["mirror"]?.boolean != true }
            lists.append((Self.name(of: route), services))
            for type in ["httpRoute", "tcpRoute", "http2Route", "grpcRoute"] {
                lists.append((Self.name(of: route), route[type, "action", "weightedTargets"]?.array ?? []))
            }
        }
        for (name, list) in lists where list.count > 1 {
            // A quantity is a number in quotes.
            let weights = list.compactMap { $0["weight"]?.integer ?? $0["weight"]?.string.flatMap { Int($0) } }
            if weights.count == list.count { divided.append((name, weights)) }
        }
        // A Mapping's own weight is that of the canary.
        if let weight = spec["weight"]?.integer { alone.append(("the weight", weight)) }
    }

    private static func name(of route: JSONValue) -> String { route["name"]?.string ?? "a route" }

    /// What is wrong with the weights, or nil. Divided traffic is in percent whatever the maximum is.
    func problem(of maximum: Int) -> String? {
        for (what, weight) in alone where !(0...maximum).contains(weight) {
            return "\(what) is \(weight) of \(maximum)"
        }
        for (route, weights) in divided {
            let sum = weights.reduce(0, +)
            if sum != 100 || weights.contains(where: { !(0...100).contains($0) }) {
                return "the weights of \(route) are \(weights.map(String.init).joined(separator: ", "))"
            }
        }
        return nil
    }
}
