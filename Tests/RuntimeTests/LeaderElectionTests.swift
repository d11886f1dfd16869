import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// A replica's way to a cluster, with faults on it; sees whether anything is written by one that does not hold the lease.
final class ReplicaTransport: WrappingTransport {
    struct State {
        var random: SplitMix
        var isDead = false
        var refusesLease = false
        /// Whether a renewal that was under way arrives just before the lease is given back.
        var renewsBeforeRelease = false
        var strays: [String] = []
        var writes = 0
        var watches: [@Sendable () -> Void] = []
    }

    let cluster: EmbeddedCluster
    var base: any ClusterTransport { cluster }
    let identity: String
    let lease: ObjectName
    let faultRate: Double
    let state: Mutex<State>

    init(_ cluster: EmbeddedCluster, identity: String, lease: ObjectName, faultRate: Double = 0, seed: UInt64 = 1) {
        self.cluster = cluster
        self.identity = identity
        self.lease = lease
        self.faultRate = faultRate
        state = Mutex(State(random: SplitMix(state: seed)))
    }

    /// Lets nothing through any more, as where the process was killed.
    func kill() {
        let watches = state.withLock { state in
            state.isDead = true
            defer { state.watches = [] }
            return state.watches
        }
        for stop in watches { stop() }
    }

    func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue {
        let isLease = request.resource == LeaderElection.leases
        let (chance, isDead, isRefused, delay) = state.withLock { state in
            (
                Double.random(in: 0..<1, using: &state.random), state.isDead, state.refusesLease && isLease,
                Double.random(in: 0...2, using: &state.random)
            )
        }
        if isDead || isRefused { throw KubernetesFailure(.unreachable, "no route to host") }
        if chance < faultRate { try? await cluster.clock.sleep(until: cluster.clock.now + delay) }
        if chance < faultRate / 3 { throw KubernetesFailure(.unreachable, "connection refused") }
        if chance < faultRate / 2, request.isWrite { throw KubernetesFailure(.conflict, "it has been modified") }
        if request.isWrite, !isLease {
            let holder = try? cluster.perform(.get(LeaderElection.leases, lease))["spec"]?["holderIdentity"]?.string
            state.withLock { state in
                state.writes += 1
                guard holder != identity else { return }
                state.strays.append("\(identity) writes \(request.path) while \(holder ?? "nobody") holds the lease")
            }
        }
        if isLease, isRelease(request) {
            let annotation: JSONValue = ["metadata": ["annotations": ["renewed": "late"]]]
            _ = try cluster.perform(.patch(LeaderElection.leases, lease, annotation))
        }
        let answer = try cluster.perform(request)
        if chance > 1 - faultRate / 4 { throw KubernetesFailure(.unreachable, "the answer is lost") }
        return answer
    }

    /// Whether the request gives the lease back and is the first one to do so.
    private func isRelease(_ request: KubernetesRequest) -> Bool {
        guard request.isWrite, request.body?["spec"]?["holderIdentity"] == "" else { return false }
        return state.withLock { state in
            defer { state.renewsBeforeRelease = false }
            return state.renewsBeforeRelease
        }
    }

    func subscribe(
        _ request: KubernetesRequest, onEvent: @escaping @Sendable (WatchEvent) -> Void,
        onEnd: @escaping @Sendable (KubernetesFailure?) -> Void
    ) -> @Sendable () -> Void {
        let stop = cluster.subscribe(request, onEvent: onEvent, onEnd: onEnd)
        state.withLock { $0.watches.append(stop) }
        return stop
    }
}

/// Several replicas of which one works.
@Suite(.timeLimit(.minutes(5))) struct LeaderElectionTests {
    static let web = ObjectName(namespace: "default", name: "web")
    static let lease = ObjectName(namespace: "default", name: "argo-rollouts-controller-lock")

    /// Time passes only as fast as the tasks that are to see it: a machine that is busy makes no lease run out.
    let clock = VirtualClock()
    let cluster: EmbeddedCluster

    init() { cluster = EmbeddedCluster(clock: clock) }

    func replica(_ identity: String, faultRate: Double = 0, seed: UInt64 = 1) -> (ControllerRun, ReplicaTransport) {
        let transport = ReplicaTransport(
            cluster, identity: identity, lease: Self.lease, faultRate: faultRate, seed: seed)
        var settings = ControllerRun.Settings()
        settings.controller.workers = 4
        settings.heedsSignals = false
        var election = LeaderElection.Settings(identity: identity)
        election.namespace = "default"
        settings.election = election
        let log = LogWriter(level: .error, format: .text, clock: clock) { _ in }
        return (ControllerRun(transport: transport, clock: clock, settings: settings, log: log), transport)
    }

    var holder: String? {
        (try? cluster.perform(.get(LeaderElection.leases, Self.lease)))?["spec"]?["holderIdentity"]?.string
    }

    func eventually(_ what: String, _ isSo: () throws -> Bool) async throws {
        for _ in 0..<6_000 {
            if try isSo() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw KubernetesFailure(.timeout, "never so: \(what)")
    }

    func withWorkloads(_ body: () async throws -> Void) async throws {
        var settings = WorkloadModel.Settings()
        settings.podDelay = 0.3
        let workloads = Task { [cluster, settings] in await EmbeddedRun.runWorkloads(of: cluster, settings) }
        let time = Task { [clock] in
            while !Task.isCancelled {
                clock.advance(to: clock.now + 0.05)
                try await Task.sleep(for: .milliseconds(2))
            }
        }
        defer {
            time.cancel()
            workloads.cancel()
        }
        try await body()
    }

    func update(_ image: String) throws {
        try cluster.perform(.patch(.rollouts, Self.web, ["spec": ["template": ["spec": ["containers": [
            ["name": "web", "image": .string(image)],
        ]]]]]))
    }

    func isHealthy(generation: Int) throws -> Bool {
        let status = try cluster.perform(.get(.rollouts, Self.web))["status"]
        return status?["phase"] == "Healthy" && status?["observedGeneration"]?.string == String(generation)
    }

    @Test func anotherReplicaFinishesWhatTheFirstBegan() async throws {
        let (first, firstWay) = replica("first", faultRate: 0.15, seed: 1)
        let (second, secondWay) = replica("second", faultRate: 0.15, seed: 2)
        try await withWorkloads {
            let one = Task { try await first.run() }
            try await eventually("the first leads") { holder == "first" }
            let two = Task { try await second.run() }
            defer { two.cancel() }
            let steps: JSONValue = [["setWeight": 25], ["setWeight": 50], ["setWeight": 75]]
            let rollout = ControllerTests.rollout(strategy: ["canary": ["steps": steps]])
            try cluster.perform(.create(.rollouts, namespace: "default", rollout))
            try await eventually("healthy") { try isHealthy(generation: 1) }
            try update("web:2")
            try await eventually("in the middle of the update") {
                let status = try cluster.perform(.get(.rollouts, Self.web))["status"]
                return (status?["currentStepIndex"]?.integer ?? 0) > 0 && status?["phase"] == "Progressing"
            }
            firstWay.kill()
            one.cancel()
            try await eventually("the second leads") { holder == "second" }
            try await eventually("the update is done") { try isHealthy(generation: 2) }
            #expect(firstWay.state.withLock { $0.strays } == [])
            #expect(secondWay.state.withLock { $0.strays } == [])
            #expect(secondWay.state.withLock { $0.writes } > 0)
            second.end()
            #expect(try await two.value == .stopped)
            #expect(holder == "", "it was given back")
        }
    }

    @Test func whoCannotRenewStopsWriting() async throws {
        let (run, way) = replica("only")
        let (other, otherWay) = replica("other")
        try await withWorkloads {
            let task = Task { try await run.run() }
            try await eventually("it leads") { holder == "only" }
            try cluster.perform(.create(.rollouts, namespace: "default", ControllerTests.rollout()))
            try await eventually("healthy") { try isHealthy(generation: 1) }
            let next = Task { try await other.run() }
            way.state.withLock { $0.refusesLease = true }
            // There is always something to write.
            let busy = Task {
                for number in 2..<1_000 {
                    try update("web:\(number)")
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            defer { busy.cancel() }
            guard case .lostLease(let reason) = try await task.value else {
                Issue.record("it goes on without a lease")
                return
            }
            #expect(reason.contains("no route to host"))
            let writes = way.state.withLock { $0.writes }
            try await eventually("the other leads") { holder == "other" }
            try await eventually("and works") { otherWay.state.withLock { $0.writes } > 0 }
            #expect(way.state.withLock { $0.writes } == writes, "not one more")
            #expect(way.state.withLock { $0.strays } + otherWay.state.withLock { $0.strays } == [])
            other.end()
            #expect(try await next.value == .stopped)
        }
    }

    @Test func aLateRenewalDoesNotKeepTheLease() async throws {
        let (run, way) = replica("only")
        try await withWorkloads {
            let task = Task { try await run.run() }
            try await eventually("it leads") { holder == "only" }
            way.state.withLock { $0.renewsBeforeRelease = true }
            run.end()
            #expect(try await task.value == .stopped)
        }
        #expect(!way.state.withLock { $0.renewsBeforeRelease }, "a renewal came in between")
        #expect(holder == "", "the lease is given back")
    }

    @Test func worksAloneWhereNoLeaseIsWanted() async throws {
        var settings = ControllerRun.Settings()
        settings.heedsSignals = false
        let log = LogWriter(level: .error, format: .text, clock: clock) { _ in }
        let run = ControllerRun(transport: cluster, clock: clock, settings: settings, log: log)
        let task = Task { try await run.run() }
        try cluster.perform(.create(.rollouts, namespace: "default", ControllerTests.rollout()))
        try await withWorkloads { try await eventually("healthy") { try isHealthy(generation: 1) } }
        run.end()
        #expect(try await task.value == .stopped)
        #expect(holder == nil, "nobody has made a lease")
    }

    @Test func aWriteNeedsItsPermitWheneverItIsSent() async throws {
        let isOpen = Mutex(true)
        let guarded = GuardedTransport(base: cluster, permit: WritePermit(
            isGiven: { isOpen.withLock { $0 } }, refusal: KubernetesFailure(.serviceUnavailable, "no lease")))
        _ = try await guarded.send(.create(.services, namespace: "default", EmbeddedClusterTests.service()))
        isOpen.withLock { $0 = false }
        await #expect(throws: KubernetesFailure.self) {
            try await guarded.send(.delete(.services, Self.web))
        }
        _ = try await guarded.send(.get(.services, Self.web))
    }
}
