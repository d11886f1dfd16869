import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// What a controller does beside the recorded scenarios.
@Suite struct ControllerTests {
    static let web = ObjectName(namespace: "conf-test", name: "web")

    static func rollout(replicas: Int = 4, strategy: JSONValue = ["canary": ["steps": [["setWeight": 50], ["pause": [:]]]]])
        -> JSONValue {
        [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": ["name": "web"],
            "spec": [
                "replicas": .int(replicas), "selector": ["matchLabels": ["app": "web"]], "strategy": strategy,
                "template": [
                    "metadata": ["labels": ["app": "web"]],
                    "spec": ["containers": [["name": "web", "image": "web:1"]]],
                ],
            ],
        ]
    }

    func rig(_ rollout: JSONValue = Self.rollout(), settles: Bool = true) async throws -> ConformanceRig {
        let rig = try ConformanceRig("test")
        _ = try rig.cluster.perform(.create(.rollouts, namespace: rig.namespace, rollout))
        if settles { try await rig.pass(5) }
        return rig
    }

    func status(_ rig: ConformanceRig) throws -> JSONValue {
        try rig.cluster.perform(.get(.rollouts, Self.web))["status"] ?? .null
    }

    @Test func nothingIsWrittenOnceAllIsDone() async throws {
        let rig = try await rig()
        #expect(try status(rig)["phase"] == "Healthy")
        let version = rig.cluster.version
        rig.controller = Controller(transport: rig.cluster, clock: rig.clock)
        try await rig.pass(3_600)
        #expect(rig.cluster.version == version)
    }

    @Test func aLostHistoryIsListedAnew() async throws {
        let rig = try await rig(settles: false)
        rig.cluster.compact()
        try await rig.pass(5)
        #expect(try status(rig)["phase"] == "Healthy")
    }

    @Test func restartGoesPodByPod() async throws {
        let rig = try await rig(Self.rollout(strategy: ["canary": ["maxUnavailable": 1]]))
        let pods = { () throws -> [JSONValue] in
            (try rig.cluster.perform(.list(.pods, namespace: rig.namespace))["items"]?.array ?? [])
        }
        let old = Set(try pods().map { ObjectName(of: $0) })
        try await rig.pass(5)
        _ = try rig.cluster.perform(
            .patch(.rollouts, Self.web, ["spec": ["restartAt": .string(rig.clock.time.description)]]))
        var least = 4
        for _ in 0..<200 {
            try await rig.pass(1)
            least = min(least, try pods().filter { WorkloadModel.isReady($0) }.count)
        }
        #expect(old.isDisjoint(with: try pods().map { ObjectName(of: $0) }))
        #expect(least >= 3, "one at a time")
        #expect(try status(rig)["phase"] == "Healthy")
        #expect(try status(rig)["restartedAt"] != nil)
    }

    @Test func aNameThatSomebodyElseHasMeansAnotherHash() async throws {
        let rig = try ConformanceRig("test")
        var taken = EmbeddedClusterTests.replicaSet("web-\(try Self.hash())")
        taken.set(["spec", "replicas"], to: 0)
        taken.set(["metadata", "ownerReferences"], to: [[
            "apiVersion": "apps/v1", "kind": "Deployment", "name": "other", "uid": "1", "controller": true,
        ]])
        _ = try rig.cluster.perform(.create(.replicaSets, namespace: rig.namespace, taken))
        _ = try rig.cluster.perform(.create(.rollouts, namespace: rig.namespace, Self.rollout()))
        try await rig.pass(5)
        #expect(try status(rig)["phase"] == "Healthy")
        #expect(try status(rig)["collisionCount"] == 1)
    }

    private static func hash() throws -> String {
        let parsed = try #require(Rollout(rollout()))
        return World(rollout: parsed).templateHash
    }

    @Test func aReplicaSetThatNobodyOwnsIsAdopted() async throws {
        let rig = try await rig()
        let sets = try rig.cluster.perform(.list(.replicaSets, namespace: rig.namespace))["items"]?.array ?? []
        let name = ObjectName(of: try #require(sets.first))
        _ = try rig.cluster.perform(.patch(.replicaSets, name, ["metadata": ["ownerReferences": .null]]))
        try await rig.pass(2)
        let adopted = try rig.cluster.perform(.get(.replicaSets, name))
        #expect(OwnerReference.controller(of: adopted)?.name == "web")
        #expect(try status(rig)["phase"] == "Healthy")
    }

    @Test func whatIsMissingIsSaidAndWaitedFor() async throws {
        let rig = try await rig(Self.rollout(strategy: ["blueGreen": ["activeService": "web"]]))
        #expect(try status(rig)["phase"] == "Degraded")
        #expect(try status(rig)["message"]?.string?.contains("service \"web\" not found") == true)
        var service = EmbeddedClusterTests.service()
        service.set(["spec", "selector"], to: ["app": "other"])
        _ = try rig.cluster.perform(.create(.services, namespace: rig.namespace, service))
        try await rig.pass(1)
        #expect(try status(rig)["message"]?.string?.contains("has unmatch label \"app\"") == true)
        _ = try rig.cluster.perform(.patch(.services, Self.web, ["spec": ["selector": ["app": "web"]]]))
        try await rig.pass(5)
        #expect(try status(rig)["phase"] == "Healthy")
    }

    @Test func aRolloutWithoutStrategyIsRefused() async throws {
        let rig = try await rig(Self.rollout(strategy: [:]))
        #expect(try status(rig)["phase"] == "Degraded")
        #expect(try status(rig)["conditions"]?[0]?["type"] == "InvalidSpec")
        let version = rig.cluster.version
        try await rig.pass(100)
        #expect(rig.cluster.version == version)
    }

    /// Aborts an update when the controller has made a plan and is about to write: the status, or something before it.
    private final class AbortingTransport: WrappingTransport {
        let cluster: EmbeddedCluster
        var base: any ClusterTransport { cluster }
        let hasAborted = Mutex(false)

        let moment: @Sendable (KubernetesRequest) -> Bool

        init(cluster: EmbeddedCluster, moment: @escaping @Sendable (KubernetesRequest) -> Bool) {
            self.cluster = cluster
            self.moment = moment
        }

        func send(_ request: KubernetesRequest) async throws(KubernetesFailure) -> JSONValue {
            if !hasAborted.withLock({ $0 }), moment(request) {
                hasAborted.withLock { $0 = true }
                _ = try cluster.perform(
                    .patch(.rollouts, ControllerTests.web, ["status": ["abort": true]], subresource: .status))
            }
            return try cluster.perform(request)
        }
    }

    @Test(arguments: 0..<3) func anAbortIsNotWrittenOver(_ moment: Int) async throws {
        let steps: JSONValue = [["setWeight": 25], ["setWeight": 50], ["setWeight": 75], ["pause": [:]]]
        let rig = try await rig(Self.rollout(strategy: ["canary": ["steps": steps]]))
        let transport = AbortingTransport(cluster: rig.cluster) { request in
            switch moment {
            case 0: request.subresource == .status && request.body?["status"]?["currentStepIndex"]?.integer == 2
            case 1: request.resource == .replicaSets && request.body?["spec"]?["replicas"] == 2
            default: request.resource == .events && request.body?["reason"] == "RolloutStepCompleted"
            }
        }
        rig.controller = Controller(transport: transport, clock: rig.clock) {
            [decisions = rig.decisions] in decisions.add($0)
        }
        _ = try rig.cluster.perform(.patch(.rollouts, Self.web, ["spec": ["template": ["spec": ["containers": [
            ["name": "web", "image": "web:2"],
        ]]]]]))
        try await rig.pass(20)
        #expect(try status(rig)["abort"] == true)
        #expect(try status(rig)["phase"] == "Degraded")
        #expect(try status(rig)["currentStepIndex"] == 0)
    }

    @Test func aRolloutOfAnotherControllerIsLeftAlone() async throws {
        var other = Self.rollout()
        other.set(["metadata", "labels"], to: ["argo-rollouts.argoproj.io/controller-instance-id": "other"])
        let rig = try await rig(other)
        #expect(try rig.cluster.perform(.get(.rollouts, Self.web))["status"] == nil)
    }

    @Test func runsAsTimePasses() async throws {
        let clock = ScaledClock(scale: 200)
        let cluster = EmbeddedCluster(clock: clock)
        let model = WorkloadModel(cluster: cluster)
        _ = try cluster.perform(.create(.rollouts, namespace: "default", Self.rollout(strategy: ["canary": [
            "steps": [["setWeight": 25], ["pause": ["duration": 10]]],
        ]])))
        let controller = Controller(transport: cluster, clock: clock)
        let task = Task { try await controller.run() }
        defer { task.cancel() }
        let name = ObjectName(namespace: "default", name: "web")
        var image = 1
        for _ in 0..<2_000 {
            _ = model.advance()
            let status = try cluster.perform(.get(.rollouts, name))["status"]
            let observed = status?["observedGeneration"]?.string
            if status?["phase"] == "Healthy", observed == String(image == 1 ? 1 : 2) {
                guard image == 1 else { return }
                image = 2
                var containers = Self.rollout()["spec", "template", "spec", "containers"] ?? .null
                containers = [["name": "web", "image": "web:2"]]
                _ = try cluster.perform(
                    .patch(.rollouts, name, ["spec": ["template": ["spec": ["containers": containers]]]]))
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        Issue.record("not done: \(try cluster.perform(.get(.rollouts, name))["status"] ?? .null)")
    }
}

/// When a Rollout is looked at.
@Suite struct WorkQueueTests {
    let web = WorkItem(.rollout, ObjectName(namespace: "default", name: "web"))

    @Test func oneWorkerAtATime() {
        var queue = WorkQueue()
        queue.add(web, at: 0)
        #expect(queue.take(now: 0) == [web])
        queue.add(web, at: 0)
        #expect(queue.take(now: 0) == [], "it is being looked at")
        _ = queue.finish(web, .done(hasActed: false, wakeAt: nil), now: 0)
        #expect(queue.take(now: 0) == [web], "something happened meanwhile")
        _ = queue.finish(web, .done(hasActed: false, wakeAt: 7), now: 0)
        #expect(queue.nextDue == 7)
        queue.add(web, at: 3)
        #expect(queue.nextDue == 3)
    }

    @Test func failuresAreTriedAgainLessAndLessOften() {
        var queue = WorkQueue()
        var now = 0.0
        var waits: [Double] = []
        queue.add(web, at: 0)
        for _ in 0..<14 {
            #expect(queue.take(now: now) == [web])
            _ = queue.finish(web, .failed, now: now)
            waits.append((queue.nextDue ?? 0) - now)
            now = queue.nextDue ?? now
        }
        #expect(abs(waits[0] - 0.05) < 1e-9 && abs((waits.last ?? 0) - 30) < 1e-9)
        #expect(zip(waits, waits.dropFirst()).allSatisfy { $0 <= $1 + 1e-9 })
    }

    @Test func whoActsWithoutEndIsSlowedDownAndReported() {
        var queue = WorkQueue()
        var (reports, looks, now) = (0, 0, 5.0)
        queue.add(web, at: now)
        while now < 60 {
            for name in queue.take(now: now) {
                queue.add(name, at: now)
                if queue.finish(name, .done(hasActed: true, wakeAt: nil), now: now) { reports += 1 }
                looks += 1
            }
            now = queue.nextDue ?? 60
        }
        #expect(reports > 0)
        #expect(looks < 400, "as often as the allowance comes back")
    }

    @Test func whoAsksToRunAgainAtOnceIsSlowedDown() {
        var queue = WorkQueue()
        var looks = 0
        queue.add(web, at: 5)
        while queue.take(now: 5) == [web], looks < 1_000 {
            _ = queue.finish(web, .done(hasActed: false, wakeAt: 5), now: 5)
            looks += 1
        }
        #expect(looks == WorkQueue.mostRequests + 1)
        queue.add(web, at: 5)
        #expect(queue.nextDue == 6)
    }
}

/// When lists and watches are due.
@Suite struct WatchMachineTests {
    @Test func listsThenWatchesFromWhereItIs() {
        var machine = WatchMachine()
        #expect(machine.step == .list(at: 0) && !machine.hasListed)
        machine.listed(version: "7")
        #expect(machine.step == .watch(version: "7", at: 0) && machine.hasListed)
        machine.watching(now: 10)
        machine.received(version: "9", now: 15)
        machine.ended(nil, now: 20)
        #expect(machine.step == .watch(version: "9", at: 20))
    }

    @Test func listsAnewWhereChangesAreLost() {
        var machine = WatchMachine()
        machine.listed(version: "7")
        machine.watching(now: 10)
        machine.ended(KubernetesFailure(.expired, "too old"), now: 10)
        #expect(machine.step == .list(at: 10))
    }

    @Test func doesNotHurryWhereNothingWorks() {
        var machine = WatchMachine()
        machine.listed(version: "7")
        machine.watching(now: 10)
        machine.ended(nil, now: 10)
        #expect(machine.step == .watch(version: "7", at: 11), "it ended as soon as it began")
        for (count, wait) in [(1, 0.5), (2, 1.0), (3, 2.0), (9, 30.0)] {
            var failing = WatchMachine()
            failing.listed(version: "7")
            for _ in 0..<count { failing.ended(KubernetesFailure(.unreachable, "no route"), now: 100) }
            #expect(failing.step == .watch(version: "7", at: 100 + wait))
        }
        var missing = WatchMachine()
        missing.ended(.notFound(.virtualServices, ""), now: 5)
        #expect(missing.step == .list(at: 35) && missing.hasListed, "a kind that nobody has defined has no objects")
    }
}

/// A store is never older than our own last write.
@Suite struct StoreTests {
    static let name = ObjectName(namespace: "default", name: "web")

    static func object(_ version: Int, _ text: String = "") -> JSONValue {
        ["metadata": ["name": "web", "namespace": "default", "resourceVersion": .string(String(version))], "data": .string(text)]
    }

    @Test func anOlderStateIsNotTakenBack() {
        let store = Store(.services)
        store.receive(WatchEvent(.added, Self.object(3)))
        store.note(Self.object(9, "ours"))
        store.receive(WatchEvent(.modified, Self.object(5, "older")))
        #expect(store.object(Self.name)?["data"] == "ours")
        store.replace(with: [Self.object(5, "older")], version: "6")
        #expect(store.object(Self.name)?["data"] == "ours")
        store.replace(with: [], version: "7")
        #expect(store.object(Self.name)?["data"] == "ours", "made after the list")
        store.replace(with: [], version: "12")
        #expect(store.object(Self.name) == nil)
    }

    @Test func whatWeDeletedDoesNotComeBack() {
        let store = Store(.services)
        store.receive(WatchEvent(.added, Self.object(3)))
        store.noteRemoval(of: Self.name)
        store.receive(WatchEvent(.added, Self.object(3)))
        #expect(store.object(Self.name) == nil)
        store.receive(WatchEvent(.deleted, Self.object(8)))
        store.receive(WatchEvent(.added, Self.object(10, "new")))
        #expect(store.object(Self.name)?["data"] == "new")
    }
}
