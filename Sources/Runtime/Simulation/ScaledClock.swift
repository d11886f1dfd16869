import ManifestKit

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The clock on the wall, or one that started with it and runs faster.
public struct ScaledClock: ClusterClock {
    private let start: Double
    private let first: Double
    private let scale: Double

    /// Makes a clock whose seconds last `1 / scale` of a second, and that begins now or, where that is later, at a
    /// given moment.
    public init(scale: Double = 1, notBefore moment: Double = 0) {
        precondition(scale > 0, "time goes forward")
        self.scale = scale
        start = Self.wallSeconds
        first = max(start, moment)
    }

    public var now: Double { first + (Self.wallSeconds - start) * scale }

    public var steady: Double { SteadyTime.seconds * scale }

    public func sleep(until moment: Double) async throws {
        let seconds = (moment - now) / scale
        if seconds > 0 { try await Task.sleep(for: .seconds(seconds)) }
    }

    private static var wallSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
