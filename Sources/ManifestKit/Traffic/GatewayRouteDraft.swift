/// A route of Gateway API while its rules are being changed.
///
/// A route that somebody has read has the API server's defaults in it; what is added is written with them, so that a
/// rule that is there is known again.
struct GatewayRouteDraft {
    private let kind: ResourceKind
    private let takesHeaderRoutes: Bool
    private let mark: GatewayAPIRouter.Mark?
    private let services: VersionServices
    /// The namespace of the services, and that of the route; nil where nobody knows.
    private let namespace: String?
    private let routeNamespace: String?
    private let maximumWeight: Int
    private let managedRoutes: [String]
    private let headerSteps: [SetHeaderRouteStep]
    private let hasMirrorSteps: Bool
    private let formerExperiments: Set<String>
    private let written: JSONValue
    private var object: JSONValue

    init(_ object: JSONValue, route: GatewayAPIRouter.Route, router: GatewayAPIRouter, rollout: Rollout) {
        self.object = object
        written = object
        kind = route.key.kind
        takesHeaderRoutes = route.takesHeaderRoutes
        mark = router.mark
        services = VersionServices(rollout, prefersPingPong: false)
        namespace = rollout.namespace
        routeNamespace = route.key.namespace ?? rollout.namespace
        let canary = rollout.spec.strategy.canary
        maximumWeight = rollout.spec.strategy.maximumWeight
        headerSteps = canary?.headerRouteSteps ?? []
        let mirrorSteps = canary?.mirrorRouteSteps ?? []
        hasMirrorSteps = !mirrorSteps.isEmpty
        let names = headerSteps.map(\.name) + mirrorSteps.map(\.name)
        let managed = canary?.trafficRouting?.managedRoutes ?? []
        managedRoutes = managed + names.filter { !managed.contains($0) }
        formerExperiments = Set((rollout.status.weights?.additional ?? []).compactMap(\.serviceName))
    }

    /// What has changed.
    var patch: JSONValue? { written.mergePatch(to: object) }

    private var rules: [JSONValue] {
        get { object["spec"]?["rules"]?.array ?? [] }
        set { if newValue != rules { object.set(["spec", "rules"], to: .array(newValue)) } }
    }

    // MARK: Backends

    private static func backends(of rule: JSONValue) -> [JSONValue] { rule["backendRefs"]?.array ?? [] }

    private static func isService(_ backend: JSONValue) -> Bool {
        // Some write `core` for the group that has no name.
        (backend.text("kind") ?? "Service") == "Service" && ["", "core"].contains(backend.text("group") ?? "")
    }

    /// Whether a backend is what the Rollout calls by a name: a Service of its namespace, or something else that
    /// stands for one, such as a ServiceImport.
    private func isBackend(_ backend: JSONValue, _ service: String) -> Bool {
        guard !service.isEmpty, backend.text("name") == service else { return false }
        guard Self.isService(backend), let namespace else { return true }
        return (backend.text("namespace") ?? routeNamespace ?? namespace) == namespace
    }

    private func isCanary(_ backend: JSONValue) -> Bool { isBackend(backend, services.canary) }
    private func isStable(_ backend: JSONValue) -> Bool { isBackend(backend, services.stable) }

    /// Whether a rule leads to both versions and is none that we have added.
    private func isDivided(_ rule: JSONValue) -> Bool {
        let backends = Self.backends(of: rule)
        return backends.contains { isCanary($0) } && backends.contains { isStable($0) } && !isManaged(rule)
    }

    /// Whether the divided rules lead to Services, which need a grant from another namespace.
    var leadsToServices: Bool {
        rules.contains { rule in
            isDivided(rule) && Self.backends(of: rule).contains { (isCanary($0) || isStable($0)) && Self.isService($0) }
        }
    }

    /// Why no rule can be divided, or nil where one can.
    var lackOfBackends: String? {
        guard !rules.contains(where: { isDivided($0) }) else { return nil }
        let backends = rules.flatMap { Self.backends(of: $0) }
        for service in [services.stable, services.canary] where !backends.contains(where: { isBackend($0, service) }) {
            guard backends.contains(where: { $0.text("name") == service }) else {
                return "has no backend \(service)"
            }
            return "leads to a Service \(service) of another namespace; the backend needs namespace: \(namespace ?? "")"
        }
        return "has no rule that leads to both \(services.stable) and \(services.canary)"
    }

    /// The canary's share in each rule that is divided.
    var canaryWeights: [Int] {
        rules.filter { isDivided($0) }.compactMap { rule in
            var share = RouteShare()
            for backend in Self.backends(of: rule) {
                let isExperiment = backend.text("name").map { formerExperiments.contains($0) } ?? false
                guard isExperiment || isCanary(backend) || isStable(backend) else { continue }
                // A backend without a weight has 1.
                share.add(backend["weight"]?.integer ?? 1, isCanary: isCanary(backend))
            }
            return share.of(maximumWeight)
        }
    }

    // MARK: Rules of steps

    /// Whether a rule is one that we, or the reference's plugin, have added for a step.
    private func isManaged(_ rule: JSONValue) -> Bool {
        let backends = Self.backends(of: rule)
        let leadsToCanaryOnly = backends.count == 1 && isCanary(backends[0])
        let mirrors = mirrorsToCanary(rule)
        if let name = rule.text("name") {
            if managedRoutes.contains(name) { return true }
            // Names of rules are unique, so a route that applies to several rules is numbered.
            guard let dash = name.lastIndex(of: "-"), Int(name[name.index(after: dash)...]) != nil else { return false }
            return managedRoutes.contains(String(name[..<dash])) && (leadsToCanaryOnly || mirrors)
        }
        // Releases of Gateway API before 1.2, and of the plugin before 0.13, have no names.
        if mirrors, hasMirrorSteps { return true }
        guard leadsToCanaryOnly, let matches = rule["matches"]?.array, !matches.isEmpty else { return false }
        return headerSteps.contains { step in
            let headers = Self.headers(of: step)
            guard !headers.isEmpty else { return false }
            return matches.allSatisfy { match in
                let known = match["headers"]?.array ?? []
                return headers.allSatisfy { header in known.contains { Self.covers($0, header) } }
            }
        }
    }

    private func mirrorsToCanary(_ rule: JSONValue) -> Bool {
        (rule["filters"]?.array ?? []).contains { filter in
            filter["requestMirror"]?["backendRef"].map { isCanary($0) } ?? false
        }
    }

    /// Takes away every rule that steps have added.
    mutating func removeManagedRules() { rules = rules.filter { !isManaged($0) } }

    /// The headers that a step asks for, all of which a request must have.
    private static func headers(of step: SetHeaderRouteStep) -> [JSONValue] {
        (step.matches ?? []).compactMap { match in GatewayMatch.header(match.name, match.value) }
    }

    /// The rules for a route for headers: one for each rule that is divided, with its filters and what else it has.
    private func rules(for step: SetHeaderRouteStep, beside divided: [JSONValue]) -> [JSONValue] {
        let headers = Self.headers(of: step)
        guard !headers.isEmpty else { return [] }
        return divided.enumerated().map { place, source in
            var rule = source
            rule["name"] = .string(Self.name(step.name, place))
            let matches = source["matches"]?.array ?? []
            rule["matches"] = .array((matches.isEmpty ? [.object(JSONObject())] : matches).map { match in
                var match = match
                let names = Set(headers.compactMap { $0.text("name")?.lowercased() })
                let kept = (match["headers"]?.array ?? []).filter {
                    !names.contains($0.text("name")?.lowercased() ?? "")
                }
                match["headers"] = .array(kept + headers)
                if kind == .httpRoute, match["path"] == nil { match["path"] = Self.anyPath }
                return match
            })
            rule["backendRefs"] = .array(Self.backends(of: source).filter { isCanary($0) }.prefix(1).map { backend in
                var backend = backend
                backend["weight"] = 1
                return backend
            })
            return rule
        }
    }

    private static func name(_ name: String, _ place: Int) -> String { place == 0 ? name : "\(name)-\(place)" }

    private static let anyPath: JSONValue = ["type": "PathPrefix", "value": "/"]

    /// The rules for a route for copies: requests go where they went, and a copy of some of them to the canary.
    private func rules(for step: SetMirrorRouteStep, beside divided: [JSONValue]) -> [JSONValue] {
        var rules: [JSONValue] = []
        for source in divided {
            let own = source["matches"]?.array ?? []
            let isGRPC = kind == .grpcRoute
            let all: JSONValue = isGRPC ? .object(JSONObject()) : ["path": Self.anyPath]
            let matches = (own.isEmpty ? [all] : own).flatMap { match in
                (step.matches ?? []).compactMap {
                    isGRPC ? GatewayMatch.mirroredCalls($0, within: match) : GatewayMatch.mirrored($0, within: match)
                }
            }
            guard !matches.isEmpty, var canary = Self.backends(of: source).first(where: { isCanary($0) })
            else { continue }
            canary["weight"] = nil
            canary["filters"] = nil
            var mirror: JSONValue = ["backendRef": canary]
            if step.percentage < 100 { mirror["percent"] = .int(step.percentage) }
            var rule = source
            rule["name"] = .string(Self.name(step.name, rules.count))
            rule["matches"] = .array(matches)
            let filters = (source["filters"]?.array ?? []).filter { $0["requestMirror"]?["backendRef"] != canary }
            rule["filters"] = .array(filters + [["type": "RequestMirror", "requestMirror": mirror]])
            rules.append(rule)
        }
        return rules
    }

    // MARK: Weights

    /// Divides the traffic and adds and removes the rules of steps; what keeps it from that, or nil.
    mutating func divide(_ intent: TrafficIntent) -> String? {
        if let problem = lackOfBackends { return problem }
        let (own, known) = rules.reduce(into: ([JSONValue](), [JSONValue]())) { found, rule in
            isManaged(rule) ? found.1.append(rule) : found.0.append(rule)
        }
        let all = own.map { isDivided($0) ? weighted($0, intent) : $0 }
        let divided = all.filter { isDivided($0) }
        var wanted: [(name: String, rules: [JSONValue])] = []
        if takesHeaderRoutes, kind == .httpRoute || kind == .grpcRoute {
            wanted += intent.headerRoutes.map { (name: $0.name, rules: rules(for: $0, beside: divided)) }
        }
        if kind == .httpRoute || kind == .grpcRoute {
            wanted += intent.mirrorRoutes.map { (name: $0.name, rules: rules(for: $0, beside: divided)) }
        }
        let order = wanted.enumerated().sorted { left, right in
            let ranks = [left, right].map { managedRoutes.firstIndex(of: $0.element.name) ?? managedRoutes.count }
            return (ranks[0], left.offset) < (ranks[1], right.offset)
        }
        let added = intent.removesManagedRoutes ? [] : order.flatMap { $0.element.rules }.map { rule in
            // What an API server has filled in, or left out, since makes no other rule of it.
            known.first { Self.isSame($0, rule) } ?? rule
        }
        guard all.count + added.count <= GatewayAPIRouter.maximumRules else {
            return "would have \(all.count + added.count) rules with those of the steps; there can be "
                + "\(GatewayAPIRouter.maximumRules)"
        }
        // Of two rules for the same requests the first one gets them, and a mirrored rule may be for the very requests
        // of the one that it is beside. One for headers is for fewer, wherever it stands.
        let mirrors = added.contains { mirrorsToCanary($0) }
        let isInPlace = !mirrors || rules.prefix(added.count).allSatisfy { isManaged($0) }
        // Where the same rules are there already, they stay where they are.
        if isInPlace, known.count == added.count, zip(known, added).allSatisfy({ $0 == $1 }) {
            var rest = all[...]
            rules = rules.map { isManaged($0) ? $0 : rest.popFirst() ?? $0 }
        } else {
            rules = mirrors ? added + all : all + added
        }
        setMark(intent.weight > 0 || !added.isEmpty || !intent.additional.isEmpty)
        return nil
    }

    /// A rule with the weights as they are to be, and the backends of experiments.
    private func weighted(_ rule: JSONValue, _ intent: TrafficIntent) -> JSONValue {
        let additional = intent.additional.filter { $0.serviceName?.isEmpty == false }
        let rest = maximumWeight - intent.weight - additional.reduce(0) { $0 + $1.weight }
        let wanted = Dictionary(additional.map { ($0.serviceName ?? "", $0.weight) }, uniquingKeysWith: { $1 })
        var backends = Self.backends(of: rule).compactMap { backend -> JSONValue? in
            if isCanary(backend) { return Self.weighted(backend, intent.weight) }
            if isStable(backend) { return Self.weighted(backend, max(0, rest)) }
            let name = backend.text("name") ?? ""
            if let weight = wanted[name], isBackend(backend, name) { return Self.weighted(backend, weight) }
            return formerExperiments.contains(name) && isBackend(backend, name) ? nil : backend
        }
        for destination in additional {
            let name = destination.serviceName ?? ""
            guard !backends.contains(where: { isBackend($0, name) }),
                var backend = backends.first(where: { isStable($0) })
            else { continue }
            backend["name"] = .string(name)
            backends.append(Self.weighted(backend, destination.weight))
        }
        guard backends != Self.backends(of: rule) else { return rule }
        var rule = rule
        rule["backendRefs"] = .array(backends)
        return rule
    }

    private static func weighted(_ backend: JSONValue, _ weight: Int) -> JSONValue {
        guard backend["weight"]?.integer != weight else { return backend }
        var backend = backend
        backend["weight"] = .int(weight)
        return backend
    }

    private mutating func setMark(_ isInProgress: Bool) {
        guard let mark else { return }
        let known = object["metadata"]?["labels"]?[mark.key]?.string
        if isInProgress, known != mark.value {
            object.set(["metadata", "labels", mark.key], to: .string(mark.value))
        } else if !isInProgress, known != nil {
            object.set(["metadata", "labels", mark.key], to: nil)
        }
    }

    // MARK: Comparison

    /// Whether a rule that is there is the one that is wanted, but for defaults, and for a name where none is kept.
    private static func isSame(_ known: JSONValue, _ wanted: JSONValue) -> Bool {
        var wanted = wanted
        if known["name"] == nil { wanted["name"] = nil }
        return covers(known, wanted)
    }

    /// Whether everything that is wanted is there as wanted.
    private static func covers(_ known: JSONValue, _ wanted: JSONValue) -> Bool {
        switch (known, wanted) {
        case (.object(let known), .object(let wanted)):
            wanted.fields.allSatisfy { field in known[field.key].map { covers($0, field.value) } ?? false }
        case (.array(let known), .array(let wanted)):
            known.count == wanted.count && zip(known, wanted).allSatisfy { covers($0, $1) }
        default: known == wanted
        }
    }
}
