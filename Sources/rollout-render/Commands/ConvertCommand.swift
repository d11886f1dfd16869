import ArgumentParser
import ManifestKit

/// `rollout-render convert`.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "convert", abstract: "Convert.")

    @Argument(help: "Files, folders, or - for standard input.")
    var paths: [String] = []

    mutating func run() throws {
        throw CleanExit.message("not there yet")
    }
}
