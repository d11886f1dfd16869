/// Istio: weights stand in VirtualServices, and with subsets the hashes of the pods in a DestinationRule.
public struct IstioRouter: TrafficRouter {
    /// A VirtualService and which of its routes are divided.
    struct Target: Hashable, Sendable {
        var key: ObjectKey
        var routes: [String]
        var tlsRoutes: [TransportRoute]
        var tcpRoutes: [TransportRoute]
    }

    /// A TLS or TCP route, found by its port and server names.
    struct TransportRoute: Hashable, Sendable {
        var port: Int
        var serverNames: Set<String>
    }

    /// The DestinationRule whose subsets are the two versions.
    struct Subsets: Hashable, Sendable {
        var rule: String
        var canary: String
        var stable: String
        var additional: Set<String>
    }

    public static let key = "istio"
    public static let capabilities = TrafficRouterCapabilities(
        key, "Istio", headerRoutes: true, mirrorRoutes: true, experimentWeights: true, pingPong: true,
        services: .unlessPingPongOrSubsets)
    private let named: [Target]
    let subsets: Subsets?

    public init(_ settings: JSONValue) {
        let list = settings["virtualServices"]?.array ?? []
        let single = settings.present("virtualService").map { [$0] } ?? []
        named = (list.isEmpty ? single : list).compactMap { Self.target($0) }
        subsets = settings.present("destinationRule").flatMap { rule in
            rule.text("name").map {
                Subsets(
                    rule: $0, canary: rule.text("canarySubsetName") ?? "", stable: rule.text("stableSubsetName") ?? "",
                    additional: Set(rule.texts("additionalSubsetNames")))
            }
        }
    }

    private static func target(_ value: JSONValue) -> Target? {
        guard let name = value.text("name") else { return nil }
        // A name may carry a namespace behind a dot.
        let parts = name.split(separator: ".", maxSplits: 1)
        let namespace = parts.count == 2 ? String(parts[1]) : nil
        return Target(
            key: ObjectKey(.virtualService, String(parts[0]), namespace: namespace), routes: value.texts("routes"),
            tlsRoutes: transportRoutes(value["tlsRoutes"]), tcpRoutes: transportRoutes(value["tcpRoutes"]))
    }

    private static func transportRoutes(_ value: JSONValue?) -> [TransportRoute] {
        (value?.array ?? []).map { TransportRoute(port: $0.count("port") ?? 0, serverNames: Set($0.texts("sniHosts"))) }
    }

    /// The VirtualServices, with keys as a world of the Rollout has them.
    private func targets(of rollout: Rollout) -> [Target] {
        named.map { target in
            var target = target
            target.key = target.key.seen(from: rollout)
            return target
        }
    }

    public func objects(for rollout: Rollout) -> [ObjectKey] {
        targets(of: rollout).map(\.key) + (subsets.map { [ObjectKey(.destinationRule, $0.rule)] } ?? [])
    }

    public func placeholder(for key: ObjectKey, of rollout: Rollout) -> JSONValue {
        let services = VersionServices(rollout, prefersPingPong: false)
        let apiVersion: JSONValue = "networking.istio.io/v1"
        if key.kind == .destinationRule, let subsets {
            let empty: JSONValue = .object(JSONObject())
            return [
                "apiVersion": apiVersion, "kind": "DestinationRule", "metadata": ["name": .string(key.name)],
                "spec": [
                    "host": .string(rollout.name),
                    "subsets": .array([
                        ["name": .string(subsets.stable), "labels": empty],
                        ["name": .string(subsets.canary), "labels": empty],
                    ]),
                ],
            ]
        }
        let destinations: [JSONValue] = if let subsets {
            [subsets.stable, subsets.canary].map { ["host": .string(rollout.name), "subset": .string($0)] }
        } else {
            [services.stable, services.canary].map { ["host": .string($0)] }
        }
        let route = zip(destinations, [100, 0]).map { destination, weight -> JSONValue in
            ["destination": destination, "weight": .int(weight)]
        }
        let names = targets(of: rollout).first { $0.key == key }?.routes ?? []
        let routes = (names.isEmpty ? [nil] : names.map { Optional($0) }).map { name -> JSONValue in
            var http: JSONValue = name.map { ["name": .string($0)] } ?? .object(JSONObject())
            http["route"] = .array(route)
            return http
        }
        return [
            "apiVersion": apiVersion, "kind": "VirtualService", "metadata": ["name": .string(key.name)],
            "spec": ["hosts": .array([.string(rollout.name)]), "http": .array(routes)],
        ]
    }

    public func changes(for intent: TrafficIntent, of rollout: Rollout, in world: World) -> RouteChanges {
        var changes = RouteChanges()
        var drafts: [VirtualServiceDraft] = []
        for target in targets(of: rollout) {
            guard let object = world.objects[target.key] else {
                return .problem("there is no VirtualService \(target.key.name)")
            }
            drafts.append(VirtualServiceDraft(object, target: target, router: self, rollout: rollout))
        }
        if intent.removesManagedRoutes {
            for place in drafts.indices {
                drafts[place].removeManagedRoutes()
                changes.actions += drafts[place].commit("removed all managed routes.")
            }
        }
        guard !intent.leavesTraffic else { return changes }
        if let name = intent.incomplete.first, isSubsetOnly(rollout) {
            changes.problem = "the pods of ReplicaSet \(name) are not all available yet"
            changes.isTemporary = true
            return changes
        }
        let removals = changes.actions
        let host = subsets.flatMap { world.object(.destinationRule, $0.rule)?["spec"]?["host"]?.string }
        for place in drafts.indices {
            if let route = intent.headerRoute {
                drafts[place].set(route, host: host)
                changes.actions += drafts[place].commit("set headerRoute '\(route.name)'")
            }
            if let route = intent.mirrorRoute {
                drafts[place].set(route, host: host)
                changes.actions += drafts[place].commit("set mirrorRoute '\(route.name)'")
            }
        }
        var weights: [Action] = []
        for place in drafts.indices {
            if let problem = drafts[place].divide(intent) {
                // None is written then, for all of them lead to the same pods; what goes away goes.
                return RouteChanges(actions: removals, problem: problem)
            }
            weights += drafts[place].commit("set to desiredWeight '\(intent.weight)'")
        }
        let hashes = hashChanges(for: intent, of: rollout, in: world)
        changes.actions += intent.takesWeightFirst ? weights + hashes.actions : hashes.actions + weights
        changes.problem = hashes.problem
        return changes
    }

    public func observedWeights(of rollout: Rollout, in world: World) -> [Int] {
        targets(of: rollout).flatMap { target in
            world.objects[target.key].map {
                VirtualServiceDraft($0, target: target, router: self, rollout: rollout).canaryWeights
            } ?? []
        }
    }

    public func refers(to hash: String, rollout: Rollout, in world: World) -> Bool {
        guard let subsets, let rule = world.object(.destinationRule, subsets.rule) else { return false }
        return (rule["spec"]?["subsets"]?.array ?? []).contains {
            $0["labels"]?[RolloutMarks.podTemplateHash]?.string == hash
        }
    }

    public func versionHashes(in objects: [ObjectKey: JSONValue]) -> (stable: String, new: String)? {
        guard let subsets, let rule = objects[ObjectKey(.destinationRule, subsets.rule)] else { return nil }
        let known = rule["spec"]?["subsets"]?.array ?? []
        let hash = { (name: String) in
            known.first { $0["name"]?.string == name }?["labels"]?[RolloutMarks.podTemplateHash]?.string ?? ""
        }
        return (hash(subsets.stable), hash(subsets.canary))
    }

    /// Whether there are no services, so that the subsets alone say where traffic goes.
    private func isSubsetOnly(_ rollout: Rollout) -> Bool {
        guard let canary = rollout.spec.strategy.canary else { return false }
        return canary.canaryService == nil && canary.stableService == nil
    }

    /// What makes the subsets follow the hashes.
    private func hashChanges(for intent: TrafficIntent, of rollout: Rollout, in world: World) -> RouteChanges {
        guard let subsets else { return RouteChanges() }
        let key = ObjectKey(.destinationRule, subsets.rule)
        guard let rule = world.objects[key] else { return .problem("there is no DestinationRule \(subsets.rule)") }
        var changed = rule
        if rule["metadata"]?["annotations"]?[RolloutMarks.managedBy]?.string != rollout.name {
            changed.set(["metadata", "annotations", RolloutMarks.managedBy], to: .string(rollout.name))
        }
        let known = rule["spec"]?["subsets"]?.array ?? []
        let wanted = known.compactMap { subset -> JSONValue? in
            guard let name = subset["name"]?.string else { return nil }
            if name == subsets.canary { return Self.subset(subset, withHash: intent.canaryHash) }
            if name == subsets.stable { return Self.subset(subset, withHash: intent.stableHash) }
            if let destination = intent.additional.first(where: { $0.serviceName == name }) {
                return Self.subset(subset, withHash: destination.podTemplateHash ?? "")
            }
            return subsets.additional.contains(name) ? subset : nil
        }
        let names = Set(wanted.compactMap { $0["name"]?.string })
        let added = intent.additional.filter { !names.contains($0.serviceName ?? "") }.map { destination -> JSONValue in
            Self.subset(
                ["name": .string(destination.serviceName ?? "")], withHash: destination.podTemplateHash ?? "")
        }
        if wanted + added != known { changed.set(["spec", "subsets"], to: .array(wanted + added)) }
        guard let patch = rule.mergePatch(to: changed) else { return RouteChanges() }
        let message = "DestinationRule \(subsets.rule) subset updated (\(subsets.canary): \(intent.canaryHash), "
            + "\(subsets.stable): \(intent.stableHash))"
        return RouteChanges(actions: [
            .patch(key, patch), .emit(RolloutEvent(reason: "UpdatedDestinationRule", message: message)),
        ])
    }

    private static func subset(_ subset: JSONValue, withHash hash: String) -> JSONValue {
        if subset["labels"]?[RolloutMarks.podTemplateHash]?.string == hash { return subset }
        var subset = subset
        subset.set(["labels", RolloutMarks.podTemplateHash], to: hash.isEmpty ? nil : .string(hash))
        return subset
    }
}
