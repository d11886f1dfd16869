import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// A cluster whose watches may fall silent, whose lists may be refused, and that counts what it is asked.
final class FickleTransport: WrappingTransport {
    struct State {
        var isSilent = false
        var refusals: [ResourceType: KubernetesFailure] = [:]
        var watches: [String] = []
        var lists = 0
        var slow: [ObjectName: Duration] = [:]
        var stops: [@Sendable () -> Void] = []
    }

    let cluster: EmbeddedCluster
    var base: any ClusterTransport { cluster }
    let state = Mutex(State())

    init(_ cluster: EmbeddedCluster) { self.cluster = cluster }

    func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue {
        let (refusal, pause) = state.withLock { state in
            if request.verb == .list { state.lists += 1 }
            let name = ObjectName(namespace: request.namespace, name: request.name ?? "")
            return (state.refusals[request.resource], request.isWrite ? state.slow[name] : nil)
        }
        if let refusal { throw refusal }
        if let pause { try? await Task.sleep(for: pause) }
        return try cluster.perform(request)
    }

    func subscribe(
        _ request: KubernetesRequest, onEvent: @escaping @Sendable (WatchEvent) -> Void,
        onEnd: @escaping @Sendable (KubernetesFailure?) -> Void
    ) -> @Sendable () -> Void {
        if let refusal = state.withLock({ $0.refusals[request.resource] }) {
            onEnd(refusal)
            return {}
        }
        state.withLock { $0.watches.append("\(request.resource)@\(request.resourceVersion ?? "")") }
        return cluster.subscribe(
            request,
            onEvent: { [weak self] event in
                // The connection is gone, and nobody has told us.
                if self?.state.withLock({ $0.isSilent }) == false { onEvent(event) }
            },
            onEnd: onEnd)
    }
}

/// What an informer does where the API server does not do what it should.
@Suite struct SilentWatchTests {
    let clock = VirtualClock()
    let cluster: EmbeddedCluster
    let transport: FickleTransport

    init() {
        cluster = EmbeddedCluster(clock: clock)
        transport = FickleTransport(cluster)
    }

    func informer(_ store: Store, idleSeconds: Double? = nil) -> Informer {
        var settings = Informer.Settings()
        settings.idleSeconds = idleSeconds
        return Informer(
            .list(store.resource), store: store, transport: transport, clock: clock, settings: settings)
    }

    @Test func aWatchThatFallsSilentIsBegunAnewFromWhereItWas() async throws {
        let store = Store(.services)
        let informer = informer(store, idleSeconds: 180)
        let due = await informer.advance()
        #expect(due == clock.now + 180)
        let version = String(cluster.version)
        transport.state.withLock { $0.isSilent = true }
        try cluster.perform(.create(.services, namespace: "default", EmbeddedClusterTests.service()))
        clock.advance(to: clock.now + 100)
        _ = await informer.advance()
        #expect(store.count == 0 && transport.state.withLock { $0.watches.count } == 1, "it may only be quiet")
        transport.state.withLock { $0.isSilent = false }
        clock.advance(to: clock.now + 81)
        _ = await informer.advance()
        #expect(transport.state.withLock { $0.watches.last } == "services@\(version)")
        #expect(transport.state.withLock { $0.lists } == 1, "nothing is lost, so nothing is listed")
        #expect(store.count == 1)
    }

    @Test func aBookmarkShowsThatAWatchLives() {
        var machine = WatchMachine(idleSeconds: 100)
        machine.listed(version: "1", now: 0)
        machine.watching(now: 0)
        machine.received(version: "5", now: 60)
        #expect(machine.step == .wait(until: 160))
        let isSilentEarly = machine.isSilent(now: 159)
        let isSilentLate = machine.isSilent(now: 160)
        #expect(!isSilentEarly && isSilentLate)
        #expect(machine.step == .watch(version: "5", at: 160))
    }

    @Test func aHistoryThatIsLostAgainAndAgainIsNotListedWithoutEnd() {
        var machine = WatchMachine()
        var (now, lists) = (0.0, 0)
        while now < 60 {
            switch machine.step {
            case .list(let moment):
                now = max(now, moment)
                lists += 1
                machine.listed(version: "7", now: now)
            case .watch(_, let moment):
                now = max(now, moment)
                machine.watching(now: now)
                machine.ended(KubernetesFailure(.expired, "too old"), now: now)
            case .wait: now += 1
            }
        }
        #expect(lists <= 62)
    }

    @Test func waitsAreSpread() {
        var moments: Set<Double> = []
        for seed in 0..<20 {
            var machine = WatchMachine(seed: UInt64(seed))
            machine.ended(KubernetesFailure(.unreachable, "no route"), now: 0)
            guard case .list(let moment) = machine.step else { continue }
            #expect(moment >= 0.375 && moment <= 0.625)
            moments.insert(moment)
        }
        #expect(moments.count > 10)
    }

    @Test func aTypeThatIsNoLongerServedHasNoObjects() async throws {
        try cluster.perform(.create(.services, namespace: "default", EmbeddedClusterTests.service()))
        let store = Store(.services)
        let informer = informer(store, idleSeconds: 10)
        _ = await informer.advance()
        #expect(store.count == 1)
        let missing = KubernetesFailure(.notFound, "the server could not find the requested resource")
        transport.state.withLock { $0.refusals[.services] = missing }
        clock.advance(to: clock.now + 11)
        _ = await informer.advance()
        clock.advance(to: clock.now + 60)
        _ = await informer.advance()
        #expect(store.count == 0)
        transport.state.withLock { $0.refusals = [:] }
        clock.advance(to: clock.now + 60)
        _ = await informer.advance()
        #expect(store.count == 1)
    }
}

/// What a controller does where the API server refuses it something, and how it goes on beside what is slow.
@Suite(.timeLimit(.minutes(5))) struct RefusedControllerTests {
    let clock = ScaledClock()
    let cluster: EmbeddedCluster
    let transport: FickleTransport
    let lines = LogLines()

    init() {
        cluster = EmbeddedCluster(clock: clock)
        transport = FickleTransport(cluster)
    }

    /// The lines of a log.
    final class LogLines: Sendable {
        private let lines = Mutex<[String]>([])
        func add(_ line: String) { lines.withLock { $0.append(line) } }
        var all: [String] { lines.withLock { $0 } }
    }

    func withRun(workers: Int = 4, _ body: (ControllerRun) async throws -> Void) async throws {
        var settings = ControllerRun.Settings()
        settings.heedsSignals = false
        settings.controller.workers = workers
        let log = LogWriter(level: .info, format: .text, clock: clock) { [lines] in lines.add($0) }
        let run = ControllerRun(transport: transport, clock: clock, settings: settings, log: log)
        let task = Task { try await run.run() }
        var pods = WorkloadModel.Settings()
        pods.podDelay = 0.1
        let workloads = Task { [cluster, pods] in await EmbeddedRun.runWorkloads(of: cluster, pods) }
        defer {
            workloads.cancel()
            task.cancel()
        }
        try await body(run)
        run.end()
        #expect(try await task.value == .stopped)
        await log.flush()
    }

    func create(_ name: String, istio: Bool = false) throws {
        var canary: JSONValue = ["steps": [["setWeight": 50], ["pause": [:]]]]
        if istio {
            canary = [
                "canaryService": "canary", "stableService": "stable",
                "trafficRouting": ["istio": ["virtualService": ["name": "web"]]], "steps": [["setWeight": 50]],
            ]
        }
        var rollout = ControllerTests.rollout(strategy: ["canary": canary])
        rollout.set(["metadata", "name"], to: .string(name))
        rollout.set(["spec", "selector", "matchLabels"], to: ["app": .string(name)])
        rollout.set(["spec", "template", "metadata", "labels"], to: ["app": .string(name)])
        try cluster.perform(.create(.rollouts, namespace: "default", rollout))
    }

    func isHealthy(_ name: String) throws -> Bool {
        let object = try cluster.perform(.get(.rollouts, ObjectName(namespace: "default", name: name)))
        return object["status"]?["phase"] == "Healthy"
    }

    func eventually(_ what: String, _ isSo: () throws -> Bool) async throws {
        for _ in 0..<2_000 {
            if try isSo() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("never so: \(what): \(lines.all)")
    }

    @Test func whatMayNotBeReadHoldsOnlyThoseThatNeedIt() async throws {
        let refusal = KubernetesFailure(.forbidden, "virtualservices is forbidden: cannot list")
        transport.state.withLock { $0.refusals[.virtualServices] = refusal }
        try create("meshed", istio: true)
        try create("plain")
        try await withRun { _ in
            try await eventually("the other one is healthy") { try isHealthy("plain") }
            try await eventually("it is said") { lines.all.contains { $0.contains("cannot read virtualservices") } }
            #expect(try !isHealthy("meshed"))
            // The log is written by another thread.
            try await eventually("the Rollout says what it waits for") {
                lines.all.contains { $0.contains("rollout=meshed") && $0.contains("forbidden") }
            }
            try await eventually("people are told of it") {
                let events = try cluster.perform(.list(.events, namespace: "default"))["items"]?.array ?? []
                let told = events.filter { $0["reason"] == "TrafficRoutingError" }
                return told.count == 1 && told[0]["involvedObject"]?["name"] == "meshed"
                    && told[0]["message"] == .string("virtualservices cannot be read: \(refusal.message)")
            }
            try await Task.sleep(for: .seconds(1))
            #expect(lines.all.count { $0.contains("cannot read virtualservices") } == 1, "once")
            transport.state.withLock { $0.refusals = [:] }
            try await eventually("it can be read") { lines.all.contains { $0.contains("reads virtualservices") } }
        }
    }

    @Test func aMissingCRDIsSaidAndWaitedFor() async throws {
        let missing = KubernetesFailure(.notFound, "the server could not find the requested resource")
        transport.state.withLock { $0.refusals[.rollouts] = missing }
        try await withRun { _ in
            try await eventually("it is said") {
                lines.all.contains { $0.contains("the CRD rollouts.argoproj.io is not installed") }
            }
        }
    }

    @Test func aSlowCallForOneDoesNotHoldTheOthers() async throws {
        try create("slow")
        transport.state.withLock { $0.slow[ObjectName(namespace: "default", name: "slow")] = .seconds(8) }
        try await withRun(workers: 2) { _ in
            try await Task.sleep(for: .milliseconds(300))
            let start = SteadyTime.seconds
            for number in 0..<5 { try create("quick-\(number)") }
            for number in 0..<5 {
                try await eventually("quick-\(number)") { try isHealthy("quick-\(number)") }
            }
            #expect(try !isHealthy("slow") || SteadyTime.seconds - start > 8)
        }
    }

    @Test func aRolloutThatIsMadeAnewWhileItIsForgottenIsLookedAt() {
        let state = ControllerState(turnedAt: 0)
        let name = ObjectName(namespace: "default", name: "web")
        state.withLock { state in
            state.note(.rollouts, Store.Change(name: name, existed: false, exists: true, owners: []), now: 1)
            _ = state.take(now: 1, atMost: 1)
            state.note(.rollouts, Store.Change(name: name, existed: true, exists: false, owners: []), now: 1)
            state.note(.rollouts, Store.Change(name: name, existed: false, exists: true, owners: []), now: 1)
            state.forget(WorkItem(.rollout, name), now: 2)
            let due = state.take(now: 2, atMost: 1).map(\.name)
            #expect(due == [WorkItem(.rollout, name)])
        }
    }
}
