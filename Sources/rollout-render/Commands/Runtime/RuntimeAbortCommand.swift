import ArgumentParser
import ManifestKit

/// `rollout-render runtime abort`: goes back to the stable version.
struct RuntimeAbortCommand: ConcurrentCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort",
        abstract: "End an update and go back to the stable version.",
        discussion: """
            Traffic and pods go back to the stable version; the manifest still asks for the new one, so that retry can \
            begin its update again. undo takes the new version out of the manifest.

              rollout-render runtime abort web

            It is refused where there is no update to abort.

            \(OperationHelp.exitCodes)
            """)

    @OptionGroup var rollouts: RolloutNames
    @OptionGroup var options: OperationOptions

    nonisolated(nonsending) mutating func perform() async throws {
        try await options.perform(AbortOperation(), on: try rollouts.names())
    }
}
