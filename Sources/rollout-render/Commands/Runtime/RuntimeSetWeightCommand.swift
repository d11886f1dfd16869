import ArgumentParser
import ManifestKit

/// `rollout-render runtime set-weight`: says why there is no such thing, to those who look for it.
struct RuntimeSetWeightCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-weight",
        abstract: "Refused: a weight comes from the steps of the manifest, and the controller would take it back.",
        discussion: """
            The controller works out the canary's share of the traffic from the step that an update is at, and sets \
            it again whenever somebody changes it. Change the steps, or where the update stands in them.
            """)

    @Argument(help: "What would have been changed.")
    var arguments: [String] = []

    mutating func run() throws {
        let name = PlainText.shown(arguments.first ?? "ROLLOUT")
        StandardError.write("""
            error: weights are not set by hand: the controller works them out from the step that the update is at, and \
            would take yours back at once.
              to go on to the next step:   rollout-render runtime promote \(name)
              to give all traffic to the new version:   rollout-render runtime promote \(name) --full
              to give all traffic to the stable version:   rollout-render runtime abort \(name)
              to hold the update where it is:   rollout-render runtime pause \(name)
              for another weight: change `setWeight` in the steps of the manifest, see what comes of it with \
            `rollout-render render`, and apply it; an update under way then begins again at its first step
            """)
        throw ExitCode(ExitStatus.findings)
    }
}
