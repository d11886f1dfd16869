/// The arithmetic of a canary's sizes: how many pods each version gets, and how fast.
public struct ReplicaMath: Sendable {
    /// What a ReplicaSet is asked for and has.
    public struct Count: Hashable, Sendable {
        /// `spec.replicas`.
        public var wanted: Int
        /// `status.availableReplicas`.
        public var available: Int

        /// Makes a count.
        public init(wanted: Int, available: Int) {
            self.wanted = wanted
            self.available = available
        }

        /// Pods to count on when others are taken away: those on their way out do not count, and those that are not
        /// available only where their version is the one that is left behind.
        func counted(ignoringAvailability: Bool) -> Int {
            wanted < available || ignoringAvailability ? wanted : available
        }
    }

    /// Sizes for both versions.
    public struct Sizes: Hashable, Sendable {
        /// The canary's.
        public var canary: Int
        /// The stable version's.
        public var stable: Int

        /// Makes a pair of sizes.
        public init(canary: Int, stable: Int) {
            self.canary = canary
            self.stable = stable
        }
    }

    /// The number of pods wanted in total.
    public var replicas: Int
    /// The greatest weight.
    public var maximumWeight: Int
    /// Pods allowed beyond the wanted number.
    public var maxSurge: Int
    /// Pods that may be missing.
    public var maxUnavailable: Int

    /// Makes the arithmetic for a Rollout.
    public init(replicas: Int, maximumWeight: Int = 100, maxSurge: Int, maxUnavailable: Int) {
        self.replicas = replicas
        self.maximumWeight = max(1, maximumWeight)
        self.maxSurge = maxSurge
        self.maxUnavailable = maxUnavailable
    }

    // MARK: Without traffic routing

    /// The sizes whose ratio comes closest to a weight.
    ///
    /// With surge the total may be one more than wanted, if that is closer. A weight that is neither nothing nor all
    /// leaves at least one pod on either side, where there are two pods to share.
    public func closestSizes(weight: Int) -> Sizes {
        guard replicas > 0 else { return Sizes(canary: 0, stable: 0) }
        let weight = min(max(0, weight), maximumWeight)
        let exact = Double(replicas) * Double(weight) / Double(maximumWeight)
        let up = Int(exact.rounded(.up))
        let down = Int(exact.rounded(.down))
        let mayBeNothing = weight == maximumWeight || weight == 0 || (replicas == 1 && maxSurge == 0)
        var options: [(canary: Int, total: Int)] = []
        if up < replicas || mayBeNothing { options.append((up, replicas)) }
        if !isTied(weight, total: replicas), down != 0 || mayBeNothing { options.append((down, replicas)) }
        if maxSurge > 0 {
            options.append((up, replicas + 1))
            if !isTied(weight, total: replicas + 1), down != 0 || mayBeNothing { options.append((down, replicas + 1)) }
        }
        // Half a pod more than all but one: the stable version keeps its last pod.
        guard var best = options.first else { return Sizes(canary: down, stable: replicas - down) }
        for option in options.dropFirst() {
            let distances = [option, best].map { distance($0.canary, of: $0.total, from: weight) }
            if distances[0] < distances[1] { best = option }
        }
        return Sizes(canary: best.canary, stable: best.total - best.canary)
    }

    /// The weight that sizes come to.
    public func weight(of sizes: Sizes) -> Int {
        let total = sizes.canary + sizes.stable
        guard total > 0 else { return 0 }
        return Int((Double(sizes.canary) * Double(maximumWeight) / Double(total)).rounded())
    }

    private func isTied(_ weight: Int, total: Int) -> Bool {
        let share = Double(total) * (Double(weight) / Double(maximumWeight))
        return share - share.rounded(.towardZero) == 0.5
    }

    private func distance(_ canary: Int, of total: Int, from weight: Int) -> Double {
        abs(Double(canary * maximumWeight) / Double(total) - Double(weight))
    }

    /// The next sizes on the way to a weight, never above the surge and never below the promised availability.
    ///
    /// `stable` is nil where there is none but the new version itself: then that one goes straight to its full size.
    public func nextSizes(weight: Int, canary: Count?, stable: Count?, others: [Count]) -> Sizes {
        var goal = closestSizes(weight: weight)
        if stable == nil { goal = Sizes(canary: replicas, stable: 0) }
        var next = Sizes(canary: canary?.wanted ?? 0, stable: stable?.wanted ?? 0)
        let otherPods = others.reduce(0) { $0 + $1.wanted }
        var room = replicas + maxSurge - next.canary - next.stable - otherPods
        if let stable, stable.wanted < goal.stable, room > 0 {
            next.stable = min(goal.stable, stable.wanted + room)
            room -= next.stable - stable.wanted
        }
        if let canary, canary.wanted < goal.canary, room > 0 {
            next.canary = min(goal.canary, canary.wanted + room)
        }
        // Older versions go first.
        guard otherPods == 0 else { return next }

        let least = replicas - maxUnavailable
        let grows = canary.map { goal.canary >= $0.wanted } ?? true
        let counted = (canary?.counted(ignoringAvailability: !grows) ?? 0)
            + (stable?.counted(ignoringAvailability: grows) ?? 0)
        guard counted > least else { return next }
        let spare = counted - least
        if !grows {
            if let canary, canary.wanted > goal.canary { next.canary = max(goal.canary, canary.wanted - spare) }
            (next.canary, next.stable) = balanced(canary, next.canary, against: stable, next.stable, least: least)
        } else if let stable {
            if stable.wanted > goal.stable { next.stable = max(goal.stable, stable.wanted - spare) }
            (next.stable, next.canary) = balanced(stable, next.stable, against: canary, next.canary, least: least)
        }
        return next
    }

    /// Brings the sum of both sizes within the surge: first at the cost of the version whose pods count as available,
    /// and where that would cost availability, of the one that is drained.
    private func balanced(
        _ drained: Count?, _ drainedSize: Int, against kept: Count?, _ keptSize: Int, least: Int
    ) -> (drained: Int, kept: Int) {
        guard let kept else { return (drainedSize, keptSize) }
        let most = replicas + maxSurge
        var drainedSize = drainedSize
        var keptSize = keptSize - max(0, keptSize + drainedSize - most)
        let available = min(drained?.available ?? 0, drainedSize) + min(kept.available, keptSize)
        let lost = max(0, kept.available - keptSize)
        keptSize += min(lost, max(0, least - available))
        drainedSize -= max(0, keptSize + drainedSize - most)
        return (drainedSize, keptSize)
    }

    // MARK: With traffic routing

    /// The pods that carry a share of the traffic, rounded up.
    public func pods(forWeight weight: Int) -> Int {
        Int((Double(min(max(0, weight), maximumWeight)) * Double(replicas) / Double(maximumWeight)).rounded(.up))
    }

    /// A size that is not zero, raised to what a version has at the least.
    public func raised(_ count: Int, minimum: Int?) -> Int {
        guard count != 0, let minimum else { return count }
        return max(count, min(minimum, replicas))
    }
}
