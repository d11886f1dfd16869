import ManifestKit

/// Gathers, plans and executes, for one Rollout at a time; the same in a cluster and in a simulation.
struct Reconciler: Sendable {
    let cache: ClusterCache
    let clock: any ClusterClock
    let events: EventRecorder
    let validity: RolloutValidity
    /// Knows whether Istio's configuration is in another cluster; nil where nobody asks.
    var istio: IstioPrimaryCluster?
    /// Finds out about load balancers; nil where nothing is verified.
    var loadBalancers: LoadBalancerObserver?
    let planner = RolloutPlanner()
    let hold = CountHold()
    /// Takes what a Rollout looks at.
    let noteReferences: @Sendable (ObjectName, [ObjectKey]) -> Void
    /// Takes how a Rollout will be when its plan is done.
    var noteFigures: @Sendable (ObjectName, Rollout, RolloutStatus) -> Void = { _, _, _ in }
    /// Takes how long an update took that has ended, once that is written down.
    var noteEnd: @Sendable (UpdateDuration) -> Void = { _ in }
    /// Whether the next action may be begun; a controller that ends finishes the one at hand and no more.
    var mayGoOn: @Sendable () -> Bool = { true }

    /// Does what is to be done for a Rollout now, or returns nil where there is no such Rollout.
    func reconcile(_ name: ObjectName) async -> Decision? {
        var decision = Decision(rollout: name, time: clock.time, actions: [], reasons: [], result: .done)
        do throws(KubernetesFailure) {
            guard let object = try await cache.store(.rollouts).object(name) else { return nil }
            guard let (plan, world) = try await plan(object) else { return decision }
            decision.reasons = plan.reasons
            decision.wakeAt = plan.wakeAt.map { Double($0.seconds) }
            decision.questions = plan.questions
            decision.actions = plan.actions
            if let status = world?.rollout.status,
                let end = hold.holdBack(&decision.actions, from: status, of: name, now: clock.now) {
                decision.wakeAt = min(decision.wakeAt ?? end, end)
            }
            var executor = PlanExecutor(
                cache: cache, events: events, item: WorkItem(.rollout, name), object: object,
                replicaSets: world?.replicaSets ?? [], objects: world?.objects ?? [:], template: world?.template)
            var count = 0
            var duration = UpdateDuration(object["status"]?["duration"])
            for action in decision.actions {
                guard mayGoOn() else {
                    decision.actions.removeLast(decision.actions.count - count)
                    return decision
                }
                do throws(KubernetesFailure) {
                    try await executor.perform(action)
                } catch {
                    if let event = Self.event(of: action, error) { await events.record(event, about: object) }
                    decision.result = .stopped(after: count, error)
                    return decision
                }
                count += 1
                guard case .updateStatus(let status) = action else { continue }
                if let ended = UpdateDuration.ended(from: duration, to: status.duration) { noteEnd(ended) }
                duration = status.duration
            }
            loadBalancers?.settle(world?.loadBalancers, of: name)
        } catch {
            decision.result = .stopped(after: 0, error)
        }
        return decision
    }

    /// Why requests fail until somebody does something about it.
    private static let lasting: [KubernetesFailure.Reason] = [.forbidden, .invalid, .badRequest, .methodNotAllowed]

    /// What people are told where no objects of a kind that a router divides can be read; nil for what ends by itself.
    private func unreadableKind(of rollout: Rollout) -> RolloutEvent? {
        let routers = rollout.spec.strategy.canary?.trafficRouting?.routers ?? []
        let resources = Set(routers.flatMap { $0.kinds(for: rollout) }.compactMap { ResourceType($0) })
        let refused = cache.standings.first { standing in
            !standing.hasListed && resources.contains(standing.resource)
                && standing.problem.map { Self.lasting.contains($0.reason) } ?? false
        }
        return refused.map { standing in
            RolloutEvent(
                .warning, reason: RolloutReason.trafficRoutingError,
                message: "\(standing.resource.plural) cannot be read: \(standing.problem?.message ?? "")")
        }
    }

    /// What people are told of a router's object that cannot be written; nil for what ends by itself. The same event is
    /// counted and not made anew.
    private static func event(of action: Action, _ failure: KubernetesFailure) -> RolloutEvent? {
        let key: ObjectKey
        switch action {
        case .create(let object, _), .patch(let object, _), .delete(let object): key = object
        default: return nil
        }
        guard lasting.contains(failure.reason), ![.service, .analysisRun, .experiment].contains(key.kind)
        else { return nil }
        return RolloutEvent(
            .warning, reason: RolloutReason.trafficRoutingError,
            message: "\(key.kind.name) \(key.name) cannot be written: \(failure.message)")
    }

    private func plan(_ object: JSONValue) async throws(KubernetesFailure) -> (Plan, World?)? {
        let now = clock.time
        guard object["metadata"]?["deletionTimestamp"] == nil else { return nil }
        let invalidity = validity.problem(of: object)
        guard let rollout = Rollout(object) else {
            let status = RolloutStatus.refused(object, now: now, because: invalidity ?? "there is no strategy")
            let actions = status == RolloutStatus(object["status"] ?? .null) ? [] : [Action.updateStatus(status)]
            return (Plan(actions: actions, status: status, reasons: [status.message]), nil)
        }
        if rollout.status.observedGeneration.isEmpty, rollout.status.conditions.isEmpty {
            let message = "Rollout resource added to informer: \(ObjectName(of: object))"
            let event = RolloutEvent(reason: RolloutReason.added, message: message)
            await events.record(event, about: object)
            events.tell(event, about: object)
        }
        let adoption = ReplicaSetAdoption(cache: cache, rollout: rollout)
        try await adoption.run()
        let foreign = invalidity == nil ? await istio?.problem(of: rollout) : nil
        let gatherer = WorldGatherer(cache: cache, clock: clock)
        var world: World
        do throws(KubernetesFailure) {
            world = try await gatherer.world(of: rollout, invalidity: invalidity ?? foreign)
        } catch {
            if let event = unreadableKind(of: rollout) { await events.record(event, about: object) }
            throw error
        }
        world.loadBalancers = loadBalancers?.knowledge(of: ObjectName(of: object))
        let linked = rollout.linkedReferences(in: world.objects)
        noteReferences(ObjectName(of: object), rollout.references + linked + world.innerTemplates)
        let plan = planner.plan(world, now: now)
        noteFigures(ObjectName(of: object), rollout, plan.status)
        return (plan, world)
    }
}
