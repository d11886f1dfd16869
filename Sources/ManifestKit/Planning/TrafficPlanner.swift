/// How the traffic of a canary is divided.
extension UpdatePass {
    /// Brings the routers to the share that the update is at, as far as there are pods for it.
    mutating func reconcileTraffic() {
        guard let routing = canary?.trafficRouting, !routing.routers.isEmpty || !routing.missingRouters.isEmpty else {
            weights = nil
            return
        }
        var intent = trafficIntent()
        let maximum = routing.maximumWeight
        let isForTheBetter = leadsToStableAnyway || isRetreatFromAbort || isRetreatFromLoss(intent) || isStableShareLost
        intent.leavesTraffic = !canCarry(maximum - intent.weight) && !isForTheBetter
        if intent.leavesTraffic, stableIndex != nil {
            reasons.append("traffic waits for pods of the stable version")
        }
        // A route to a version without pods goes away; to add it as well would change it to and fro.
        if let step = currentStep, (world.rollout.revision ?? 0) > 1, !intent.removesManagedRoutes {
            intent.headerRoute = step as? SetHeaderRouteStep
            intent.mirrorRoute = step as? SetMirrorRouteStep
        }
        noteRoutesInForce(&intent)
        intent.incomplete = isRetreatFromAbort || isStableShareLost ? [] : incompleteVersions(intent)
        // A problem of one router holds the others: they divide the same traffic, or what one lets through to another.
        // Only what goes back to the stable version waits for none of them.
        let changes = routing.routers.map { $0.changes(for: intent, of: world.rollout, in: world) }
        let hindered = changes.filter { $0.problem != nil }
        let isRetreat = intent.weight == 0 && intent.additional.isEmpty
        for action in (hindered.isEmpty || isRetreat ? changes : hindered).flatMap(\.actions) { perform(action) }
        if let moment = changes.compactMap(\.wakeAt).min() { wake(at: moment) }
        if let problem = hindered.first?.problem {
            trafficProblem = problem
            hindrance = Self.lastingProblem(changes)
            reasons += hindered.compactMap(\.problem)
            return
        }
        guard !intent.leavesTraffic else {
            // Nothing is divided for want of pods, and what would be in the way then is as good to know now.
            intent.leavesTraffic = false
            hindrance = Self.lastingProblem(
                routing.routers.map { $0.changes(for: intent, of: world.rollout, in: world) })
            return
        }
        noteWeights(intent, maximum: maximum)
        verifyWeights(intent, maximum: maximum)
    }

    /// What somebody has to mend before the traffic can be divided.
    private static func lastingProblem(_ changes: [RouteChanges]) -> String? {
        changes.first { $0.problem != nil && !$0.isTemporary }?.problem
    }

    /// Collects the routes that steps up to the current one have added and none has taken away since.
    private func noteRoutesInForce(_ intent: inout TrafficIntent) {
        guard let canary, let index = stepIndex, (world.rollout.revision ?? 0) > 1, rollingBackFrom == nil,
            !intent.removesManagedRoutes
        else { return }
        for step in canary.steps.prefix(index + 1) {
            if let route = step as? SetHeaderRouteStep {
                intent.headerRoutes.removeAll { $0.name == route.name }
                if route.matches != nil { intent.headerRoutes.append(route) }
            } else if let route = step as? SetMirrorRouteStep {
                intent.mirrorRoutes.removeAll { $0.name == route.name }
                if route.matches != nil { intent.mirrorRoutes.append(route) }
            }
        }
    }

    /// The share that the canary is to have, and with which hashes.
    private mutating func trafficIntent() -> TrafficIntent {
        var intent = TrafficIntent(now: now)
        intent.stableHash = stable?.hash ?? ""
        intent.canaryHash = newReplicaSet?.hash ?? ""
        let maximum = world.rollout.spec.strategy.maximumWeight
        let available = newIndex.map { world.replicaSets[$0].availableReplicas } ?? 0
        intent.takesWeightFirst = available == 0 || !world.rollout.isFullyPromoted && !carriesRoutedShare
        if let hash = rollingBackFrom {
            // The wanted version is the stable one again, so the traffic is shared with the version before.
            intent.canaryHash = hash
            intent.weight = canReturnToNothing(from: hash) ? 0 : returningWeight
        } else if world.rollout.isFullyPromoted {
            intent.removesManagedRoutes = true
        } else if pauses.isAborted(world.rollout.status) {
            // What is left of the share stays where the pods for it are: that may be a version before the wanted one.
            let carrier = hashWithShare ?? intent.canaryHash
            intent.weight = canReturnToNothing(from: carrier) ? 0 : returningWeight
            intent.removesManagedRoutes = true
            if canary?.dynamicStableScale != true || intent.weight == 0 { returnCanaryService() }
            if intent.weight > 0 { intent.canaryHash = carrier }
        } else if available == 0 {
            intent.additional = experimentShares
            intent.removesManagedRoutes = true
        } else if world.rollout.status.promotesFully {
            intent.removesManagedRoutes = true
            if canary?.dynamicStableScale == true {
                let replicas = max(1, world.rollout.spec.replicas)
                intent.weight = min(maximum, maximum * available / replicas)
            } else {
                intent.weight = world.rollout.status.weights?.canary.weight ?? 0
            }
        } else if let index = stepIndex, let canary {
            intent.additional = experimentShares
            if !isAtDesiredReplicas(weights: nil) {
                // Where a person has gone over a step, its share has not been reached and has no pods yet.
                let before = canary.weight(before: index)
                intent.weight = min(before, world.rollout.status.weights?.canary.weight ?? before)
            } else {
                intent.weight = index == canary.steps.count ? maximum : currentSetWeight
            }
            if hasFailedAnalysis {
                intent.weight = min(intent.weight, world.rollout.status.weights?.canary.weight ?? 0)
            }
        }
        return intent
    }

    /// The version that the canary's share goes to by the objects of routers or by its service, if it has more pods
    /// than the wanted one.
    private var hashWithShare: String? {
        let available = newReplicaSet?.availableReplicas ?? 0
        return hashesOfCanaryShare.first { hash in
            guard hash != stable?.hash, let index = world.index(ofHash: hash) else { return false }
            return world.replicaSets[index].availableReplicas > available
        }
    }

    /// The versions that the canary's share goes to by the objects of routers and by its service, as far as they say.
    private var hashesOfCanaryShare: [String] {
        let service = VersionServices(world.rollout, prefersPingPong: true).canary
        return world.rollout.routedHashes(in: world.objects).compactMap { $0?.new }
            + [world.service(service)?.podTemplateHash].compactMap(\.self)
    }

    /// Whether an analysis or an experiment of the update has come to a bad end, for which it is aborted later in this
    /// pass: its version gets no more traffic meanwhile.
    private var hasFailedAnalysis: Bool {
        let runs = statedRuns
        let phases = [runs.step?.status.phase, runs.background?.status.phase, statedExperiment?.status.phase]
        return phases.contains { $0?.isBad == true }
    }

    /// The shares of the versions of the current step's experiment, while all of them have their pods.
    private var experimentShares: [RolloutStatus.WeightDestination] {
        guard let step = currentStep as? ExperimentStep, !mode.passesWhatIsMissing, let experiment = statedExperiment,
            experiment.status.phase == .running, !experiment.isAskedToEnd, !experiment.isBeingDeleted
        else { return [] }
        let templates = step.settings["templates"]?.array ?? []
        return experiment.status.templates.compactMap { status in
            guard let weight = templates.first(where: { $0.text("name") == status.name })?.count("weight"),
                !status.serviceName.isEmpty
            else { return nil }
            return RolloutStatus.WeightDestination(
                weight: weight, serviceName: status.serviceName, podTemplateHash: status.podTemplateHash)
        }
    }

    /// Whether an abort has brought the canary's service back to the stable version, where the stable one leads to as
    /// well, so that their weights say nothing.
    private var leadsToStableAnyway: Bool {
        guard world.rollout.status.isAborted, let stable,
            world.rollout.routedHashes(in: world.objects).allSatisfy({ $0 == nil })
        else { return false }
        let services = VersionServices(world.rollout, prefersPingPong: true)
        return [services.canary, services.stable].allSatisfy { world.service($0)?.podTemplateHash == stable.hash }
    }

    /// Whether an abort takes everything back to a stable version that has never been shrunk, and that has a pod at the
    /// least: the version that the update was to is thought to be worse than one that lacks some pods.
    private var isRetreatFromAbort: Bool {
        pauses.isAborted(world.rollout.status) && !world.rollout.isFullyPromoted && canary?.dynamicStableScale != true
            && (stable?.availableReplicas ?? 0) > 0
    }

    /// Whether a version that is on its way out has no pods for what is left of its share, while the stable one has
    /// some: few pods serve more than none.
    private func canReturnToNothing(from hash: String) -> Bool {
        (stable?.availableReplicas ?? 0) > 0 && availableReplicas(ofHash: hash) == 0
    }

    /// Whether all traffic goes back to a stable version that dynamic stable scale has left few pods, because the
    /// version that has the rest of it has none at all.
    private func isRetreatFromLoss(_ intent: TrafficIntent) -> Bool {
        guard intent.weight == 0, intent.additional.isEmpty else { return false }
        if pauses.isAborted(world.rollout.status) || rollingBackFrom != nil {
            return canReturnToNothing(from: intent.canaryHash)
        }
        // In the middle of an update to a newer version that is still the one before.
        let hashes = hashesOfCanaryShare.isEmpty
            ? [world.rollout.status.weights?.canary.podTemplateHash].compactMap(\.self) : hashesOfCanaryShare
        return !hashes.isEmpty && hashes.allSatisfy { canReturnToNothing(from: $0) }
    }

    /// Whether the objects of a router send the stable version's share to another version that has no pods, as where
    /// somebody has deleted the stable one: few pods serve more than none here too.
    private var isStableShareLost: Bool {
        guard let stable, stable.availableReplicas > 0 else { return false }
        return world.rollout.routedHashes(in: world.objects).compactMap { $0?.stable }.contains { hash in
            !hash.isEmpty && hash != stable.hash && availableReplicas(ofHash: hash) == 0
        }
    }

    private func availableReplicas(ofHash hash: String) -> Int {
        world.index(ofHash: hash).map { world.replicaSets[$0].availableReplicas } ?? 0
    }

    /// Whether the stable version has the pods for a share: one at the least, where any are wanted.
    private func canCarry(_ weight: Int) -> Bool {
        guard let stable else { return false }
        let replicas = world.rollout.spec.replicas
        var wanted = weight * replicas / world.rollout.spec.strategy.maximumWeight
        if weight > 0, replicas > 0 { wanted = max(1, wanted) }
        return stable.availableReplicas >= wanted || meetsThreshold(stable, of: wanted)
    }

    /// The canary's share on the way back to the stable version: never more than now, and no more than the steps back
    /// and what the stable version lacks pods for ask.
    ///
    /// What stable pods there are take their part of the traffic at once: the version that goes keeps its pods as long
    /// as it has a share, and the stable one may have no room for more before they have gone.
    private var returningWeight: Int {
        guard let canary, canary.dynamicStableScale, let stable, newIndex != nil, world.rollout.spec.replicas > 0
        else { return 0 }
        let maximum = world.rollout.spec.strategy.maximumWeight
        let carried = maximum * stable.availableReplicas / world.rollout.spec.replicas
        let wanted = max(0, maximum - carried, desiredCanaryWeight)
        return min(wanted, world.rollout.status.weights?.canary.weight ?? wanted)
    }

    private func incompleteVersions(_ intent: TrafficIntent) -> [String] {
        let ignoresCanary = world.rollout.status.isAborted || rollingBackFrom != nil
        return world.replicaSets.filter { replicaSet in
            guard replicaSet.replicas > 0, !replicaSet.isAvailable, !replicaSet.hash.isEmpty else { return false }
            if ignoresCanary, replicaSet.hash == intent.canaryHash { return false }
            return replicaSet.hash == intent.stableHash || replicaSet.hash == intent.canaryHash
        }.map(\.name)
    }

    private mutating func noteWeights(_ intent: TrafficIntent, maximum: Int) {
        let new = RolloutStatus.TrafficWeights(
            canary: RolloutStatus.WeightDestination(
                weight: intent.weight, serviceName: canary?.canaryService,
                podTemplateHash: intent.canaryHash.isEmpty ? nil : intent.canaryHash),
            stable: RolloutStatus.WeightDestination(
                weight: intent.rest(of: maximum), serviceName: canary?.stableService,
                podTemplateHash: intent.stableHash.isEmpty ? nil : intent.stableHash),
            additional: intent.additional)
        let old = world.rollout.status.weights
        guard old?.canary != new.canary || old?.stable != new.stable || old?.additional != new.additional
        else { return }
        weights = new
        // Other hashes or services alone are no other weight.
        var changes: [String] = []
        if old?.canary.weight != new.canary.weight {
            changes.append((old.map { "from \($0.canary.weight) " } ?? "") + "to \(new.canary.weight)")
        }
        if let old, old.additional != new.additional {
            let shares = new.additional.map { "\($0.serviceName ?? "") \($0.weight)" }
            changes.append("additional: [\(shares.joined(separator: ", "))]")
        }
        guard !changes.isEmpty else { return }
        pendingEvents.append(RolloutEvent(
            reason: RolloutReason.weightUpdated,
            message: "Traffic weight updated \(changes.joined(separator: ", "))"))
    }
}
