import ManifestKit
import Synchronization

/// A clock that stands still until it is told to go on, so that an hour takes no time.
public final class VirtualClock: ClusterClock {
    /// Somebody who waits for a moment.
    private struct Sleeper {
        var moment: Double
        var continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: Double
        var sleepers: [Int: Sleeper] = [:]
        var lastSleeper = 0
    }

    private let state: Mutex<State>

    /// When simulations begin: the start of 2026, so that times in different runs compare.
    public static let usualStart: Double = 1_767_225_600

    /// Makes a clock that stands at a moment, in seconds since the start of 1970.
    public init(start: Double = VirtualClock.usualStart) { state = Mutex(State(now: start)) }

    public var now: Double { state.withLock { $0.now } }

    /// The earliest moment that somebody waits for, or nil where nobody waits.
    public var nextWakeUp: Double? { state.withLock { $0.sleepers.values.map(\.moment).min() } }

    /// Goes on to a moment and wakes all who waited for it, the earliest first; never goes back.
    public func advance(to moment: Double) {
        let due = state.withLock { state -> [Sleeper] in
            state.now = max(state.now, moment)
            let due = state.sleepers.filter { $0.value.moment <= state.now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.sorted { ($0.value.moment, $0.key) < ($1.value.moment, $1.key) }.map(\.value)
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    public func sleep(until moment: Double) async throws {
        let id = state.withLock { state in
            state.lastSleeper += 1
            return state.lastSleeper
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isOver: Result<Void, any Error>? = state.withLock { state in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    if moment <= state.now { return .success(()) }
                    state.sleepers[id] = Sleeper(moment: moment, continuation: continuation)
                    return nil
                }
                if let isOver { continuation.resume(with: isOver) }
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: id) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }
}
