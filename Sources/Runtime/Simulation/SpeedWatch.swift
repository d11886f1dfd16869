import Synchronization

/// Remembers whether a controller wrote so often that it was slowed down.
final class SpeedWatch: Sendable {
    private let state = Mutex(false)

    /// Whether that was ever so.
    var wasSlowedDown: Bool { state.withLock { $0 } }

    /// Notes that it is so.
    func noteSlowDown() { state.withLock { $0 = true } }
}
