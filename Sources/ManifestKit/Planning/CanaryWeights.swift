/// What the steps of a canary ask for at the place where an update is.
extension UpdatePass {
    /// The step that the update is at; nil where there are none or all are done.
    var currentStep: (any CanaryStep)? {
        guard let canary, let index = stepIndex, canary.steps.indices.contains(index) else { return nil }
        return canary.steps[index]
    }

    /// The position of the step; nil where there are no steps.
    var stepIndex: Int? {
        guard let canary, !canary.steps.isEmpty else { return nil }
        return rollout.status.currentStepIndex ?? 0
    }

    /// The arithmetic for this Rollout.
    var math: ReplicaMath {
        let replicas = rollout.spec.replicas
        return ReplicaMath(
            replicas: replicas, maximumWeight: rollout.spec.strategy.maximumWeight,
            maxSurge: rollout.spec.strategy.maxSurge(of: replicas),
            maxUnavailable: rollout.spec.strategy.maxUnavailable(of: replicas))
    }

    /// The share that the steps so far give the canary: nothing when aborted, everything after the last step.
    var currentSetWeight: Int {
        if rollout.status.isAborted { return 0 }
        guard let canary, currentStep != nil, let index = stepIndex else { return rollout.spec.strategy.maximumWeight }
        return canary.weight(before: index + 1)
    }

    /// The size that the steps so far give the canary apart from its share; nil where they give none.
    private var currentScale: CanaryScale? {
        guard let canary, canary.trafficRouting != nil else { return nil }
        if rollout.status.isAborted, rollout.spec.strategy.abortScaleDownDelaySeconds != nil { return nil }
        guard currentStep != nil, let index = stepIndex else { return nil }
        return canary.steps[...index].last { $0.scale != nil }?.scale
    }

    /// The share to scale the canary for.
    ///
    /// An abort with dynamic stable scale goes back over the steps: the stable version grows from step to step, so that
    /// there is no sudden crowd of new pods. It never asks for more than the canary has: a Rollout that grows meanwhile
    /// is no reason for pods of a version that is given up.
    var desiredCanaryWeight: Int {
        guard let canary, rollout.status.isAborted, canary.dynamicStableScale, let stable, let new = newReplicaSet
        else { return currentSetWeight }
        let math = math
        var canaryPods = rollout.spec.replicas - stable.availableReplicas
        // With a delay after the abort the canary stays as it is, so its size says nothing about how far it is drained.
        if !rollout.spec.strategy.hasExplicitAbortDelay { canaryPods = max(canaryPods, new.availableReplicas) }
        for step in canary.steps.reversed() {
            guard let weight = step.weight.map({ min($0, math.maximumWeight) }) else { continue }
            // Raised to the least size, or a canary that may not get smaller would keep its weight for ever.
            let stepPods = math.raised(math.pods(forWeight: weight), minimum: canary.minPodsPerReplicaSet)
            if stepPods < canaryPods { return min(weight, rollout.status.weights?.canary.weight ?? weight) }
        }
        return 0
    }

    /// The size or the share that the canary is to have.
    private var canaryGoal: CanaryScale {
        let status = rollout.status
        if status.promotesFully || status.stableHash.isEmpty || rollout.isFullyPromoted {
            return .weight(rollout.spec.strategy.maximumWeight)
        }
        switch currentScale {
        case .replicas(let replicas): return .replicas(replicas)
        case .weight(let weight): return .weight(weight)
        case .matchTrafficWeight, nil: return .weight(desiredCanaryWeight)
        }
    }

    /// The sizes that both versions are to have next.
    func desiredSizes(weights: RolloutStatus.TrafficWeights?) -> ReplicaMath.Sizes {
        guard let canary else { return ReplicaMath.Sizes(canary: 0, stable: 0) }
        guard canary.trafficRouting != nil else {
            let weight = if case .weight(let weight) = canaryGoal { weight } else { 0 }
            return math.nextSizes(
                weight: weight, canary: newReplicaSet?.count, stable: hasOtherStable ? stable?.count : nil,
                others: others.map { world.replicaSets[$0].count })
        }
        return routedSizes(canary, weights: weights)
    }

    private func routedSizes(_ canary: CanaryStrategy, weights: RolloutStatus.TrafficWeights?) -> ReplicaMath.Sizes {
        let math = math
        let minimum = canary.minPodsPerReplicaSet
        var sizes = ReplicaMath.Sizes(canary: 0, stable: rollout.spec.replicas)
        var weight = 0
        switch canaryGoal {
        case .replicas(let replicas): sizes.canary = replicas
        case .weight(let share):
            weight = share
            sizes.canary = math.raised(math.pods(forWeight: share), minimum: minimum)
        case .matchTrafficWeight: break
        }
        guard canary.dynamicStableScale else {
            sizes.canary = max(sizes.canary, podsToKeep(weights))
            return sizes
        }
        // The greater of what traffic there is and what traffic there will be: the one while the stable version
        // shrinks, the other while it grows.
        sizes.stable = math.pods(forWeight: math.maximumWeight - weight)
        if let shares = sharesInForce(weights) {
            sizes.stable = max(sizes.stable, math.pods(forWeight: shares.stable))
            if rollout.status.isAborted || keepsPodsOfShare(weights) {
                sizes.canary = max(sizes.canary, math.pods(forWeight: shares.canary))
            }
        }
        return ReplicaMath.Sizes(
            canary: math.raised(sizes.canary, minimum: minimum), stable: math.raised(sizes.stable, minimum: minimum))
    }

    /// The greatest shares that both versions may have now: both what the status remembers and what the routes say
    /// count, for a crash may have come between the two. Nil where no router divides anything.
    private func sharesInForce(_ weights: RolloutStatus.TrafficWeights?) -> (stable: Int, canary: Int)? {
        guard let canary, let routing = canary.trafficRouting else { return nil }
        var shares = canary.observedWeights(of: rollout, in: world)
        // Where nothing is divided, as after somebody has deleted what divides it, the stable version has everything.
        if shares.isEmpty, !mode.passesWhatIsMissing, !routing.routers.isEmpty { shares = [0] }
        if let weights { shares.append(weights.canary.weight) }
        guard let least = shares.min(), let most = shares.max() else { return nil }
        return (max(math.maximumWeight - least, weights?.stable.weight ?? 0), most)
    }

    /// The pods that the share of a version needs; none where no router divides the traffic.
    func podsForShare(of index: Int) -> Int {
        let weights = rollout.status.weights
        guard let shares = sharesInForce(weights) else { return 0 }
        if index == stableIndex { return math.pods(forWeight: shares.stable) }
        return index == newIndex && keepsPodsOfShare(weights) ? math.pods(forWeight: shares.canary) : 0
    }

    /// The pods that the wanted version has and still needs for the share that the routes give it.
    private func podsToKeep(_ weights: RolloutStatus.TrafficWeights?) -> Int {
        guard rollout.status.isAborted || keepsPodsOfShare(weights), let new = newReplicaSet else { return 0 }
        return min(new.replicas, math.pods(forWeight: max(routedShare, weights?.canary.weight ?? 0)))
    }

    /// Whether the wanted version keeps its pods until its traffic has gone, as with a step that has a lesser weight
    /// than the one before: traffic goes first, pods follow. A size of its own is its author's choice.
    private func keepsPodsOfShare(_ weights: RolloutStatus.TrafficWeights?) -> Bool {
        switch currentScale {
        case .replicas, .weight: return false
        case .matchTrafficWeight, nil:
            // The status may not have heard of it, where the share of the version before could not be taken back.
            let service = VersionServices(rollout, prefersPingPong: true).canary
            return world.service(service)?.podTemplateHash == newHash
                || (weights ?? rollout.status.weights)?.canary.podTemplateHash == newHash
        }
    }

    /// Whether both versions have the pods that the current step asks for.
    func isAtDesiredReplicas(weights: RolloutStatus.TrafficWeights?) -> Bool {
        guard let canary else { return true }
        let sizes = desiredSizes(weights: weights)
        guard meetsThreshold(newReplicaSet, of: sizes.canary) else { return false }
        if canary.trafficRouting == nil || !canary.dynamicStableScale {
            guard let stable, stable.replicas == sizes.stable, stable.currentReplicas == sizes.stable
            else { return false }
        }
        // Without a router every old pod gets traffic.
        return canary.trafficRouting != nil || others.allSatisfy { world.replicaSets[$0].availableReplicas == 0 }
    }

    /// Whether enough pods of a version are available.
    func meetsThreshold(_ replicaSet: ReplicaSet?, of wanted: Int) -> Bool {
        guard let replicaSet else { return false }
        switch canary?.progressThreshold {
        case nil: return replicaSet.replicas == wanted && replicaSet.availableReplicas == wanted
        case .pods(let pods): return replicaSet.availableReplicas >= pods
        case .percentage(let percentage):
            let available = Double(replicaSet.availableReplicas) * 100
            return wanted == 0 || available >= Double(percentage) * Double(wanted) - 1e-9
        }
    }
}

extension CanaryStrategy {
    /// The share that the steps before a position give the canary.
    func weight(before position: Int) -> Int {
        for step in steps[..<min(max(0, position), steps.count)].reversed() {
            guard let weight = step.weight else { continue }
            return min(weight, trafficRouting?.maximumWeight ?? RolloutDefaults.maximumWeight)
        }
        return 0
    }
}

extension ReplicaSet {
    /// Its numbers, for arithmetic.
    var count: ReplicaMath.Count { ReplicaMath.Count(wanted: replicas, available: availableReplicas) }
}
