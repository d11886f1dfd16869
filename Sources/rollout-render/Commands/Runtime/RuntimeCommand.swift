import ArgumentParser

/// `rollout-render runtime`: what has to do with a cluster.
struct RuntimeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runtime",
        abstract: "Run the controller for Rollouts or a cluster in memory, and see and operate Rollouts in a cluster.",
        subcommands: [
            RuntimeAbortCommand.self,
            RuntimeApplyCommand.self,
            RuntimeClusterCommand.self,
            RuntimeGetCommand.self,
            RuntimeHistoryCommand.self,
            RuntimeInstallCommand.self,
            RuntimeListCommand.self,
            RuntimePauseCommand.self,
            RuntimePromoteCommand.self,
            RuntimeRestartCommand.self,
            RuntimeResumeCommand.self,
            RuntimeRetryCommand.self,
            RuntimeRunCommand.self,
            RuntimeSetImageCommand.self,
            RuntimeSetWeightCommand.self,
            RuntimeStatusCommand.self,
            RuntimeTerminateCommand.self,
            RuntimeUndoCommand.self,
        ])
}
