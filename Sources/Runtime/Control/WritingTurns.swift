import ManifestKit
import Synchronization

/// Lets few at a time write what can wait, in the order in which they came.
///
/// All writes share one rate. What is not urgent must not stand before what is: so most of it waits here and not there.
final class WritingTurns: Sendable {
    private struct State {
        var free: Int
        var waiting: [Int: CheckedContinuation<Bool, Never>] = [:]
        var first = 0
        var next = 0
        var isClosed = false

        /// Who has waited longest.
        mutating func takeFirst() -> CheckedContinuation<Bool, Never>? {
            while first < next {
                defer { first += 1 }
                // Some have gone away.
                if let found = waiting.removeValue(forKey: first) { return found }
            }
            return nil
        }
    }

    private let state: Mutex<State>

    /// Makes turns for so many at a time.
    init(_ count: Int) { state = Mutex(State(free: max(1, count))) }

    /// Takes a turn if one is free at once.
    func take() -> Bool {
        state.withLock { state in
            guard state.free > 0 else { return false }
            state.free -= 1
            return true
        }
    }

    /// Waits for a turn; false where there will be none, as all is to end or the task is cancelled.
    func wait() async -> Bool {
        let number = state.withLock { state in
            defer { state.next += 1 }
            return state.next
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isTaken: Bool? = state.withLock { state in
                    if state.isClosed || Task.isCancelled { return false }
                    guard state.free == 0 else {
                        state.free -= 1
                        return true
                    }
                    state.waiting[number] = continuation
                    state.first = min(state.first, number)
                    return nil
                }
                if let isTaken { continuation.resume(returning: isTaken) }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(returning: false)
        }
    }

    /// Gives a turn to who has waited longest.
    func giveBack() {
        let next: CheckedContinuation<Bool, Never>? = state.withLock { state in
            let next = state.takeFirst()
            if next == nil { state.free += 1 }
            return next
        }
        next?.resume(returning: true)
    }

    /// Sends away who waits and who comes.
    func close() {
        let waiting = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume(returning: false) }
    }
}
