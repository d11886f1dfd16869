import ArgumentParser
import ManifestKit

/// `rollout-render render`.
struct RenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "render", abstract: "Render.")

    @Argument(help: "Files, folders, or - for standard input.")
    var paths: [String] = []

    mutating func run() throws {
        throw CleanExit.message("not there yet")
    }
}
