import ArgumentParser
import Foundation
import Testing

@testable import rollout_render

@Suite struct ProgramTests {
    @Test func hasEveryCommandOnce() {
        let names = RolloutRender.configuration.subcommands.map { $0._commandName }
        #expect(names == names.sorted())
        #expect(Set(names).count == names.count)
    }

    @Test(arguments: ["convert", "hash", "render", "rules", "validate"])
    func everyCommandShowsAnExample(_ name: String) throws {
        let run = try ProgramRun([name, "--help"])
        #expect(run.code == 0)
        #expect(run.messages.isEmpty)
        let overview = run.output.components(separatedBy: "USAGE:")[0]
        #expect(overview.contains("rollout-render \(name)"), "\(run.output)")
    }

    @Test func saysItsVersion() throws {
        #expect(try ProgramRun(["--version"]).output == Version.text + "\n")
    }

    @Test(arguments: ["bash", "fish", "zsh"]) func completesInShells(_ shell: String) throws {
        let run = try ProgramRun(["--generate-completion-script", shell])
        #expect(run.code == 0)
        #expect(run.output.contains("validate"))
    }

    @Test(arguments: [["--frobnicate"], ["no-such-command"], ["validate", "--fail-on", "often", "a.yaml"]])
    func wrongUsageIsTwo(_ arguments: [String]) throws {
        let run = try ProgramRun(arguments)
        #expect(run.code == 2)
        #expect(run.output.isEmpty)
        #expect(run.messages.contains("Error: "))
    }
}
