/// Restarts of all pods, a few at a time.
extension UpdatePass {
    /// Evicts pods that are older than `spec.restartAt`, as many as may be missing; returns whether it evicted any.
    mutating func restartPods() -> Bool {
        guard let restartAt = world.rollout.spec.restartAt, world.rollout.status.restartedAt != restartAt else {
            return false
        }
        guard now >= restartAt else {
            wake(at: restartAt)
            return false
        }
        guard let pods = world.pods else {
            // Nobody knows the pods one by one, as in a rendering, so nobody can miss a restart.
            restartedAt = restartAt
            return false
        }
        let rank = Dictionary(
            uniqueKeysWithValues: restartOrder.enumerated().map { (world.replicaSets[$0.element].name, $0.offset) })
        let own = pods.filter { rank[$0.replicaSet] != nil }.sorted {
            (rank[$0.replicaSet] ?? 0, $0.name) < (rank[$1.replicaSet] ?? 0, $1.name)
        }
        let replicas = world.rollout.spec.replicas
        let total = world.replicaSets.reduce(0) { $0 + $1.replicas }
        // Pods beyond a ReplicaSet's size go, and nobody knows which of them do.
        let staying = Dictionary(grouping: own.filter { !$0.isBeingDeleted }, by: \.replicaSet)
        let available = world.replicaSets.reduce(0) { sum, replicaSet in
            sum + min(replicaSet.replicas, staying[replicaSet.name]?.count(where: \.isAvailable) ?? 0)
        }
        let concurrent = max(1, world.rollout.spec.strategy.maxUnavailable(of: replicas))
        var spare = available - (max(replicas, total) - concurrent)
        // A pod that goes need not be waited for: it may take minutes, and nobody would say when it has gone.
        let old = own.filter { $0.createdAt < restartAt && !$0.isBeingDeleted }
        let shrinking = Set(
            world.replicaSets.filter { staying[$0.name]?.count ?? 0 > $0.replicas }.map(\.name))
        var evicted = 0
        for pod in old where spare > 0 && !shrinking.contains(pod.replicaSet) {
            perform(.evictPod(pod.name))
            spare -= 1
            evicted += 1
        }
        // While pods are looked at, a status that still counts evicted ones misleads nobody; so it is waited for.
        if old.isEmpty, !countsLeavingPods {
            restartedAt = restartAt
        } else {
            reasons.append("\(old.count) pods are older than restartAt, or still counted")
            wake(at: now.after(30))
        }
        return evicted > 0
    }

    /// The stable version first, then the new one, then the others by age.
    private var restartOrder: [Int] {
        var order: [Int] = []
        if let stableIndex { order.append(stableIndex) }
        if let newIndex, newIndex != stableIndex { order.append(newIndex) }
        return order + others.sorted { world.replicaSets[$0].isOlder(than: world.replicaSets[$1]) }
    }
}
