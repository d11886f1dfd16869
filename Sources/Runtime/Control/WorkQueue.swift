import ManifestKit

/// Which Rollouts are to be looked at, and when: each by one worker at a time, later after failures, and never so often
/// that nothing else gets done.
struct WorkQueue: Sendable {
    /// What came of a look at a Rollout.
    enum Outcome: Hashable, Sendable {
        /// It went well; whether anything was written, and when to look again though nothing else happens.
        case done(hasActed: Bool, wakeAt: Double?)
        /// It did not go well, so it is tried again.
        case failed
    }

    /// What is known of a Rollout that has been looked at.
    private struct History {
        var failures = 0
        /// How many plans in a row it may act on before it is slowed down; comes back with time.
        var allowance = WorkQueue.burst
        var countedAt = 0.0
        /// How often in a row it has asked to be looked at again at once.
        var requests = 0
        /// How often it has been slowed down since it last was at rest.
        var slowed = 0
        /// Before this moment nobody looks at it, whoever asks.
        var slowedUntil = 0.0
    }

    /// How many plans with actions one Rollout may have at once.
    static let burst = 60.0
    /// How many more it gets in a second.
    static let rate = 5.0
    /// How often in a row a Rollout may ask to be looked at again at once.
    static let mostRequests = 5
    /// How often a Rollout is slowed down before somebody is told: many pods at once are no defect.
    static let patience = 10

    private var due: [ObjectName: Double] = [:]
    private var active: Set<ObjectName> = []
    /// Those that something happened to while they were looked at.
    private var again: Set<ObjectName> = []
    private var histories: [ObjectName: History] = [:]

    /// Whether nothing is waiting or under way.
    var isEmpty: Bool { due.isEmpty && active.isEmpty }

    /// When the next Rollout is due, or nil.
    var nextDue: Double? { due.values.min() }

    /// Asks for a look at a Rollout at a moment, or earlier if somebody has asked for that.
    mutating func add(_ name: ObjectName, at moment: Double) {
        if active.contains(name) {
            again.insert(name)
            return
        }
        due[name] = max(min(due[name] ?? moment, moment), histories[name]?.slowedUntil ?? 0)
    }

    /// Takes the Rollouts that are due, those that have waited longest first.
    mutating func take(now: Double) -> [ObjectName] {
        let names = due.filter { $0.value <= now }.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
        for name in names {
            due[name] = nil
            active.insert(name)
        }
        return names
    }

    /// Puts a Rollout back after a look at it. Returns whether it is time to tell that it is slowed down.
    mutating func finish(_ name: ObjectName, _ outcome: Outcome, now: Double) -> Bool {
        active.remove(name)
        let wantsMore = again.remove(name) != nil
        var history = histories[name] ?? History(countedAt: now)
        defer { histories[name] = history }
        switch outcome {
        case .failed:
            history.failures += 1
            due[name] = now + Self.delay(after: history.failures)
            return false
        case .done(let hasActed, let wakeAt):
            history.failures = 0
            history.allowance = min(Self.burst, history.allowance + (now - history.countedAt) * Self.rate)
            history.countedAt = now
            if hasActed { history.allowance -= 1 }
            let isRequest = (wakeAt ?? .infinity) <= now
            history.requests = isRequest ? history.requests + 1 : 0
            let isSlowed = history.allowance < 0 || history.requests > Self.mostRequests
            if isSlowed {
                history.slowed += 1
                history.slowedUntil = now + 1
            } else if history.allowance > Self.burst / 2, !isRequest {
                history.slowed = 0
            }
            let next = wantsMore ? now : wakeAt
            if let next { due[name] = max(next, now, history.slowedUntil) }
            return isSlowed && history.slowed == Self.patience
        }
    }

    /// Forgets a Rollout that is no more.
    mutating func forget(_ name: ObjectName) {
        due[name] = nil
        again.remove(name)
        histories[name] = nil
    }

    /// A twentieth of a second, doubled with each failure in a row, at most half a minute.
    static func delay(after failures: Int) -> Double {
        min(30, 0.05 * Double(1 << min(max(failures - 1, 0), 10)))
    }
}
