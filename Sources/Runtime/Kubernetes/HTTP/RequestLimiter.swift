import Synchronization

/// Hands out permission to send requests: so many a second, and so many at once after a quiet time.
///
/// Who asks first is served first.
final class RequestLimiter: Sendable {
    private let bucket: Mutex<TokenBucket>
    private let start = ContinuousClock.now

    /// Allows a rate, in requests a second, and a burst.
    init(rate: Double, burst: Int) { bucket = Mutex(TokenBucket(rate: rate, burst: burst)) }

    /// Waits until a request may be sent; throws where the task is cancelled before.
    func wait() async throws(CancellationError) {
        let now = Self.seconds(since: start)
        let delay = bucket.withLock { $0.take(now: now) }
        guard delay > 0 else { return }
        do {
            try await Task.sleep(for: .seconds(delay))
        } catch {
            bucket.withLock { $0.giveBack() }
            throw CancellationError()
        }
    }

    /// Seconds since a moment.
    static func seconds(since start: ContinuousClock.Instant) -> Double { (ContinuousClock.now - start) / .seconds(1) }
}

/// Tokens that come back at a steady rate; fewer than none are debts that have to be waited for.
struct TokenBucket: Sendable {
    private let rate: Double
    private let burst: Double
    private var tokens: Double
    private var moment = 0.0

    /// A full bucket.
    init(rate: Double, burst: Int) {
        precondition(rate > 0 && burst > 0, "a limit that lets nothing through")
        self.rate = rate
        self.burst = Double(burst)
        tokens = Double(burst)
    }

    /// Takes a token; the seconds until it is there.
    mutating func take(now: Double) -> Double {
        if now > moment {
            tokens = min(burst, tokens + (now - moment) * rate)
            moment = now
        }
        tokens -= 1
        return tokens < 0 ? -tokens / rate : 0
    }

    /// Puts back a token that was not used.
    mutating func giveBack() { tokens = min(burst, tokens + 1) }
}
