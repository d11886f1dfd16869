/// `pause`: holds a Rollout where it is.
public struct PauseOperation: RolloutOperation {
    public static let name = "pause"
    public static let isGuarded = false

    /// Makes the operation.
    public init() {}

    public func plan(for subject: OperationSubject) throws(OperationRefusal) -> OperationPlan {
        if subject.rollout.spec.isPaused {
            throw OperationRefusal("it is paused already", advice: "`resume \(subject.name)` lets it go on")
        }
        let next = subject.isFullyPromoted
            ? "the next update waits" : "sizes and steps stay as they are"
        return OperationPlan(
            .rollout(.spec(["paused": true])), "paused; \(next) until `resume \(subject.name)`", startsMovement: false)
    }
}
