import ManifestKit

/// Where everything that waits gets its time from, so that an hour can pass in a millisecond.
public protocol ClusterClock: Sendable {
    /// Seconds since the start of 1970, with fractions.
    var now: Double { get }

    /// Seconds since some moment, on a clock that nobody sets and that does not stop while the machine sleeps.
    var steady: Double { get }

    /// Waits until a moment, in seconds since the start of 1970; returns early only when cancelled.
    func sleep(until moment: Double) async throws
}

extension ClusterClock {
    /// The same as `now`, for clocks that only go where they are told to.
    public var steady: Double { now }

    /// The moment as Kubernetes writes it, cut to whole seconds.
    public var time: KubernetesTime { KubernetesTime(seconds: Int64(now.rounded(.down))) }
}
