/// One pass of a plan: looks at the world once, and does the next thing for each part of it.
public struct UpdatePass: Sendable {
    /// The world as it is after the actions so far; the Rollout's status is the one that the pass began with.
    public private(set) var world: World
    /// The moment of the plan.
    public let now: KubernetesTime
    /// What the plan may do.
    public let mode: PlanningMode
    /// Why an analysis that the Rollout asks for could never begin; nothing that a plan does changes that.
    let templateProblem: String?
    /// What is to be done so far.
    private(set) var actions: [Action] = []
    /// When to plan again.
    private(set) var wakeAt: KubernetesTime?
    /// Whether there is more to do than one plan holds.
    private(set) var isInterrupted = false
    /// What the update waits for.
    var reasons: [String] = []
    /// What happens to pauses and to an abort.
    var pauses = PauseChanges()
    /// How the traffic is divided, with what this pass has changed.
    var weights: RolloutStatus.TrafficWeights?
    /// Why traffic cannot flow as intended; no step is reached and nothing is promoted while there is a reason.
    var trafficProblem: String?
    /// Why a router cannot divide the traffic, or nil; somebody has to mend that.
    var hindrance: String?
    /// What people have been told: the message of the status that the plan began with, and hindrances since.
    var told: [String]
    /// `status.alb` and `status.albs` as they are to be: nil leaves them, nil within takes them away.
    var loadBalancerStatus: JSONValue??
    /// What is to be found out about load balancers.
    var questions: Set<LoadBalancerQuestion> = []
    /// The answers that people have been told of by this plan.
    var toldAnswers: Set<LoadBalancerQuestion> = []
    /// What is analysed and tried out, as the status of this pass will have it.
    var runs = RolloutStatus.Runs()
    /// Why an analysis or experiment that is due cannot begin.
    var analysisProblem: String?
    /// `restartedAt` of the status that this pass writes.
    var restartedAt: KubernetesTime?
    /// Events that belong to the status, to be told once it is written.
    var pendingEvents: [RolloutEvent] = []
    /// Whether the wanted version was about to be scaled down when the pass began.
    private(set) var newIsWithinDelay = false
    /// Whether a ReplicaSet's status counts pods that are being deleted or have gone.
    private(set) var countsLeavingPods = false
    private(set) var newIndex: Int?
    private(set) var stableIndex: Int?
    /// The positions of ReplicaSets that are neither wanted nor stable.
    private(set) var others: [Int] = []

    init(world: World, now: KubernetesTime, mode: PlanningMode) {
        self.world = world
        self.now = now
        self.mode = mode
        told = [world.rollout.status.message]
        templateProblem = mode.passesWhatIsMissing ? nil : world.analysisProblem
        countsLeavingPods = self.world.discountDeletedPods()
        for (place, replicaSet) in self.world.replicaSets.enumerated()
        where replicaSet.availableReplicas > replicaSet.replicas {
            self.world.replicaSets[place].discountLeavingPods()
        }
    }

    /// The Rollout with the status that the pass began with.
    var rollout: Rollout { world.rollout }
    /// The settings of a canary.
    var canary: CanaryStrategy? { world.rollout.spec.strategy.canary }
    /// The ReplicaSet of the wanted version.
    var newReplicaSet: ReplicaSet? { newIndex.map { world.replicaSets[$0] } }
    /// The ReplicaSet of the stable version, which may be the wanted one.
    var stable: ReplicaSet? { stableIndex.map { world.replicaSets[$0] } }
    /// Whether there is a stable version other than the wanted one.
    var hasOtherStable: Bool { stableIndex != nil && stableIndex != newIndex }
    /// The hash of the wanted version.
    var newHash: String { newIndex.map { world.replicaSets[$0].hash } ?? world.templateHash }

    /// Does the next thing for each part of the world.
    mutating func run() {
        begin()
        guard !world.rollout.isBeingDeleted else { return }
        noteWorkloadGeneration()
        if let problem = specProblem {
            reportInvalid(problem)
            return
        }
        guard newIndex != nil else {
            createReplicaSet()
            return
        }
        guard world.rollout.spec.declaredReplicas != nil else {
            perform(.setReplicas(RolloutDefaults.replicas))
            return
        }
        if endFullPromotion() { return }
        if world.rollout.isFullyPromoted, world.rollout.status.isAborted { pauses.removeAbort() }
        if notePauses() { return }
        syncRevision()
        // With a new template the status is about another version, and sizes would be made from its steps.
        if isScalingEvent, !templateChanged {
            scaleOnly()
            return
        }
        switch world.rollout.spec.strategy {
        case .canary: runCanary()
        case .blueGreen(let blueGreen): runBlueGreen(blueGreen)
        }
    }

    private mutating func begin() {
        wakeAt = nil
        reasons = []
        pauses = PauseChanges()
        weights = world.rollout.status.weights
        trafficProblem = nil
        hindrance = nil
        loadBalancerStatus = nil
        questions = []
        runs = world.rollout.status.runs
        analysisProblem = nil
        restartedAt = world.rollout.status.restartedAt
        pendingEvents = []
        locate()
        newIsWithinDelay = newReplicaSet?.scaleDownDeadline.map { $0 > now } ?? false
    }

    /// Finds the wanted, the stable and the other ReplicaSets.
    mutating func locate() {
        newIndex = findNew()
        stableIndex = world.index(ofHash: world.rollout.status.stableHash)
        others = world.replicaSets.indices.filter { $0 != newIndex && $0 != stableIndex }
    }

    private func findNew() -> Int? {
        if let index = world.index(ofHash: world.templateHash) { return index }
        guard mode.adoptsEqualTemplates, let template = world.template else { return nil }
        // Another controller, or another release of it, may have computed another hash. A ReplicaSet with the same
        // template is ours all the same: to make a new one would restart every pod for nothing.
        let affinity = world.rollout.spec.strategy.antiAffinity
        let order = world.replicaSets.indices.sorted { left, right in
            let current = world.rollout.status.currentPodHash
            let isCurrent = (world.replicaSets[left].hash == current, world.replicaSets[right].hash == current)
            if isCurrent.0 != isCurrent.1 { return isCurrent.0 }
            return world.replicaSets[left].isOlder(than: world.replicaSets[right])
        }
        return order.first { TemplateEquality.isSame(world.replicaSets[$0], as: template, antiAffinity: affinity) }
    }

    // MARK: Doing

    /// Notes an action, and sees the world after it from here on.
    mutating func perform(_ action: Action) {
        actions.append(action)
        world.apply(action)
        switch action {
        case .deleteReplicaSet: locate()
        case .evictPod:
            _ = world.discountDeletedPods()
            // Its ReplicaSet says so later, even where it is scaled down and up meanwhile.
            countsLeavingPods = true
        default: break
        }
    }

    /// Tells people something.
    mutating func emit(_ kind: RolloutEvent.Kind = .normal, _ reason: String, _ message: String) {
        actions.append(.emit(RolloutEvent(kind, reason: reason, message: message)))
    }

    /// Leaves the rest to the next plan.
    mutating func interrupt() {
        isInterrupted = true
        wakeAt = now
    }

    /// Asks for a plan at a moment that is yet to come.
    mutating func wake(at time: KubernetesTime) {
        guard time > now else { return }
        wakeAt = wakeAt.map { min($0, time) } ?? time
    }

    /// Why nothing moves though an update is not done, or nil.
    var haltReason: String? {
        if world.rollout.spec.isPaused { return "spec.paused is set" }
        if world.rollout.status.pause(RolloutStatus.PauseCondition.inconclusiveAnalysis) != nil {
            return "an analysis was inconclusive"
        }
        return nil
    }

    // MARK: What cannot be planned

    private mutating func reportInvalid(_ problem: String) {
        // What is missing may be applied right after the Rollout.
        wake(at: now.after(20))
        var status = world.rollout.status
        reasons.append(status.refuse(
            world.rollout.name, generation: world.rollout.generation, now: now, because: problem))
        (status.phase, status.message) = phase(of: status)
        if status != world.rollout.status { perform(.updateStatus(status)) }
    }
}
