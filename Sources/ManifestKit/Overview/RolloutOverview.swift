/// A Rollout and everything that belongs to it, as an operator wants to see it.
public struct RolloutOverview: Hashable, Sendable {
    /// How it updates.
    public enum Kind: String, Hashable, Sendable {
        case canary = "Canary", blueGreen = "BlueGreen", unknown = "Unknown"

        /// As it stands in a sentence.
        public var word: String {
            switch self {
            case .canary: "canary"
            case .blueGreen: "blue-green"
            case .unknown: "no strategy"
            }
        }
    }

    /// The step of a canary that an update is at.
    public struct Step: Hashable, Sendable {
        /// Its position, from 0; `count` when all are done.
        public var index: Int
        /// The number of steps.
        public var count: Int
        /// What it does, such as `setWeight: 20`; empty when all are done.
        public var label: String
        /// What the step after it does; empty for none.
        public var next: String

        /// Whether all steps are done.
        public var isDone: Bool { index >= count }
        /// As people count: `step 2 of 5`.
        public var place: String { "step \(index + 1) of \(count)" }
    }

    /// The share of the version that is wanted.
    public struct Weight: Hashable, Sendable {
        /// What the steps ask for.
        public var set: Int
        /// What the routers have, or, where none divides the traffic, the share of the available pods.
        public var actual: Int
        /// All of the traffic.
        public var maximum: Int
        /// Whether a load balancer has been seen to follow; nil where nobody looks.
        public var isVerified: Bool?
        /// Whether a router divides the traffic.
        public var isRouted: Bool
        /// Whether the actual share is worked out from counts of pods that may not all be available.
        public var isEstimate = false
    }

    /// Counts of pods.
    public struct Replicas: Hashable, Sendable {
        public var desired = 0, current = 0, updated = 0, ready = 0, available = 0
    }

    /// What belongs to one update.
    public struct Revision: Hashable, Sendable {
        /// Its number; nil for what has none.
        public var number: Int?
        /// Its ReplicaSets.
        public var replicaSets: [ReplicaSetOverview] = []
        /// Its experiments.
        public var experiments: [ExperimentOverview] = []
        /// Its runs.
        public var analysisRuns: [AnalysisRunOverview] = []
    }

    /// `metadata.name`.
    public var name: String
    /// `metadata.namespace`; empty for none.
    public var namespace: String
    /// How it updates.
    public var kind: Kind
    /// The number of the update that it is at.
    public var revision: Int?
    /// How it goes.
    public var phase: RolloutStatus.Phase
    /// What the controller says, word for word.
    public var message: String
    /// What it waits for or what is wrong; nil where all is well.
    public var waiting: WaitingReason?
    /// The step; nil where there are none.
    public var step: Step?
    /// The share of the version that is wanted; nil for what is no canary.
    public var weight: Weight?
    /// Counts of pods.
    public var replicas = Replicas()
    /// The updates, the newest first.
    public var revisions: [Revision] = []
    /// When it was made.
    public var createdAt: KubernetesTime?

    /// Makes an overview of a Rollout and what is around it.
    public init(_ objects: RolloutObjects) {
        let object = objects.rollout
        let facts = RolloutFactsheet(object, workload: objects.workload)
        self.init(facts)
        let pods = OwnedObjects(objects.pods)
        let replicaSets = OwnedObjects(objects.replicaSets)
        let runs = OwnedObjects(objects.analysisRuns)
        let experiments = OwnedObjects(objects.experiments)
        func versions(of owner: JSONValue, kind: String) -> [ReplicaSetOverview] {
            replicaSets.controlled(by: owner, kind: kind).sorted { $0.isOlder(than: $1) }.map { replicaSet in
                ReplicaSetOverview(replicaSet, pods: pods.controlled(by: replicaSet, kind: "ReplicaSet"))
            }
        }
        func analysisRuns(of owner: JSONValue, kind: String) -> [AnalysisRunOverview] {
            runs.controlled(by: owner, kind: kind).sorted { $0.isOlder(than: $1) }.map { AnalysisRunOverview($0) }
        }
        var revisions: [Int: Revision] = [:]
        for var replicaSet in versions(of: object, kind: "Rollout") {
            replicaSet.roles = ReplicaSetOverview.roles(
                ofHash: replicaSet.hash, in: facts.status, facts.rollout?.spec.strategy)
            let number = replicaSet.revision ?? 0
            revisions[number, default: Revision(number: replicaSet.revision)].replicaSets.append(replicaSet)
        }
        for run in analysisRuns(of: object, kind: "Rollout") {
            revisions[run.revision ?? 0, default: Revision(number: run.revision)].analysisRuns.append(run)
        }
        for experiment in experiments.controlled(by: object, kind: "Rollout").sorted(by: { $0.isOlder(than: $1) }) {
            let overview = ExperimentOverview(
                experiment, replicaSets: versions(of: experiment, kind: "Experiment"),
                analysisRuns: analysisRuns(of: experiment, kind: "Experiment"))
            revisions[overview.revision ?? 0, default: Revision(number: overview.revision)].experiments.append(overview)
        }
        self.revisions = revisions.sorted { $0.key > $1.key }.map(\.value)
        weight = facts.weight(replicaSets: self.replicaSets)
        waiting = WaitingFinder(facts: facts, overview: self).reason
    }

    /// Makes an overview of a Rollout alone: without the tree, and with a share that is worked out from its counts.
    public init(summaryOf rollout: JSONValue) {
        let facts = RolloutFactsheet(rollout, workload: nil)
        self.init(facts)
        weight = facts.weight(replicaSets: nil)
        waiting = WaitingFinder(facts: facts, overview: self).reason
    }

    private init(_ facts: RolloutFactsheet) {
        name = facts.object.objectName
        namespace = facts.object["metadata"]?.text("namespace") ?? ""
        createdAt = facts.object.creationTime
        kind = switch facts.rollout?.spec.strategy {
        case .canary: .canary
        case .blueGreen: .blueGreen
        case nil: .unknown
        }
        revision = facts.object.revisionNumber
        phase = facts.phase
        message = facts.status.message
        step = facts.step
        replicas = Replicas(
            desired: facts.rollout?.spec.replicas ?? facts.object["spec"]?.count("replicas") ?? 1,
            current: facts.status.replicas, updated: facts.status.updatedReplicas,
            ready: facts.status.readyReplicas, available: facts.status.availableReplicas)
    }

    /// All ReplicaSets of its own, the newest first.
    public var replicaSets: [ReplicaSetOverview] { revisions.flatMap(\.replicaSets) }

    /// The Rollout's name behind its namespace.
    public var fullName: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }
}

/// What a Rollout says of itself, with what follows from it.
struct RolloutFactsheet {
    /// The object.
    let object: JSONValue
    /// The same with its fields read; nil where it has no strategy.
    let rollout: Rollout?
    /// Its status.
    let status: RolloutStatus
    /// The Deployment that it takes its template from, where it is known.
    let workload: JSONValue?

    init(_ object: JSONValue, workload: JSONValue?) {
        self.object = object
        self.workload = workload
        let rollout = Rollout(object)
        self.rollout = rollout
        status = rollout?.status ?? RolloutStatus(object["status"] ?? .null)
    }

    /// The generation that the API has, where the controller has not seen it yet.
    var unseenGeneration: (seen: Int?, current: Int)? {
        let current = object["metadata"]?.count("generation") ?? 0
        guard !status.observedGeneration.isEmpty else {
            return object["status"]?["phase"] == nil && object["status"]?["conditions"] == nil ? (nil, current) : nil
        }
        guard let seen = Int(status.observedGeneration), seen < current else { return nil }
        return (seen, current)
    }

    /// Whether the Deployment has changed since the controller looked at it last.
    var hasUnseenWorkload: Bool {
        guard rollout?.spec.workload != nil, let seen = Int(status.workloadObservedGeneration) else { return false }
        let noted = object["metadata"]?["annotations"]?.text(RolloutMarks.workloadGeneration).flatMap { Int($0) }
        let current = workload?["metadata"]?.count("generation") ?? noted ?? seen
        return max(current, noted ?? seen) > seen
    }

    /// Whether a person has ended a pause and the controller has not acted on it yet.
    var isGoingOn: Bool { status.controllerPause && status.pauseConditions.isEmpty }

    /// How it goes: what the controller says, unless it has not seen the latest change.
    var phase: RolloutStatus.Phase {
        if unseenGeneration != nil || isGoingOn || hasUnseenWorkload { return .progressing }
        if let phase = status.phase { return phase }
        guard let rollout else { return .degraded }
        // Only controllers of long ago leave the phase to those who read.
        let world = World(rollout: rollout, templateHash: status.currentPodHash)
        return UpdatePass(world: world, now: KubernetesTime(seconds: 0), mode: PlanningMode()).phase(of: status).0
    }

    /// Whether the version that is wanted is the stable one.
    var isPromoted: Bool { !status.stableHash.isEmpty && status.stableHash == status.currentPodHash }

    /// The step that the update is at.
    var step: RolloutOverview.Step? {
        guard let steps = rollout?.spec.strategy.canary?.steps, !steps.isEmpty else { return nil }
        let index = min(status.currentStepIndex ?? 0, steps.count)
        return RolloutOverview.Step(
            index: index, count: steps.count, label: index < steps.count ? steps[index].label : "",
            next: index + 1 < steps.count ? steps[index + 1].label : "")
    }

    /// The share of the version that is wanted; without ReplicaSets it is worked out from the counts of the status.
    func weight(replicaSets: [ReplicaSetOverview]?) -> RolloutOverview.Weight? {
        guard let strategy = rollout?.spec.strategy, let canary = strategy.canary else { return nil }
        let maximum = strategy.maximumWeight
        let isRouted = canary.trafficRouting != nil
        var weight = RolloutOverview.Weight(set: maximum, actual: maximum, maximum: maximum, isRouted: isRouted)
        weight.isVerified = status.weights?.isVerified
        if status.isAborted {
            weight.set = 0
        } else if let step, !step.isDone {
            weight.set = canary.weight(before: step.index + 1)
        }
        guard !isPromoted, !status.stableHash.isEmpty else { return weight }
        if isRouted {
            weight.actual = status.weights?.canary.weight ?? 0
            return weight
        }
        var (new, all) = (status.updatedReplicas, status.replicas)
        if let replicaSets {
            new = replicaSets.first { $0.hash == status.currentPodHash }?.available ?? 0
            all = replicaSets.reduce(0) { $0 + $1.available }
        } else {
            weight.isEstimate = true
        }
        weight.actual = all > 0 ? new * maximum / all : 0
        return weight
    }
}
