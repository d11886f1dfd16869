/// `restart`: replaces all pods by new ones of the same version, a few at a time.
public struct RestartOperation: RolloutOperation {
    public static let name = "restart"
    public static let isGuarded = false
    /// In how many seconds.
    public let delaySeconds: Int

    /// Makes the operation; the delay is not negative.
    public init(delaySeconds: Int = 0) { self.delaySeconds = max(0, delaySeconds) }

    public func plan(for subject: OperationSubject) throws(OperationRefusal) -> OperationPlan {
        guard subject.rollout.spec.replicas > 0 else {
            throw OperationRefusal("it is scaled to 0, so there are no pods to restart")
        }
        let moment = subject.now.after(delaySeconds)
        let earlier = subject.rollout.spec.restartAt.flatMap { old in
            old != subject.status.restartedAt && old > subject.now ? ", and not at \(old) as was planned" : nil
        } ?? ""
        let start = delaySeconds == 0 ? "restarts" : "restarts in \(delaySeconds) s, at \(moment)"
        return OperationPlan(
            .rollout(.spec(["restartAt": .string(moment.description)])),
            "\(start)\(earlier); pods made before that are replaced, as many at a time as maxUnavailable allows")
    }
}
