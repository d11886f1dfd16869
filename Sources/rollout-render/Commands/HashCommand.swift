import ArgumentParser
import ManifestKit

/// `rollout-render hash`.
struct HashCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "hash", abstract: "Hash.")

    @Argument(help: "Files, folders, or - for standard input.")
    var paths: [String] = []

    mutating func run() throws {
        throw CleanExit.message("not there yet")
    }
}
