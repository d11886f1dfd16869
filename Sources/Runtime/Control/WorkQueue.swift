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

    private var due: [WorkItem: Double] = [:]
    /// The moments in `due`, the earliest first, and some that are no longer so.
    private var order = MomentHeap()
    private var active: Set<WorkItem> = []
    /// Those that something happened to while they were looked at.
    private var again: Set<WorkItem> = []
    private var histories: [WorkItem: History] = [:]

    /// What has happened so far, for metrics.
    struct Counts: Sendable {
        /// How often somebody asked for a look at an object.
        var adds = 0
        /// How often a look failed and is tried again.
        var retries = 0
    }

    /// What has happened so far, for metrics.
    private(set) var counts: [WorkItem.Kind: Counts] = [:]

    /// Whether nothing is waiting or under way.
    var isEmpty: Bool { due.isEmpty && active.isEmpty }

    /// How many Rollouts are looked at.
    var activeCount: Int { active.count }

    /// When the next Rollout is due, or nil.
    var nextDue: Double? {
        mutating get {
            while let first = order.first, due[first.name] != first.moment { order.removeFirst() }
            return order.first?.moment
        }
    }

    /// How many objects of each kind are due at a moment and wait for a worker.
    func waiting(at moment: Double) -> [WorkItem.Kind: Int] {
        due.reduce(into: [:]) { if $1.value <= moment { $0[$1.key.kind, default: 0] += 1 } }
    }

    private mutating func put(_ name: WorkItem, at moment: Double) {
        due[name] = moment
        order.insert(MomentHeap.Entry(moment: moment, name: name))
        // What is no longer so must not pile up.
        if order.count > 2 * due.count + 64 { order = MomentHeap(due) }
    }

    /// Asks for a look at a Rollout at a moment, or earlier if somebody has asked for that.
    mutating func add(_ name: WorkItem, at moment: Double) {
        if active.contains(name) {
            again.insert(name)
            return
        }
        let wanted = max(min(due[name] ?? moment, moment), histories[name]?.slowedUntil ?? 0)
        guard due[name] != wanted else { return }
        counts[name.kind, default: Counts()].adds += 1
        put(name, at: wanted)
    }

    /// Takes the Rollouts that are due, at most so many, those that have waited longest first.
    mutating func take(now: Double, atMost limit: Int = .max) -> [WorkItem] {
        takeWaiting(now: now, atMost: limit).map(\.name)
    }

    /// The same, with the seconds that each has waited.
    mutating func takeWaiting(now: Double, atMost limit: Int) -> [(name: WorkItem, seconds: Double)] {
        var taken: [(name: WorkItem, seconds: Double)] = []
        while taken.count < limit, let moment = nextDue, moment <= now, let first = order.first {
            order.removeFirst()
            due[first.name] = nil
            active.insert(first.name)
            taken.append((first.name, now - moment))
        }
        return taken
    }

    /// Puts a Rollout back after a look at it. Returns whether it is time to tell that it is slowed down.
    mutating func finish(_ name: WorkItem, _ outcome: Outcome, now: Double) -> Bool {
        active.remove(name)
        let wantsMore = again.remove(name) != nil
        var history = histories[name] ?? History(countedAt: now)
        defer { histories[name] = history }
        switch outcome {
        case .failed:
            history.failures += 1
            counts[name.kind, default: Counts()].retries += 1
            put(name, at: now + Self.delay(after: history.failures))
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
            if let next { put(name, at: max(next, now, history.slowedUntil)) }
            return isSlowed && history.slowed == Self.patience
        }
    }

    /// Whether an item is to be looked at.
    func isWaiting(_ item: WorkItem) -> Bool { due[item] != nil }

    /// Forgets a Rollout that is no more.
    mutating func forget(_ name: WorkItem) {
        due[name] = nil
        again.remove(name)
        histories[name] = nil
    }

    /// A twentieth of a second, doubled with each failure in a row, at most half a minute.
    static func delay(after failures: Int) -> Double {
        min(30, 0.05 * Double(1 << min(max(failures - 1, 0), 10)))
    }
}
