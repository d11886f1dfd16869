extension Rollout {
    /// The objects beside ReplicaSets and pods that a plan for this Rollout looks at, whether they are there or not.
    public var references: [ObjectKey] {
        var services: [String?]
        var keys: [ObjectKey] = []
        switch spec.strategy {
        case .canary(let canary):
            services = [
                canary.stableService, canary.canaryService, canary.pingPong?.pingService, canary.pingPong?.pongService,
            ]
            for router in canary.trafficRouting?.routers ?? [] { keys += router.allObjects(for: self) }
        case .blueGreen(let blueGreen):
            services = [blueGreen.activeService, blueGreen.previewService]
        }
        keys += templateKeys
        keys += services.compactMap { $0 }.filter { !$0.isEmpty }.map { ObjectKey(.service, $0) }
        if let workload = spec.workload, let kind = ResourceKind(rawValue: workload.kind) {
            keys.append(ObjectKey(kind, workload.name))
        }
        return keys
    }

    /// The analysis templates that it names itself.
    var templateKeys: [ObjectKey] {
        let experiments = (spec.strategy.canary?.steps ?? []).compactMap { $0 as? ExperimentStep }
        return analyses.flatMap { $0.analysis.templates.map(\.key) } + experiments.flatMap { $0.analyses.map(\.key) }
    }
}

extension Rollout {
    /// The objects that a plan looks at and that only the others among these objects name.
    public func linkedReferences(in objects: [ObjectKey: JSONValue]) -> [ObjectKey] {
        (spec.strategy.canary?.trafficRouting?.routers ?? []).flatMap { $0.linkedObjects(for: self, in: objects) }
    }

    /// The kinds of all objects beside ReplicaSets and pods that a plan may look at.
    public var referencedKinds: Set<ResourceKind> {
        let routers = spec.strategy.canary?.trafficRouting?.routers ?? []
        return routers.reduce(into: Set(references.map(\.kind))) { $0.formUnion($1.linkedKinds) }
    }
}

extension Rollout {
    /// Whether a plan has to know the pods one by one: for a restart, or for metadata that changes with a role.
    public var needsPods: Bool {
        if let restartAt = spec.restartAt, restartAt != status.restartedAt { return true }
        return spec.strategy.newMetadata != nil || spec.strategy.stableMetadata != nil
    }
}
