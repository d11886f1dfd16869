import ArgumentParser
import ManifestKit

/// `rollout-render runtime promote`: lets an update go on.
struct RuntimePromoteCommand: ConcurrentCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Let an update go on that waits for a person, or take it to its end.",
        discussion: """
            Ends the pause that a Rollout waits at. An update that is at an analysis or an experiment goes past it.

              rollout-render runtime promote web
              rollout-render runtime promote web --full

            --full goes to the new version without the steps, pauses and analyses that are left. It is refused where \
            the Rollout does not wait: when a step is on its way, --skip-current-step goes past it.

            \(OperationHelp.exitCodes)
            """)

    @OptionGroup var rollouts: RolloutNames

    @Flag(help: "Go to the end, without the steps, pauses and analyses that are left.")
    var full = false

    @Flag(name: [.customShort("c"), .long], help: "Go past the current step, whatever it waits for.")
    var skipCurrentStep = false

    @Flag(name: [.customShort("a"), .long], help: "Go past all steps that are left.")
    var skipAllSteps = false

    @OptionGroup var options: OperationOptions

    func validate() throws {
        if [full, skipCurrentStep, skipAllSteps].count(where: { $0 }) > 1 {
            throw ValidationError("--full, --skip-current-step and --skip-all-steps exclude each other")
        }
    }

    nonisolated(nonsending) mutating func perform() async throws {
        let extent: PromoteOperation.Extent =
            full ? .full : skipCurrentStep ? .currentStep : skipAllSteps ? .allSteps : .next
        try await options.perform(PromoteOperation(extent), on: try rollouts.names())
    }
}
