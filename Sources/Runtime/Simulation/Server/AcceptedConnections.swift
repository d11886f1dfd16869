import HummingbirdCore
import Logging
import NIOCore
import Synchronization

/// The connections of a server that have come and that are to be looked after, or ended, each of them.
///
/// A server that ends drops those that it has not begun to look after, and SwiftNIO ends the program where one is
/// dropped like that. So they are kept here from the moment at which they come.
struct AcceptedConnections<Base: ServerChildChannel>: ServerChildChannel {
    private let base: Base
    private let waiting = Waiting()

    /// Makes a server's connections, of a protocol.
    init(_ base: Base) { self.base = base }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Base.Value> {
        base.setup(channel: channel, logger: logger).map { value in
            if !waiting.add(value) { Self.end(value) }
            return value
        }
    }

    func handle(value: Base.Value, logger: Logger) async {
        // Its event loop gets to know it only now, and may be told to close it only then.
        try? await value.channel.eventLoop.submit {}.get()
        waiting.remove(value)
        if Task.isCancelled { Self.end(value) } else { await base.handle(value: value, logger: logger) }
    }

    /// Ends the connections that the server has not begun to look after, and those that come from now on.
    func end() {
        for value in waiting.close() { Self.end(value) }
    }

    private static func end(_ value: Base.Value) {
        value.channel.close(promise: nil)
        value.channel.closeFuture.whenComplete { _ in withExtendedLifetime(value) {} }
    }

    /// The connections that nobody looks after yet.
    private final class Waiting: Sendable {
        private struct State {
            var isClosed = false
            var values: [ObjectIdentifier: Base.Value] = [:]
        }

        private let state = Mutex(State())

        /// Takes one in; false where nobody is going to look after it.
        func add(_ value: Base.Value) -> Bool {
            state.withLock { state in
                guard !state.isClosed else { return false }
                state.values[ObjectIdentifier(value.channel)] = value
                return true
            }
        }

        func remove(_ value: Base.Value) {
            state.withLock { _ = $0.values.removeValue(forKey: ObjectIdentifier(value.channel)) }
        }

        /// Takes all out, and no more in.
        func close() -> [Base.Value] {
            state.withLock { state in
                defer { state.values = [:] }
                state.isClosed = true
                return Array(state.values.values)
            }
        }
    }
}
