/// Decides when a list and when a watch is due; knows neither a clock nor a cluster.
///
/// Moments are seconds of a clock that nobody sets, so that a corrected wall clock makes nothing late.
struct WatchMachine: Sendable {
    /// What is due.
    enum Step: Hashable, Sendable {
        /// List everything, at this moment or later.
        case list(at: Double)
        /// Follow changes from a version on, at this moment or later.
        case watch(version: String, at: Double)
        /// Wait for what the watch reports, and ask again at a moment: a watch that has said nothing by then is dead.
        case wait(until: Double?)
    }

    /// Seconds to wait before a type that nobody serves is looked for again.
    static let missingSeconds = 30.0

    private(set) var step: Step = .list(at: 0)
    /// Why the last request failed, until one succeeds.
    private(set) var problem: KubernetesFailure?
    /// Whether a list has succeeded, so that the objects are known.
    private(set) var hasListed = false
    /// How long a watch may say nothing, in seconds; a server sends a bookmark about once a minute. Nil for ever.
    private let idleSeconds: Double?
    private var version: String?
    private var failures = 0
    private var listedAt = -Double.infinity
    private var watchingSince = 0.0
    private var hasReceived = false
    /// Spreads what many clients would do at once; nil where every run has to be the same.
    private var random: SplitMix?

    init(idleSeconds: Double? = nil, seed: UInt64? = nil) {
        self.idleSeconds = idleSeconds
        random = seed.map { SplitMix(state: $0) }
    }

    /// Everything was read, as of a version.
    mutating func listed(version: String, now: Double = 0) {
        self.version = version
        failures = 0
        problem = nil
        hasListed = true
        listedAt = now
        step = .watch(version: version, at: 0)
    }

    /// A watch is under way.
    mutating func watching(now: Double) {
        watchingSince = now
        hasReceived = false
        step = .wait(until: idleSeconds.map { now + $0 })
    }

    /// A change or a bookmark with its version.
    mutating func received(version: String?, now: Double) {
        failures = 0
        problem = nil
        hasReceived = true
        if let version { self.version = version }
        if case .wait = step { step = .wait(until: idleSeconds.map { now + $0 }) }
    }

    /// Whether the watch has said nothing for too long; it is then to be begun anew from where it was.
    mutating func isSilent(now: Double) -> Bool {
        guard case .wait(let until?) = step, until <= now else { return false }
        step = version.map { .watch(version: $0, at: now) } ?? .list(at: now)
        return true
    }

    /// The watch has ended, as watches do from time to time, or a request has failed.
    mutating func ended(_ failure: KubernetesFailure?, now: Double) {
        problem = failure
        guard let failure else {
            // One that ends as soon as it begins must not be begun again and again.
            let moment = hasReceived ? now : max(now, watchingSince + 1)
            step = version.map { .watch(version: $0, at: moment) } ?? .list(at: moment)
            return
        }
        switch failure.reason {
        case .gone, .expired:
            // What happened in between is lost, so everything is read again; a list costs much, so not without end.
            failures += 1
            version = nil
            let pause = failures > 1 ? delay(after: failures - 1, failure) : 0
            step = .list(at: max(now + pause, listedAt + 1))
        case .notFound:
            // Nobody has defined the type, so there are no objects of it until somebody does.
            hasListed = true
            version = nil
            step = .list(at: now + spread(Self.missingSeconds))
        default:
            failures += 1
            let moment = now + delay(after: failures, failure)
            step = version.map { .watch(version: $0, at: moment) } ?? .list(at: moment)
        }
    }

    /// Half a second, doubled with each failure in a row, at most half a minute.
    private mutating func delay(after failures: Int, _ failure: KubernetesFailure) -> Double {
        let growing = 0.5 * Double(1 << min(max(failures - 1, 0), 6))
        return max(spread(min(30, growing)), Double(failure.retryAfterSeconds ?? 0))
    }

    /// A time between three quarters and five quarters of what is asked for.
    private mutating func spread(_ seconds: Double) -> Double {
        guard var random else { return seconds }
        defer { self.random = random }
        return seconds * Double.random(in: 0.75...1.25, using: &random)
    }
}
