/// One look at an Experiment: the next thing for each of its parts.
struct ExperimentPass {
    private(set) var world: ExperimentWorld
    private(set) var status: ExperimentStatus
    private(set) var actions: [Action] = []
    private(set) var events: [RolloutEvent] = []
    private(set) var wakeAt: KubernetesTime?
    private(set) var reasons: [String] = []
    let now: KubernetesTime
    private let isEnding: Bool

    init(_ world: ExperimentWorld, now: KubernetesTime) {
        self.world = world
        self.now = now
        status = world.experiment.status
        isEnding = world.experiment.isEnding
    }

    private var experiment: Experiment { world.experiment }

    /// Does the next thing for each part.
    mutating func run() {
        if let problem = experiment.problem {
            status.conditions.set(.invalidSpec, .yes, reason: RolloutReason.invalidSpec, now: now, message: problem)
            reasons.append(problem)
            return
        }
        status.conditions.remove(.invalidSpec)
        for template in experiment.templates { reconcile(template) }
        for analysis in experiment.analyses { reconcile(analysis) }
        conclude()
        setConditions()
        waitForTime()
    }

    private mutating func perform(_ action: Action) {
        actions.append(action)
        world.apply(action)
    }

    private mutating func emit(_ kind: RolloutEvent.Kind, _ reason: String, _ message: String) {
        events.append(RolloutEvent(kind, reason: reason, message: message))
    }

    /// Tells people that something has come to another phase, in the reference's words.
    private mutating func tell<Phase: RawRepresentable<String>>(
        _ kind: String, _ name: String = "", from before: Phase?, to after: Phase?, _ message: String = ""
    ) {
        guard let phase = after?.rawValue, before?.rawValue != phase else { return }
        let isWarning = [AnalysisPhase.error, .failed, .inconclusive].contains { $0.rawValue == phase }
        emit(
            isWarning ? .warning : .normal, kind + phase,
            "\(kind)\(name) transitioned from \(before?.rawValue ?? "") -> \(phase)"
                + (message.isEmpty ? "" : ": \(message)"))
    }

    private mutating func wake(at time: KubernetesTime) {
        guard time > now else { return }
        wakeAt = wakeAt.map { min($0, time) } ?? time
    }

    // MARK: Versions

    private mutating func reconcile(_ template: Experiment.Template) {
        let before = experiment.status.template(template.name) ?? ExperimentStatus.Template(name: template.name)
        var after = before
        let isDone = isEnding || before.phase?.analysisPhase.isCompleted == true
        let wanted = isDone ? 0 : template.replicas
        if let (key, object) = world.object(.replicaSet, for: template.name), let replicaSet = ReplicaSet(object) {
            reconcileService(template, &after, replicaSet, wanted: wanted)
            if scale(key, replicaSet, template, to: wanted) { after.lastTransitionTime = now }
            after.replicas = replicaSet.currentReplicas
            after.readyReplicas = replicaSet.readyReplicas
            after.availableReplicas = replicaSet.availableReplicas
        } else if !isDone {
            create(template, &after)
        }
        if (before.replicas, before.readyReplicas, before.availableReplicas)
            != (after.replicas, after.readyReplicas, after.availableReplicas) {
            after.lastTransitionTime = now
        }
        if after.phase?.analysisPhase.isCompleted != true { assess(&after, wanted: wanted) }
        status.set(after)
        tell("Template", " '\(template.name)'", from: before.phase, to: after.phase, after.message)
    }

    private mutating func create(_ template: Experiment.Template, _ after: inout ExperimentStatus.Template) {
        let name = "\(experiment.name)-\(template.name)"
        let key = ObjectKey(.replicaSet, name)
        guard world.objects[key] == nil else {
            after.phase = .error
            after.message = "Failed to create ReplicaSet for template '\(template.name)': replicasets.apps "
                + "\"\(name)\" already exists"
            return
        }
        perform(.create(key, ExperimentObjects.replicaSet(for: template, of: experiment, after.collisionCount)))
        after.lastTransitionTime = now
    }

    /// Gives a ReplicaSet its size, and pods that are to go a while; returns whether the size changed.
    private mutating func scale(
        _ key: ObjectKey, _ replicaSet: ReplicaSet, _ template: Experiment.Template, to wanted: Int
    ) -> Bool {
        var replicas = wanted
        var patch: JSONValue = ["spec": ["replicas": .int(wanted)]]
        if wanted == 0, replicaSet.replicas > 0, experiment.scaleDownDelaySeconds > 0 {
            if let deadline = replicaSet.scaleDownDeadline {
                if deadline > now {
                    wake(at: deadline)
                    reasons.append("ReplicaSet \(replicaSet.name) is scaled down at \(deadline)")
                    replicas = replicaSet.replicas
                }
            } else {
                let deadline = now.after(experiment.scaleDownDelaySeconds)
                patch = ["metadata": ["annotations": [RolloutMarks.scaleDownDeadline: .string(deadline.description)]]]
                perform(.patch(key, patch))
                wake(at: deadline)
                return false
            }
        }
        guard replicas != replicaSet.replicas else { return false }
        perform(.patch(key, patch))
        emit(
            .normal, RolloutReason.scaling,
            "Scaled \(replicaSet.replicas < replicas ? "up" : "down") ReplicaSet \(replicaSet.name) from "
                + "\(replicaSet.replicas) to \(replicas)")
        return true
    }

    private mutating func reconcileService(
        _ template: Experiment.Template, _ after: inout ExperimentStatus.Template, _ replicaSet: ReplicaSet, wanted: Int
    ) {
        let existing = world.object(.service, for: template.name)
        if template.wantsService, wanted > 0 {
            guard let service = ExperimentObjects.service(for: template, of: experiment, replicaSet) else { return }
            let name = service["metadata"]?.text("name") ?? ""
            if existing == nil {
                guard world.objects[ObjectKey(.service, name)] == nil else {
                    after.phase = .error
                    after.message = "Failed to create Service \(name) for template '\(template.name)': service \(name) "
                        + "already exists and is not owned by experiment template \(template.name)"
                    return
                }
                perform(.create(ObjectKey(.service, name), service))
            }
            after.serviceName = name
            after.podTemplateHash = replicaSet.hash
        } else if let existing, !template.wantsService || replicaSet.availableReplicas == 0 {
            perform(.delete(existing.key))
            after.serviceName = ""
            after.podTemplateHash = ""
        }
    }

    private mutating func assess(_ template: inout ExperimentStatus.Template, wanted: Int) {
        if wanted == template.availableReplicas {
            let isOver = experiment.end(experiment.status).map { $0 <= now } ?? false
            template.phase = isOver || isEnding ? .successful : .running
            return
        }
        let deadline = (template.lastTransitionTime ?? now).after(experiment.progressDeadlineSeconds)
        if now > deadline {
            template.phase = .failed
            template.message = "Template '\(template.name)' exceeded its progressDeadlineSeconds "
                + "(\(experiment.progressDeadlineSeconds))"
        } else if isEnding {
            template.phase = .successful
        } else {
            template.phase = .progressing
            wake(at: deadline.after(1))
            reasons.append("template \(template.name) has \(template.availableReplicas) of \(wanted) pods available")
        }
    }

    // MARK: Analyses

    private mutating func reconcile(_ analysis: Experiment.Analysis) {
        let before = experiment.status.run(analysis.name) ?? ExperimentStatus.Run(name: analysis.name)
        var after = before
        defer { note(before, after) }
        guard experiment.status.availableAt != nil else {
            // Nothing is measured before all versions are there, but what cannot be measured is told at once.
            if world.objects[analysis.template.key] == nil {
                let kind = analysis.template.key.kind.rawValue
                after.phase = .error
                after.message = "\(kind) verification failed for analysis '\(analysis.name)': "
                    + "\(kind) \"\(analysis.template.name)\" not found"
            }
            return
        }
        guard !before.run.isEmpty else {
            if !isEnding { begin(analysis, &after) }
            return
        }
        guard before.phase?.isCompleted != true else { return }
        guard let run = world.objects[ObjectKey(.analysisRun, before.run)].flatMap({ AnalysisRun($0) }) else {
            after.phase = .error
            after.message = "analysisruns.argoproj.io \"\(before.run)\" not found"
            return
        }
        if isEnding {
            if run.status.phase?.isCompleted == true {
                // An experiment that is to end with a required analysis would wait for it without end.
                guard experiment.status.phase?.isCompleted != true else { return }
                after.phase = run.status.phase
                after.message = run.status.message
                return
            }
            guard !run.isAskedToEnd else { return }
            emit(.normal, "AnalysisRunTerminating", "Terminating \(analysis.name) (\(run.name))")
            perform(.patch(ObjectKey(.analysisRun, run.name), ["spec": ["terminate": true]]))
            return
        }
        after.phase = run.status.phase ?? .pending
        after.message = run.status.message
    }

    private mutating func begin(_ analysis: Experiment.Analysis, _ after: inout ExperimentStatus.Run) {
        do throws(AnalysisProblem) {
            let object = try ExperimentObjects.run(for: analysis, in: world)
            let name = object["metadata"]?.text("name") ?? ""
            var candidate = name
            var collisions = 0
            while let existing = world.objects[ObjectKey(.analysisRun, candidate)] {
                let run = world.owns(existing) ? AnalysisRun(existing) : nil
                if let run, run.status.phase?.isCompleted != true { break }
                collisions += 1
                candidate = World.runName(ObjectKey(.analysisRun, name), collisions)
            }
            if world.objects[ObjectKey(.analysisRun, candidate)] == nil {
                var object = object
                object.set(["metadata", "name"], to: .string(candidate))
                perform(.create(ObjectKey(.analysisRun, candidate), object))
            }
            after.phase = .pending
            after.run = candidate
        } catch {
            after.phase = .error
            after.message = "Failed to create AnalysisRun for analysis '\(analysis.name)': \(error)"
        }
    }

    private mutating func note(_ before: ExperimentStatus.Run, _ after: ExperimentStatus.Run) {
        status.set(after)
        tell("AnalysisRun", " '\(after.name)'", from: before.phase, to: after.phase, after.message)
    }

    // MARK: The whole

    private mutating func conclude() {
        let before = experiment.status.phase
        switch before {
        case nil: status.phase = .pending
        case .pending, .running:
            let (versions, versionMessage) = assessTemplates()
            let (analyses, analysisMessage) = assessAnalyses()
            if versions == .running, status.availableAt == nil { status.availableAt = now }
            let hasRequired = experiment.analyses.contains(where: \.isRequired)
            let isByAnalyses = versions.isCompleted
                ? versions == .successful && (analyses.isCompleted || hasRequired)
                : analyses.isCompleted && analyses != .successful || experiment.hasPassedRequiredAnalyses(status)
            status.phase = isByAnalyses ? analyses : versions
            status.message = isByAnalyses ? analysisMessage : versionMessage
        default: break
        }
        tell("Experiment", from: before, to: status.phase)
    }

    private func assessTemplates() -> (phase: AnalysisPhase, message: String) {
        Self.worst(of: experiment.templates.map { template in
            let state = status.template(template.name)
            return ((state?.phase ?? .progressing).analysisPhase, state?.message ?? "")
        })
    }

    private func assessAnalyses() -> (phase: AnalysisPhase, message: String) {
        let worst = Self.worst(of: experiment.analyses.compactMap { analysis in
            let run = status.run(analysis.name)
            // An experiment that ends before an analysis has begun does not wait for it.
            if isEnding, run?.run.isEmpty ?? true, run?.phase?.isCompleted != true { return nil }
            return (run?.phase ?? .pending, run?.message ?? "")
        })
        if experiment.hasPassedRequiredAnalyses(status), !worst.phase.isWorse(than: .pending) {
            return (.successful, worst.phase == .successful ? worst.message : "Required AnalysisRuns completed")
        }
        return (worst.phase == .pending ? .running : worst.phase, worst.message)
    }

    /// The first of the worst states; where all are successful there is nothing to say.
    private static func worst(
        of states: [(phase: AnalysisPhase, message: String)]
    ) -> (phase: AnalysisPhase, message: String) {
        states.reduce((phase: .successful, message: "")) { $1.phase.isWorse(than: $0.phase) ? $1 : $0 }
    }

    private mutating func setConditions() {
        let name = GoText.quoted(experiment.name)
        if status.phase == .successful {
            status.conditions.set(
                .progressing, .no, reason: "ExperimentCompleted", now: now,
                message: "Experiment \(name) has successfully ran and completed.")
        } else if hasProgressed {
            var condition = RolloutCondition(
                .progressing, .yes, reason: RolloutReason.replicaSetUpdated,
                message: "Experiment \(name) is progressing.", now: now)
            let old = status.conditions.first { $0.type == RolloutCondition.Kind.progressing.rawValue }
            if let old, old.status == .yes { condition.lastTransitionTime = old.lastTransitionTime }
            status.conditions.remove(.progressing)
            status.conditions.append(condition)
        } else if experiment.status.availableAt != nil, experiment.end(experiment.status).map({ $0 > now }) ?? true {
            status.conditions.set(
                .progressing, .yes, reason: RolloutReason.newReplicaSetAvailable, now: now,
                message: "Experiment \(name) is running.")
        }
    }

    private var hasProgressed: Bool {
        let before = experiment.status.templates
        if before.count < status.templates.count { return true }
        return before.contains { old in
            guard let new = status.template(old.name) else { return false }
            return (old.replicas, old.readyReplicas, old.availableReplicas)
                != (new.replicas, new.readyReplicas, new.availableReplicas)
        }
    }

    private mutating func waitForTime() {
        guard status.phase?.isCompleted != true, let end = experiment.end(status) else { return }
        wake(at: end)
        reasons.append("the experiment ends at \(end)")
    }
}
