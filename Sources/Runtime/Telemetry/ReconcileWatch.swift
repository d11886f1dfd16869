import Synchronization

/// Measures one look at a Rollout: how long it takes, and how much of that is spent on waiting for the API.
final class ReconcileWatch: Sendable {
    private struct Times {
        var start = SteadyTime.seconds
        var total = 0.0
        var requests = 0.0
    }

    /// The one of the Rollout that the task looks at.
    @TaskLocal static var current: ReconcileWatch?

    private let times = Mutex(Times())

    /// Does something and measures it.
    func measure<Result: Sendable>(_ body: () async -> Result) async -> Result {
        let result = await Self.$current.withValue(self) { await body() }
        times.withLock { $0.total = SteadyTime.seconds - $0.start }
        return result
    }

    /// Notes that a request took so many seconds.
    func noteRequest(_ seconds: Double) { times.withLock { $0.requests += seconds } }

    /// How long all of it took, in seconds.
    var totalSeconds: Double { times.withLock { $0.total } }
    /// How long it took without the API, in seconds.
    var ownSeconds: Double { times.withLock { max(0, $0.total - $0.requests) } }
}
