extension WaitingFinder {
    private var status: RolloutStatus { facts.status }

    /// The versions that have pods, what is wanted first.
    private var versions: [ReplicaSetOverview] {
        let own = overview.replicaSets.filter(\.isScaledUp)
        return own.filter { $0.hash == status.currentPodHash } + own.filter { $0.hash != status.currentPodHash }
    }

    /// A version in a sentence: `canary web-7c4f4d8b87`.
    private func title(_ replicaSet: ReplicaSetOverview) -> String {
        let role = replicaSet.roles.first { $0 != .ping && $0 != .pong }
        return role.map { "\($0.rawValue) \(replicaSet.name)" } ?? replicaSet.name
    }

    private func pods(_ count: Int) -> String { count == 1 ? "1 pod" : "\(count) pods" }

    /// Pods that cannot be made, or that fail.
    var troubledPods: WaitingReason? {
        for version in versions where !version.failure.isEmpty {
            return WaitingReason(
                cause: .pods, text: "pods of \(title(version)) cannot be made: \(Self.clause(version.failure))",
                commands: commands(against: version))
        }
        for version in versions where version.wanted > 0 {
            let failing = version.pods.filter { $0.health == .failing }
            guard let first = failing.first else { continue }
            let same = failing.filter { $0.status == first.status }
            var text = "\(same.count) of \(pods(version.wanted)) of \(title(version)): \(first.status)"
            let message = same.lazy.map(\.message).first { !$0.isEmpty }
            if let message { text += ", \(Self.clause(message))" }
            return WaitingReason(cause: .pods, text: text, commands: commands(against: version))
        }
        return nil
    }

    /// What ends an update to a bad version; the stable one has nowhere to go back to.
    private func commands(against version: ReplicaSetOverview) -> [String] {
        version.hash == status.currentPodHash && !facts.isPromoted && !status.stableHash.isEmpty ? ["abort"] : []
    }

    // MARK: Analyses and experiments

    /// A run or an experiment that the update waits for.
    var measurement: WaitingReason? {
        if let step = overview.step, !step.isDone, !facts.isPromoted {
            if step.label == "analysis" { return analysis(status.runs.step, prefix: "\(step.place): ") }
            if step.label == "experiment" { return experiment(status.runs.experiment, step) }
        }
        let pre = status.runs.prePromotion
        if let run = analysis(pre, prefix: "before the switch: ", onlyOpen: true) { return run }
        return analysis(status.runs.postPromotion, prefix: "after the switch: ", onlyOpen: true)
    }

    private func analysis(
        _ stated: RolloutStatus.RunStatus?, prefix: String, onlyOpen: Bool = false
    ) -> WaitingReason? {
        guard let stated else {
            return onlyOpen ? nil : WaitingReason(cause: .analysis, text: "\(prefix)an analysis is about to begin")
        }
        let phase = stated.phase ?? .pending
        guard !onlyOpen || !phase.isCompleted else { return nil }
        let run = overview.revisions.lazy.flatMap(\.analysisRuns).first { $0.name == stated.name }
        var text = "\(prefix)AnalysisRun \(stated.name) is \(phase.rawValue.lowercased())"
        let progress = run?.progress ?? ""
        if !progress.isEmpty { text += " (\(progress))" }
        let message = stated.message.isEmpty ? run?.message ?? "" : stated.message
        if !message.isEmpty { text += ": \(message)" }
        return WaitingReason(cause: .analysis, text: text, since: phase == .running ? run?.createdAt : nil)
    }

    private func experiment(_ name: String, _ step: RolloutOverview.Step) -> WaitingReason {
        guard !name.isEmpty else {
            return WaitingReason(cause: .experiment, text: "\(step.place): an experiment is about to begin")
        }
        let experiment = overview.revisions.lazy.flatMap(\.experiments).first { $0.name == name }
        var text = "\(step.place): Experiment \(name) is \((experiment?.phase ?? "running").lowercased())"
        if let message = experiment?.message, !message.isEmpty { text += ": \(message)" }
        return WaitingReason(cause: .experiment, text: text, since: experiment?.createdAt)
    }

    // MARK: Pods on their way

    /// Pods that are not there yet, or not ready yet.
    var pods: WaitingReason? {
        if let restartAt = facts.rollout?.spec.restartAt, restartAt != status.restartedAt { return restart(restartAt) }
        for version in versions where version.wanted > 0 && version.available < version.wanted {
            return WaitingReason(
                cause: .scaling, text: unavailable(version), until: deadline, outcome: "times out")
        }
        for version in versions where version.wanted < version.current && status.stableHash != version.hash {
            let leaving = version.current - version.wanted
            guard facts.isPromoted || version.hash == status.currentPodHash else { continue }
            return WaitingReason(
                cause: .scaling, text: "\(pods(leaving)) of \(title(version)) \(leaving == 1 ? "is" : "are") ending")
        }
        return nil
    }

    /// When the controller gives up, where it counts.
    private var deadline: KubernetesTime? {
        guard let condition = status.condition(.progressing), condition.lastUpdateTime.seconds > 0,
            let spec = facts.rollout?.spec, condition.reason != RolloutReason.newReplicaSetAvailable
        else { return nil }
        return condition.lastUpdateTime.after(spec.progressDeadlineSeconds)
    }

    private func unavailable(_ version: ReplicaSetOverview) -> String {
        var text = "\(version.available) of \(pods(version.wanted)) of \(title(version)) "
            + (version.wanted == 1 ? "is available" : "are available")
        let living = version.pods.filter { $0.health != .ending && $0.health != .finished }
        if version.ready > version.available {
            let seconds = facts.rollout?.spec.minReadySeconds ?? 0
            text += "; ready ones have to stay so for \(RenderingWords.duration(seconds))"
        } else if let unready = living.first(where: { $0.health == .starting }) {
            let same = living.filter { $0.status == unready.status }.count
            text += "; \(same) \(unready.status)"
            if !unready.message.isEmpty { text += ", \(unready.message)" }
        } else if version.current < version.wanted, !overview.replicaSets.allSatisfy(\.pods.isEmpty) || living.isEmpty {
            text += "; \(version.wanted - version.current) still to be made"
        }
        return text
    }

    private func restart(_ restartAt: KubernetesTime) -> WaitingReason {
        let living = versions.flatMap(\.pods).filter { $0.health != .ending }
        let old = living.count { $0.createdAt.map { $0 < restartAt } ?? false }
        let text = living.isEmpty
            ? "pods are being restarted" : "pods are being restarted, \(old) of \(living.count) are still to go"
        return WaitingReason(cause: .scaling, text: text, since: restartAt)
    }

    // MARK: Traffic

    /// A load balancer or a Service that has not followed.
    var traffic: WaitingReason? {
        if let weight = overview.weight, weight.isRouted, !facts.isPromoted {
            if weight.isVerified == false {
                return WaitingReason(
                    cause: .traffic, text: "the load balancer has not followed the weights yet")
            }
        }
        guard overview.kind == .blueGreen, let blueGreen = facts.rollout?.spec.strategy.blueGreen,
            !status.currentPodHash.isEmpty
        else { return nil }
        if status.activeSelector.isEmpty || status.activeSelector != status.currentPodHash {
            let place = status.activeSelector.isEmpty ? "" : ", it leads to \(status.activeSelector)"
            return WaitingReason(
                cause: .traffic, text: "the Service \(blueGreen.activeService) is still to be switched\(place)")
        }
        guard !facts.isPromoted else { return nil }
        return WaitingReason(cause: .traffic, text: "the switch of the traffic has to be verified")
    }

    /// What the controller says, or the step where it says nothing.
    var rest: WaitingReason? {
        var text = status.message
        let isAtStep = overview.step.map { !$0.isDone } ?? false
        switch text {
        case "more replicas need to be updated" where isAtStep && !overview.replicaSets.isEmpty:
            // The step asks for fewer than all, and has them.
            text = ""
        case "more replicas need to be updated":
            text = "\(overview.replicas.updated) of \(pods(overview.replicas.desired)) are of the new version"
        case "updated replicas are still becoming available":
            text = "\(overview.replicas.available) of \(pods(overview.replicas.updated)) are available"
        case "waiting for all steps to complete": text = ""
        default: break
        }
        if let step = overview.step, !step.isDone, !facts.isPromoted {
            let label = "\(step.place) (\(step.label))"
            text = text.isEmpty ? "\(label) is under way" : "\(label): \(text)"
        }
        if text.isEmpty { text = status.message.isEmpty ? "the controller gives no reason" : status.message }
        return WaitingReason(cause: .other, text: text)
    }
}
