/// Something to be done to the cluster; the whole vocabulary of a plan.
///
/// Each action can be repeated without harm, and the plan lists them so that one may stop after any of them.
public enum Action: Hashable, Sendable {
    /// Makes a ReplicaSet without pods.
    case createReplicaSet(ReplicaSet)
    /// Gives a ReplicaSet a size, and annotations with it; nil removes an annotation.
    case scaleReplicaSet(String, replicas: Int, annotations: [String: String?])
    /// Changes annotations of a ReplicaSet; nil removes one.
    case annotateReplicaSet(String, [String: String?])
    /// Changes what new pods of a ReplicaSet get, and annotations with it.
    case changeReplicaSet(String, ReplicaSetChange)
    /// Deletes a ReplicaSet that has no pods.
    case deleteReplicaSet(String)
    /// Changes labels and annotations of a pod; nil removes one.
    case markPod(String, labels: [String: String?], annotations: [String: String?])
    /// Evicts a pod, so that a new one takes its place.
    case evictPod(String)
    /// Changes annotations of the Rollout; nil removes one.
    case annotateRollout([String: String?])
    /// Writes the number of pods that the Rollout left open, so that autoscalers can count on it.
    case setReplicas(Int)
    /// Writes the Rollout's status.
    case updateStatus(RolloutStatus)
    /// Points a service at the pods with a hash, and names its manager where it has none.
    case pointService(String, hash: String)
    /// Makes an object.
    case create(ObjectKey, JSONValue)
    /// Applies a merge patch to an object.
    case patch(ObjectKey, JSONValue)
    /// Deletes an object and what it owns.
    case delete(ObjectKey)
    /// Applies a merge patch to the status of an object that is not the Rollout.
    case patchStatus(ObjectKey, JSONValue)
    /// Scales the workload that the Rollout takes over.
    case scaleWorkload(ObjectKey, replicas: Int)
    /// Tells people what happened.
    case emit(RolloutEvent)
}

/// What changes in a ReplicaSet apart from its size.
public struct ReplicaSetChange: Hashable, Sendable {
    /// Annotations; nil removes one.
    public var annotations: [String: String?] = [:]
    /// Labels of the pod template; nil removes one.
    public var podLabels: [String: String?] = [:]
    /// Annotations of the pod template; nil removes one.
    public var podAnnotations: [String: String?] = [:]
    /// The affinity of the pod template, null for none; nil leaves it.
    public var affinity: JSONValue?
    /// `minReadySeconds`; nil leaves it.
    public var minReadySeconds: Int?
}

/// An event for people to read.
public struct RolloutEvent: Hashable, Sendable {
    /// Whether somebody should look.
    public enum Kind: String, Sendable {
        case normal = "Normal", warning = "Warning"
    }

    /// Whether somebody should look.
    public var kind: Kind
    /// What happened, in a word.
    public var reason: String
    /// What happened, in a sentence.
    public var message: String

    /// Makes an event.
    public init(_ kind: Kind = .normal, reason: String, message: String) {
        self.kind = kind
        self.reason = reason
        self.message = message
    }
}

/// What is to be done now, and when to look again.
public struct Plan: Hashable, Sendable {
    /// What to do, in this order.
    public var actions: [Action] = []
    /// The Rollout's status when all of it is done.
    public var status: RolloutStatus
    /// When to plan again though nothing else happens.
    public var wakeAt: KubernetesTime?
    /// What the update waits for and why things are done, for people who ask.
    public var reasons: [String] = []
    /// What is to be found out about load balancers, for the next plan.
    public var questions: Set<LoadBalancerQuestion> = []

    /// Whether there is nothing to do.
    public var isEmpty: Bool { actions.isEmpty }

    /// Makes a plan.
    public init(
        actions: [Action] = [], status: RolloutStatus, wakeAt: KubernetesTime? = nil, reasons: [String] = [],
        questions: Set<LoadBalancerQuestion> = []
    ) {
        self.actions = actions
        self.status = status
        self.wakeAt = wakeAt
        self.reasons = reasons
        self.questions = questions
    }
}

/// What a plan may do.
public struct PlanningMode: Hashable, Sendable {
    /// Whether steps and routers that are not there yet pass as if they had done their work, as in a rendering.
    public var passesWhatIsMissing = false
    /// Whether a ReplicaSet whose template equals the Rollout's is taken for its own whatever hash it has.
    public var adoptsEqualTemplates = true
    /// The step that the update does not go beyond; the one before the first is -1.
    public var heldStep: Int?
    /// Whether blue-green does not switch.
    public var holdsSwitch = false

    /// Makes the mode of a controller in a cluster.
    public init() {}
}
