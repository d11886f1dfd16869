/// What a pass does to pauses and to an abort; it is written with the status at its end.
struct PauseChanges: Sendable {
    private var added: [String] = []
    private var removed: Set<String> = []
    private var clears = false
    private var adds = false
    private var removes = false
    /// Why the update is aborted by itself.
    private(set) var abortMessage = ""

    /// Whether a pause begins in this pass.
    var beginsPause: Bool { !added.isEmpty }

    /// Whether the update is aborted, the changes of this pass included.
    func isAborted(_ status: RolloutStatus) -> Bool { !removes && (adds || status.isAborted) }

    mutating func add(_ reason: String) { added.append(reason) }
    mutating func remove(_ reason: String) { removed.insert(reason) }
    mutating func clear() { clears = true }
    mutating func removeAbort() { removes = true }
    mutating func abort(_ message: String) {
        adds = true
        abortMessage = message
    }

    /// Puts pauses and abort into a new status, given the old one.
    func write(to status: inout RolloutStatus, from old: RolloutStatus, now: KubernetesTime) {
        if adds || (!removes && old.isAborted) {
            status.isAborted = true
            // Or the promotion would take the abort back, again and again.
            if adds { status.promotesFully = false }
            status.abortedAt = old.abortedAt ?? now
            return
        }
        status.isAborted = false
        status.abortedAt = nil
        guard !clears else { return }
        var conditions = old.pauseConditions.filter { !removed.contains($0.reason) }
        var controllerPause = old.controllerPause
        for reason in added where old.pause(reason) == nil {
            conditions.append(RolloutStatus.PauseCondition(reason: reason, startTime: now))
            controllerPause = true
        }
        guard !conditions.isEmpty else { return }
        status.controllerPause = controllerPause
        status.pauseConditions = conditions
    }
}
