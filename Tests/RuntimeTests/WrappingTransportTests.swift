import ManifestKit
import Testing

@testable import RolloutRuntime

/// Ways to a cluster that stand in front of one another.
@Suite struct WrappingTransportTests {
    /// Runs what it is given at once.
    final class PlainExecutor: TaskExecutor {
        func enqueue(_ job: consuming ExecutorJob) {
            UnownedJob(job).runSynchronously(on: asUnownedTaskExecutor())
        }
    }

    /// The way that says where tasks run best.
    struct Innermost: WrappingTransport {
        let base: any ClusterTransport
        let executor: (any TaskExecutor)?

        func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue {
            try await base.send(request)
        }
    }

    /// The controller asks the outermost one, and has its work done on the thread of its connections.
    @Test func theExecutorIsToldThroughAllOfThem() throws {
        let clock = VirtualClock()
        let executor = PlainExecutor()
        let innermost = Innermost(base: EmbeddedCluster(clock: clock), executor: executor)
        let metered = MeteredTransport(base: innermost, telemetry: Telemetry())
        let refusal = KubernetesFailure(.serviceUnavailable, "no lease")
        let guarded = GuardedTransport(base: metered, permit: WritePermit(isGiven: { true }, refusal: refusal))
        let cache = ClusterCache(transport: guarded, clock: clock, listener: { _, _ in })
        let found = try #require(cache.transport.executor as? PlainExecutor)
        #expect(found === executor)
    }
}
