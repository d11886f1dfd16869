import ManifestKit

/// Gathers, plans and executes for one Experiment at a time.
struct ExperimentReconciler: Sendable {
    let cache: ClusterCache
    let clock: any ClusterClock
    let events: EventRecorder
    let planner = ExperimentPlanner()
    /// Takes what an experiment looks at.
    let noteReferences: @Sendable (ObjectName, [ObjectKey]) -> Void

    /// Does what is to be done for an experiment now, or returns nil where there is none of that name.
    func reconcile(_ name: ObjectName) async -> Decision? {
        var decision = Decision(rollout: name, time: clock.time, actions: [], reasons: [], result: .done)
        decision.kind = WorkItem.Kind.experiment.word
        var count = 0
        do throws(KubernetesFailure) {
            guard let object = try await cache.store(.experiments).object(name),
                let experiment = Experiment(object)
            else { return nil }
            let world = try await world(of: experiment)
            let plan = planner.plan(world, now: clock.time)
            decision.actions = plan.actions
            if let change = experiment.status.json.mergePatch(to: plan.status.json) {
                decision.actions.append(.patchStatus(ObjectKey(.experiment, name.name), change))
            }
            decision.actions += plan.events.map { .emit($0) }
            decision.reasons = plan.reasons
            decision.wakeAt = plan.wakeAt.map { Double($0.seconds) }
            var executor = PlanExecutor(
                cache: cache, events: events, item: WorkItem(.experiment, name), object: object,
                objects: world.objects)
            for action in decision.actions {
                try await executor.perform(action)
                count += 1
            }
        } catch {
            decision.result = .stopped(after: count, error)
        }
        return decision
    }

    private func world(of experiment: Experiment) async throws(KubernetesFailure) -> ExperimentWorld {
        var objects: [ObjectKey: JSONValue] = [:]
        let references = experiment.references
        for key in references {
            guard let resource = ResourceType(key.kind) else { continue }
            objects[key] = try await cache.store(resource).object(key.name(within: experiment.namespace, resource))
        }
        try await cache.collect(.replicaSet, controlledBy: experiment.uid, into: &objects)
        try await cache.collect(.analysisRun, controlledBy: experiment.uid, into: &objects)
        if experiment.templates.contains(where: \.wantsService) || experiment.hasServices {
            try await cache.collect(.service, controlledBy: experiment.uid, into: &objects)
        }
        try await TemplateGatherer(cache: cache).collect(into: &objects, namespace: experiment.namespace)
        noteReferences(ObjectName(namespace: experiment.namespace, name: experiment.name), references)
        return ExperimentWorld(experiment: experiment, objects: objects)
    }
}
