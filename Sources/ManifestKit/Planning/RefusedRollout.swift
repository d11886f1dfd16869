extension RolloutStatus {
    /// The status of a Rollout that is so far from what it has to be that nothing can be planned from it.
    public static func refused(_ object: JSONValue, now: KubernetesTime, because problem: String) -> RolloutStatus {
        var status = RolloutStatus(object["status"] ?? .null)
        let metadata = object["metadata"]
        let message = status.refuse(
            metadata?.text("name") ?? "", generation: metadata?["generation"]?.integer ?? 0, now: now, because: problem)
        status.phase = .degraded
        status.message = "\(RolloutReason.invalidSpec): \(message)"
        return status
    }

    /// Notes that a Rollout cannot be acted on, and returns the message about it.
    mutating func refuse(_ name: String, generation: Int, now: KubernetesTime, because problem: String) -> String {
        let message = "The Rollout \"\(name)\" is invalid: \(problem)"
        if let known = condition(.invalidSpec), known.message != message { remove(.invalidSpec) }
        set(.invalidSpec, .yes, reason: RolloutReason.invalidSpec, now: now, message: message)
        observedGeneration = String(generation)
        return message
    }
}
