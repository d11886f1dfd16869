/// The analyses of an update: begun, followed and ended with it.
extension UpdatePass {
    /// The runs that the update looks at now.
    struct CurrentRuns: Sendable {
        var step: AnalysisRun?
        var background: AnalysisRun?
        var prePromotion: AnalysisRun?
        var postPromotion: AnalysisRun?

        var all: [AnalysisRun] { [postPromotion, prePromotion, step, background].compactMap { $0 } }
    }

    /// The runs that the status names.
    var statedRuns: CurrentRuns {
        let stated = world.rollout.status.runs
        return CurrentRuns(
            step: run(stated.step), background: run(stated.background), prePromotion: run(stated.prePromotion),
            postPromotion: run(stated.postPromotion))
    }

    /// The run that a field of the status names.
    func run(_ stated: RolloutStatus.RunStatus?) -> AnalysisRun? { stated.flatMap { world.analysisRun($0.name) } }

    /// Begins the analyses that are due, acts on what others have found, and ends those that are not wanted any more.
    mutating func reconcileAnalyses() {
        guard !mode.passesWhatIsMissing else { return }
        let before = statedRuns
        var current = CurrentRuns()
        if skipsAnalyses {
            before.all.forEach { end($0) }
            current.prePromotion = before.prePromotion
            current.postPromotion = before.postPromotion
        } else {
            switch world.rollout.spec.strategy {
            case .canary(let canary):
                current.step = reconcileStepRun(before.step)
                current.background = reconcileBackgroundRun(before.background, canary.backgroundAnalysis)
            case .blueGreen(let blueGreen):
                current.prePromotion = reconcilePromotionRun(
                    before.prePromotion, blueGreen.prePromotionAnalysis, .prePromotion,
                    isDue: isPrePromotionDue(blueGreen, before.prePromotion))
                current.postPromotion = reconcilePromotionRun(
                    before.postPromotion, blueGreen.postPromotionAnalysis, .postPromotion,
                    isDue: isPostPromotionDue(before.postPromotion) && activeTargetsAreVerified(blueGreen))
            }
        }
        note(current)
        let kept = Set(current.all.map(\.name))
        let others = world.analysisRuns.filter { !kept.contains($0.name) }
        others.forEach { end($0) }
        for run in RunHistory(world).superfluous(others) { perform(.delete(ObjectKey(.analysisRun, run.name))) }
    }

    /// Whether nothing is to be analysed: there is no update, it is on its way back, or a person has seen enough.
    private var skipsAnalyses: Bool {
        world.rollout.isFullyPromoted || pauses.isAborted(world.rollout.status)
            || world.rollout.status.promotesFully || isFastRollback || world.rollout.status.stableHash.isEmpty
    }

    // MARK: Each kind

    private mutating func reconcileStepRun(_ current: AnalysisRun?) -> AnalysisRun? {
        let status = world.rollout.status
        guard status.pauseConditions.isEmpty, !status.isAborted else {
            // A bad end counts though the update waits for somebody to look at another analysis.
            if let index = stepIndex, current?.status.phase?.isBad == true { act(on: current, .step(index)) }
            return current
        }
        guard let step = currentStep as? AnalysisStep, let analysis = step.analysis, !analysis.templates.isEmpty,
            let index = stepIndex, current?.labels[RolloutMarks.stepIndex] ?? String(index) == String(index)
        else {
            if let current { end(current) }
            return nil
        }
        if needsRun(current) { return begin(analysis, .step(index)) }
        act(on: current, .step(index))
        return current
    }

    private mutating func reconcileBackgroundRun(
        _ current: AnalysisRun?, _ analysis: RolloutAnalysis?
    ) -> AnalysisRun? {
        guard let analysis, !analysis.templates.isEmpty else {
            if let current { end(current) }
            return nil
        }
        let status = world.rollout.status
        if status.currentPodHash.isEmpty { return nil }
        if let start = analysis.startingStep, let index = stepIndex, index < start {
            if let current { end(current) }
            return nil
        }
        if status.pause(RolloutStatus.PauseCondition.inconclusiveAnalysis) != nil {
            if current?.status.phase?.isBad == true { act(on: current, .background) }
            return current
        }
        if needsRun(current) { return begin(analysis, .background) }
        act(on: current, .background)
        return current
    }

    private mutating func reconcilePromotionRun(
        _ current: AnalysisRun?, _ analysis: RolloutAnalysis?, _ purpose: RolloutAnalysis.Purpose, isDue: Bool
    ) -> AnalysisRun? {
        guard let analysis, !analysis.templates.isEmpty else {
            if let current { end(current) }
            return nil
        }
        var run = current
        if !isDue {
            if let current { end(current) }
        } else if world.rollout.status.pause(RolloutStatus.PauseCondition.inconclusiveAnalysis) == nil,
            needsRun(current) {
            run = begin(analysis, purpose)
        }
        // Nobody has to decide about a switch that has been made, or will not be.
        if isDue || run?.status.phase != .inconclusive { act(on: run, purpose) }
        return run
    }

    private func isPrePromotionDue(_ blueGreen: BlueGreenStrategy, _ current: AnalysisRun?) -> Bool {
        let status = world.rollout.status
        guard let new = newReplicaSet, status.stableHash != new.hash, !status.activeSelector.isEmpty,
            status.activeSelector != new.hash
        else { return false }
        // What has begun goes on though pods come and go.
        if current != nil { return true }
        if let preview = blueGreen.previewReplicaCount {
            return new.replicas == preview && new.availableReplicas == preview
        }
        return isSaturated(new)
    }

    /// Whether the analysis after the switch has begun or can begin.
    func isPostPromotionDue(_ current: AnalysisRun?) -> Bool {
        let status = world.rollout.status
        guard let new = newReplicaSet, status.stableHash != new.hash, status.activeSelector == new.hash else {
            return false
        }
        return current != nil || isSaturated(new)
    }

    /// Whether a new run has to begin: there is none, or a person has let an inconclusive one pass.
    private func needsRun(_ current: AnalysisRun?) -> Bool {
        guard let current else { return true }
        let status = world.rollout.status
        // As long as a pause lasts nobody has let anything pass. The reference takes the pause for an experiment for
        // one for the run, and begins one run after the other.
        if status.controllerPause, status.pauseConditions.isEmpty {
            return current.status.phase == .inconclusive
        }
        return status.abortedAt != nil
    }

    private mutating func act(on run: AnalysisRun?, _ purpose: RolloutAnalysis.Purpose) {
        guard let run else { return }
        switch run.status.phase {
        case .inconclusive: pauses.add(RolloutStatus.PauseCondition.inconclusiveAnalysis)
        case .error, .failed:
            pauses.abort(purpose.failure + (run.status.message.isEmpty ? "" : ": \(run.status.message)"))
        case nil, .pending, .running:
            reasons.append("AnalysisRun \(run.name) is \(run.status.phase?.rawValue.lowercased() ?? "about to start")")
        case .successful: break
        }
    }

    // MARK: Beginning and ending

    /// The labels that say what a run of the Rollout is for.
    private static let marks = [RolloutMarks.podTemplateHash, RolloutMarks.rolloutType, RolloutMarks.stepIndex]

    private mutating func begin(_ analysis: RolloutAnalysis, _ purpose: RolloutAnalysis.Purpose) -> AnalysisRun? {
        do throws(AnalysisProblem) {
            var object = try runObject(analysis, purpose)
            let name = object["metadata"]?.text("name") ?? ""
            var candidate = name
            var collisions = 0
            while world.objects[ObjectKey(.analysisRun, candidate)] != nil {
                // Left by an earlier life of the controller that did not come to write it down.
                if let run = world.analysisRun(candidate), run.status.phase?.isCompleted != true, !run.isAskedToEnd {
                    return run
                }
                collisions += 1
                candidate = World.runName(ObjectKey(.analysisRun, name), collisions)
            }
            // One of another name, as of a ReplicaSet that was made anew as another revision, has been about the same.
            let labels = AnalysisRun(object)?.labels ?? [:]
            for run in world.analysisRuns where Self.marks.allSatisfy({ run.labels[$0] == labels[$0] }) { end(run) }
            object.set(["metadata", "name"], to: .string(candidate))
            perform(.create(ObjectKey(.analysisRun, candidate), object))
            reasons.append("AnalysisRun \(candidate) begins")
            return AnalysisRun(object)
        } catch {
            analysisProblem = error.description
            reasons.append("the analysis cannot begin: \(error)")
            return nil
        }
    }

    /// An AnalysisRun for this update.
    private func runObject(
        _ analysis: RolloutAnalysis, _ purpose: RolloutAnalysis.Purpose
    ) throws(AnalysisProblem) -> JSONValue {
        let templates = try AnalysisTemplates(analysis.templates) { world.objects[$0] }
        let arguments = try analysis.resolvedArguments(world, newHash: newHash)
        let spec = try templates.runSpec(
            arguments: arguments, dryRun: analysis.dryRun, retention: analysis.retention)
        let rollout = world.rollout
        let revision = rollout.annotations[RolloutMarks.revision] ?? ""
        var labels = [RolloutMarks.podTemplateHash: newHash, RolloutMarks.rolloutType: purpose.label]
        if case .step(let index) = purpose { labels[RolloutMarks.stepIndex] = String(index) }
        labels[RolloutMarks.instanceID] = rollout.object["metadata"]?["labels"]?.text(RolloutMarks.instanceID)
        labels.merge(analysis.labels) { $1 }
        labels.merge(world.selector?["matchLabels"]?.stringDictionary ?? [:]) { $1 }
        let annotations = [RolloutMarks.revision: revision].merging(analysis.annotations) { $1 }
        var metadata: JSONValue = [
            "name": .string(rollout.runNameBase(hash: newHash) + purpose.suffix),
            "labels": .strings(labels), "annotations": .strings(annotations),
            "ownerReferences": .array([rollout.ownerReference]),
        ]
        if let namespace = rollout.namespace { metadata["namespace"] = .string(namespace) }
        return [
            "apiVersion": .string(RolloutMarks.apiVersion), "kind": "AnalysisRun", "metadata": metadata, "spec": spec,
            // As the reference makes it; who waits for a phase finds the field.
            "status": ["phase": ""],
        ]
    }

    /// Asks a run to end.
    private mutating func end(_ run: AnalysisRun) {
        guard run.status.phase?.isCompleted != true, let run = world.analysisRun(run.name), !run.isAskedToEnd,
            !run.isBeingDeleted
        else { return }
        perform(.patch(ObjectKey(.analysisRun, run.name), ["spec": ["terminate": true]]))
        reasons.append("AnalysisRun \(run.name) is not wanted any more")
    }

    // MARK: The status

    /// Notes the runs for the status, and tells of those that have come to another phase.
    private mutating func note(_ current: CurrentRuns) {
        let old = world.rollout.status.runs
        runs.step = current.step.map { RolloutStatus.RunStatus($0) }
        runs.background = current.background.map { RolloutStatus.RunStatus($0) }
        runs.prePromotion = current.prePromotion.map { RolloutStatus.RunStatus($0) }
        runs.postPromotion = current.postPromotion.map { RolloutStatus.RunStatus($0) }
        tell(old.postPromotion, current.postPromotion, .postPromotion)
        tell(old.prePromotion, current.prePromotion, .prePromotion)
        tell(old.step, current.step, .step(0))
        tell(old.background, current.background, .background)
    }

    private mutating func tell(
        _ before: RolloutStatus.RunStatus?, _ run: AnalysisRun?, _ purpose: RolloutAnalysis.Purpose
    ) {
        guard let run, let phase = run.status.phase else { return }
        guard before == nil || before?.name == run.name && before?.phase != phase else { return }
        let previous = before.map { $0.phase?.rawValue ?? "" } ?? "NoPreviousStatus"
        pendingEvents.append(RolloutEvent(
            phase.isBad ? .warning : .normal, reason: "AnalysisRun" + phase.rawValue,
            message: "\(purpose.label) Analysis Run '\(run.name)' Status New: '\(phase.rawValue)' "
                + "Previous: '\(previous)'"))
    }
}

extension World {
    /// The runs that the Rollout owns.
    var analysisRuns: [AnalysisRun] {
        objects.filter { $0.key.kind == .analysisRun }.sorted { $0.key.name < $1.key.name }
            .compactMap { owned($0.value).flatMap { AnalysisRun($0) } }
    }

    /// A run of the Rollout by its name.
    func analysisRun(_ name: String) -> AnalysisRun? {
        objects[ObjectKey(.analysisRun, name)].flatMap { owned($0) }.flatMap { AnalysisRun($0) }
    }

    /// An object if the Rollout owns it.
    func owned(_ object: JSONValue) -> JSONValue? {
        let owners = object["metadata"]?["ownerReferences"]?.array ?? []
        let controller = owners.first { $0.flag("controller") }
        guard let controller else { return nil }
        if let uid = rollout.uid { return controller.text("uid") == uid ? object : nil }
        return controller.text("kind") == "Rollout" && controller.text("name") == rollout.name ? object : nil
    }
}
