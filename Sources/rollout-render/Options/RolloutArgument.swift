import ArgumentParser

/// The Rollout that a command is about.
struct RolloutArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The Rollout, by name or as rollout/name.", valueName: "rollout"))
    var rollout: String

    func validate() throws { _ = try name() }

    /// The name alone.
    func name() throws -> String { try RolloutNames.name(rollout) }
}
