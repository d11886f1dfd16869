import ArgumentParser
import ManifestKit

/// `rollout-render runtime terminate`: ends an AnalysisRun or an Experiment.
struct RuntimeTerminateCommand: ConcurrentCommand {
    static let configuration = CommandConfiguration(
        commandName: "terminate",
        abstract: "End an AnalysisRun or an Experiment.",
        discussion: """
            An AnalysisRun takes no more measurements and ends with those that it has; an Experiment's analyses end, \
            and its pods go. What a Rollout makes of it depends on what had been measured: abort ends the update itself.

              rollout-render runtime terminate analysisrun web-7f9c-2-1
              rollout-render runtime terminate experiment/web-7f9c-2-0

            It is refused where it has ended already.

            \(OperationHelp.exitCodes)
            """)

    @Argument(help: ArgumentHelp(
        "analysisrun or experiment and then names, or names as analysisrun/name and experiment/name.",
        valueName: "object"))
    var objects: [String]

    @OptionGroup var options: OperationOptions

    func validate() throws { _ = try trials() }

    nonisolated(nonsending) mutating func perform() async throws {
        try await options.perform(.terminate, on: try trials())
    }

    private func trials() throws -> [(kind: Trial.Kind, name: String)] {
        if let trials = try TrialNames.read(objects, kinds: Trial.Kind.allCases) { return trials }
        throw ValidationError(
            "say what is to end: `analysisrun NAME` or `experiment NAME`; `abort` is for Rollouts")
    }
}
