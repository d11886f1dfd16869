/// Decides whether a request that failed is sent again, and when.
struct RetryPolicy: Hashable, Sendable {
    /// How often a request is sent at the most.
    var attempts = 5
    /// Seconds after which no further try is begun.
    var totalSeconds = 60.0
    /// Seconds before the second try; doubled with each further one.
    var firstDelay = 0.25
    /// The greatest of these.
    var greatestDelay = 8.0
    /// The longest time that a server can make a request wait; where it wants more, the caller is told.
    var greatestWait = 30.0

    /// Seconds until a request is sent again, or nil where that could do harm or would be of no use.
    ///
    /// `isUndone` says that the request has never reached the server, `chance` is a number from 0 up to 1.
    func delay(
        after attempt: Int, elapsed: Double, _ failure: KubernetesFailure, isUndone: Bool,
        of request: KubernetesRequest, chance: Double
    ) -> Double? {
        guard attempt < attempts, canRepeat(request, after: failure, isUndone: isUndone) else { return nil }
        let growing = min(greatestDelay, firstDelay * Double(1 << min(attempt - 1, 16)))
        // Between half of it and all of it, so that many who failed together do not come back together.
        let delay = max(growing * (0.5 + chance / 2), Double(failure.retryAfterSeconds ?? 0) * (1 + chance / 10))
        guard delay <= greatestWait * 1.1, elapsed + delay < totalSeconds else { return nil }
        return delay
    }

    /// Whether a second request does what one would have done.
    private func canRepeat(_ request: KubernetesRequest, after failure: KubernetesFailure, isUndone: Bool) -> Bool {
        // A pod that must not be evicted now is told by the same code as a server that has too much to do.
        if request.subresource == .eviction, failure.reason == .tooManyRequests { return false }
        if request.isReading || request.isDryRun { return failure.reason.isPassing }
        switch failure.reason {
        case .tooManyRequests: return true
        case .serviceUnavailable: return failure.retryAfterSeconds != nil
        default: return isUndone && failure.reason.isPassing
        }
    }
}
