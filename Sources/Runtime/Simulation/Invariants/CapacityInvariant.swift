import ManifestKit

/// A version that traffic is directed to has the pods for its share.
public enum CapacityInvariant: SimulationInvariant {
    public static let name = "capacity"
    public static let summary = """
        No write of the controller leaves a version with fewer pods than its share of the traffic needs, less what \
        maxUnavailable allows; pods that fail by themselves are another matter, and so is the way back of an abort.
        """

    public static func violation(by change: ObservedChange) -> String? {
        guard change.actor == .controller, let rollout = change.knownRollout, !rollout.status.stableHash.isEmpty
        else { return nil }
        switch change.kind {
        // Traffic that somebody has taken from a service comes back however many pods there are.
        case .object(let key) where key.kind == .service && (change.before.hash(behind: key.name) ?? "").isEmpty:
            return nil
        // The same where the objects of a router select the pods.
        case .object where selectsAnew(change): return nil
        case .replicaSet, .object: break
        case .rollout, .pod: return nil
        }
        if change.after.hasUnheardShare { return nil }
        // An abort goes back to the stable version at once, as the new one is thought to be bad.
        let isDynamic = rollout.spec.strategy.canary?.dynamicStableScale == true
        if case .object = change.kind, rollout.status.isAborted, !isDynamic { return nil }
        // Traffic of a version that has lost its pods, in whatever way, is better off anywhere else.
        let left = versionsLeft(change)
        let maximum = rollout.spec.strategy.blueGreen == nil ? max(1, rollout.spec.strategy.maximumWeight) : 100
        let (before, after) = (lacking(in: change.before, rollout, left), lacking(in: change.after, rollout))
        guard after.values.reduce(0, { $0 + $1 / maximum }) > before.values.reduce(0, { $0 + $1 / maximum }),
            // What two versions lack a part of a pod each is no less than what one of them lacks afterwards.
            after.values.reduce(0, +) > before.values.reduce(0, +)
        else { return nil }
        for (hash, parts) in after.sorted(by: { $0.key < $1.key }) {
            let pods = parts / maximum
            guard pods > before[hash, default: 0] / maximum else { continue }
            if change.after.hasUnheardLoss(of: hash) { continue }
            let share = sums(change.after)[hash] ?? 0
            let count = change.after.carryingPods(hash)
            return "\(count) pods of version \(hash) for a share of \(share), which needs \(count + pods)"
        }
        return nil
    }

    /// The versions that have less of the traffic than before; of several routes one may be written before the others.
    private static func versionsLeft(_ change: ObservedChange) -> Set<String> {
        let greatest = (sums(change.before), sums(change.after))
        let least = (total(change.before.leastShares), total(change.after.leastShares))
        return Set([greatest, least].flatMap { before, after in before.filter { $0.value > after[$0.key] ?? 0 }.keys })
    }

    /// Whether an object of a router that selected no version does so again.
    private static func selectsAnew(_ change: ObservedChange) -> Bool {
        let hashes = [change.before, change.after].map { world in
            world.rollout?.routedHashes(in: world.objects).flatMap { [$0?.stable ?? "", $0?.new ?? ""] } ?? []
        }
        return zip(hashes[0], hashes[1]).contains { $0.isEmpty && !$1.isEmpty }
    }

    /// How many pods the versions have too few of for their shares, times the greatest weight. Of the versions that
    /// traffic is `left` by, only pods that are ready count.
    private static func lacking(
        in world: ObservedWorld, _ rollout: Rollout, _ left: Set<String> = []
    ) -> [String: Int] {
        let maximum = rollout.spec.strategy.blueGreen == nil ? rollout.spec.strategy.maximumWeight : 100
        var lacking: [String: Int] = [:]
        for (hash, share) in sums(world) {
            let pods = left.contains(hash) ? world.readyPods(hash) : world.carryingPods(hash)
            // Its size is its author's choice where steps say so, unless it has been deleted or has lost all its pods.
            let exists = world.replicaSets.values.contains { $0.hash == hash } && !(left.contains(hash) && pods == 0)
            guard hash == rollout.status.stableHash || rollout.sizeFollowsWeight || !exists else { continue }
            lacking[hash] = max(0, share * rollout.promisedReplicas - pods * max(1, maximum))
        }
        return lacking
    }

    /// Both services may lead to one version. Where a router divides nothing, all is the stable version's.
    private static func sums(_ world: ObservedWorld) -> [String: Int] {
        if world.share == nil, let rollout = world.rollout, rollout.spec.strategy.canary?.trafficRouting != nil {
            let stable = world.hash(behind: rollout.versionServices.stable) ?? ""
            return stable.isEmpty ? [:] : [stable: rollout.spec.strategy.maximumWeight]
        }
        return total(world.shares)
    }

    private static func total(_ shares: [(hash: String, share: Int)]) -> [String: Int] {
        Dictionary(shares.map { ($0.hash, $0.share) }, uniquingKeysWith: +)
    }
}
