import Testing

@testable import ManifestKit

@Suite struct ReplicaMathTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var replicas, weight, surge, canary, stable: Int
        var testDescription: String { "\(weight)% of \(replicas), surge \(surge): \(canary)/\(stable)" }
        init(_ replicas: Int, _ weight: Int, surge: Int, _ canary: Int, _ stable: Int) {
            (self.replicas, self.weight, self.surge) = (replicas, weight, surge)
            (self.canary, self.stable) = (canary, stable)
        }
    }

    /// The sizes closest to a weight, worked out by hand.
    @Test(arguments: [
        Case(10, 10, surge: 1, 1, 9), Case(10, 5, surge: 0, 1, 9), Case(10, 95, surge: 0, 9, 1),
        Case(10, 99, surge: 1, 10, 1), Case(1, 5, surge: 1, 1, 1), Case(1, 5, surge: 0, 0, 1),
        Case(1, 95, surge: 0, 1, 0), Case(3, 50, surge: 0, 2, 1), Case(3, 50, surge: 1, 2, 2),
        Case(5, 10, surge: 2, 1, 5), Case(5, 100, surge: 2, 5, 0), Case(5, 0, surge: 2, 0, 5),
        Case(0, 50, surge: 1, 0, 0), Case(2, 1, surge: 0, 1, 1), Case(7, 40, surge: 0, 3, 4),
    ]) func closestSizes(_ example: Case) {
        let math = ReplicaMath(replicas: example.replicas, maxSurge: example.surge, maxUnavailable: 1)
        #expect(math.closestSizes(weight: example.weight)
            == ReplicaMath.Sizes(canary: example.canary, stable: example.stable))
    }

    /// Whatever the limits, both bounds hold on every step of the way, and the way ends at the goal.
    @Test(arguments: 1...12) func staysWithinItsBounds(_ replicas: Int) {
        for surge in 0...2 {
            for unavailable in 0...2 where surge + unavailable > 0 {
                let math = ReplicaMath(replicas: replicas, maxSurge: surge, maxUnavailable: min(unavailable, replicas))
                for weight in [0, 1, 10, 33, 50, 75, 99, 100] {
                    walk(math, from: ReplicaMath.Sizes(canary: 0, stable: replicas), to: weight)
                    walk(math, from: math.closestSizes(weight: 66), to: weight)
                }
            }
        }
    }

    private func walk(_ math: ReplicaMath, from start: ReplicaMath.Sizes, to weight: Int) {
        var canary = ReplicaMath.Count(wanted: start.canary, available: start.canary)
        var stable = ReplicaMath.Count(wanted: start.stable, available: start.stable)
        for _ in 0..<60 {
            let next = math.nextSizes(weight: weight, canary: canary, stable: stable, others: [])
            let available = min(canary.available, next.canary) + min(stable.available, next.stable)
            let before = canary.available + stable.available
            #expect(available >= min(before, math.replicas - math.maxUnavailable), "\(math) \(weight): \(next)")
            #expect(next.canary + next.stable <= max(canary.wanted + stable.wanted, math.replicas + math.maxSurge))
            if next.canary == canary.available, next.stable == stable.available { break }
            canary = ReplicaMath.Count(wanted: next.canary, available: next.canary)
            stable = ReplicaMath.Count(wanted: next.stable, available: next.stable)
        }
        let end = ReplicaMath.Sizes(canary: canary.wanted, stable: stable.wanted)
        #expect(end == math.closestSizes(weight: weight), "\(math) to \(weight)")
    }

    @Test func routedSizesRoundUp() {
        let math = ReplicaMath(replicas: 3, maximumWeight: 1000, maxSurge: 1, maxUnavailable: 0)
        #expect(math.pods(forWeight: 1) == 1)
        #expect(math.pods(forWeight: 334) == 2)
        #expect(math.pods(forWeight: 5_000) == 3)
        #expect(math.raised(1, minimum: 2) == 2)
        #expect(math.raised(0, minimum: 2) == 0)
        #expect(math.raised(1, minimum: 9) == 3)
    }

    /// `25` in quotes is a percentage for the reference, and both limits are never zero at once.
    @Test func limits() throws {
        func limits(_ surge: JSONValue, _ unavailable: JSONValue, of replicas: Int) -> [Int] {
            let canary = CanaryStrategy(["maxSurge": surge, "maxUnavailable": unavailable])
            let limits = canary.limits(of: replicas)
            return [limits.surge, limits.unavailable]
        }
        #expect(limits("25", "25", of: 10) == [3, 2])
        #expect(limits("25%", "25%", of: 3) == [1, 0])
        #expect(limits(0, "1%", of: 10) == [0, 1])
        #expect(limits(.null, .null, of: 5) == [2, 1])
        #expect(limits(4, 0, of: 5) == [4, 0])
    }
}
