import ManifestKit

extension Scenario {
    /// Makes a scenario of random trouble: impatient people who change their minds and delete things, autoscalers, bad
    /// pods, metrics that fail, a bad network and a controller that crashes.
    ///
    /// The same seed gives the same scenario for the same input.
    public static func random(seed: UInt64, for input: SimulationInput) -> Scenario {
        var random = SplitMix(state: seed ^ 0x5DEE_CE66_D1CE_5EED)
        let people = ExploredPeople(input)
        // In tenths of a second, so that the scenario's text gives the same moments again.
        var moment = 0
        var events: [Event] = []
        for _ in 0..<Int.random(in: 2...12, using: &random) {
            moment += gap(&random)
            for action in people.actions(&random) {
                events.append(Event(at: Double(moment / 10) + Double(moment % 10) / 10, action))
                moment += gap(&random)
            }
        }
        let delays: [Double] = [0.5, 1, 1, 5, 20]
        let delay = delays.randomElement(using: &random) ?? 1
        return Scenario(events: events, podDelay: delay)
    }

    /// Tenths of a second: much happens at once or while pods come up, some of it during pauses.
    private static func gap(_ random: inout SplitMix) -> Int {
        switch Int.random(in: 0..<10, using: &random) {
        case 0...1: 0
        case 2...5: Int.random(in: 0...40, using: &random)
        case 6...8: Int.random(in: 1...60, using: &random) * 10
        default: Int.random(in: 1...20, using: &random) * 600
        }
    }
}

extension ScenarioAction {
    /// Trouble that any Rollout can meet.
    static func random(_ random: inout SplitMix) -> ScenarioAction {
        switch Int.random(in: 0..<24, using: &random) {
        case 0...2: return .promote
        case 3: return .promoteFull
        case 4...5: return .abort
        case 6: return .retry
        case 7: return .pause
        case 8: return .resume
        case 9...10: return .setImage(container: nil, image: "example.com/app:\(Int.random(in: 1...4, using: &random))")
        case 11...12: return .scale(Int.random(in: 0...8, using: &random))
        case 13...14: return .pods(Pods.allCases.randomElement(using: &random) ?? .all, health(&random))
        case 15...16:
            let kind = Fault.allCases.randomElement(using: &random) ?? .conflicts
            let rates: [Double] = [0.2, 0.5, 0.9]
            let rate = rates.randomElement(using: &random) ?? 0.5
            return .apiFaults(kind, rate: rate, seconds: Double(Int.random(in: 1...60, using: &random)))
        case 17...18: return .controllerCrash(afterWrites: Int.random(in: 0...12, using: &random))
        case 19: return .undo
        case 20: return .restart
        case 21...22:
            let delay = Double(Int.random(in: 1...50, using: &random)) / 10
            return .slowWatches(by: delay, seconds: Double(Int.random(in: 5...120, using: &random)))
        default: return .lostWatches
        }
    }

    private static func health(_ random: inout SplitMix) -> Health {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: .neverReady
        case 1: .crash
        case 2: .crashAfter(Double(Int.random(in: 1...60, using: &random)))
        case 3: .slow(Double(Int.random(in: 2...60, using: &random)))
        default: .healthy
        }
    }
}

extension ScenarioMetric {
    /// A metric that fails, flaps, errs, says nothing, is late or is well again.
    static func random(_ name: String, _ random: inout SplitMix) -> ScenarioMetric {
        let isFlapping = Int.random(in: 0..<3, using: &random) == 0
        let answers = (0..<(isFlapping ? Int.random(in: 2...6, using: &random) : 1)).map { _ in answer(&random) }
        let isSlow = Int.random(in: 0..<4, using: &random) == 0
        let seconds = isSlow ? Double(Int.random(in: 1...900, using: &random)) / 10 : 0
        return ScenarioMetric(name, .listed(answers), slowSeconds: seconds)
    }

    private static func answer(_ random: inout SplitMix) -> ScriptedAnswer {
        switch Int.random(in: 0..<10, using: &random) {
        case 0...3: .outcome(.successful)
        case 4...5: .outcome(.failed)
        case 6: .outcome(.inconclusive)
        case 7: .error("connection refused")
        case 8: .nothing
        default: .value(.double(Double(Int.random(in: 0...10, using: &random)) / 10))
        }
    }
}
