import ArgumentParser
import ManifestKit

/// `rollout-render runtime undo`: makes an earlier version the wanted one again.
struct RuntimeUndoCommand: ConcurrentCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo",
        abstract: "Make the version of an earlier revision the wanted one again.",
        discussion: """
            Puts the pod template of an earlier revision back into the Rollout, or into the workload that it refers \
            to. The way back goes through the steps of an update, unless the version is the stable one or within \
            the rollback window.

              rollout-render runtime undo web
              rollout-render runtime undo web --to-revision 3

            The manifest in your repository still asks for the other version: the next apply brings it back.

            \(OperationHelp.exitCodes)
            """)

    @OptionGroup var argument: RolloutArgument

    @Option(help: ArgumentHelp("The revision; without it, or 0, the one before the newest.", valueName: "number"))
    var toRevision = 0

    @OptionGroup var options: OperationOptions

    func validate() throws {
        if toRevision < 0 { throw ValidationError("a revision is a number above 0") }
    }

    nonisolated(nonsending) mutating func perform() async throws {
        let operation = UndoOperation(revision: toRevision == 0 ? nil : toRevision)
        try await options.perform(operation, on: [try argument.name()])
    }
}
