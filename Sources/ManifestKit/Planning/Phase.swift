extension UpdatePass {
    /// The phase of a status, and what the update waits for.
    func phase(of status: RolloutStatus) -> (RolloutStatus.Phase, String) {
        for condition in status.conditions {
            if condition.type == RolloutCondition.Kind.invalidSpec.rawValue {
                return (.degraded, "InvalidSpec: \(condition.message)")
            }
            if condition.reason == RolloutReason.aborted || condition.reason == RolloutReason.timedOut {
                return (.degraded, withHindrance("\(condition.reason): \(condition.message)"))
            }
        }
        let spec = world.rollout.spec
        if spec.isPaused { return (.paused, withHindrance("manually paused")) }
        if let pause = status.pauseConditions.first { return (.paused, withHindrance(pause.reason)) }
        if let message = waiting(status, spec) {
            // Where that is what it waits for, nothing else needs to be said.
            return (.progressing, withHindrance(trafficProblem != nil && hindrance != nil ? "" : message))
        }
        // All runs as it should, but the next update would not.
        return (.healthy, withHindrance(""))
    }

    /// A message with the reason why a router cannot divide the traffic, where there is one.
    private func withHindrance(_ message: String) -> String {
        guard let hindrance else { return message }
        let text = "the traffic cannot be divided: \(hindrance)"
        if message.isEmpty { return text }
        return message.hasSuffix(".") ? "\(message) T\(text.dropFirst())" : "\(message); \(text)"
    }

    private func waiting(_ status: RolloutStatus, _ spec: RolloutSpec) -> String? {
        if let restartAt = spec.restartAt, restartAt != status.restartedAt { return "rollout is restarting" }
        if status.updatedReplicas < spec.replicas { return "more replicas need to be updated" }
        if status.availableReplicas < status.updatedReplicas { return "updated replicas are still becoming available" }
        let isPromoted = !status.stableHash.isEmpty && status.stableHash == status.currentPodHash
        switch spec.strategy {
        case .blueGreen(let blueGreen):
            if status.activeSelector.isEmpty || status.activeSelector != status.currentPodHash {
                return "active service cutover pending"
            }
            guard !isPromoted else { return nil }
            return blueGreen.hasPostPromotionAnalysis
                ? "waiting for analysis to complete" : "waiting for post-promotion verification to complete"
        case .canary(let canary):
            if canary.trafficRouting == nil, status.replicas > status.updatedReplicas {
                return "old replicas are pending termination"
            }
            return isPromoted ? nil : "waiting for all steps to complete"
        }
    }
}

/// A label selector as text, as `kubectl` prints it.
enum SelectorText {
    /// The requirements in the order of their keys, with one for a hash if there is one.
    static func text(of selector: JSONValue?, hash: String?) -> String {
        var labels = selector?["matchLabels"]?.stringDictionary ?? [:]
        if let hash { labels[RolloutMarks.podTemplateHash] = hash }
        var requirements = labels.map { (key: $0.key, text: "\($0.key)=\($0.value)") }
        for expression in selector?["matchExpressions"]?.array ?? [] {
            let key = expression.text("key") ?? ""
            let values = expression.texts("values").sorted().joined(separator: ",")
            switch expression.text("operator") {
            case "In": requirements.append((key, "\(key) in (\(values))"))
            case "NotIn": requirements.append((key, "\(key) notin (\(values))"))
            case "Exists": requirements.append((key, key))
            case "DoesNotExist": requirements.append((key, "!\(key)"))
            default: break
            }
        }
        return requirements.sorted { $0.key < $1.key }.map(\.text).joined(separator: ",")
    }
}
