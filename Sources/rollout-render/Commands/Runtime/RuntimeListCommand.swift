import ArgumentParser
import ManifestKit
import RolloutRuntime

/// `rollout-render runtime list`: the Rollouts of a namespace or of all.
struct RuntimeListCommand: ParsableCommand, ConcurrentCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List Rollouts: how each is, its step and weights, and what it waits for.",
        discussion: """
            SET is the share of the new version that the steps ask for, ACTUAL the one that the routers have. Where no \
            router divides the traffic it is worked out from the counts of pods, and marked with ~.

              rollout-render runtime list
              rollout-render runtime list --all-namespaces --watch
              rollout-render runtime list -A -o json | jq '.items[] | select(.phase == "Degraded") | .name'

            With --watch the list follows the cluster until Ctrl-C; where standard output is no terminal, a row is \
            written for each Rollout that changes.

            The exit code is 0, or 2 where the cluster cannot be read.
            """)

    @Flag(name: [.customShort("A"), .long], help: "List the Rollouts of all namespaces.")
    var allNamespaces = false

    @Option(
        name: [.customShort("l"), .long],
        help: ArgumentHelp("List only Rollouts with these labels, as team=shop,tier!=db.", valueName: "labels"))
    var selector: String?

    @Flag(name: .shortAndLong, help: "Follow the list until Ctrl-C.")
    var watch = false

    @OptionGroup var options: OverviewOptions
    @OptionGroup var access: ClusterAccessOptions

    mutating func run() throws {}

    nonisolated(nonsending) mutating func perform() async throws {
        let command = self
        try await access.withCluster { cluster, namespace in
            let list = RolloutListWatch(
                namespace: command.allNamespaces ? "" : namespace, transport: cluster.transport,
                labelSelector: command.selector)
            try await list.read()
            if command.watch {
                try await command.follow(list, namespace)
            } else {
                try command.write(list, namespace)
            }
        }
    }

    private func write(_ list: RolloutListWatch, _ namespace: String) throws {
        let overviews = list.objects.map { RolloutOverview(summaryOf: $0) }
        let output = OverviewOutput(options)
        if options.output.isData { return try output.write(Self.json(overviews)) }
        guard !overviews.isEmpty else { return StandardError.write(nothing(namespace)) }
        try output.write(lines(overviews))
        if StandardOutput.isTerminal { StandardError.write(RolloutListView.summary(of: overviews)) }
    }

    private nonisolated(nonsending) func follow(_ list: RolloutListWatch, _ namespace: String) async throws {
        var output = OverviewOutput(options)
        defer { output.end() }
        var rows = ChangedRows(hasNamespaces: allNamespaces)
        var complaint: String?
        _ = try await list.follow {
            let overviews = list.objects.map { RolloutOverview(summaryOf: $0) }
            if list.complaint != complaint, !output.redraws {
                complaint = list.complaint
                if let complaint { StandardError.write(PlainText.shown(complaint)) }
            }
            if options.output.isData {
                try output.show(Self.json(overviews))
            } else if output.redraws {
                var lines = overviews.isEmpty ? [StyledLine(nothing(namespace))] : lines(overviews)
                lines.append(StyledLine(RolloutListView.summary(of: overviews), .dim))
                if let complaint = list.complaint {
                    lines = StyledText.complaint(complaint, width: Terminal.width) + lines
                }
                try output.show(lines, key: "", time: .current)
            } else {
                try output.write(rows.lines(overviews, now: .current))
            }
            return false
        }
    }

    private func lines(_ overviews: [RolloutOverview]) -> [StyledLine] {
        RolloutListView.lines(
            of: overviews, hasNamespaces: allNamespaces, style: options.style(), now: .current)
    }

    private func nothing(_ namespace: String) -> String {
        let place = allNamespaces ? "in this cluster" : "in namespace '\(namespace)'"
        return selector == nil ? "there are no Rollouts \(place)" : "there are no Rollouts with these labels \(place)"
    }

    private static func json(_ overviews: [RolloutOverview]) -> JSONValue {
        ["items": .array(overviews.map(\.summaryJSON))]
    }
}

/// Rows for Rollouts that have changed, below the rows before, in columns that stay where they are.
struct ChangedRows {
    private let hasNamespaces: Bool
    private var known: [String: RolloutOverview] = [:]
    private var isFirst = true

    init(hasNamespaces: Bool) { self.hasNamespaces = hasNamespaces }

    /// The lines to add: titles and all rows at first, then what has changed.
    mutating func lines(_ overviews: [RolloutOverview], now: KubernetesTime) -> [StyledLine] {
        let changed = overviews.filter { known[$0.fullName] != $0 }
        let names = Set(overviews.map(\.fullName))
        let gone = known.keys.filter { !names.contains($0) }.sorted()
        defer {
            known = Dictionary(uniqueKeysWithValues: overviews.map { ($0.fullName, $0) })
            if !overviews.isEmpty { isFirst = false }
        }
        // All rows are laid out and the changed ones taken, so that the columns are as wide as for all.
        let all = RolloutListView.lines(
            of: overviews, hasNamespaces: hasNamespaces, style: OverviewStyle(), now: now)
        guard !isFirst else { return overviews.isEmpty ? [] : all }
        let rows = zip(overviews, all.dropFirst()).filter { overview, _ in changed.contains(overview) }.map(\.1)
        return rows + gone.map { StyledLine("\($0) was deleted") }
    }
}
