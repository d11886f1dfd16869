import ArgumentParser
import ManifestKit

/// `rollout-render runtime restart`: replaces all pods by new ones of the same version.
struct RuntimeRestartCommand: ConcurrentCommand {
    static let configuration = CommandConfiguration(
        commandName: "restart",
        abstract: "Replace all pods by new ones of the same version, a few at a time.",
        discussion: """
            Sets spec.restartAt: pods that were made before that moment are replaced, as many at a time as \
            maxUnavailable allows. There is no new revision, and no steps are gone through.

              rollout-render runtime restart web
              rollout-render runtime restart web --in 10m

            \(OperationHelp.exitCodes)
            """)

    @OptionGroup var rollouts: RolloutNames

    @Option(name: [.customShort("i"), .customLong("in")], help: ArgumentHelp(
        "How long to wait before it, such as 30s, 5m or 1h.", valueName: "duration"))
    var delay: String?

    @OptionGroup var options: OperationOptions

    func validate() throws { _ = try delaySeconds() }

    nonisolated(nonsending) mutating func perform() async throws {
        try await options.perform(RestartOperation(delaySeconds: try delaySeconds()), on: try rollouts.names())
    }

    /// A bare number is one of seconds.
    private func delaySeconds() throws -> Int {
        guard let delay else { return 0 }
        guard case .success(let seconds) = GoDuration.pauseSeconds(delay), seconds >= 0 else {
            throw ValidationError("'\(delay)' is no duration; write one such as 30s, 5m or 1h")
        }
        return Int(seconds)
    }
}
