import ArgumentParser
import ManifestKit
import RolloutRuntime

/// `rollout-render runtime get`: a Rollout and what belongs to it.
struct RuntimeGetCommand: ParsableCommand, ConcurrentCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Show a Rollout, why it is as it is, and all that belongs to it.",
        discussion: """
            Shows the phase and in one line what the Rollout waits for or what is wrong, the step, the weights, the \
            versions, and the tree of revisions, ReplicaSets, pods, AnalysisRuns and Experiments. Pods in trouble come \
            first and say why. Older revisions without pods, and pods beyond the tenth of a version, are folded.

              rollout-render runtime get web
              rollout-render runtime get web -n shop --watch
              rollout-render runtime get web -o json

            With --watch the picture follows the cluster until Ctrl-C, and until the Rollout is deleted. Where \
            standard output is no terminal, every change is written below the one before.

            The exit code is 0, or 2 where there is no such Rollout or the cluster cannot be read.
            """)

    @OptionGroup var argument: RolloutArgument

    @Flag(name: .shortAndLong, help: "Follow the Rollout until Ctrl-C.")
    var watch = false

    @Flag(name: .shortAndLong, help: "Fold nothing.")
    var all = false

    @OptionGroup var options: OverviewOptions
    @OptionGroup var access: ClusterAccessOptions

    mutating func run() throws {}

    nonisolated(nonsending) mutating func perform() async throws {
        let command = self
        try await access.withCluster { cluster, namespace in
            let name = ObjectName(namespace: namespace, name: try command.argument.name())
            let rollout = try await RolloutWatch(name, transport: cluster.transport)
            if command.watch {
                try await command.follow(rollout, name)
            } else {
                try await rollout.read()
                try command.write(rollout, name)
            }
        }
    }

    private func write(_ rollout: RolloutWatch, _ name: ObjectName) throws {
        guard let objects = rollout.objects else { throw DeletedRollout(name: name) }
        let overview = RolloutOverview(objects)
        let output = OverviewOutput(options)
        if options.output.isData {
            try output.write(overview.json)
        } else {
            try output.write(RolloutTreeView.lines(of: overview, style: options.style(showsAll: all), now: .current))
        }
        for complaint in rollout.complaints { StandardError.write(PlainText.shown(complaint)) }
    }

    private nonisolated(nonsending) func follow(_ rollout: RolloutWatch, _ name: ObjectName) async throws {
        var output = OverviewOutput(options)
        defer { output.end() }
        var isDeleted = false
        _ = try await rollout.follow {
            guard let objects = rollout.objects else {
                isDeleted = true
                return true
            }
            let overview = RolloutOverview(objects)
            guard !options.output.isData else {
                try output.show(overview.json)
                return false
            }
            let style = options.style(showsAll: all)
            let complaints = rollout.complaints
            // First, for the end may not fit the terminal.
            let lines = complaints.flatMap { StyledText.complaint($0, width: style.width) }
                + RolloutTreeView.lines(of: overview, style: style, now: .current)
            try output.show(lines, key: "\(overview)\(complaints)", time: .current)
            return false
        }
        if isDeleted { throw DeletedRollout(name: name) }
    }
}

/// A Rollout went away while somebody looked at it.
struct DeletedRollout: Error, CustomStringConvertible {
    var name: ObjectName
    var description: String { "Rollout \(name.name) in namespace \(name.namespace) was deleted" }
}

extension KubernetesTime {
    /// The time of this machine.
    static var current: KubernetesTime { ScaledClock().time }
}
