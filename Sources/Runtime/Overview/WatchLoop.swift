import ManifestKit

/// Shows somebody what changes until they have seen enough.
public enum WatchLoop {
    /// Why it ended.
    public enum End: Sendable {
        /// The one who looks on has seen enough.
        case finished
        /// Ctrl-C, or another request to end.
        case interrupted
        /// The time is up.
        case timedOut
    }

    /// The least seconds between two looks.
    private static let interval = Duration.milliseconds(200)

    /// Follows objects and calls `look` when all have been read once, after every change, though at most five times a
    /// second, and at least once a second, until it says that it has seen enough.
    static func run(
        _ followers: [ObjectFollower], news: NewsSignal, timeout: Duration?, look: () throws -> Bool
    ) async throws -> End {
        let start = ContinuousClock.now
        let interruption = Interruption()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for follower in followers { group.addTask { await follower.run() } }
            group.addTask { await tick(news, every: min(.seconds(1), timeout ?? .seconds(1))) }
            group.addTask {
                await TerminationSignals().first()
                interruption.happen()
                news.raise()
            }
            defer { group.cancelAll() }
            while true {
                await news.wait()
                if interruption.hasHappened || Task.isCancelled { return .interrupted }
                if followers.allSatisfy(\.isSettled), try look() { return .finished }
                if let timeout, ContinuousClock.now - start >= timeout { return .timedOut }
                try? await Task.sleep(for: interval)
            }
        }
    }

    private static func tick(_ news: NewsSignal, every interval: Duration) async {
        while !Task.isCancelled {
            try? await Task.sleep(for: interval)
            news.raise()
        }
    }
}
