/// Decides when a list and when a watch is due; knows neither a clock nor a cluster.
struct WatchMachine: Sendable {
    /// What is due.
    enum Step: Hashable, Sendable {
        /// List everything, at this moment or later.
        case list(at: Double)
        /// Follow changes from a version on, at this moment or later.
        case watch(version: String, at: Double)
        /// Wait for what the watch reports.
        case wait
    }

    private(set) var step: Step = .list(at: 0)
    private var version: String?
    private var failures = 0
    private var watchingSince = 0.0
    private var hasReceived = false

    /// Whether a list has succeeded, so that the objects are known.
    private(set) var hasListed = false

    /// Everything was read, as of a version.
    mutating func listed(version: String) {
        self.version = version
        failures = 0
        hasListed = true
        step = .watch(version: version, at: 0)
    }

    /// A watch is under way.
    mutating func watching(now: Double) {
        step = .wait
        watchingSince = now
        hasReceived = false
    }

    /// A change or a bookmark with its version.
    mutating func received(version: String?) {
        failures = 0
        hasReceived = true
        if let version { self.version = version }
    }

    /// The watch has ended, as watches do from time to time, or a request has failed.
    mutating func ended(_ failure: KubernetesFailure?, now: Double) {
        guard let failure else {
            // One that ends as soon as it begins must not be begun again and again.
            let moment = hasReceived ? now : max(now, watchingSince + 1)
            step = version.map { .watch(version: $0, at: moment) } ?? .list(at: moment)
            return
        }
        switch failure.reason {
        case .gone, .expired:
            // What happened in between is lost, so everything is read again.
            version = nil
            step = .list(at: now)
        case .notFound:
            // Nobody has defined the kind, so there are no objects of it until somebody does.
            hasListed = true
            version = nil
            step = .list(at: now + 30)
        default:
            failures += 1
            let moment = now + Self.delay(after: failures, failure)
            step = version.map { .watch(version: $0, at: moment) } ?? .list(at: moment)
        }
    }

    /// Half a second, doubled with each failure in a row, at most half a minute.
    static func delay(after failures: Int, _ failure: KubernetesFailure) -> Double {
        let growing = 0.5 * Double(1 << min(max(failures - 1, 0), 6))
        return max(min(30, growing), Double(failure.retryAfterSeconds ?? 0))
    }
}
