import Foundation
import ManifestKit
import Synchronization
import Testing

@testable import RolloutRuntime

/// A clock that is some seconds off the cluster's, as that of a node without a time server.
struct SkewedClock: ClusterClock {
    let base: VirtualClock
    let offset: Double

    var now: Double { base.now + offset }
    var steady: Double { base.steady }

    func sleep(until moment: Double) async throws { try await base.sleep(until: moment - offset) }
}

/// The controller's clock and the cluster's need not agree: nothing is lost, and all ends where it should.
@Suite struct ClockSkewTests {
    /// Seven minutes are more than any delay in the scenarios.
    static let offsets = [-420.0, 420]

    /// The same course, state by state, as with a clock that is right.
    @Test(.enabled(if: Conformance.isThere), arguments: Conformance.scenarios, offsets)
    func aClockThatIsOff(_ name: String, _ offset: Double) async throws {
        try await ConformanceScenarioTests().follow(name, usesCommands: false) { $0.skew = offset }
    }

    /// A controller dies at every snapshot, and one whose clock is off the other way goes on from there: what the first
    /// has written seems to be minutes in the past or in the future.
    @Test(.enabled(if: Conformance.isThere), arguments: Conformance.scenarios, offsets)
    func anotherClockTakesOver(_ name: String, _ offset: Double) async throws {
        let reference = try Conformance.read("traces/\(name).json")
        let rig = try ConformanceRig(name)
        // A pause that seems to begin in the future ends late, by as much as the clocks differ.
        rig.patience = 4 * abs(offset)
        rig.skew = offset
        rig.onSnapshot = { $0.skew = -$0.skew }
        try await rig.play(Conformance.read("scenarios/\(name).yaml"))
        let last = try #require(reference["snapshots"]?.object?.fields.last)
        let own = try #require(rig.snapshots[last.key]).withoutHashesOfDeployments
        let theirs = ConformanceRecorder.Snapshot(reference: last.value).withoutHashesOfDeployments
        ConformanceScenarioTests().compareObjects(theirs.objects, own, last.key, rig.namespace)
        #expect(!rig.decisions.all.contains { if case .slowedDown = $0.result { true } else { false } })
    }
}

/// What goes away while somebody works on it.
@Suite struct VanishedRolloutTests {
    /// A write says that the Rollout is no more before the watch does: it is forgotten, and not looked at for ever.
    @Test(.timeLimit(.minutes(1))) func aRolloutDeletedInTheMiddleOfAPlan() async throws {
        let clock = VirtualClock()
        let cluster = EmbeddedCluster(clock: clock)
        let name = ObjectName(namespace: "shop", name: "web")
        _ = try cluster.perform(.create(.namespaces, namespace: "", ["metadata": ["name": "shop"]]))
        let transport = LaggingTransport(cluster)
        let decisions = DecisionLog()
        let controller = Controller(transport: transport, clock: clock) { decisions.add($0) }
        _ = await controller.step()
        _ = try cluster.perform(.create(.rollouts, namespace: "shop", ControllerTests.rollout()))
        transport.deliver()
        _ = try cluster.perform(.delete(.rollouts, name))
        _ = await controller.step()
        #expect(decisions.all.contains { if case .stopped = $0.result { true } else { false } })
        for _ in 0..<5 {
            clock.advance(to: clock.now + 2)
            _ = await controller.step()
            transport.deliver()
        }
        let adds = controller.figures.queue[.rollout]?.adds
        clock.advance(to: clock.now + 600)
        #expect(await controller.step() == nil, "something is still due")
        #expect(controller.figures.queue[.rollout]?.adds == adds, "somebody still asks for it")
        #expect(controller.figures.depth.isEmpty)
    }
}

/// How many Events an object may have.
@Suite struct EventBudgetTests {
    /// How many of 40 events at one moment there may be.
    private func burst(_ budget: inout EventBudget, _ uid: String, _ kind: String = "Normal", at now: Double) -> Int {
        var count = 0
        for _ in 0..<40 where budget.spend(uid: uid, kind: kind, now: now) { count += 1 }
        return count
    }

    @Test func aBurstAndThenOneFromTimeToTime() {
        var budget = EventBudget()
        let first = burst(&budget, "a", at: 100)
        #expect(first == 25)
        let second = burst(&budget, "a", at: 100)
        #expect(second == 0)
        let warnings = burst(&budget, "a", "Warning", at: 100)
        #expect(warnings == 25, "a warning is not lost for what went well")
        let others = burst(&budget, "b", at: 100)
        #expect(others == 25, "nor for what others say")
        let early = burst(&budget, "a", at: 129)
        #expect(early == 0)
        let late = burst(&budget, "a", at: 131)
        #expect(late == 1)
        let later = burst(&budget, "a", at: 10_000)
        #expect(later == 25, "no more than at first, however long nothing happened")
    }

    /// However many objects there are, each of them is heard.
    @Test func manyObjects() {
        var budget = EventBudget()
        var heard = 0
        for number in 0..<(3 * EventBudget.limit) {
            if budget.spend(uid: "uid-\(number)", kind: "Normal", now: Double(number) / 1_000) { heard += 1 }
        }
        #expect(heard == 3 * EventBudget.limit)
    }
}
