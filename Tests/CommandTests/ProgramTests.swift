import Testing

@testable import rollout_render

@Suite struct ProgramTests {
    @Test func hasEveryCommandOnce() {
        let names = RolloutRender.configuration.subcommands.map { $0._commandName }
        #expect(names == names.sorted())
        #expect(Set(names).count == names.count)
    }
}
