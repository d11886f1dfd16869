import ManifestKit

/// What was decided for a Rollout at one moment, for logs and timelines.
public struct Decision: Sendable {
    /// What came of it.
    public enum Result: Sendable {
        /// Every action was done.
        case done
        /// This many actions were done, and the next one failed.
        case stopped(after: Int, KubernetesFailure)
        /// The Rollout writes too often and is slowed down: a defect, here or in another controller of its objects.
        case slowedDown
    }

    /// What it was decided for, as logs name it: `rollout`, `analysisrun` or `experiment`.
    public var kind = "rollout"
    /// The name of the Rollout, or of what else was looked at.
    public var rollout: ObjectName
    /// When.
    public var time: KubernetesTime
    /// What was to be done.
    public var actions: [Action]
    /// What the update waits for, and why things are done.
    public var reasons: [String]
    /// When it is planned again though nothing else happens, in seconds since the start of 1970.
    public var wakeAt: Double?
    /// What is to be found out about load balancers, for the next plan.
    public var questions: Set<LoadBalancerQuestion> = []
    /// What came of it.
    public var result: Result

    /// Whether an action could not be done, so that it is tried again.
    var hasFailed: Bool { if case .stopped = result { true } else { false } }

    /// Whether there was something to do or to tell.
    public var isNews: Bool {
        if case .done = result { return !actions.isEmpty }
        return true
    }
}
