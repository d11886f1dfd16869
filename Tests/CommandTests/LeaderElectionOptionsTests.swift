import Testing

@testable import rollout_render

@Suite struct LeaderElectionOptionsTests {
    @Test(arguments: [
        ([], nil), (["--leader-elect"], true), (["--no-leader-elect"], false), (["--leader-elect=true"], true),
        (["--leader-elect=false"], false),
    ] as [([String], Bool?)])
    func takesTheFlagOfTheReference(_ arguments: [String], _ isWanted: Bool?) throws {
        let spelt = arguments.map { LeaderElectionOptions.spellings[$0] ?? $0 }
        #expect(try LeaderElectionOptions.parse(spelt).isWanted == isWanted)
    }
}
