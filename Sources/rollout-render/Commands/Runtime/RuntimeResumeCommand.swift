import ArgumentParser
import ManifestKit

/// `rollout-render runtime resume`: takes a pause back.
struct RuntimeResumeCommand: ConcurrentCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Let a Rollout go on that was held by pause.",
        discussion: """
            Takes spec.paused back. A pause that is a step of the update is ended by promote and not by this.

              rollout-render runtime resume web

            \(OperationHelp.exitCodes)
            """)

    @OptionGroup var rollouts: RolloutNames
    @OptionGroup var options: OperationOptions

    nonisolated(nonsending) mutating func perform() async throws {
        try await options.perform(ResumeOperation(), on: try rollouts.names())
    }
}
