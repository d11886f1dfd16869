import ArgumentParser

/// The program: a list of its commands.
@main
struct RolloutRender: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollout-render",
        abstract: "Validates, converts and renders Argo Rollouts, offline.",
        version: Version.text,
        subcommands: [
            ConvertCommand.self,
            HashCommand.self,
            RenderCommand.self,
            RulesCommand.self,
            ValidateCommand.self,
        ])
}

/// The program's version.
enum Version {
    /// What `--version` prints.
    static let text = "0.1.0"
}
