/// What a Rollout promises, for those who check whether it is kept.
extension Rollout {
    /// The number of available pods below which an update does not go.
    public var promisedReplicas: Int {
        max(0, spec.replicas - spec.strategy.maxUnavailable(of: spec.replicas))
    }

    /// The services in front of the stable version and of the new one, nil where there is none.
    public var versionServices: (stable: String?, new: String?) {
        switch spec.strategy {
        case .canary:
            let services = VersionServices(self, prefersPingPong: true)
            return (services.stable.isEmpty ? nil : services.stable, services.canary.isEmpty ? nil : services.canary)
        case .blueGreen(let blueGreen):
            return (blueGreen.activeService.isEmpty ? nil : blueGreen.activeService, blueGreen.previewService)
        }
    }

    /// The hashes of the pods that the objects of each router themselves select for the stable version and the new
    /// one; nil for a router for which services select them.
    public func routedHashes(in objects: [ObjectKey: JSONValue]) -> [(stable: String, new: String)?] {
        (spec.strategy.canary?.trafficRouting?.routers ?? []).map { $0.versionHashes(in: objects) }
    }

    /// Whether the size of the new version follows its share of the traffic, and nothing else says what it is.
    public var sizeFollowsWeight: Bool {
        guard let canary = spec.strategy.canary else { return true }
        return canary.progressThreshold == nil && canary.steps.allSatisfy { $0.scale == nil }
    }

    /// Choices of routes by their labels that none of the objects meets.
    public func unmetChoices(in objects: [ObjectKey: JSONValue]) -> [UnmetChoice] {
        let routers = spec.strategy.canary?.trafficRouting?.routers ?? []
        return routers.flatMap { $0.unmetChoices(of: self, in: objects) }
    }

    /// The least that an object has to be which the Rollout names, for the case that nobody has given it; nil for an
    /// object that cannot be made up.
    public func placeholder(for key: ObjectKey) -> JSONValue? {
        var object: JSONValue
        if key.kind == .service {
            let selector = spec.selector?["matchLabels"] ?? .object(JSONObject())
            object = [
                "apiVersion": "v1", "kind": "Service", "metadata": ["name": .string(key.name)],
                "spec": ["selector": selector, "ports": .array([["port": 80]])],
            ]
        } else {
            let routers = spec.strategy.canary?.trafficRouting?.routers ?? []
            guard let router = routers.first(where: { router in
                // What only another object names is named by its placeholder.
                router.objects(for: self).contains(key) || router.linkedKinds.contains(key.kind)
                    || router.onlookedObjects(for: self).contains(.all(key.kind, namespace: key.namespace))
            }) else { return nil }
            object = router.placeholder(for: key, of: self)
        }
        if let namespace = key.namespace ?? namespace { object.set(["metadata", "namespace"], to: .string(namespace)) }
        return object
    }
}
