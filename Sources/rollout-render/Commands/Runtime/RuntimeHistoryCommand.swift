import ArgumentParser
import ManifestKit
import RolloutRuntime

/// `rollout-render runtime history`: the versions that a Rollout has had.
struct RuntimeHistoryCommand: ParsableCommand, ConcurrentCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "List the versions that a Rollout has had, or show one of them.",
        discussion: """
            Lists the revisions whose ReplicaSets are still there, the newest first: their images, their age, why they \
            were made (the annotation kubernetes.io/change-cause), and which is stable, canary, active or preview, was \
            aborted, or came back under a new number.

              rollout-render runtime history web
              rollout-render runtime history web --revision 3

            With --revision it prints the pod template of that revision.

            The exit code is 0, or 2 where there is no such Rollout or revision or the cluster cannot be read.
            """)

    @OptionGroup var argument: RolloutArgument

    @Option(help: ArgumentHelp("Show the pod template of this revision.", valueName: "number"))
    var revision: Int?

    @OptionGroup var options: OverviewOptions
    @OptionGroup var access: ClusterAccessOptions

    mutating func run() throws {}

    nonisolated(nonsending) mutating func perform() async throws {
        let command = self
        try await access.withCluster { cluster, namespace in
            let name = ObjectName(namespace: namespace, name: try command.argument.name())
            let rollout = try await RolloutWatch(name, transport: cluster.transport)
            try await rollout.read()
            guard let objects = rollout.objects else { throw DeletedRollout(name: name) }
            try command.write(RolloutHistory(objects))
            for complaint in rollout.complaints { StandardError.write(PlainText.shown(complaint)) }
        }
    }

    private func write(_ history: RolloutHistory) throws {
        let output = OverviewOutput(options)
        guard let revision else {
            if options.output.isData { return try output.write(history.json) }
            return try output.write(RolloutHistoryView.lines(of: history, style: options.style(), now: .current))
        }
        guard let entry = history.entry(ofRevision: revision) else {
            throw MissingRevision(revision: revision, rollout: history.name, known: history.entries.map(\.revision))
        }
        if options.output == .json { return try output.write(entry.template) }
        if options.output != .yaml {
            let fate = entry.fate.isEmpty ? "" : " (\(entry.fate))"
            let name = "# revision \(entry.revision) of \(history.name)\(fate): ReplicaSet \(entry.replicaSet.name)"
            try output.write([StyledLine(name, .dim)])
        }
        try StandardOutput.write(YAMLEmitter.text(entry.template))
    }
}

/// A Rollout has no such revision, or not any more.
struct MissingRevision: Error, CustomStringConvertible {
    var revision: Int
    var rollout: String
    var known: [Int]

    var description: String {
        let list = known.map { String($0) }.joined(separator: ", ")
        let rest = known.isEmpty ? "it has none" : "it has \(list)"
        return "Rollout '\(rollout)' has no revision \(revision) any more or yet; \(rest)"
    }
}
