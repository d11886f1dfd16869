import ManifestKit

/// A Rollout and all that belongs to it between two writes, as the cluster has it and not as anybody sees it.
public struct ObservedWorld: Sendable {
    /// A pod.
    public struct Pod: Hashable, Sendable {
        /// The hash of its version.
        public var hash: String
        /// Whether it says that it is ready.
        public var isReady: Bool
        /// Whether it is on its way out.
        public var isEnding: Bool
        /// Whether it was ready and then failed by itself.
        public var hasFailed = false
    }

    /// The time.
    public var now: KubernetesTime
    /// The Rollout, or nil where there is none.
    public var rollout: Rollout?
    /// Its ReplicaSets by name.
    public var replicaSets: [String: ReplicaSet] = [:]
    /// Its pods by name.
    public var pods: [String: Pod] = [:]
    /// Services and the objects of routers.
    public var objects: [ObjectKey: JSONValue] = [:]
    /// AnalysisRuns by name.
    public var analysisRuns: [String: AnalysisRun] = [:]
    /// Experiments by name.
    public var experiments: [String: Experiment] = [:]
    /// The new version's share as the objects of the router have it; nil where no router divides the traffic.
    public private(set) var share: Int?

    /// Sizes that the Rollout had, with the times when they were changed.
    private var formerSizes: [Int: KubernetesTime] = [:]
    /// Until when the controller may hear of things late, in seconds.
    private var lateUntil = Int64.min
    /// The longest time, in seconds, until a controller hears of a change: what an explored watch may be late, and a
    /// second as times have no fractions.
    private static let longestDelay: Int64 = 6

    /// Makes a world without anything.
    public init(now: KubernetesTime) { self.now = now }

    /// Ready pods of a version that are to stay.
    public func readyPods(_ hash: String) -> Int {
        let ready = pods.values.count { $0.hash == hash && $0.isReady && !$0.isEnding }
        let wanted = replicaSets.values.filter { $0.hash == hash }.reduce(0) { $0 + $1.replicas }
        return min(ready, wanted)
    }

    /// Whether pods of a version were ready and then failed by themselves.
    public func hasFailures(_ hash: String) -> Bool { pods.values.contains { $0.hash == hash && $0.hasFailed } }

    /// Available pods of all versions that are to stay.
    public var lastingPods: Int {
        replicaSets.values.reduce(0) { $0 + min($1.replicas, $1.availableReplicas) }
    }

    /// Available pods of a version that are to stay, with those that failed by themselves as if they were there.
    public func carryingPods(_ hash: String) -> Int {
        replicaSets.values.filter { $0.hash == hash }.reduce(0) { sum, replicaSet in
            let failed = pods.values.count { $0.hash == replicaSet.hash && $0.hasFailed && !$0.isEnding }
            return sum + min(replicaSet.replicas, replicaSet.availableReplicas + failed)
        }
    }

    /// Ready pods of all versions, those on their way out left out.
    public var readyPods: Int { pods.values.count { $0.isReady && !$0.isEnding } }

    /// The version that a service leads to; nil where that is not settled.
    public func hash(behind service: String?) -> String? {
        guard let service, let object = objects[ObjectKey(.service, service)] else { return nil }
        return Service(object).podTemplateHash
    }

    /// The shares of the traffic that versions get.
    public var shares: [(hash: String, share: Int)] {
        guard let rollout else { return [] }
        let services = rollout.versionServices
        if rollout.spec.strategy.blueGreen != nil {
            return hash(behind: services.stable).map { [($0, 100)] } ?? []
        }
        guard let share else { return [] }
        let rest = rollout.spec.strategy.maximumWeight - share
        if let subsets = rollout.routedHashes(in: objects) {
            return [(subsets.new, share), (subsets.stable, rest)].filter { $0.1 > 0 && !$0.0.isEmpty }
        }
        let new = services.new == nil ? rollout.status.weights?.canary.podTemplateHash : hash(behind: services.new)
        let stable = services.stable == nil
            ? rollout.status.weights?.stable.podTemplateHash : hash(behind: services.stable)
        let parts = [(new, share), (stable, rest)]
        return parts.compactMap { hash, share in hash.map { ($0, share) } }.filter { $0.1 > 0 && !$0.0.isEmpty }
    }

    /// Notes that the Rollout is about to get another size.
    mutating func noteSize(before new: Rollout?) {
        formerSizes = formerSizes.filter { now.seconds - $0.value.seconds <= Self.longestDelay }
        guard let old = rollout?.spec.replicas, old != new?.spec.replicas else { return }
        formerSizes[old] = now
    }

    /// Notes that the controller hears of everything late, or of nothing, until a moment.
    mutating func noteLateNews(until moment: Double) {
        lateUntil = max(lateUntil, Int64(moment.rounded(.up)) + Self.longestDelay)
    }

    /// Whether the controller may not have heard yet of what others have written last.
    var newsIsLate: Bool { now.seconds <= lateUntil }

    /// Whether the Rollout had a size so lately that a controller may not know of another yet.
    func hadLately(size: Int) -> Bool {
        formerSizes[size].map { now.seconds - $0.seconds <= Self.longestDelay } ?? false
    }

    /// Looks again at what the objects of the router say.
    mutating func observeShare() {
        guard let rollout, let router = rollout.spec.strategy.canary?.trafficRouting?.routers.first else {
            share = nil
            return
        }
        let world = World(
            rollout: rollout, replicaSets: Array(replicaSets.values), objects: objects,
            templateHash: rollout.status.currentPodHash)
        share = router.observedWeight(of: rollout, in: world)
    }
}

/// One write, with the world before and after it.
public struct ObservedChange: Sendable {
    /// Who wrote.
    public enum Actor: String, Hashable, Sendable {
        /// The controller of Rollouts.
        case controller
        /// The cluster's own controllers and kubelets.
        case cluster
        /// A person or a program from outside.
        case user
    }

    /// What was written.
    public enum Kind: Hashable, Sendable {
        case rollout
        case replicaSet(String)
        case pod(String)
        case object(ObjectKey)
    }

    /// Who wrote.
    public var actor: Actor
    /// What was written.
    public var kind: Kind
    /// The world before.
    public var before: ObservedWorld
    /// The world after.
    public var after: ObservedWorld

    /// Makes a change.
    public init(actor: Actor, kind: Kind, before: ObservedWorld, after: ObservedWorld) {
        self.actor = actor
        self.kind = kind
        self.before = before
        self.after = after
    }

    /// The Rollout with the size that the controller scaled for: with late watches that may be the size before, which
    /// the controller notes on each ReplicaSet that it scales.
    var knownRollout: Rollout? {
        guard var rollout = after.rollout, case .replicaSet(let name) = kind,
            let noted = after.replicaSets[name]?.annotations[RolloutMarks.desiredReplicas].flatMap({ Int($0) }),
            noted != rollout.spec.replicas, after.hadLately(size: noted)
        else { return after.rollout }
        rollout.spec.declaredReplicas = noted
        return rollout
    }

    /// The Rollout before and after a write of the controller to its status, or nil for any other change.
    var ownStatusChange: (before: Rollout, after: Rollout)? {
        guard actor == .controller, kind == .rollout, let old = before.rollout, let new = after.rollout
        else { return nil }
        return (old, new)
    }
}

/// How things are at the end of a simulation.
public struct ObservedRest: Sendable {
    /// The world.
    public var world: ObservedWorld
    /// Whether nothing was left to do but to wait for somebody.
    public var isAtRest: Bool
    /// Whether the simulation was cut off by the scenario's own end.
    public var isCutOff: Bool
    /// What the controller wrote when it looked once more and nothing had happened.
    public var lateWrites: [String]

    /// Whether the controller wrote so often that it was slowed down.
    public var wasSlowedDown: Bool

    /// Makes an end.
    public init(
        world: ObservedWorld, isAtRest: Bool, isCutOff: Bool = false, lateWrites: [String] = [],
        wasSlowedDown: Bool = false
    ) {
        self.world = world
        self.isAtRest = isAtRest
        self.isCutOff = isCutOff
        self.lateWrites = lateWrites
        self.wasSlowedDown = wasSlowedDown
    }
}
