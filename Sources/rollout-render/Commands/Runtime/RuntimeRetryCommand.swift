import ArgumentParser
import ManifestKit

/// `rollout-render runtime retry`: begins an aborted update, or an Experiment, again.
struct RuntimeRetryCommand: ConcurrentCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Begin an aborted update, or an Experiment that has ended, again.",
        discussion: """
            The update to the version that the manifest asks for begins again at its first step.

              rollout-render runtime retry web
              rollout-render runtime retry rollout web api
              rollout-render runtime retry experiment web-7f9c-2-0

            It is refused where the Rollout is not aborted, or the Experiment has not ended.

            \(OperationHelp.exitCodes)
            """)

    @Argument(help: ArgumentHelp(
        "The Rollouts, by name or as rollout/name; the word rollout or experiment may stand before the names.",
        valueName: "rollout"))
    var rollouts: [String]

    @OptionGroup var options: OperationOptions

    func validate() throws { if try experiments() == nil { _ = try names() } }

    nonisolated(nonsending) mutating func perform() async throws {
        if let experiments = try experiments() {
            try await options.perform(.retry, on: experiments)
        } else {
            try await options.perform(RetryOperation(), on: try names())
        }
    }

    /// The Experiments, where the words name some.
    private func experiments() throws -> [(kind: Trial.Kind, name: String)]? {
        try TrialNames.read(rollouts, kinds: [.experiment])
    }

    /// The names behind the word `rollout`, which the reference's command line wants there.
    private func names() throws -> [String] {
        var names = rollouts
        if names.count > 1, ["ro", "rollout", "rollouts"].contains(names[0].lowercased()) { names.removeFirst() }
        var seen: Set<String> = []
        return try names.map(RolloutNames.name).filter { seen.insert($0).inserted }
    }
}
