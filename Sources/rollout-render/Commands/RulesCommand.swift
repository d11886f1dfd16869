import ArgumentParser
import ManifestKit

/// `rollout-render rules`.
struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rules", abstract: "Rules.")

    @Argument(help: "Files, folders, or - for standard input.")
    var paths: [String] = []

    mutating func run() throws {
        throw CleanExit.message("not there yet")
    }
}
