import ManifestKit

/// The weights in an object of a router, read from the object itself and not by what wrote them.
struct RouteWeights: Hashable {
    /// What the destinations of one route come to together.
    private enum Whole: Hashable {
        case percent
        /// The greatest weight of the Rollout.
        case maximum
    }

    /// Weights of destinations that share one route's traffic.
    private struct Division: Hashable {
        var route: String
        var weights: [Int]
        var whole = Whole.percent
    }

    private var divisions: [Division] = []
    /// Weights that stand alone, and what each is.
    private var alone: [String: Int] = [:]
    /// What stands for the Rollout's versions in routes; nil where every destination counts.
    private let versions: RoutedVersions?
    /// The namespace of the object.
    private let namespace: String?

    /// Reads an object. With versions only what stands for them counts in routes that may lead to something else as
    /// well, and a route that does not lead to both of them is somebody else's.
    init(_ object: JSONValue, of versions: RoutedVersions? = nil) {
        self.versions = versions
        namespace = object["metadata"]?["namespace"]?.string
        let annotations = object["metadata"]?["annotations"]?.object?.sortedFields ?? []
        for (key, value) in annotations {
            if key.hasSuffix("/canary-weight"), let weight = value.string.flatMap({ Int($0) }) {
                alone[key] = weight
            }
            if key.contains("/actions."), let text = value.string {
                let groups = YAMLParser.document(text)?.root?.json["ForwardConfig", "TargetGroups"]?.array ?? []
                let weights = groups.compactMap { $0["Weight"]?.integer }
                if !weights.isEmpty { divisions.append(Division(route: key, weights: weights)) }
            }
        }
        readLists(of: object["spec"] ?? .null)
        for list in ["http", "tls", "tcp"] {
            for (position, route) in (object["spec"]?[list]?.array ?? []).enumerated() {
                let weights = (route["route"]?.array ?? []).map { $0["weight"]?.integer ?? 0 }
                let name = route["name"]?.string ?? "\(list)[\(position)]"
                if weights.count > 1 { divisions.append(Division(route: name, weights: weights)) }
                if let share = route["mirrorPercentage"]?["value"]?.integer { alone["mirror of \(name)"] = share }
            }
        }
        for (position, rule) in (object["spec"]?["rules"]?.array ?? []).enumerated() {
            readRule(rule, rule["name"]?.string ?? "rules[\(position)]")
        }
    }

    /// Weights of a rule of Gateway API. Copies stand in its filters and have none; a backend that says nothing has 1.
    private mutating func readRule(_ rule: JSONValue, _ name: String) {
        let backends = own(rule["backendRefs"]?.array ?? []) { $0["name"]?.string }
        guard backends.count > 1 else { return }
        divisions.append(Division(
            route: name, weights: backends.map { $0["weight"]?.integer ?? 1 }, whole: .maximum))
    }

    /// Weights in the lists that the objects of other routers have. Lists in which a weight is left out say nothing.
    private mutating func readLists(of spec: JSONValue) {
        let named = { (entry: JSONValue) in entry["name"]?.string }
        var lists: [(String, [JSONValue])] = [
            ("weighted.services", own(spec["weighted"]?["services"]?.array ?? [], named)),
            ("backends", spec["backends"]?.array ?? []),
            ("tcpproxy.services", spec["tcpproxy"]?["services"]?.array ?? []),
        ]
        if let to = spec["to"] { lists.append(("to", own([to] + (spec["alternateBackends"]?.array ?? []), named))) }
        for route in spec["http"]?.array ?? [] {
            let backends = own(route["backends"]?.array ?? []) { $0["serviceName"]?.string }
            lists.append((Self.name(of: route), backends))
        }
        for route in spec["routes"]?.array ?? [] {
            let services = (route["services"]?.array ?? []).filter { $0["mirror"]?.boolean != true }
            lists.append((Self.name(of: route), services))
            for type in ["httpRoute", "tcpRoute", "http2Route", "grpcRoute"] {
                let targets = route[type, "action", "weightedTargets"]?.array ?? []
                lists.append((Self.name(of: route), own(targets) { $0["virtualNodeRef"]?["name"]?.string }))
            }
        }
        for (name, list) in lists where list.count > 1 {
            // A quantity is a number in quotes.
            let weights = list.compactMap { $0["weight"]?.integer ?? $0["weight"]?.string.flatMap { Int($0) } }
            if weights.count == list.count { divisions.append(Division(route: name, weights: weights)) }
        }
        // A Mapping's own weight is that of the canary.
        if let weight = spec["weight"]?.integer { alone["the weight"] = weight }
    }

    /// The destinations of a list that are the Rollout's; none where both versions are not among them.
    private func own(_ list: [JSONValue], _ name: (JSONValue) -> String?) -> [JSONValue] {
        guard let versions else { return list }
        let own = list.filter { destination in
            let other = destination["namespace"]?.string ?? namespace
            guard other == nil || versions.namespace == nil || other == versions.namespace else { return false }
            return name(destination).map { versions.names.contains($0) } ?? false
        }
        let found = Set(own.compactMap(name))
        return versions.pairs.contains { found.isSuperset(of: $0) } ? own : []
    }

    private static func name(of route: JSONValue) -> String { route["name"]?.string ?? "a route" }

    /// What is wrong with the weights, or nil. Divided traffic is in percent whatever the maximum is, except in routes
    /// of Gateway API.
    func problem(of maximum: Int) -> String? {
        for (what, weight) in alone.sorted(by: { $0.key < $1.key }) where !(0...maximum).contains(weight) {
            return "\(what) is \(weight) of \(maximum)"
        }
        for division in divisions {
            let whole = division.whole == .maximum ? maximum : 100
            let sum = division.weights.reduce(0, +)
            if sum != whole || division.weights.contains(where: { !(0...whole).contains($0) }) {
                let list = division.weights.map(String.init).joined(separator: ", ")
                return "the weights of \(division.route) are \(list)" + (whole == 100 ? "" : " of \(whole)")
            }
        }
        return nil
    }
}

/// What stands for a Rollout's versions in routes.
struct RoutedVersions: Hashable {
    /// The namespace of all of it.
    var namespace: String?
    /// The names of the two between which traffic is divided: Services, or VirtualNodes of a mesh.
    var pairs: Set<Set<String>> = []
    /// The names of the Services of experiments.
    private var tried: Set<String> = []
    /// All names.
    var names: Set<String> { pairs.reduce(tried) { $0.union($1) } }

    /// What a Rollout's routes may lead to before and after a change: an experiment that is gone may still be there.
    init(_ change: ObservedChange) {
        for world in [change.before, change.after] {
            guard let rollout = world.rollout else { continue }
            namespace = rollout.namespace
            let services = rollout.versionServices
            let routers = rollout.spec.strategy.canary?.trafficRouting?.routers ?? []
            let nodes = routers.flatMap { $0.objects(for: rollout) }.filter { $0.kind == .virtualNode }.map(\.name)
            for pair in [[services.stable, services.new].compactMap { $0 }, nodes] where pair.count == 2 {
                pairs.insert(Set(pair))
            }
            tried.formUnion(world.experiments.values.flatMap { $0.status.templates.map(\.serviceName) })
            tried.formUnion((rollout.status.weights?.additional ?? []).compactMap(\.serviceName))
        }
    }
}
