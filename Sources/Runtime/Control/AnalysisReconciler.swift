import ManifestKit

/// Gathers and plans for one AnalysisRun at a time, and writes down what its measurements come to.
struct AnalysisReconciler: Sendable {
    let cache: ClusterCache
    let clock: any ClusterClock
    let events: EventRecorder
    let measurer: Measurer
    let planner = AnalysisPlanner()

    /// Does what is to be done for a run now, and says what is to be measured; nil where there is none of that name.
    func reconcile(_ name: ObjectName) async -> (decision: Decision, work: [Measurer.Work])? {
        var decision = Decision(rollout: name, time: clock.time, actions: [], reasons: [], result: .done)
        decision.kind = WorkItem.Kind.analysisRun.word
        var count = 0
        do throws(KubernetesFailure) {
            guard let object = try await cache.store(.analysisRuns).object(name), let run = AnalysisRun(object) else {
                measurer.forget(name)
                return nil
            }
            let known = measurer.standing(of: run)
            let plan = planner.plan(
                AnalysisWorld(run: run, taken: known.taken, underWay: known.underWay), now: clock.time)
            let key = ObjectKey(.analysisRun, name.name)
            if plan.status != run.status, let change = run.status.json.mergePatch(to: plan.status.json) {
                decision.actions.append(.patchStatus(key, change))
            }
            decision.actions += plan.events.map { .emit($0) }
            if plan.deletesRun { decision.actions.append(.delete(key)) }
            decision.reasons = plan.reasons
            decision.wakeAt = plan.wakeAt
            var executor = PlanExecutor(
                cache: cache, events: events, item: WorkItem(.analysisRun, name), object: object,
                objects: [key: object])
            for action in decision.actions {
                try await executor.perform(action)
                count += 1
            }
            // Only now: what is not written down yet would be measured, or lost, twice.
            measurer.settle(run, known.taken)
            if plan.status.phase?.isCompleted == true { measurer.forget(name) }
            return (decision, measurer.begin(plan, of: run))
        } catch {
            decision.result = .stopped(after: count, error)
            return (decision, [])
        }
    }
}
