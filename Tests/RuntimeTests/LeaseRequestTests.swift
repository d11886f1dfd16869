import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// A lease is renewed however much else the controller has to do, and to ask for.
@Suite(.timeLimit(.minutes(5))) struct LeaseRequestTests {
    private static let web = ObjectName(namespace: "default", name: "web")

    /// Work that goes on until it is told to stop, or for half a minute, on the thread of the connections.
    private final class Toil: Sendable {
        private let state = Mutex((isWanted: true, turns: 0))

        var turns: Int { state.withLock { $0.turns } }
        var isWanted: Bool { state.withLock { $0.isWanted } }

        func stop() { state.withLock { $0.isWanted = false } }

        func run() async {
            let end = ContinuousClock.now + .seconds(30)
            while isWanted, ContinuousClock.now < end {
                state.withLock { $0.turns += 1 }
                await Task.yield()
            }
            stop()
        }
    }

    /// As when thousands of Rollouts are looked at of which none needs a request.
    ///
    /// All of it is done by the threads of the network, so that the toil is over soon even where others are busy.
    @Test func answersComeInThoughTasksNeverRest() async throws {
        try await FaultServer.with { _ in [.answer(200)] } _: { _, port in
            try await HTTPTransport.with(try HTTPTransportTests.access("http://127.0.0.1:\(port)")) { transport in
                let toil = Toil()
                let (others, request) = (0..<4, KubernetesRequest.get(.services, Self.web))
                let exchange = Task(executorPreference: transport.executor) {
                    await withTaskGroup(of: Void.self) { group in
                        for _ in others { group.addTask { await toil.run() } }
                        let answer = try? await transport.send(request)
                        let isInTime = toil.isWanted
                        toil.stop()
                        return answer != nil && isInTime && toil.turns > 0
                    }
                }
                #expect(await exchange.value, "the answer came only when there was nothing else to do")
            }
        }
    }

    /// Whether the limit of requests in a time or of connections is reached by others.
    @Test(arguments: [(rate: 0.01, connections: 16), (rate: 1_000, connections: 2)])
    func aLeaseIsNotHeldUpByOtherRequests(_ limits: (rate: Double, connections: Int)) async throws {
        let lease = FaultServer.Step.answer(
            200, #"{"metadata":{"resourceVersion":"7"},"spec":{"holderIdentity":"other","leaseDurationSeconds":15}}"#)
        try await FaultServer.with { $0.path.contains("/leases/") ? [lease] : [.pause(60)] } _: { server, port in
            var settings = HTTPTransport.Settings()
            settings.rate = limits.rate
            settings.burst = 2
            settings.connections = limits.connections
            try await HTTPTransport.with(try HTTPTransportTests.access("http://127.0.0.1:\(port)"), settings) { transport in
                let others = (0..<4).map { _ in
                    Task { _ = try? await transport.send(.get(.services, Self.web)) }
                }
                defer { for other in others { other.cancel() } }
                try await HTTPFaultTests.until(seconds: 30) { server.requests.count == 2 }
                let election = LeaderElection(
                    transport: transport, clock: ScaledClock(), settings: LeaderElection.Settings(identity: "own"))
                let leader = Mutex("")
                let running = Task {
                    await election.run { news in
                        if case .follows(let holder) = news { leader.withLock { $0 = holder } }
                    }
                }
                defer { running.cancel() }
                try await HTTPFaultTests.until(seconds: 60) { leader.withLock { $0 } == "other" }
            }
        }
    }
}
