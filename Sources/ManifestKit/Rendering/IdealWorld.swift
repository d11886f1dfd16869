/// A world in which everything works: what a plan asks for is done, and pods are ready a moment later.
public struct IdealWorld: Sendable {
    /// The world.
    public var world: World
    /// The time in it.
    public var now: KubernetesTime
    /// What decides.
    public var planner: RolloutPlanner
    /// The smallest number of available pods since it was last set.
    public var leastAvailable: Int
    /// When the planner wants to look again.
    public private(set) var wakeAt: KubernetesTime?
    /// What the update waits for.
    public private(set) var reasons: [String] = []
    /// The hashes of versions whose pods never get ready.
    public var unreadyHashes: Set<String> = []

    /// Makes a world that begins now.
    public init(_ world: World, now: KubernetesTime, mode: PlanningMode = PlanningMode()) {
        self.world = world
        self.now = now
        planner = RolloutPlanner(mode: mode)
        leastAvailable = world.replicaSets.reduce(0) { $0 + $1.availableReplicas }
    }

    /// Plans and acts until there is nothing to do at this moment; false where it does not come to rest.
    @discardableResult
    public mutating func settle() -> Bool {
        let limit = 1_000 + 4 * min(world.rollout.spec.replicas, 5_000)
        for _ in 0..<limit {
            let pass = planner.passes(world, now: now)
            wakeAt = pass.wakeAt
            reasons = pass.reasons
            world = pass.world
            var podsChanged = false
            for action in pass.actions where removePods(action) { podsChanged = true }
            if followUp() { podsChanged = true }
            // A second plan for the same world is empty, so only pods can make another one necessary.
            if !podsChanged, !pass.isInterrupted { return true }
        }
        return false
    }

    /// Settles, lets time pass until the planner wants to look again, and so on until it has no wish left.
    ///
    /// Stops before `end`, if there is one. False where it does not come to rest.
    @discardableResult
    public mutating func settle(until end: KubernetesTime?) -> Bool {
        for _ in 0..<200 {
            guard settle() else { return false }
            guard let next = wakeAt, next > now, end.map({ next <= $0 }) ?? true else {
                if let end { now = max(now, end) }
                return true
            }
            now = next
        }
        return false
    }

    /// Does one thing: pods that are too many go at once, new ones are not ready yet.
    mutating func apply(_ action: Action) {
        world.apply(action)
        removePods(action)
    }

    /// Takes pods away that are too many; returns whether there were any.
    @discardableResult
    private mutating func removePods(_ action: Action) -> Bool {
        guard case .scaleReplicaSet(let name, let replicas, _) = action,
            let place = world.replicaSets.firstIndex(where: { $0.name == name }),
            world.replicaSets[place].currentReplicas != replicas
        else { return false }
        world.replicaSets[place].currentReplicas = replicas
        world.replicaSets[place].readyReplicas = min(replicas, world.replicaSets[place].readyReplicas)
        world.replicaSets[place].availableReplicas = min(replicas, world.replicaSets[place].availableReplicas)
        leastAvailable = min(leastAvailable, available)
        return true
    }

    /// Pods do what they are asked for; returns whether any had to.
    mutating func followUp() -> Bool {
        var hasChanged = false
        for place in world.replicaSets.indices {
            let wanted = world.replicaSets[place].replicas
            let ready = unreadyHashes.contains(world.replicaSets[place].hash) ? 0 : wanted
            if world.replicaSets[place].availableReplicas == ready, world.replicaSets[place].currentReplicas == wanted {
                continue
            }
            world.replicaSets[place].currentReplicas = wanted
            world.replicaSets[place].readyReplicas = ready
            world.replicaSets[place].availableReplicas = ready
            hasChanged = true
        }
        return hasChanged
    }

    /// Available pods of all versions.
    var available: Int { world.replicaSets.reduce(0) { $0 + $1.availableReplicas } }
}
