import ArgumentParser

/// `rollout-render runtime`: what runs until it is stopped.
struct RuntimeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runtime",
        abstract: "Run the controller for Rollouts, look at them, or run a Kubernetes cluster in memory.",
        subcommands: [
            RuntimeClusterCommand.self,
            RuntimeGetCommand.self,
            RuntimeHistoryCommand.self,
            RuntimeInstallCommand.self,
            RuntimeListCommand.self,
            RuntimeRunCommand.self,
            RuntimeStatusCommand.self,
        ])
}
