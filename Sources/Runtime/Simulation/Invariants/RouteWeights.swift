import ManifestKit

/// The weights in an Ingress or a VirtualService, read from the object itself and not by what wrote them.
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
