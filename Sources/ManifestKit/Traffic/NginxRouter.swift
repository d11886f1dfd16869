/// ingress-nginx: a second Ingress takes the canary's share, which stands in its annotations.
public struct NginxRouter: TrafficRouter {
    public static let key = "nginx"
    public static let capabilities = TrafficRouterCapabilities(
        key, "ingress-nginx", maxTrafficWeight: true)
    private let stableIngresses: [String]
    private let prefix: String
    private let weightKey: String
    private let totalKey: String
    /// Annotations that the canary's Ingress has whatever its share is.
    private let fixedAnnotations: [String: String]

    public init(_ settings: JSONValue) {
        let list = settings.texts("stableIngresses")
        stableIngresses = list.isEmpty ? settings.text("stableIngress").map { [$0] } ?? [] : list
        let prefix = settings.text("annotationPrefix") ?? RolloutDefaults.nginxAnnotationPrefix
        self.prefix = prefix
        var fixed: [String: String] = [:]
        for (key, value) in settings["additionalIngressAnnotations"]?.stringDictionary ?? [:] {
            fixed[key.hasPrefix(prefix) ? key : "\(prefix)/\(key)"] = value
        }
        fixed.merge(settings["canaryIngressAnnotations"]?.stringDictionary ?? [:]) { $1 }
        fixed["\(prefix)/canary"] = "true"
        fixedAnnotations = fixed
        weightKey = "\(prefix)/canary-weight"
        totalKey = weightKey + "-total"
    }

    public func objects(for rollout: Rollout) -> [ObjectKey] { stableIngresses.map { ObjectKey(.ingress, $0) } }

    public func service(in key: ObjectKey, of rollout: Rollout) -> String? {
        rollout.spec.strategy.canary?.stableService
    }

    public func ownObjects(for rollout: Rollout) -> [ObjectKey] {
        stableIngresses.map { ObjectKey(.ingress, Ingress.canaryName(rollout: rollout.name, ingress: $0)) }
    }

    public func placeholder(for key: ObjectKey, of rollout: Rollout) -> JSONValue {
        Ingress.placeholder(
            name: key.name, className: "nginx", service: rollout.spec.strategy.canary?.stableService ?? "",
            port: ["number": 80])
    }

    public func changes(for intent: TrafficIntent, of rollout: Rollout, in world: World) -> RouteChanges {
        var changes = RouteChanges()
        guard !intent.leavesTraffic, let canary = rollout.spec.strategy.canary else { return changes }
        for name in stableIngresses {
            guard let stable = world.object(.ingress, name) else { return .problem("there is no Ingress \(name)") }
            let canaryName = Ingress.canaryName(rollout: rollout.name, ingress: name)
            let key = ObjectKey(.ingress, canaryName)
            let spec = Self.canarySpec(of: stable, canary: canary)
            guard spec["rules"] != nil || Ingress.defaultBackend(of: ["spec": spec]) != nil else {
                return .problem("no rule of Ingress \(name) leads to service \(canary.stableService ?? "")")
            }
            let annotations = annotations(weight: intent.weight, of: stable, rollout)
            guard let current = world.objects[key] else {
                changes.actions.append(.emit(RolloutEvent(
                    reason: "CreatingCanaryIngress",
                    message: "Creating canary ingress `\(canaryName)` with weight `\(intent.weight)`")))
                changes.actions.append(.create(key, Self.canaryIngress(
                    name: canaryName, of: stable, rollout, annotations: annotations, spec: spec)))
                continue
            }
            guard Ingress.isControlled(current, by: rollout) else {
                return .problem(
                    "Ingress \(canaryName), which the canary's share stands in, is there already and belongs to "
                        + "\(Self.owner(of: current)): delete or rename it")
            }
            guard let patch = Self.patch(of: current, annotations: annotations, spec: spec) else { continue }
            changes.actions.append(.emit(RolloutEvent(
                reason: "PatchingCanaryIngress",
                message: "Updating Ingress `\(canaryName)` to desiredWeight '\(intent.weight)'")))
            changes.actions.append(.patch(key, patch))
        }
        return changes
    }

    public func observedWeights(of rollout: Rollout, in world: World) -> [Int] {
        let canaries = ownObjects(for: rollout).map { world.objects[$0] }
        // As long as none is made nothing is divided; one that is missing among others gives the canary no share.
        guard canaries.contains(where: { $0 != nil }) else { return [] }
        return canaries.compactMap { ingress in
            guard let ingress else { return 0 }
            let annotations = ingress["metadata"]?["annotations"]
            guard let weight = annotations?[weightKey]?.string.flatMap({ Int($0) }) else { return nil }
            // What its weight is a part of stands beside it, and may have been another when it was written.
            let total = annotations?[totalKey]?.string.flatMap { Int($0) } ?? RolloutDefaults.maximumWeight
            var share = RouteShare()
            share.add(weight, isCanary: true)
            share.add(total - weight, isCanary: false)
            return share.of(rollout.spec.strategy.maximumWeight)
        }
    }

    private func annotations(weight: Int, of stable: JSONValue, _ rollout: Rollout) -> [(key: String, value: String)] {
        var annotations = fixedAnnotations
        let classKey = "kubernetes.io/ingress.class"
        if annotations[classKey] == nil {
            annotations[classKey] = stable["metadata"]?["annotations"]?[classKey]?.string
        }
        annotations[weightKey] = String(weight)
        if let most = rollout.spec.strategy.canary?.trafficRouting?.declaredMaximumWeight {
            annotations[totalKey] = String(most)
        }
        return annotations.sorted { $0.key < $1.key }
    }

    /// Who an Ingress belongs to, in words.
    private static func owner(of ingress: JSONValue) -> String {
        let owner = ingress["metadata"]?["ownerReferences"]?.array?.first { $0.flag("controller") }
        guard let owner, let kind = owner.text("kind"), let name = owner.text("name") else { return "nobody" }
        return "\(kind) \(name)"
    }

    /// The stable Ingress with what leads to the stable service, led to the canary service, and nothing else: a path
    /// to another service would take a share of that service's requests away.
    private static func canarySpec(of stable: JSONValue, canary: CanaryStrategy) -> JSONValue {
        let spec = stable["spec"] ?? .null
        var fields: [(key: String, value: JSONValue)] = []
        if let tls = spec.present("tls") { fields.append(("tls", tls)) }
        if let name = spec.present("ingressClassName") { fields.append(("ingressClassName", name)) }
        let canaryService = canary.canaryService ?? ""
        if let (field, backend) = Ingress.defaultBackend(of: stable),
            Ingress.service(ofBackend: backend) == canary.stableService {
            fields.append((field, Ingress.backend(backend, ledTo: canaryService)))
        }
        let rules = (spec["rules"]?.array ?? []).compactMap { rule -> JSONValue? in
            var paths = (rule["http"]?["paths"]?.array ?? []).filter {
                Ingress.service(of: $0) == canary.stableService
            }
            guard !paths.isEmpty else { return nil }
            for place in paths.indices { Ingress.setService(of: &paths[place], to: canaryService) }
            var rule = rule
            rule.set(["http", "paths"], to: .array(paths))
            return rule
        }
        if !rules.isEmpty { fields.append(("rules", .array(rules))) }
        return .object(JSONObject(distinct: fields))
    }

    private static func canaryIngress(
        name: String, of stable: JSONValue, _ rollout: Rollout, annotations: [(key: String, value: String)],
        spec: JSONValue
    ) -> JSONValue {
        var metadata = rollout.ownMetadata(named: name)
        let values = annotations.map { (key: $0.key, value: JSONValue.string($0.value)) }
        metadata["annotations"] = .object(JSONObject(distinct: values))
        metadata["ownerReferences"] = .array([rollout.ownerReference])
        return .object(JSONObject(distinct: [
            ("apiVersion", stable["apiVersion"] ?? "networking.k8s.io/v1"), ("kind", "Ingress"),
            ("metadata", .object(metadata)), ("spec", spec),
        ]))
    }

    /// The patch to annotations and spec; annotations of others stay.
    private static func patch(
        of current: JSONValue, annotations: [(key: String, value: String)], spec: JSONValue
    ) -> JSONValue? {
        let existing = current["metadata"]?["annotations"]
        let missing = annotations.filter { existing?[$0.key]?.string != $0.value }
        var fields: [(key: String, value: JSONValue)] = []
        if !missing.isEmpty {
            let values = missing.map { (key: $0.key, value: JSONValue.string($0.value)) }
            fields.append(("metadata", ["annotations": .object(JSONObject(distinct: values))]))
        }
        if let change = (current["spec"] ?? .null).mergePatch(to: spec) { fields.append(("spec", change)) }
        return fields.isEmpty ? nil : .object(JSONObject(distinct: fields))
    }
}
