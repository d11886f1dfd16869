import ManifestKit
import Synchronization

/// Holds back statuses that only count pods anew: pods come and go one after another, and a write for each of them
/// would cost an API server more than all else.
///
/// A count that comes soon after something was done for its Rollout waits; any other is written at once.
final class CountHold: Sendable {
    /// How long after the last action a count is held back, in seconds: longer than a quick pod takes to get ready.
    static let seconds = 1.2

    private let lastActed = Mutex<[ObjectName: Double]>([:])

    /// Takes a count out of the end of what a plan does, if it comes too soon; `now` is in seconds.
    ///
    /// Until when it waits is returned; a plan that is made then has it again.
    func holdBack(
        _ actions: inout [Action], from status: RolloutStatus, of name: ObjectName, now: Double
    ) -> Double? {
        guard !actions.isEmpty else { return nil }
        let isCount = Self.endsWithCount(actions, from: status)
        let isLone = actions.count == 1
        let began = lastActed.withLock { (lastActed) -> Double? in
            // A clock that was set back must not hold a count for ever.
            if isCount, isLone, let last = lastActed[name], now >= last, now < last + Self.seconds { return last }
            lastActed[name] = now
            return isCount && !isLone ? now : nil
        }
        guard let began else { return nil }
        actions.removeLast()
        return began + Self.seconds
    }

    /// Forgets a Rollout that is no more.
    func forget(_ name: ObjectName) { lastActed.withLock { $0[name] = nil } }

    /// Whether the last action writes a status that only counts anew, compared with the one that is written before it.
    private static func endsWithCount(_ actions: [Action], from status: RolloutStatus) -> Bool {
        guard case .updateStatus(let new) = actions.last else { return false }
        for action in actions.dropLast().reversed() {
            if case .updateStatus(let before) = action { return new.onlyCounts(since: before) }
        }
        return new.onlyCounts(since: status)
    }
}
