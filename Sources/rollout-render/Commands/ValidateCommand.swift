import ArgumentParser
import ManifestKit

/// `rollout-render validate`.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "validate", abstract: "Validate.")

    @Argument(help: "Files, folders, or - for standard input.")
    var paths: [String] = []

    mutating func run() throws {
        throw CleanExit.message("not there yet")
    }
}
