/// The objects beside the Rollout in a rendering.
extension StepRenderer {
    /// Puts the objects that a Rollout names into the world, made up where nobody has given them.
    mutating func supplyObjects(of rollout: Rollout) {
        supply(Self.keys(of: rollout).flatMap { objects.keys(for: $0, in: rollout.namespace) }, of: rollout)
        supply(rollout.linkedReferences(in: ideal.world.objects), of: rollout)
        for choice in rollout.unmetChoices(in: ideal.world.objects) {
            guard let object = rollout.placeholder(for: choice.key) else { continue }
            ideal.world.set(choice.key, object)
            notes.append("\(choice.text), so the least that one can be is shown, under the name \(choice.key.name)")
        }
    }

    private mutating func supply(_ keys: [ObjectKey], of rollout: Rollout) {
        for key in keys where ideal.world.objects[key] == nil {
            if let object = objects.object(key, in: rollout.namespace) {
                ideal.world.set(key, object)
            } else if let object = rollout.placeholder(for: key) {
                ideal.world.set(key, object)
                let kind = key.kind.name
                notes.append("\(kind) \(key.name) is not among the files, so the least that it can be is shown")
            }
        }
    }

    private static func keys(of rollout: Rollout) -> [ObjectKey] {
        var services: [String?] = []
        var keys: [ObjectKey] = []
        switch rollout.spec.strategy {
        case .canary(let canary):
            services = [
                canary.stableService, canary.canaryService, canary.pingPong?.pingService, canary.pingPong?.pongService,
            ]
            keys = (canary.trafficRouting?.routers ?? []).flatMap {
                $0.objects(for: rollout) + $0.onlookedObjects(for: rollout)
            }
        case .blueGreen(let blueGreen):
            services = [blueGreen.activeService.isEmpty ? nil : blueGreen.activeService, blueGreen.previewService]
        }
        keys = services.compactMap { $0.map { ObjectKey(.service, $0) } } + keys
        if let workload = rollout.spec.workload, let kind = ResourceKind(rawValue: workload.kind) {
            keys.append(ObjectKey(kind, workload.name))
        }
        return keys
    }

    /// The ReplicaSets, then services, then the rest, each by name.
    func objects(of world: World) -> [JSONValue] {
        Self.sorted(world.replicaSets, in: world).map(\.json) + Self.sorted(world.objects)
    }

    /// The objects that are others in a later world, or new in it.
    func changedObjects(from old: World, to new: World) -> [JSONValue] {
        let replicaSets = new.replicaSets.filter { replicaSet in
            guard let before = old.replicaSets.first(where: { $0.name == replicaSet.name }) else { return true }
            return before.replicas != replicaSet.replicas || before.annotations != replicaSet.annotations
                || before.template != replicaSet.template
        }
        let others = new.objects.filter { old.objects[$0.key] != $0.value }
        return Self.sorted(replicaSets, in: new).map(\.json) + Self.sorted(others)
    }

    private static func sorted(_ replicaSets: [ReplicaSet], in world: World) -> [ReplicaSet] {
        let stable = world.rollout.status.stableHash
        return replicaSets.sorted { left, right in
            let ranks = (left.hash == stable ? 0 : 1, right.hash == stable ? 0 : 1)
            return ranks.0 != ranks.1 ? ranks.0 < ranks.1 : left.name < right.name
        }
    }

    private static func sorted(_ objects: [ObjectKey: JSONValue]) -> [JSONValue] {
        objects.sorted { left, right in
            let ranks = (rank(left.key.kind), rank(right.key.kind))
            return ranks.0 != ranks.1 ? ranks.0 < ranks.1 : left.key.name < right.key.name
        }.map(\.value)
    }

    private static func rank(_ kind: ResourceKind) -> Int {
        switch kind {
        case .service: 0
        case .ingress: 1
        case .virtualService: 2
        case .destinationRule: 3
        default: 4
        }
    }

    /// Notes what a rendering cannot show.
    mutating func noteWhatIsMissing(_ manifest: Rollout) {
        if manifest.spec.isPaused {
            notes.append("spec.paused is set, so nothing moves until it is not; the rendering shows what happens then")
        }
        let canary = manifest.spec.strategy.canary
        for router in canary?.trafficRouting?.missingRouters ?? [] {
            notes.append("the router \(router) is not there yet, so its objects are not shown")
        }
        if canary?.steps.contains(where: { type(of: $0).key == "plugin" }) == true {
            notes.append("a step with a plugin passes here at once")
        }
        if manifest.wantsRuns {
            notes.append("every analysis is successful here; simulate plays them with values that a scenario gives")
        }
        if ideal.world.template == nil {
            notes.append("there is no pod template: neither spec.template nor the workload of spec.workloadRef")
        }
    }
}
