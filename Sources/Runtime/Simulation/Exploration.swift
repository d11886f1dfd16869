import ManifestKit

/// Looks for trouble: plays an update under many random scenarios, and makes those short that break something.
public enum Exploration {
    /// A seed under which something that must hold did not.
    public struct Finding: Hashable, Sendable {
        /// What chance started from.
        public var seed: UInt64
        /// What must hold and did not.
        public var violation: SimulatedTimeline.Violation
        /// The shortest scenario found that breaks the same.
        public var scenario: Scenario
        /// How many events the scenario had at first.
        public var eventCount: Int
    }

    /// How many findings are made short; more of them say little more.
    public static let findingLimit = 20
    /// How many runs making one scenario short may take.
    private static let shrinkLimit = 200

    /// Plays an update once for each seed, `cores` at a time; what was broken, in the order of the seeds.
    public static func run(_ input: SimulationInput, seeds: Range<UInt64>, cores: Int) async -> [Finding] {
        let lanes = UInt64(max(1, min(cores, 256)))
        return await withTaskGroup(of: [Finding].self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    var findings: [Finding] = []
                    var seed = seeds.lowerBound + lane
                    while seed < seeds.upperBound, findings.count < findingLimit {
                        if let finding = await explore(input, seed: seed) { findings.append(finding) }
                        seed += lanes
                    }
                    return findings
                }
            }
            var findings: [Finding] = []
            for await some in group { findings += some }
            return Array(findings.sorted { $0.seed < $1.seed }.prefix(findingLimit))
        }
    }

    /// Plays an update under the scenario of a seed; what it broke, if anything.
    public static func explore(_ input: SimulationInput, seed: UInt64) async -> Finding? {
        let scenario = Scenario.random(seed: seed, for: input)
        let timeline = await Simulator.run(input, scenario: scenario, seed: seed)
        guard let violation = timeline.violations.first else { return nil }
        let short = await shortened(scenario, violation.invariant, input, seed: seed)
        return Finding(
            seed: seed, violation: short.violation ?? violation, scenario: short.scenario,
            eventCount: scenario.events.count)
    }

    /// Leaves events out as long as the same invariant stays broken.
    private static func shortened(
        _ scenario: Scenario, _ invariant: String, _ input: SimulationInput, seed: UInt64
    ) async -> (scenario: Scenario, violation: SimulatedTimeline.Violation?) {
        var best = scenario
        var violation: SimulatedTimeline.Violation?
        var runs = 0
        var position = best.events.count - 1
        var hasChanged = false
        while runs < shrinkLimit {
            guard position >= 0 else {
                guard hasChanged, !best.events.isEmpty else { break }
                hasChanged = false
                position = best.events.count - 1
                continue
            }
            var shorter = best
            shorter.events.remove(at: position)
            position -= 1
            runs += 1
            let timeline = await Simulator.run(input, scenario: shorter, seed: seed)
            guard let found = timeline.violations.first(where: { $0.invariant == invariant }) else { continue }
            best = shorter
            violation = found
            hasChanged = true
        }
        return (best, violation)
    }
}
