/// Renders an update step by step, by letting the planner run in an ideal world.
public struct StepRenderer {
    /// The outcome of the abort before, and what it depends on.
    private struct LastAbort {
        var now: KubernetesTime
        var weights: RolloutStatus.TrafficWeights?
        var replicaSets: [ReplicaSet]
        var outcome: RenderedStep.Abort?
    }

    let rollout: Rollout
    let objects: ObjectIndex
    var notes: [String] = []
    private var steps: [RenderedStep] = []
    private var lastAbort: LastAbort?
    var ideal: IdealWorld
    /// Right before the switch of blue-green.
    var beforeSwitch: IdealWorld?
    /// The runs that earlier steps have started.
    var startedRuns: Set<String> = []

    /// Renders a Rollout.
    ///
    /// `stable` is the Rollout as it is deployed now. Without it the old version has the same template and is called
    /// `stable`, unless this is the first deployment.
    public static func render(
        rollout: JSONValue, stable: JSONValue? = nil, isInitial: Bool = false, objects: [JSONValue] = []
    ) -> RolloutRendering {
        render(rollout: rollout, stable: stable, isInitial: isInitial, objects: ObjectIndex(objects))
    }

    /// Renders a Rollout beside objects that were indexed before, as for many Rollouts of one stream.
    public static func render(
        rollout object: JSONValue, stable: JSONValue? = nil, isInitial: Bool = false, objects: ObjectIndex
    ) -> RolloutRendering {
        let metadata = object["metadata"]
        guard let manifest = Rollout(object) else {
            return RolloutRendering(
                rollout: metadata?.text("name") ?? "", namespace: metadata?.text("namespace"), strategy: .canary,
                replicas: 0, steps: [],
                notes: ["this Rollout cannot be rendered: it needs a name and a strategy, canary or blueGreen"])
        }
        var renderer = StepRenderer(prepared(manifest), stable: stable, isInitial: isInitial, objects: objects)
        renderer.noteWhatIsMissing(manifest)
        renderer.run(isInitial: isInitial)
        return RolloutRendering(
            rollout: manifest.name, namespace: manifest.namespace,
            strategy: manifest.spec.strategy.canary == nil ? .blueGreen : .canary, replicas: manifest.spec.replicas,
            steps: renderer.steps, notes: renderer.notes)
    }

    /// A Rollout as if it were new to the cluster.
    private static func prepared(_ manifest: Rollout) -> Rollout {
        var rollout = manifest
        rollout.status = RolloutStatus()
        rollout.generation = 1
        rollout.isBeingDeleted = false
        for key in [RolloutMarks.revision, RolloutMarks.workloadGeneration] { rollout.annotations[key] = nil }
        rollout.spec.isPaused = false
        rollout.spec.restartAt = nil
        return rollout
    }

    private init(_ rollout: Rollout, stable: JSONValue?, isInitial: Bool, objects: ObjectIndex) {
        self.rollout = rollout
        self.objects = objects
        var mode = PlanningMode()
        mode.passesWhatIsMissing = true
        mode.adoptsEqualTemplates = false
        let old = stable.flatMap { Rollout($0) }.map { Self.prepared($0) }
        let markedHash = old == nil && !isInitial ? "stable" : nil
        let now = KubernetesTime(seconds: Self.start)
        ideal = IdealWorld(World(rollout: old ?? rollout, templateHash: markedHash), now: now, mode: mode)
        if stable != nil, old == nil { notes.append("the old version is no Rollout that can be rendered") }
        for rollout in [old, rollout].compactMap({ $0 }) { supplyObjects(of: rollout) }
    }

    /// When a rendering begins; the moment shows in deadlines only.
    private static let start: Int64 = 1_767_225_600

    private mutating func run(isInitial: Bool) {
        if isInitial {
            record(-1, "initial", duration: 0)
        } else {
            deploy()
            ideal.leastAvailable = ideal.available
            record(-1, "initial", duration: 0)
            ideal.now = ideal.now.after(60)
            let old = ideal.world.templateHash
            ideal.world.replaceManifest(with: rollout)
            if old == ideal.world.templateHash {
                notes.append("the pod template is the one that is deployed, so there is nothing to update")
            }
        }
        ideal.leastAvailable = ideal.available
        switch rollout.spec.strategy {
        case .canary(let canary): renderSteps(canary, isInitial: isInitial)
        case .blueGreen(let blueGreen): renderStages(blueGreen, isInitial: isInitial)
        }
    }

    /// Brings the old version to rest.
    private mutating func deploy() {
        if !ideal.settle(until: nil) { notes.append("the old version does not come to rest") }
        var world = ideal.world
        world.pods = nil
        ideal.world = world
    }

    // MARK: Canary

    private mutating func renderSteps(_ canary: CanaryStrategy, isInitial: Bool) {
        let isUpdate = !isInitial && ideal.world.templateHash != ideal.world.rollout.status.stableHash
        if isUpdate {
            for (index, step) in canary.steps.enumerated() {
                ideal.planner.mode.heldStep = index
                if !ideal.settle() { return notes.append("the update does not come to rest at step \(index)") }
                record(index, step.label, duration: step.durationSeconds)
                noteProblem(at: "step \(index)")
                endPause(after: step.durationSeconds)
            }
        }
        ideal.planner.mode.heldStep = nil
        finish(canary.steps.count)
    }

    /// Lets a pause end, by time or as a person would.
    private mutating func endPause(after seconds: Int?) {
        guard let pause = ideal.world.rollout.status.pauseConditions.first else { return }
        if let seconds {
            ideal.now = max(ideal.now, pause.startTime.after(seconds))
        } else {
            ideal.world.rollout.status.pauseConditions = []
        }
    }

    private mutating func finish(_ index: Int) {
        if !ideal.settle(until: nil) || ideal.world.rollout.status.phase != .healthy {
            let reason = ideal.reasons.last ?? ideal.world.rollout.status.message
            notes.append("the update does not come to its end: \(reason)")
        }
        record(index, "done", duration: 0)
    }

    private mutating func noteProblem(at place: String) {
        guard let status = ideal.world.rollout.status.condition(.invalidSpec) else { return }
        notes.append("\(place): \(status.message)")
    }

    // MARK: Blue-green

    private mutating func renderStages(_ blueGreen: BlueGreenStrategy, isInitial: Bool) {
        let isUpdate = !isInitial && ideal.world.templateHash != ideal.world.rollout.status.stableHash
        if isUpdate {
            ideal.planner.mode.holdsSwitch = true
            if !ideal.settle() { return notes.append("the update does not come to rest before the switch") }
            let waits = !blueGreen.promotesAutomatically || blueGreen.hasPrePromotionAnalysis
            record(0, "preview", duration: waits ? nil : blueGreen.autoPromotionSeconds)
            ideal.planner.mode.holdsSwitch = false
            endPause(after: blueGreen.promotesAutomatically ? blueGreen.autoPromotionSeconds : nil)
            if rollout.wantsRuns { beforeSwitch = ideal }
            if !ideal.settle() { return notes.append("the update does not come to rest after the switch") }
            let delay = ideal.world.rollout.spec.strategy.scaleDownDelaySeconds
            record(1, "switched", duration: blueGreen.hasPostPromotionAnalysis ? nil : delay)
        }
        finish(2)
    }

    // MARK: Recording

    private mutating func record(_ index: Int, _ label: String, duration: Int?) {
        let world = ideal.world
        let status = world.rollout.status
        let stable = world.index(ofHash: status.stableHash).map { world.replicaSets[$0] }
        let canary = world.index(ofHash: world.templateHash).map { world.replicaSets[$0] }
        let isUpdating = index >= 0 && canary != nil && canary?.hash != stable?.hash
        let starts = starts(at: index)
        let strategy = rollout.spec.strategy
        steps.append(RenderedStep(
            index: index, step: label, setWeight: setWeight(at: index), weight: weight(at: index, stable, canary),
            maximumWeight: strategy.maximumWeight, stable: stable.map { version($0) },
            canary: isUpdating ? canary.map { version($0) } : nil,
            totalPods: world.replicaSets.reduce(0) { $0 + $1.currentReplicas },
            leastAvailablePods: ideal.leastAvailable, durationSeconds: duration, objects: objects(of: world),
            starts: starts, abort: isUpdating ? abort(at: index) : nil))
        ideal.leastAvailable = ideal.available
    }

    private func version(_ replicaSet: ReplicaSet) -> RenderedStep.Version {
        RenderedStep.Version(name: replicaSet.name, hash: replicaSet.hash, replicas: replicaSet.replicas)
    }

    private func setWeight(at index: Int) -> Int? {
        guard let canary = rollout.spec.strategy.canary, index >= 0 else { return nil }
        return index < canary.steps.count ? canary.weight(before: index + 1) : rollout.spec.strategy.maximumWeight
    }

    /// The canary's share of the traffic, or of the pods where no router divides it.
    private func weight(at index: Int, _ stable: ReplicaSet?, _ canary: ReplicaSet?) -> Int? {
        guard let strategy = rollout.spec.strategy.canary else { return nil }
        let maximum = rollout.spec.strategy.maximumWeight
        if index < 0 { return 0 }
        if index >= strategy.steps.count { return maximum }
        if strategy.trafficRouting != nil { return ideal.world.rollout.status.weights?.canary.weight ?? 0 }
        let pods = (canary: canary?.replicas ?? 0, stable: stable?.replicas ?? 0)
        let total = pods.canary + pods.stable
        return total == 0 ? 0 : Int((Double(pods.canary) * Double(maximum) / Double(total)).rounded())
    }

    /// What an abort would do now; the same as at the step before where nothing has changed since.
    private mutating func abort(at index: Int) -> RenderedStep.Abort? {
        if let last = lastAbort, last.now == ideal.now, last.weights == ideal.world.rollout.status.weights,
            rollout.spec.strategy.abortScaleDownDelaySeconds != nil, last.replicaSets == ideal.world.replicaSets {
            return last.outcome
        }
        let outcome = abortOutcome()
        lastAbort = LastAbort(
            now: ideal.now, weights: ideal.world.rollout.status.weights, replicaSets: ideal.world.replicaSets,
            outcome: outcome)
        return outcome
    }

    private func abortOutcome() -> RenderedStep.Abort? {
        var copy = ideal
        copy.planner.mode.heldStep = nil
        copy.planner.mode.holdsSwitch = false
        copy.world.rollout.status.isAborted = true
        guard copy.settle() else { return nil }
        let world = copy.world
        let canary = world.index(ofHash: world.templateHash).map { world.replicaSets[$0] }
        let stable = world.index(ofHash: world.rollout.status.stableHash).map { world.replicaSets[$0] }
        let delay = canary.flatMap { canary in
            canary.replicas > 0 ? canary.scaleDownDeadline.map { copy.now.seconds(until: $0) } : nil
        }
        return RenderedStep.Abort(
            weight: rollout.spec.strategy.routesTraffic ? world.rollout.status.weights?.canary.weight : nil,
            stableReplicas: stable?.replicas ?? 0, canaryReplicas: canary?.replicas ?? 0,
            canaryScaleDownDelaySeconds: delay, objects: changedObjects(from: ideal.world, to: world))
    }
}
