/// Shows many Rollouts, a row each.
public enum RolloutListView {
    /// The lines, each within the style's width.
    ///
    /// - Parameter hasNamespaces: Whether rows name their namespace.
    public static func lines(
        of overviews: [RolloutOverview], hasNamespaces: Bool, style: OverviewStyle, now: KubernetesTime
    ) -> [StyledLine] {
        var table = TextTable(columns: [
            TextTable.Column("NAMESPACE", leastWidth: 10), TextTable.Column("NAME", leastWidth: 20),
            TextTable.Column("STRATEGY", expendability: 9),
            TextTable.Column("STATUS", usualWidth: "◌ Progressing".count),
            TextTable.Column("STEP", isRightAligned: true, expendability: 3),
            TextTable.Column("SET", isRightAligned: true, expendability: 6),
            TextTable.Column("ACTUAL", isRightAligned: true, expendability: 4),
            TextTable.Column("READY", isRightAligned: true, expendability: 2),
            TextTable.Column("DESIRED", isRightAligned: true, expendability: 10),
            TextTable.Column("UP-TO-DATE", isRightAligned: true, expendability: 12),
            TextTable.Column("AVAILABLE", isRightAligned: true, expendability: 11),
            TextTable.Column("AGE", isRightAligned: true, expendability: 7, usualWidth: 5),
            TextTable.Column("WAITS FOR", expendability: 1, leastWidth: 28),
        ])
        table.rows = overviews.map { .cells(cells(of: $0, now: now)) }
        if !hasNamespaces {
            table.columns.removeFirst()
            table.rows = table.rows.map { row in
                if case .cells(let cells) = row { .cells(Array(cells.dropFirst())) } else { row }
            }
        }
        return table.lines(width: style.width)
    }

    private static func cells(of overview: RolloutOverview, now: KubernetesTime) -> [StyledLine] {
        let pods = overview.replicas
        let weight = overview.weight
        return [
            StyledLine(overview.namespace), StyledLine(overview.name), StyledLine(overview.kind.word),
            OverviewSigns.line(OverviewSigns.of(overview.phase), overview.phase.rawValue),
            StyledLine(overview.step.map { "\($0.index)/\($0.count)" } ?? ""),
            StyledLine(weight.map { $0.text($0.set) } ?? ""), StyledLine(weight?.actualText ?? ""),
            StyledLine("\(pods.ready)/\(pods.current)", pods.ready < pods.desired ? .caution : .plain),
            StyledLine(String(pods.desired)), StyledLine(String(pods.updated)), StyledLine(String(pods.available)),
            StyledLine(ElapsedTime.since(overview.createdAt, now: now)),
            StyledLine(overview.waiting?.text(now: now) ?? ""),
        ]
    }

    /// How many are how: `12 Rollouts: 9 healthy, 2 paused, 1 degraded`.
    public static func summary(of overviews: [RolloutOverview]) -> String {
        let phases: [RolloutStatus.Phase] = [.healthy, .progressing, .paused, .degraded]
        let counts = phases.compactMap { phase -> String? in
            let count = overviews.count { $0.phase == phase }
            return count == 0 ? nil : "\(count) \(phase.rawValue.lowercased())"
        }
        let noun = overviews.count == 1 ? "1 Rollout" : "\(overviews.count) Rollouts"
        return "\(noun): \(counts.joined(separator: ", "))"
    }
}
