/// The tree below a Rollout: revisions, and in them ReplicaSets, pods, runs and experiments.
struct OverviewTree {
    /// A row with what is below it.
    struct Node {
        /// The cells of the columns; the tree's lines are put before the first.
        var cells: [StyledLine]
        /// What is said below the row.
        var notes: [(text: String, style: TextStyle)] = []
        /// What is below it.
        var children: [Node] = []
    }

    let overview: RolloutOverview
    let style: OverviewStyle
    let now: KubernetesTime

    /// The most pods of one ReplicaSet that are shown one by one.
    static let podLimit = 10
    /// The most runs of one revision that are shown although they went well.
    static let runLimit = 3

    /// The lines of the tree.
    var lines: [StyledLine] {
        let whole = table(hasShortNames: false)
        guard let width = style.width else { return whole.rows.isEmpty ? [] : whole.lines(width: nil) }
        guard !whole.rows.isEmpty else { return [] }
        return (whole.naturalWidth > width ? table(hasShortNames: true) : whole).lines(width: width)
    }

    /// The number of revisions that are left out.
    var foldedRevisions: Int { overview.revisions.count - shownRevisions.count }

    private var shownRevisions: [RolloutOverview.Revision] {
        guard !style.showsAll else { return overview.revisions }
        return overview.revisions.enumerated().filter { place, revision in
            place == 0 || revision.replicaSets.contains { $0.isScaledUp || !$0.roles.isEmpty }
                || revision.experiments.contains { !$0.isDone || $0.replicaSets.contains(where: \.isScaledUp) }
                || revision.analysisRuns.contains { !$0.isDone }
        }.map(\.element)
    }

    private func table(hasShortNames: Bool) -> TextTable {
        var table = TextTable(columns: [
            TextTable.Column("NAME", leastWidth: 14), TextTable.Column("STATUS", leastWidth: 12),
            TextTable.Column("READY", isRightAligned: true, expendability: 1),
            TextTable.Column("RESTARTS", isRightAligned: true, expendability: 2),
            TextTable.Column("AGE", isRightAligned: true, expendability: 3),
        ])
        if style.isWide {
            table.columns += [
                TextTable.Column("NODE", expendability: 5), TextTable.Column("ADDRESS", expendability: 6),
                TextTable.Column("IMAGES", expendability: 4, leastWidth: 20),
            ]
        }
        let builder = OverviewNodes(style: style, now: now, hasShortNames: hasShortNames)
        for revision in shownRevisions { Self.add(builder.node(of: revision), to: &table, first: "", rest: "") }
        return table
    }

    /// Adds a node and all below it; `first` is drawn before its row, `rest` before what follows.
    private static func add(_ node: Node, to table: inout TextTable, first: String, rest: String) {
        var cells = node.cells
        var name = StyledLine(first, .dim)
        name.append(cells[0])
        cells[0] = name
        table.rows.append(.cells(cells))
        let indent = StyledLine(rest + (node.children.isEmpty ? "   " : "│  "), .dim)
        for note in node.notes { table.rows.append(.note(indent: indent, text: note.text, style: note.style)) }
        for (place, child) in node.children.enumerated() {
            let isLast = place == node.children.count - 1
            let (branch, below) = isLast ? ("└─ ", "   ") : ("├─ ", "│  ")
            add(child, to: &table, first: rest + branch, rest: rest + below)
        }
    }
}

/// Makes the nodes of the tree.
struct OverviewNodes {
    let style: OverviewStyle
    let now: KubernetesTime
    /// Whether pods are named by what tells them apart from others of their ReplicaSet.
    let hasShortNames: Bool

    func node(of revision: RolloutOverview.Revision) -> OverviewTree.Node {
        let title = revision.number.map { "revision \($0)" } ?? "without a revision"
        var children = revision.replicaSets.map { node(of: $0) }
        children += revision.experiments.map { node(of: $0) }
        children += nodes(of: revision.analysisRuns)
        return OverviewTree.Node(cells: cells(StyledLine(title, .bold)), children: children)
    }

    private func cells(
        _ name: StyledLine, status: StyledLine = StyledLine(), ready: String = "", restarts: Int = 0,
        since: KubernetesTime? = nil, node: String = "", address: String = "", images: [String] = []
    ) -> [StyledLine] {
        [
            name, status, StyledLine(ready), StyledLine(restarts > 0 ? String(restarts) : "", .caution),
            StyledLine(ElapsedTime.since(since, now: now)), StyledLine(node), StyledLine(address),
            StyledLine(images.joined(separator: ", ")),
        ]
    }

    // MARK: ReplicaSets and pods

    private func node(of replicaSet: ReplicaSetOverview) -> OverviewTree.Node {
        var roles = StyledLine()
        for (place, role) in replicaSet.roles.enumerated() {
            roles.append(place == 0 ? "" : ",", .dim)
            roles.append(role.rawValue, OverviewSigns.style(of: role))
        }
        if !replicaSet.experimentTemplate.isEmpty { roles.append(replicaSet.experimentTemplate, .accent) }
        // Of a name that is cut the part that it plays is what must be left.
        var name = StyledLine(replicaSet.name)
        if !roles.isEmpty, hasShortNames {
            name = roles
            name.append("  \(replicaSet.name)")
        } else if !roles.isEmpty {
            name.append("  ")
            name.append(roles)
        }
        var status = OverviewSigns.line(OverviewSigns.of(replicaSet.state), word(of: replicaSet))
        if let moment = replicaSet.scaleDownAt, replicaSet.isScaledUp {
            let seconds = now.seconds(until: moment)
            status.append(seconds > 0 ? ", ends in \(ElapsedTime.text(seconds))" : ", ends now", .dim)
        }
        let ready = replicaSet.isScaledUp ? "\(replicaSet.ready)/\(replicaSet.wanted)" : ""
        var node = OverviewTree.Node(cells: cells(
            name, status: status, ready: ready, since: replicaSet.createdAt, images: replicaSet.images))
        if !replicaSet.failure.isEmpty { node.notes.append((replicaSet.failure, .bad)) }
        node.children = nodes(of: replicaSet.pods, named: replicaSet.name)
        return node
    }

    private func word(of replicaSet: ReplicaSetOverview) -> String {
        switch replicaSet.state {
        case .scaledDown: return "No pods"
        case .failing: return replicaSet.failure.isEmpty ? "Failing pods" : "No new pods"
        case .healthy: return "Healthy"
        case .progressing:
            return replicaSet.wanted < replicaSet.current ? "Scaling down" : "Progressing"
        }
    }

    /// Pods in trouble are always shown first; of many that are well only some.
    private func nodes(of pods: [PodOverview], named owner: String) -> [OverviewTree.Node] {
        let limit = style.showsAll ? pods.count : OverviewTree.podLimit
        // Folding one pod would not save a line.
        let shown = pods.count <= limit + 1 ? pods[...] : pods.prefix(limit)
        var said: Set<String> = []
        var nodes = shown.map { pod in
            let node = node(of: pod, owner: owner, isRepeated: said.contains(pod.message))
            said.insert(pod.message)
            return node
        }
        let rest = pods.dropFirst(shown.count)
        guard !rest.isEmpty else { return nodes }
        let ready = rest.count { $0.health == .ready }
        nodes.append(OverviewTree.Node(
            cells: cells(StyledLine("\(rest.count) more pods", .dim), ready: "\(ready)/\(rest.count)")))
        return nodes
    }

    private func node(of pod: PodOverview, owner: String, isRepeated: Bool) -> OverviewTree.Node {
        var name = pod.name
        if hasShortNames, name.hasPrefix(owner + "-") { name = "…" + name.dropFirst(owner.count) }
        var node = OverviewTree.Node(cells: cells(
            StyledLine(name), status: OverviewSigns.line(OverviewSigns.of(pod.health), pod.status),
            ready: "\(pod.readyContainers)/\(pod.containers)", restarts: pod.restarts, since: pod.createdAt,
            node: pod.node, address: pod.address))
        if !pod.message.isEmpty, !isRepeated {
            node.notes.append((pod.message, pod.health == .failing ? .bad : .dim))
        }
        return node
    }

    // MARK: Runs and experiments

    /// Runs: all that did not go well, and the last few of the others.
    private func nodes(of runs: [AnalysisRunOverview]) -> [OverviewTree.Node] {
        let good = runs.count { $0.phase == "Successful" }
        var hidden = style.showsAll ? 0 : max(0, good - OverviewTree.runLimit)
        let count = hidden
        var nodes: [OverviewTree.Node] = []
        for run in runs {
            if run.phase == "Successful", hidden > 0 { hidden -= 1 } else { nodes.append(node(of: run)) }
        }
        if count > 0 {
            nodes.append(OverviewTree.Node(cells: cells(StyledLine("\(count) more successful runs", .dim))))
        }
        return nodes
    }

    private func node(of run: AnalysisRunOverview) -> OverviewTree.Node {
        var name = StyledLine(run.name)
        name.append(run.purpose.isEmpty ? "  analysis" : "  \(run.purpose) analysis", .accent)
        var node = OverviewTree.Node(cells: cells(
            name, status: OverviewSigns.line(OverviewSigns.of(analysis: run.phase), run.phase), ready: counts(of: run),
            since: run.createdAt))
        if !run.message.isEmpty { node.notes.append((run.message, run.phase == "Successful" ? .dim : .bad)) }
        if !run.isDone, !run.progress.isEmpty { node.notes.append((run.progress, .dim)) }
        node.children = run.jobs.suffix(style.showsAll ? run.jobs.count : OverviewTree.runLimit).map { job in
            var child = OverviewTree.Node(cells: cells(
                StyledLine(job.name), status: OverviewSigns.line(OverviewSigns.of(analysis: job.phase), job.phase),
                since: job.startedAt))
            if !job.message.isEmpty { child.notes.append((job.message, .dim)) }
            return child
        }
        return node
    }

    /// Measurements that came out well, of all: `4/5`.
    private func counts(of run: AnalysisRunOverview) -> String {
        let all = run.successful + run.failed + run.inconclusive + run.errors
        return all == 0 ? "" : "\(run.successful)/\(all)"
    }

    private func node(of experiment: ExperimentOverview) -> OverviewTree.Node {
        var name = StyledLine(experiment.name)
        name.append("  experiment", .accent)
        var node = OverviewTree.Node(cells: cells(
            name, status: OverviewSigns.line(OverviewSigns.of(analysis: experiment.phase), experiment.phase),
            since: experiment.createdAt))
        if !experiment.message.isEmpty { node.notes.append((experiment.message, .dim)) }
        for template in experiment.templates where !template.message.isEmpty {
            node.notes.append(("\(template.name): \(template.message)", .bad))
        }
        let versions = experiment.replicaSets.filter { style.showsAll || !experiment.isDone || $0.isScaledUp }
        node.children = versions.map { self.node(of: $0) } + nodes(of: experiment.analysisRuns)
        return node
    }
}
