import ArgumentParser
import ManifestKit

/// `rollout-render runtime retry`: begins an aborted update again.
struct RuntimeRetryCommand: ConcurrentCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Begin an aborted update again.",
        discussion: """
            The update to the version that the manifest asks for begins again at its first step.

              rollout-render runtime retry web
              rollout-render runtime retry rollout web api

            It is refused where the Rollout is not aborted.

            \(OperationHelp.exitCodes)
            """)

    @Argument(help: ArgumentHelp(
        "The Rollouts, by name or as rollout/name; the word rollout may stand before them.", valueName: "rollout"))
    var rollouts: [String]

    @OptionGroup var options: OperationOptions

    func validate() throws { _ = try names() }

    nonisolated(nonsending) mutating func perform() async throws {
        try await options.perform(RetryOperation(), on: try names())
    }

    /// The names behind the word `rollout`, which the reference's command line wants there.
    private func names() throws -> [String] {
        var names = rollouts
        if names.count > 1, let first = names.first?.lowercased() {
            if ["ro", "rollout", "rollouts"].contains(first) { names.removeFirst() }
            if ["exp", "experiment", "experiments"].contains(first) {
                throw ValidationError("experiments cannot be retried yet; retry takes Rollouts")
            }
        }
        var seen: Set<String> = []
        return try names.map(RolloutNames.name).filter { seen.insert($0).inserted }
    }
}
