/// One of `status.conditions`.
public struct RolloutCondition: Hashable, Sendable {
    /// The conditions that the planner sets.
    public enum Kind: String, Sendable {
        case invalidSpec = "InvalidSpec"
        case available = "Available"
        case progressing = "Progressing"
        case replicaFailure = "ReplicaFailure"
        case paused = "Paused"
        case completed = "Completed"
        case healthy = "Healthy"
    }

    /// Whether a condition holds.
    public enum State: String, Sendable {
        case yes = "True", no = "False", unknown = "Unknown"
    }

    /// `type`.
    public var type: String
    /// `status`.
    public var status: State
    /// `reason`.
    public var reason: String
    /// `message`.
    public var message: String
    /// `lastUpdateTime`.
    public var lastUpdateTime: KubernetesTime
    /// `lastTransitionTime`.
    public var lastTransitionTime: KubernetesTime

    /// What it says, whenever it began to.
    struct Statement: Hashable {
        var type: String
        var status: State
        var reason: String
        var message: String
    }

    /// What it says.
    var statement: Statement { Statement(type: type, status: status, reason: reason, message: message) }

    /// Makes a condition that began now.
    public init(_ type: Kind, _ status: State, reason: String, message: String, now: KubernetesTime) {
        self.type = type.rawValue
        self.status = status
        self.reason = reason
        self.message = message
        lastUpdateTime = now
        lastTransitionTime = now
    }

    init?(_ value: JSONValue) {
        guard let type = value.text("type") else { return nil }
        self.type = type
        status = value.text("status").flatMap { State(rawValue: $0) } ?? .unknown
        reason = value.text("reason") ?? ""
        message = value.text("message") ?? ""
        lastUpdateTime = value.time("lastUpdateTime") ?? KubernetesTime(seconds: 0)
        lastTransitionTime = value.time("lastTransitionTime") ?? lastUpdateTime
    }

    var json: JSONValue {
        .object(JSONObject(distinct: [
            ("type", .string(type)), ("status", .string(status.rawValue)), ("reason", .string(reason)),
            ("message", .string(message)), ("lastUpdateTime", .string(lastUpdateTime.description)),
            ("lastTransitionTime", .string(lastTransitionTime.description)),
        ]))
    }
}

extension RolloutStatus {
    /// Sets a condition unless there is one with this status and reason; returns whether it did.
    @discardableResult
    mutating func set(
        _ type: RolloutCondition.Kind, _ status: RolloutCondition.State, reason: String, now: KubernetesTime,
        message: @autoclosure () -> String
    ) -> Bool {
        conditions.set(type, status, reason: reason, now: now, message: message())
    }

    /// Removes the condition of a type.
    mutating func remove(_ type: RolloutCondition.Kind) { conditions.remove(type) }
}

extension [RolloutCondition] {
    /// Sets a condition unless there is one with this status and reason; returns whether it did.
    ///
    /// The message is made only where it is needed: most plans set every condition to what it was.
    @discardableResult
    mutating func set(
        _ type: RolloutCondition.Kind, _ status: RolloutCondition.State, reason: String, now: KubernetesTime,
        message: @autoclosure () -> String
    ) -> Bool {
        guard let place = firstIndex(where: { $0.type == type.rawValue }) else {
            append(RolloutCondition(type, status, reason: reason, message: message(), now: now))
            return true
        }
        let old = self[place]
        if old.status == status, old.reason == reason { return false }
        var condition = RolloutCondition(type, status, reason: reason, message: message(), now: now)
        if old.status == status { condition.lastTransitionTime = old.lastTransitionTime }
        remove(at: place)
        append(condition)
        return true
    }

    /// Removes the condition of a type.
    mutating func remove(_ type: RolloutCondition.Kind) { removeAll { $0.type == type.rawValue } }
}

/// The reasons that conditions and events give, as the reference spells them.
public enum RolloutReason {
    /// Enough pods are available, or not.
    public static let available = "AvailableReason"
    /// The manifest cannot be acted on.
    public static let invalidSpec = "InvalidSpec"
    /// A ReplicaSet came nearer to what is wanted.
    public static let replicaSetUpdated = "ReplicaSetUpdated"
    /// A ReplicaSet was made.
    public static let newReplicaSet = "NewReplicaSetCreated"
    /// A ReplicaSet was found that fits.
    public static let foundReplicaSet = "FoundNewReplicaSet"
    /// The Rollout has another revision.
    public static let updated = "RolloutUpdated"
    /// The wanted version is the stable one.
    public static let completed = "RolloutCompleted"
    /// An update began.
    public static let notCompleted = "RolloutNotCompleted"
    /// Everything is as wanted, or not.
    public static let healthy = "RolloutHealthy"
    /// The update was aborted.
    public static let aborted = "RolloutAborted"
    /// An aborted update begins again.
    public static let retry = "RolloutRetry"
    /// The update waits.
    public static let paused = "RolloutPaused"
    /// The update goes on after a pause.
    public static let resumed = "RolloutResumed"
    /// A promoted version lost pods.
    public static let replicaSetNotAvailable = "ReplicaSetNotAvailable"
    /// The wanted version has all its pods.
    public static let newReplicaSetAvailable = "NewReplicaSetAvailable"
    /// A step was reached.
    public static let stepCompleted = "RolloutStepCompleted"
    /// The traffic is divided otherwise.
    public static let weightUpdated = "TrafficWeightUpdated"
    /// A router cannot divide the traffic.
    public static let trafficRoutingError = "TrafficRoutingError"
    /// Nothing moved for longer than the deadline allows.
    public static let timedOut = "ProgressDeadlineExceeded"
    /// A ReplicaSet got another size.
    public static let scaling = "ScalingReplicaSet"
    /// A service leads to other pods.
    public static let switchService = "SwitchService"
    /// The steps are skipped on the way back.
    public static let skipSteps = "SkipSteps"
    public static let added = "RolloutAddedToInformer"
}
