/// How long an update takes, and how long of that it waits for people: a Rollout's `status.duration`.
public struct UpdateDuration: Hashable, Sendable {
    /// What comes of an update; the raw value is what a cluster stores and metrics are labelled with.
    public enum Outcome: String, Hashable, Sendable, CaseIterable {
        /// It went through its steps.
        case promoted = "Promoted"
        /// Somebody took it to its end.
        case fastPromoted = "FastPromoted"
        /// It was aborted.
        case aborted = "Aborted"
        /// Another one took its place.
        case superseded = "Superseded"
        /// It was taken back by the manifest.
        case rolledBack = "RolledBack"
        /// It was taken back at once, without its steps.
        case fastRolledBack = "FastRolledBack"
    }

    /// When it began.
    public var startedAt: KubernetesTime
    /// Since when it waits for people; nil while it does not.
    public var pausedAt: KubernetesTime?
    /// How many seconds it has waited for people before that; nil where it has not waited yet.
    public var pausedSeconds: Int?
    /// When it ended; nil while it is under way.
    public var finishedAt: KubernetesTime?
    /// What comes of it, as soon as that is known, which may be before its end.
    public var outcome: Outcome?

    /// Makes that of an update which begins now.
    public init(startedAt: KubernetesTime) { self.startedAt = startedAt }

    /// Reads a status's `duration`; nil where it does not say when the update began.
    public init?(_ value: JSONValue?) {
        guard let startedAt = value?.time("rolloutStartedAt") else { return nil }
        self.startedAt = startedAt
        pausedAt = value?.time("manualPauseStartedAt")
        pausedSeconds = value?.count("totalManualPauseDurationSeconds")
        finishedAt = value?.time("finishedAt")
        outcome = value?.text("completionStatus").flatMap { Outcome(rawValue: $0) }
    }

    /// As a cluster stores it.
    var json: JSONValue {
        var fields = StatusFields()
        fields.add("rolloutStartedAt", startedAt)
        fields.add("manualPauseStartedAt", pausedAt)
        if let pausedSeconds { fields.values.append(("totalManualPauseDurationSeconds", .int(pausedSeconds))) }
        fields.add("finishedAt", finishedAt)
        fields.add("completionStatus", outcome?.rawValue ?? "")
        return fields.json
    }

    /// Whether it is over.
    public var hasEnded: Bool { finishedAt != nil }

    /// Ends a wait for people.
    mutating func resume(at now: KubernetesTime) {
        guard let since = pausedAt else { return }
        pausedSeconds = (pausedSeconds ?? 0) + Int(now.seconds - since.seconds)
        pausedAt = nil
    }

    /// Ends it.
    mutating func end(_ outcome: Outcome, at now: KubernetesTime) {
        resume(at: now)
        finishedAt = now
        self.outcome = outcome
    }

    /// Ends it, with an outcome for where none is known yet.
    mutating func end(otherwise outcome: Outcome, at now: KubernetesTime) { end(self.outcome ?? outcome, at: now) }

    /// The seconds from start to end, and how many of them it waited for people; nil while it is under way.
    public var seconds: (total: Int, paused: Int)? {
        finishedAt.map { (Int($0.seconds - startedAt.seconds), pausedSeconds ?? 0) }
    }

    /// The update that ended between two statuses, or nil. One that another took the place of is in neither of them as
    /// it ended, for the other one's time is written in its place.
    public static func ended(from old: UpdateDuration?, to new: UpdateDuration?) -> UpdateDuration? {
        guard let new else { return nil }
        if new.hasEnded { return new.startedAt == old?.startedAt && old?.hasEnded == true ? nil : new }
        guard var old, !old.hasEnded, old.startedAt != new.startedAt else { return nil }
        old.end(.superseded, at: new.startedAt)
        return old
    }
}
