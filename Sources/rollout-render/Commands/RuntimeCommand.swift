import ArgumentParser

/// `rollout-render runtime`: what runs until it is stopped.
struct RuntimeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runtime",
        abstract: "Run a Kubernetes cluster of its own on this machine.",
        subcommands: [
            RuntimeClusterCommand.self,
        ])
}
