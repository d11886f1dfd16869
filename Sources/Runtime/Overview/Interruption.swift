import Synchronization

/// Whether somebody has asked for the end.
final class Interruption: Sendable {
    private let state = Atomic(false)

    /// Whether it has happened.
    var hasHappened: Bool { state.load(ordering: .acquiring) }

    /// It happens now.
    func happen() { state.store(true, ordering: .releasing) }
}
