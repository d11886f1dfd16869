import ArgumentParser

/// Where the program starts and ends.
@main
enum Program {
    @MainActor static func main() async {
        StandardOutput.survivesBrokenPipe()
        do {
            let arguments = CommandLine.arguments.dropFirst().map { LeaderElectionOptions.spellings[$0] ?? $0 }
            var command = try RolloutRender.parseAsRoot(arguments)
            if var concurrent = command as? any ConcurrentCommand {
                try await concurrent.perform()
            } else if var waiting = command as? any AsyncParsableCommand {
                try await waiting.run()
            } else {
                try command.run()
            }
        } catch {
            end(error)
        }
    }

    /// Says why the program ends, and ends it: with the code that a command asks for, else 2.
    static func end(_ error: any Error) -> Never {
        let message = RolloutRender.fullMessage(for: error)
        let code = RolloutRender.exitCode(for: error)
        let isMistake = code != .success && !(error is ExitCode)
        if !message.isEmpty {
            if isMistake { StandardError.write(message) } else { try? StandardOutput.write(message + "\n") }
        }
        RolloutRender.exit(withError: isMistake ? ExitCode(ExitStatus.unusable) : code)
    }
}

/// A command that may use several cores.
///
/// It starts on the main thread, which ArgumentParser's own protocol would leave: for little input no thread is made.
protocol ConcurrentCommand: ParsableCommand {
    /// Does what the command is for.
    nonisolated(nonsending) mutating func perform() async throws
}

/// What the program tells its caller.
enum ExitStatus {
    /// Nothing found.
    static let clean: Int32 = 0
    /// Findings of the level that `--fail-on` names.
    static let findings: Int32 = 1
    /// Wrong usage, or input that cannot be read.
    static let unusable: Int32 = 2
    /// The time to wait was over before what was waited for.
    static let outOfTime: Int32 = 3
    /// Somebody ended the wait, as shells number it.
    static let interrupted: Int32 = 130
}

/// The command line: a list of its commands.
struct RolloutRender: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollout-render",
        abstract: "Validates, converts, renders and simulates Argo Rollouts, offline.",
        discussion: """
            Every command reads files, folders and, for -, standard input. Only those under runtime speak to a \
            cluster, and analyze to the servers that metrics come from.

              rollout-render validate deploy/
              helm template ./chart | rollout-render validate -
              rollout-render convert --strategy canary deployment.yaml
              rollout-render render rollout.yaml
              rollout-render simulate rollout.yaml

            The exit code is 0 when all is well, 1 when something was found, and 2 for wrong usage or input that \
            cannot be read.
            """,
        version: Version.text,
        subcommands: [
            AnalyzeCommand.self,
            ConvertCommand.self,
            HashCommand.self,
            RenderCommand.self,
            RulesCommand.self,
            RuntimeCommand.self,
            SimulateCommand.self,
            ValidateCommand.self,
        ])
}

/// The program's version.
enum Version {
    /// What `--version` prints.
    static let text = "0.1.0"
}
