/// `promote`: lets an update go on that waits, or takes it to its end.
public struct PromoteOperation: RolloutOperation {
    /// How far.
    public enum Extent: Hashable, Sendable {
        /// Past the pause that it waits at, or past a step that takes its time.
        case next
        /// Past the current step, whatever it is.
        case currentStep
        /// Past all steps.
        case allSteps
        /// To the end, without steps, pauses and analyses.
        case full
    }

    public static let name = "promote"
    public static let needs: OperationNeeds = .freshStatus
    /// How far.
    public let extent: Extent

    /// Makes the operation.
    public init(_ extent: Extent = .next) { self.extent = extent }

    public func plan(for subject: OperationSubject) throws(OperationRefusal) -> OperationPlan {
        switch extent {
        case .next: try next(subject)
        case .full: try full(subject)
        case .currentStep: try skip(subject, to: subject.stepIndex + 1)
        case .allSteps: try skip(subject, to: subject.steps.count)
        }
    }

    // MARK: To what comes next

    private func next(_ subject: OperationSubject) throws(OperationRefusal) -> OperationPlan {
        try check(subject)
        let isPaused = subject.rollout.spec.isPaused
        let following = min(subject.stepIndex + 1, subject.steps.count)
        var patch = RolloutPatch(unified: ["spec": ["paused": false], "status": ["pauseConditions": .null]])
        if isPaused { patch.spec = ["spec": ["paused": false]] }
        var goesOver = false
        if subject.isInconclusive, subject.isPausedByController, subject.status.controllerPause {
            // The controller takes its own pause back only when the step after it is no pause.
            let status: JSONValue = [
                "pauseConditions": .null, "controllerPause": false, "currentStepIndex": .int(following),
            ]
            patch.status = ["status": status]
            patch.unified = ["spec": ["paused": false], "status": status]
            goesOver = true
        } else if subject.isPausedByController {
            patch.status = ["status": ["pauseConditions": .null]]
        } else if !subject.steps.isEmpty {
            let status: JSONValue = ["pauseConditions": .null, "currentStepIndex": .int(following)]
            patch.status = ["status": status]
            patch.unified = ["spec": ["paused": false], "status": status]
            goesOver = true
        }
        return OperationPlan(.rollout(patch), summary(subject, following, isPaused: isPaused, goesOver: goesOver))
    }

    private func summary(_ subject: OperationSubject, _ following: Int, isPaused: Bool, goesOver: Bool) -> String {
        if subject.isFullyPromoted { return "resumed; the next update will not wait for a person to begin" }
        if case .blueGreen(let blueGreen) = subject.rollout.spec.strategy {
            return isPaused && !subject.isPausedByController
                ? "resumed" : "promoted; service \(blueGreen.activeService) goes over to \(subject.newVersion)"
        }
        guard !subject.steps.isEmpty, goesOver || subject.isPausedByController else { return "resumed" }
        guard following < subject.steps.count else {
            return "promoted past its last step; \(subject.newVersion) becomes stable when all its pods are available"
        }
        return "promoted to \(subject.place(following))"
    }

    /// Refuses where there is nothing to go on from.
    private func check(_ subject: OperationSubject) throws(OperationRefusal) {
        let name = subject.name
        let isPaused = subject.rollout.spec.isPaused || subject.isPausedByController
        if subject.status.isAborted {
            throw OperationRefusal(
                "it is aborted, so there is nothing to go on with",
                advice: "`retry \(name)` begins the update again, `promote \(name) --full` skips its steps")
        }
        guard !isPaused else { return }
        if subject.isFirstVersion || subject.isFullyPromoted {
            throw OperationRefusal("there is nothing to promote: it \(subject.standing)")
        }
        let isOver = subject.stepIndex >= subject.steps.count
        if !isOver, subject.steps[subject.stepIndex] is PauseStep, subject.status.controllerPause {
            // To go past the step now would be to go past what comes after it.
            throw OperationRefusal(
                "it was promoted just now: the controller has yet to go on from \(subject.place(subject.stepIndex))")
        }
        // Steps that take their time are gone past; one that changes weights or sizes is done as soon as pods allow.
        if !isOver, subject.steps[subject.stepIndex].durationSeconds != 0 { return }
        let skip = isOver ? "" : "`promote \(name) --skip-current-step` goes past the step without waiting, "
        throw OperationRefusal(
            "it is not paused: it \(subject.standing)", advice: "\(skip)`promote \(name) --full` goes to the end")
    }

    // MARK: To the end

    private func full(_ subject: OperationSubject) throws(OperationRefusal) -> OperationPlan {
        let isPaused = subject.rollout.spec.isPaused
        var patch = RolloutPatch(unified: ["spec": ["paused": false], "status": ["promoteFull": true]])
        if isPaused { patch.spec = ["spec": ["paused": false]] }
        if subject.status.currentPodHash != subject.status.stableHash {
            patch.status = ["status": ["promoteFull": true]]
        }
        if subject.isFirstVersion || subject.isFullyPromoted {
            guard isPaused, subject.isFullyPromoted else {
                throw OperationRefusal("there is nothing to promote: it \(subject.standing)")
            }
            return OperationPlan(
                .rollout(patch), "resumed; there was nothing to promote: it \(subject.standing)", startsMovement: false)
        }
        if subject.status.promotesFully, !isPaused {
            throw OperationRefusal("it is being promoted in full already: it \(subject.standing)")
        }
        let abort = subject.status.isAborted ? " and the abort is taken back" : ""
        return OperationPlan(
            .rollout(patch),
            "promoted in full; steps, pauses and analyses are skipped\(abort), and \(subject.newVersion) gets all "
                + "traffic when all its pods are available")
    }

    // MARK: Over steps

    private func skip(_ subject: OperationSubject, to index: Int) throws(OperationRefusal) -> OperationPlan {
        guard subject.rollout.spec.strategy.canary != nil else {
            throw OperationRefusal(
                "a blue-green Rollout has no steps", advice: "`promote \(subject.name)` lets it switch")
        }
        guard !subject.steps.isEmpty else {
            throw OperationRefusal("it has no steps", advice: "`promote \(subject.name) --full` goes to the end")
        }
        if subject.status.isAborted { try check(subject) }
        guard !subject.isFirstVersion, !subject.isFullyPromoted, subject.stepIndex < subject.steps.count else {
            throw OperationRefusal("there is no step to skip: it \(subject.standing)")
        }
        let target = index < subject.steps.count ? subject.place(index) : "the end of its steps"
        let pause = subject.rollout.spec.isPaused
            ? "; nothing moves before `resume \(subject.name)`, as it is paused" : ""
        return OperationPlan(
            .rollout(.status(["currentStepIndex": .int(index)])), "skipped \(subject.place(subject.stepIndex))"
                + (extent == .allSteps ? " and all after it" : ", to \(target)") + pause)
    }
}
