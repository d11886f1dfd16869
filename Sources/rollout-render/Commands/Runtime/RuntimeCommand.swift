import ArgumentParser

/// `rollout-render runtime`: what runs until it is stopped.
struct RuntimeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runtime",
        abstract: "Run the controller for Rollouts, or a Kubernetes cluster in memory.",
        subcommands: [
            RuntimeClusterCommand.self,
            RuntimeInstallCommand.self,
            RuntimeRunCommand.self,
        ])
}
