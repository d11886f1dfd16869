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

    /// A time in which the controller hears of things late, in seconds.
    private struct LateNews: Sendable {
        /// How long a watch that broke may take to begin anew.
        private static let longestPause: Int64 = 6

        var from: Int64
        var until: Int64
        /// By how much, or nil where it hears of nothing before the end.
        var delay: Int64?

        /// Whether what was written at a moment may still be unheard of at another.
        func hides(_ moment: Int64, at now: Int64) -> Bool {
            // What is late holds up what comes after it.
            if let delay { return moment >= from && moment <= until + delay && now <= moment + delay + 1 }
            return moment >= from - Self.longestPause && moment <= until && now <= until + Self.longestPause
        }
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
    /// The new version's greatest share as the objects of the routers have it; nil where no router divides the traffic.
    public private(set) var share: Int?
    /// Its least share, which is another one while some of several routes have not been written yet.
    private var leastShare: Int?

    /// Sizes that the Rollout had, with the times when they were changed.
    private var formerSizes: [Int: KubernetesTime] = [:]
    /// Since when somebody asks for a pause, or for an abort.
    private var pausedSince: KubernetesTime?
    private var abortedSince: KubernetesTime?
    /// When the controller hears of things late.
    private var lateNews: [LateNews] = []
    /// When versions last lost pods that the controller did not take, by hash.
    private var losses: [String: KubernetesTime] = [:]
    /// When somebody else divided the traffic otherwise for the last time.
    private var foreignShareSince: KubernetesTime?

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

    /// The shares of the traffic that versions get. While routes do not agree each version has what it gets by the
    /// route that gives it most, so that together they may have more than there is.
    public var shares: [(hash: String, share: Int)] {
        shares(new: share, stable: leastShare) { max($0, $1) }
    }

    /// The same by the route that gives a version least, so that together they may have less than there is.
    var leastShares: [(hash: String, share: Int)] {
        shares(new: leastShare, stable: share) { min($0, $1) }
    }

    /// The shares where the new version has one share, and the stable version what is left of another one.
    private func shares(
        new share: Int?, stable counterpart: Int?, _ choose: (Int, Int) -> Int
    ) -> [(hash: String, share: Int)] {
        guard let rollout else { return [] }
        let services = rollout.versionServices
        if rollout.spec.strategy.blueGreen != nil {
            return hash(behind: services.stable).map { [($0, 100)] } ?? []
        }
        guard let share, let counterpart else { return [] }
        let maximum = rollout.spec.strategy.maximumWeight
        let rest = maximum - counterpart
        let new = services.new == nil ? rollout.status.weights?.canary.podTemplateHash : hash(behind: services.new)
        let stable = services.stable == nil
            ? rollout.status.weights?.stable.podTemplateHash : hash(behind: services.stable)
        let routed = rollout.routedHashes(in: objects).map { $0.map { (stable: $0.stable, new: $0.new) } }
        var shares: [(hash: String, share: Int)] = []
        for pair in (routed.isEmpty ? [nil] : routed).map({ $0 ?? (stable: stable ?? "", new: new ?? "") }) {
            // At the beginning and at the end both lead to one version, which has all there is.
            let parts = pair.new == pair.stable ? [(pair.stable, maximum)] : [(pair.new, share), (pair.stable, rest)]
            for (hash, part) in parts where part > 0 && !hash.isEmpty {
                if let place = shares.firstIndex(where: { $0.hash == hash }) {
                    shares[place].share = choose(part, shares[place].share)
                } else {
                    shares.append((hash, part))
                }
            }
        }
        return shares
    }

    /// Notes what people ask of the controller with another version of the Rollout that is about to come.
    mutating func noteWishes(of new: Rollout?) {
        formerSizes = formerSizes.filter { !hasHeard(since: $0.value) }
        if let size = rollout?.spec.replicas, size != new?.spec.replicas { formerSizes[size] = now }
        if rollout?.spec.isPaused != new?.spec.isPaused { pausedSince = now }
        if rollout?.status.isAborted != new?.status.isAborted { abortedSince = now }
    }

    /// Notes that the controller hears of everything late from now until a moment: by so many seconds, or of nothing
    /// before that moment.
    mutating func noteLateNews(by delay: Double?, until moment: Double) {
        lateNews.append(LateNews(
            from: now.seconds, until: Int64(moment.rounded(.up)), delay: delay.map { Int64($0.rounded(.up)) }))
    }

    /// Whether the controller has heard of what was written at a moment; nil is the time before all.
    func hasHeard(since moment: KubernetesTime?) -> Bool {
        guard let moment else { return true }
        // Times have no fractions.
        return now.seconds - moment.seconds > 1 && !lateNews.contains { $0.hides(moment.seconds, at: now.seconds) }
    }

    /// Notes that a version has fewer pods than in the world before, which is not the controller's doing.
    mutating func noteLoss(of hash: String, since before: ObservedWorld) {
        if readyPods(hash) < before.readyPods(hash) || carryingPods(hash) < before.carryingPods(hash) {
            losses[hash] = now
        }
    }

    /// Whether a version has lost pods that the controller must think are there, as it hears of things late.
    func hasUnheardLoss(of hash: String) -> Bool {
        guard let moment = losses[hash]?.seconds else { return false }
        return lateNews.contains { $0.hides(moment, at: now.seconds) }
    }

    /// Whether any version has.
    var hasUnheardLoss: Bool { losses.keys.contains { hasUnheardLoss(of: $0) } }

    /// Whether somebody else has divided the traffic otherwise and the controller must think that it is as before.
    var hasUnheardShare: Bool {
        guard let moment = foreignShareSince?.seconds else { return false }
        return lateNews.contains { $0.hides(moment, at: now.seconds) }
    }

    /// Notes that somebody else has divided the traffic otherwise.
    mutating func noteForeignShare() { foreignShareSince = now }

    /// Whether `spec.paused` is set and the controller has heard of it.
    var isKnownToBePaused: Bool { rollout?.spec.isPaused == true && hasHeard(since: pausedSince) }

    /// Whether the update is aborted and the controller has heard of it.
    var isKnownToBeAborted: Bool { rollout?.status.isAborted == true && hasHeard(since: abortedSince) }

    /// Whether the Rollout had a size so lately that the controller may not know of another yet.
    func hadLately(size: Int) -> Bool { formerSizes[size].map { !hasHeard(since: $0) } ?? false }

    /// The smallest of the sizes that it had so lately.
    var leastLateSize: Int? { formerSizes.keys.filter { hadLately(size: $0) }.min() }

    /// Looks again at what the objects of the routers say.
    mutating func observeShare() {
        (share, leastShare) = (nil, nil)
        guard let rollout, let canary = rollout.spec.strategy.canary, canary.trafficRouting != nil else { return }
        let world = World(
            rollout: rollout, replicaSets: Array(replicaSets.values), objects: objects,
            templateHash: rollout.status.currentPodHash)
        let shares = canary.observedWeights(of: rollout, in: world)
        (share, leastShare) = (shares.max(), shares.min())
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

    /// The Rollout with the size that the controller wrote for: with late watches that may be a size before, which the
    /// controller notes on each ReplicaSet that it scales. Routes and pods say nothing of it.
    var knownRollout: Rollout? {
        guard var rollout = after.rollout else { return nil }
        switch kind {
        case .replicaSet(let name):
            let noted = after.replicaSets[name]?.annotations[RolloutMarks.desiredReplicas].flatMap { Int($0) }
            if let noted, after.hadLately(size: noted) { rollout.spec.declaredReplicas = noted }
        case .object, .pod: rollout.spec.declaredReplicas = min(rollout.spec.replicas, after.leastLateSize ?? .max)
        case .rollout: break
        }
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
