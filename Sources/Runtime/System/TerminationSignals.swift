@preconcurrency import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The signals by which a program is asked to end: from now on they wait to be seen and end nothing by themselves.
struct TerminationSignals: Sendable {
    private let signals: AsyncStream<Void>

    /// Begins to listen.
    init() {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let sources = [SIGTERM, SIGINT].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { continuation.yield() }
            source.resume()
            return source
        }
        continuation.onTermination = { _ in
            for source in sources { source.cancel() }
            signal(SIGTERM, SIG_DFL)
            signal(SIGINT, SIG_DFL)
        }
        signals = stream
    }

    /// Waits for the first one, or for the task to be cancelled.
    func first() async {
        for await _ in signals { return }
    }
}
