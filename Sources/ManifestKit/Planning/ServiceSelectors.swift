/// Which pods the services lead to.
extension UpdatePass {
    /// Points a service at the pods with a hash, unless it is there already.
    mutating func point(_ name: String, at hash: String) {
        guard !hash.isEmpty, let service = world.service(name) else { return }
        let old = service.podTemplateHash
        if old == hash, service.manager != nil { return }
        perform(.pointService(name, hash: hash))
        emit(
            .normal, RolloutReason.switchService,
            "Switched selector for service '\(name)' from '\(old ?? "")' to '\(hash)'")
    }

    /// Points a service of a canary at a version that can carry its traffic.
    private mutating func ensure(_ name: String?, leadsTo index: Int?, checksAvailability: Bool = true) {
        guard let name, let index, let service = world.service(name) else { return }
        let replicaSet = world.replicaSets[index]
        guard service.podTemplateHash != replicaSet.hash else { return }
        if checksAvailability, !needsNoPods(service, name, toLeadTo: index) {
            // A service that nobody manages yet may carry all traffic, so the version has to be there in full. Later
            // one pod is enough, for the weights keep the traffic small.
            let mayLead = service.manager == nil ? replicaSet.isAvailable : replicaSet.availableReplicas > 0
            guard mayLead else {
                reasons.append("service \(name) waits for pods of ReplicaSet \(replicaSet.name)")
                return
            }
        }
        point(name, at: replicaSet.hash)
    }

    /// Whether a service of ours is to lead to a stable version that is to have no pods, and loses nothing by it:
    /// nobody has pods, or it is the canary's and has no share. It would keep the pods that it leads to for ever.
    ///
    /// A service that selects by labels alone may lead to the pods of somebody else, so it is left alone until there
    /// are pods of ours.
    private func needsNoPods(_ service: Service, _ name: String, toLeadTo index: Int) -> Bool {
        guard world.rollout.spec.replicas == 0, index == stableIndex, service.manager != nil,
            service.podTemplateHash != nil
        else { return false }
        let hasNoShare = canary?.trafficRouting != nil && name == canary?.canaryService && routedShare == 0
        return hasNoShare || world.replicaSets.allSatisfy { $0.availableReplicas == 0 }
    }

    /// Points the services of a canary at their versions.
    mutating func reconcileCanaryServices() {
        guard let canary else { return }
        if canary.pingPong != nil, !world.rollout.isFullyPromoted {
            let services = VersionServices(world.rollout, prefersPingPong: true)
            if canTakeOverShare { ensure(services.canary, leadsTo: newIndex, checksAvailability: false) }
        }
        // Of ping and pong, the stable one has its selector from when it was the canary's; it may have been made anew.
        let stableService = VersionServices(world.rollout, prefersPingPong: true).stable
        ensure(stableService.isEmpty ? nil : stableService, leadsTo: stableIndex)
        if pauses.isAborted(world.rollout.status) {
            // With a router the traffic goes back first, and the service follows it.
            if canary.trafficRouting == nil { ensure(canary.canaryService, leadsTo: stableIndex) }
            return
        }
        if rollingBackFrom != nil {
            reasons.append("service \(canary.canaryService ?? "") waits until the stable version is there in full")
            return
        }
        guard canTakeOverShare else {
            reasons.append("service \(canary.canaryService ?? "") waits until the share of the version before is gone")
            return
        }
        ensure(canary.canaryService, leadsTo: newIndex)
    }

    /// The canary's share as the routes have it, the greatest where there are several.
    var routedShare: Int {
        canary?.observedWeights(of: world.rollout, in: world).max() ?? 0
    }

    /// Whether the wanted version has the pods for the share that the routes give to the canary's service now. In the
    /// middle of an update that is the share of the version before, which has to become smaller first.
    var carriesRoutedShare: Bool {
        (newReplicaSet?.availableReplicas ?? 0) >= math.pods(forWeight: routedShare)
    }

    /// Whether the wanted version, which has the share of the stable one as well, has all pods that are promised.
    private var carriesEverything: Bool {
        (newReplicaSet?.availableReplicas ?? 0) >= world.rollout.promisedReplicas
    }

    /// Whether the version behind the canary's service can serve at all; any may be behind one without a hash.
    private var hasPodsBehindCanaryService: Bool {
        let service = VersionServices(world.rollout, prefersPingPong: true).canary
        guard let hash = world.service(service)?.podTemplateHash else { return true }
        return world.index(ofHash: hash).map { world.replicaSets[$0].availableReplicas > 0 } ?? false
    }

    private var canTakeOverShare: Bool {
        let share = routedShare
        if share == 0 { return true }
        if newReplicaSet?.availableReplicas ?? 0 > 0, !hasPodsBehindCanaryService { return true }
        if world.rollout.isFullyPromoted { return carriesEverything }
        if carriesRoutedShare { return true }
        // A size of its own, given by a step, may be less than the share needs.
        return (newReplicaSet?.availableReplicas ?? 0) > 0 && share <= currentSetWeight
            && meetsThreshold(newReplicaSet, of: desiredSizes(weights: nil).canary)
    }

    /// Points the canary's service back at the stable version, once that has pods.
    mutating func returnCanaryService() {
        guard let stable, stable.availableReplicas > 0 || world.rollout.spec.replicas == 0 else { return }
        ensure(canary?.canaryService, leadsTo: stableIndex, checksAvailability: false)
    }

    /// The version that still has traffic while an update with dynamic stable scale goes back to the stable one.
    var rollingBackFrom: String? {
        guard let canary, canary.trafficRouting != nil, canary.dynamicStableScale, world.rollout.isFullyPromoted,
            let hash = world.rollout.status.weights?.canary.podTemplateHash, let new = newReplicaSet,
            hash != new.hash, new.availableReplicas < world.rollout.spec.replicas
        else { return nil }
        return hash
    }
}
