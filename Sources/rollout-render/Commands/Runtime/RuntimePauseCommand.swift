import ArgumentParser
import ManifestKit

/// `rollout-render runtime pause`: holds a Rollout where it is.
struct RuntimePauseCommand: ConcurrentCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Hold a Rollout where it is.",
        discussion: """
            Sets spec.paused: sizes, steps and traffic stay as they are, and a new version waits, until resume.

              rollout-render runtime pause web api

            \(OperationHelp.exitCodes)
            """)

    @OptionGroup var rollouts: RolloutNames
    @OptionGroup var options: OperationOptions

    nonisolated(nonsending) mutating func perform() async throws {
        try await options.perform(PauseOperation(), on: try rollouts.names())
    }
}
