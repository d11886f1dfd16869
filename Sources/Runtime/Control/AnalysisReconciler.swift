import ManifestKit

/// Gathers and plans for one AnalysisRun at a time, and writes down what its measurements come to.
///
/// Measurements are begun when they are due, and no write holds them up. What matters to others, such as the end of a
/// run, is written at once; measurements of a run that goes on take turns, and those that have come together while they
/// waited are one write.
struct AnalysisReconciler: Sendable {
    let cache: ClusterCache
    let clock: any ClusterClock
    let events: EventRecorder
    let measurer: Measurer
    let turns: WritingTurns
    let planner = AnalysisPlanner()

    /// What is done for a plan outside of it, because it takes its time.
    enum Work: Sendable {
        case measure(Measurer.Work)
        /// Write a status that can wait, now or when there is a turn.
        case write(Draft)
        case awaitTurn(ObjectName)
    }

    /// A plan, and what it was made from.
    struct Draft: Sendable {
        fileprivate var object: JSONValue
        fileprivate var world: AnalysisWorld
        fileprivate var plan: AnalysisPlan
        fileprivate var decision: Decision
    }

    private var memory: MeasurementMemory { measurer.memory }

    /// Does what is to be done for a run now, and says what is to be measured; nil where there is none of that name.
    func reconcile(_ name: ObjectName) async -> (decision: Decision, work: [Work])? {
        do throws(KubernetesFailure) {
            let moment = clock.now
            guard let (object, run) = try await self.run(name) else {
                memory.forget(name)
                return nil
            }
            let isWriter = takeWriting(run)
            let draft = draft(object, run)
            let work = measurer.begin(draft.plan, of: run).map { Work.measure($0) }
            var decision = draft.decision
            decision.wakeAt = draft.plan.wake(from: moment)
            guard isWriter else {
                // Who writes now knows nothing of this yet: it is looked at again after that.
                decision.actions = []
                return (decision, work)
            }
            if draft.plan.isRoutine(after: run.status), !draft.decision.actions.isEmpty {
                decision.actions = []
                let (write, pause) = putOff(draft)
                if let pause { decision.wakeAt = min(decision.wakeAt ?? .infinity, moment + pause) }
                return (decision, (write.map { [$0] } ?? []) + work)
            }
            decision.result = await write(draft)
            giveBackWriting(run, failed: decision.hasFailed)
            let leavings = decision.hasFailed ? [] : measurer.leavings(draft.plan, of: run)
            return (decision, work + leavings.map { .measure($0) })
        } catch {
            return (failure(error, name), [])
        }
    }

    /// Does what was to be done outside of a plan. What was written is returned, for logs.
    func perform(_ work: Work) async -> Decision? {
        switch work {
        case .measure(let work):
            await measurer.perform(work)
            return nil
        case .write(let draft): return await finish(draft)
        case .awaitTurn(let name):
            let hasTurn = await turns.wait()
            memory.endWait(name)
            guard hasTurn else { return nil }
            do throws(KubernetesFailure) {
                guard let (object, run) = try await run(name), takeWriting(run) else {
                    turns.giveBack()
                    return nil
                }
                // More may have been measured meanwhile.
                return await finish(draft(object, run))
            } catch {
                turns.giveBack()
                return failure(error, name)
            }
        }
    }

    // MARK: Who writes, and when

    /// Whether nobody else plans and writes for the run; then it is for the caller to do, and to give back.
    private func takeWriting(_ run: AnalysisRun) -> Bool {
        memory.writing(of: run) { writing in
            guard !writing.isUnderWay else { return false }
            writing.isUnderWay = true
            return true
        }
    }

    private func giveBackWriting(_ run: AnalysisRun, failed: Bool?) {
        let now = clock.steady
        memory.writing(of: run) { writing in
            writing.isUnderWay = false
            guard let failed else { return }
            writing.failures = failed ? writing.failures + 1 : 0
            writing.pausedUntil = failed ? now + WorkQueue.delay(after: writing.failures) : 0
        }
    }

    /// How a status that can wait is written, or in how many seconds to come back for it.
    private func putOff(_ draft: Draft) -> (work: Work?, pause: Double?) {
        let run = draft.world.run
        let now = clock.steady
        let (pause, isAwaited) = memory.writing(of: run) { ($0.pausedUntil - now, $0.isAwaited) }
        if pause <= 0, !isAwaited, turns.take() { return (.write(draft), nil) }
        memory.writing(of: run) { writing in
            writing.isUnderWay = false
            if pause <= 0 { writing.isAwaited = true }
        }
        if pause > 0 { return (nil, pause) }
        return (isAwaited ? nil : .awaitTurn(run.objectName), nil)
    }

    /// Writes in a turn, and gives it back.
    private func finish(_ draft: Draft) async -> Decision? {
        let run = draft.world.run
        var decision = draft.decision
        decision.result = await write(draft)
        giveBackWriting(run, failed: decision.hasFailed)
        turns.giveBack()
        if !decision.hasFailed {
            for work in measurer.leavings(draft.plan, of: run) { await measurer.perform(work) }
        }
        return decision
    }

    // MARK: Planning and writing

    private func run(_ name: ObjectName) async throws(KubernetesFailure) -> (JSONValue, AnalysisRun)? {
        guard let object = try await cache.store(.analysisRuns).object(name), let run = AnalysisRun(object) else {
            return nil
        }
        return (object, run)
    }

    private func draft(_ object: JSONValue, _ run: AnalysisRun) -> Draft {
        let world = memory.world(of: run)
        let plan = planner.plan(world, now: clock.time)
        var decision = decision(run.objectName)
        let key = ObjectKey(.analysisRun, run.name)
        if plan.status != run.status, let change = run.status.json.mergePatch(to: plan.status.json) {
            decision.actions.append(.patchStatus(key, change))
        }
        decision.actions += plan.events.map { .emit($0) }
        if plan.deletesRun { decision.actions.append(.delete(key)) }
        decision.reasons = plan.reasons
        return Draft(object: object, world: world, plan: plan, decision: decision)
    }

    private func write(_ draft: Draft) async -> Decision.Result {
        let run = draft.world.run
        var executor = PlanExecutor(
            cache: cache, events: events, item: WorkItem(.analysisRun, run.objectName), object: draft.object,
            objects: [ObjectKey(.analysisRun, run.name): draft.object])
        var count = 0
        do throws(KubernetesFailure) {
            for action in draft.decision.actions {
                try await executor.perform(action)
                count += 1
            }
        } catch {
            return .stopped(after: count, error)
        }
        // Only now: what is not written down yet would be measured, or lost, twice.
        memory.settle(draft.world)
        if draft.plan.status.phase?.isCompleted == true { memory.forget(run.objectName) }
        return .done
    }

    private func decision(_ name: ObjectName) -> Decision {
        var decision = Decision(rollout: name, time: clock.time, actions: [], reasons: [], result: .done)
        decision.kind = WorkItem.Kind.analysisRun.word
        return decision
    }

    private func failure(_ error: KubernetesFailure, _ name: ObjectName) -> Decision {
        var decision = decision(name)
        decision.result = .stopped(after: 0, error)
        return decision
    }
}

extension AnalysisPlan {
    /// When to plan again though nothing else happens, for a plan that was made at a moment.
    func wake(from moment: Double) -> Double? {
        [wakeAt.map { Double($0.seconds) }, wakeIn.map { moment + $0 }].compactMap { $0 }.min()
    }
}
