/// `retry`: begins an aborted update again.
public struct RetryOperation: RolloutOperation {
    public static let name = "retry"
    public static let needs: OperationNeeds = [.freshStatus]

    /// Makes the operation.
    public init() {}

    public func plan(for subject: OperationSubject) throws(OperationRefusal) -> OperationPlan {
        guard subject.status.isAborted else {
            let isLate = subject.status.condition(.progressing)?.reason == RolloutReason.timedOut
            throw OperationRefusal(
                "it is not aborted, so there is nothing to retry: it \(subject.standing)",
                advice: isLate ? "its progress deadline has passed, and it goes on as soon as pods become ready" : nil)
        }
        let place = subject.steps.isEmpty ? "" : " at \(subject.place(0))"
        let halt = subject.rollout.spec.isPaused
            ? ", but nothing moves before `resume \(subject.name)`, as it is paused" : ""
        return OperationPlan(
            .rollout(.status(["abort": false])),
            "retried; the update to \(subject.newVersion) begins again\(place)\(halt)")
    }
}
