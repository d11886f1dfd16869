/// A row a moment, for people at a terminal.
public enum TimelineTable: TimelineView {
    public static let name = "table"
    public static let summary = "a row a moment: events, step, weight, ready pods and phase"

    private static let titles = ["TIME", "EVENT", "STEP", "WEIGHT", "STABLE", "CANARY", "OLD", "PHASE", "MESSAGE"]
    private static let leftAligned: Set<Int> = [1, 2, 7, 8]
    private static let messageColumn = 8
    private static let eventColumn = 1

    public static func text(of timelines: [SimulatedTimeline], style: RenderingStyle) -> String {
        timelines.map { text(of: $0, style: style) }.joined(separator: "\n")
    }

    private static func text(of timeline: SimulatedTimeline, style: RenderingStyle) -> String {
        var titles = titles
        titles[5] = timeline.newVersionName.uppercased()
        let rows = rows(of: timeline)
        let used = titles.indices.filter { column in
            column == 0 || rows.contains { !$0[column].isEmpty && (column != 6 || $0[column] != "0") }
        }
        var widths = titles.indices.map { column in ([titles] + rows).map { $0[column].count }.max() ?? 0 }
        for column in [messageColumn, eventColumn] {
            let whole = used.map { widths[$0] }.reduce(0, +) + 2 * (used.count - 1)
            let least = min(widths[column], column == messageColumn ? 12 : 32)
            if whole > style.width { widths[column] = max(least, widths[column] - (whole - style.width)) }
        }
        var text = paint(heading(of: timeline), "1", style) + "\n"
        text += paint(line(titles, widths, used), "2", style) + "\n"
        for (row, entry) in zip(rows, timeline.entries) {
            text += paint(line(row, widths, used), color(of: entry), style) + "\n"
        }
        for line in analyses(of: timeline) { text += paint(line.text, line.color, style) + "\n" }
        for note in timeline.notes { text += "note: \(RenderingWords.shown(note))\n" }
        for violation in timeline.violations {
            let moment = TimelineWords.moment(violation.seconds)
            let broken = "broken at \(moment): \(violation.invariant): \(RenderingWords.shown(violation.message))"
            text += paint(broken, "31", style) + "\n"
        }
        return text
    }

    /// A line for each analysis: how it ended, and how often each metric came out how.
    private static func analyses(of timeline: SimulatedTimeline) -> [(text: String, color: String)] {
        timeline.analyses.map { analysis in
            let metrics = analysis.metrics.map { "\($0.name) \($0.counts)" }.joined(separator: ", ")
            let text = "\(analysis.title), \(analysis.span): \(analysis.outcome) (\(metrics))"
            return (RenderingWords.shown(text), color(of: analysis.phase))
        }
    }

    private static func color(of phase: AnalysisPhase?) -> String {
        switch phase {
        case .successful: "32"
        case .failed, .error: "31"
        case .inconclusive: "33"
        case .pending, .running, nil: "0"
        }
    }

    private static func heading(of timeline: SimulatedTimeline) -> String {
        let strategy = timeline.strategy == .canary ? "canary" : "blue-green"
        let replicas = timeline.replicas == 1 ? "1 replica" : "\(timeline.replicas) replicas"
        let length = TimelineWords.moment(timeline.duration)
        return RenderingWords.shown("\(timeline.fullName): \(strategy), \(replicas), \(length), \(timeline.outcome)")
    }

    /// A row an entry; what has not changed since the row before is left out.
    private static func rows(of timeline: SimulatedTimeline) -> [[String]] {
        var last: [String] = []
        return timeline.entries.map { entry in
            let state = entry.state
            let full = [
                TimelineWords.moment(entry.seconds), entry.text,
                timeline.shown(step: state), state.weight.map { timeline.shown(weight: $0) } ?? "",
                TimelineWords.pods(state.pods(.stable)), TimelineWords.pods(state.pods(.canary)),
                TimelineWords.pods(state.pods(.old)), state.phase, state.message,
            ].map(RenderingWords.shown)
            defer { last = full }
            guard full.count == last.count else { return full }
            // Step and message repeat for long; numbers are easier to follow where every row has them.
            return full.indices.map { column in
                [2, 8].contains(column) && full[column] == last[column] ? "" : full[column]
            }
        }
    }

    private static func line(_ cells: [String], _ widths: [Int], _ used: [Int]) -> String {
        var line = ""
        for column in used {
            if column != used.first { line += "  " }
            let cell = cut(cells[column], to: widths[column])
            let padding = String(repeating: " ", count: max(0, widths[column] - cell.count))
            line += leftAligned.contains(column) ? cell + padding : padding + cell
        }
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }

    private static func cut(_ text: String, to width: Int) -> String {
        text.count <= width ? text : text.prefix(max(0, width - 3)) + "..."
    }

    private static func color(of entry: SimulatedTimeline.Entry) -> String {
        if entry.kind == .event { return "36" }
        return switch entry.state.phase {
        case RolloutStatus.Phase.healthy.rawValue: "32"
        case RolloutStatus.Phase.degraded.rawValue: "31"
        case RolloutStatus.Phase.paused.rawValue: "33"
        default: "0"
        }
    }

    private static func paint(_ text: String, _ code: String, _ style: RenderingStyle) -> String {
        style.isColored && code != "0" ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
