/// `resume`: takes a `pause` back.
public struct ResumeOperation: RolloutOperation {
    public static let name = "resume"
    public static let isGuarded = false

    /// Makes the operation.
    public init() {}

    public func plan(for subject: OperationSubject) throws(OperationRefusal) -> OperationPlan {
        guard subject.rollout.spec.isPaused else {
            throw OperationRefusal(
                (subject.isPausedByController ? "nobody has paused it by hand" : "it is not paused")
                    + ": it \(subject.standing)",
                advice: subject.isPausedByController ? "`promote \(subject.name)` lets it go on" : nil)
        }
        let next: String
        if subject.isPausedByController {
            next = "it still waits at \(subject.steps.isEmpty ? "its own pause" : subject.place(subject.stepIndex)) "
                + "for `promote \(subject.name)`"
        } else if subject.isFullyPromoted {
            next = "it \(subject.standing)"
        } else {
            next = "the update goes on"
        }
        return OperationPlan(.rollout(.spec(["paused": false])), "resumed; \(next)")
    }
}
