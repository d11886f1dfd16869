import ManifestKit
import Testing

@testable import RolloutRuntime

/// Nobody can heed what they have not heard of yet, and everybody has to heed what they have.
@Suite struct LateNewsTests {
    /// News that comes late: by so many seconds or only at the end, from the moment 1000 until another.
    struct Lateness: Sendable {
        var delay: Double?
        var until: Double
    }

    /// When somebody asks for something.
    static let asked: Int64 = 1010

    static let cases: [(Lateness?, Int64, Bool)] = [
        (nil, 0, false), (nil, 2, true),
        (Lateness(delay: 4, until: 1100), 3, false), (Lateness(delay: 4, until: 1100), 6, true),
        (Lateness(delay: 40, until: 1100), 39, false), (Lateness(delay: 40, until: 1100), 42, true),
        // What was late has been told before somebody asked.
        (Lateness(delay: 4, until: 1005), 2, true),
        (Lateness(delay: nil, until: 1100), 60, false), (Lateness(delay: nil, until: 1100), 110, true),
    ]

    /// A world in which somebody has changed the Rollout, so many seconds later.
    static func world(
        _ lateness: Lateness?, _ seconds: Int64, _ change: (inout JSONValue) -> Void
    ) throws -> ObservedWorld {
        var world = try InvariantTests.world()
        if let lateness { world.noteLateNews(by: lateness.delay, until: lateness.until) }
        world.now = KubernetesTime(seconds: asked)
        let changed = try #require(try InvariantTests.world(change).rollout)
        world.noteWishes(of: changed)
        world.rollout = changed
        world.now = KubernetesTime(seconds: asked + seconds)
        return world
    }

    @Test(arguments: cases)
    func aPauseCountsOnceItIsKnown(_ lateness: Lateness?, _ seconds: Int64, _ isBroken: Bool) throws {
        let before = try Self.world(lateness, seconds) { $0.set(["spec", "paused"], to: true) }
        var after = before
        after.replicaSets["web-b"] = ReplicaSet(InvariantTests.replicaSet("b", 4))
        #expect(InvariantTests.broken(.replicaSet("web-b"), from: before, to: after) == (isBroken ? ["pause"] : []))
    }

    @Test(arguments: cases)
    func soDoesAnAbort(_ lateness: Lateness?, _ seconds: Int64, _ isBroken: Bool) throws {
        let before = try Self.world(lateness, seconds) { $0.set(["status", "abort"], to: true) }
        var after = before
        InvariantTests.route(&after, 30)
        let broken = InvariantTests.broken(.object(InvariantTests.ingress), from: before, to: after)
        #expect(broken.contains("abort") == isBroken)
    }

    /// Lateness, how many seconds after somebody deleted the canary's ReplicaSet its share grows, and whether that
    /// counts. Where nothing is late the controller is told of a loss before it writes anything.
    static let losses: [(Lateness?, Int64, Bool)] = [
        (nil, 0, true), (nil, 2, true),
        (Lateness(delay: 4, until: 1100), 3, false), (Lateness(delay: 4, until: 1100), 6, true),
        (Lateness(delay: 4, until: 1005), 2, true),
        (Lateness(delay: nil, until: 1100), 60, false), (Lateness(delay: nil, until: 1100), 110, true),
    ]

    @Test(arguments: losses)
    func trafficGoesToPodsThatAreThoughtToBeThere(_ lateness: Lateness?, _ seconds: Int64, _ isBroken: Bool) throws {
        var world = try InvariantTests.world()
        if let lateness { world.noteLateNews(by: lateness.delay, until: lateness.until) }
        world.now = KubernetesTime(seconds: Self.asked)
        let whole = world
        world.replicaSets["web-b"] = nil
        world.pods = world.pods.filter { $0.value.hash != "b" }
        world.noteLoss(of: "b", since: whole)
        world.now = KubernetesTime(seconds: Self.asked + seconds)
        var after = world
        InvariantTests.route(&after, 80)
        let broken = InvariantTests.broken(.object(InvariantTests.ingress), from: world, to: after)
        #expect(broken.contains("traffic") == isBroken)
        #expect(broken.contains("capacity") == isBroken)
    }

    /// The size before, the share that the canary of one pod gets when the Rollout has ten again, and what breaks.
    @Test(arguments: [(4, 80, [String]()), (4, 100, ["capacity"]), (0, 100, [])])
    func aShareIsForTheSizeThatIsKnown(_ size: Int, _ share: Int, _ expected: [String]) throws {
        var world = try InvariantTests.world { $0.set(["spec", "replicas"], to: .int(size)) }
        world.noteLateNews(by: 4, until: 1100)
        world.now = KubernetesTime(seconds: Self.asked)
        world.replicaSets["web-b"] = ReplicaSet(InvariantTests.replicaSet("b", size == 0 ? 0 : 1))
        let rollout = try #require(try InvariantTests.world { $0.set(["status", "stableRS"], to: "b") }.rollout)
        world.noteWishes(of: rollout)
        world.rollout = rollout
        var after = world
        InvariantTests.route(&after, share)
        #expect(InvariantTests.broken(.object(InvariantTests.ingress), from: world, to: after) == expected)
    }
}
