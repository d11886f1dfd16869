/// One self-contained page: a chart of shares and ready pods over time with every event on it, and the timeline.
public enum TimelineHTML: TimelineView {
    public static let name = "html"
    public static let summary = "one page with a chart of shares and ready pods over time"

    public static func text(of timelines: [SimulatedTimeline], style: RenderingStyle) -> String {
        let title = timelines.count == 1 ? "Simulation of \(timelines[0].fullName)" : "\(timelines.count) simulations"
        let sections = timelines.enumerated().map { section(of: $1, number: $0) }.joined()
        return HTMLPage.text(
            title: title, styles: styles + MetricPanel.styles, navigation: navigation(timelines), main: sections)
    }

    private static let styles = """
        svg [class^="version"] { fill: none; stroke-width: 2.5; stroke-linejoin: round; }
        svg .version-0 { stroke: var(--stable); }
        svg .version-1 { stroke: var(--canary); }
        svg .version-2 { stroke: var(--good); }
        svg .version-3 { stroke: #9b59d0; }
        svg .version-4 { stroke: #00a3a3; }
        svg .event { stroke: var(--bad); stroke-width: 1; stroke-dasharray: 3 3; }
        svg .flag { fill: var(--bad); }
        svg .flag-number { fill: var(--page); font-size: 10px; font-weight: 600; text-anchor: middle; }
        figcaption { color: var(--faint); font-size: 12.5px; padding: 4px 8px; }
        ol.events { margin: 0 0 16px; padding-left: 28px; }
        ol.events time { color: var(--faint); margin-right: 8px; font-variant-numeric: tabular-nums; }
        tr.event td { background: var(--panel); }
        tr.event td:nth-child(2) { color: var(--bad); font-weight: 600; }
        tr.Healthy td:nth-last-child(2) { color: var(--good); }
        tr.Degraded td:nth-last-child(2) { color: var(--bad); }
        tr.run.Successful td:nth-child(4) { color: var(--good); }
        tr.run.Failed td:nth-child(4), tr.run.Error td:nth-child(4) { color: var(--bad); }
        .broken { margin: 0 0 16px; padding: 8px 16px 8px 32px; background: var(--removed); border-radius: 6px; }
        td.message { white-space: normal; text-align: left; overflow-wrap: anywhere; min-width: 12em; }

        """

    private static func navigation(_ timelines: [SimulatedTimeline]) -> String {
        guard timelines.count > 1 else { return "" }
        let links = timelines.enumerated().map { number, timeline in
            "<li><a href=\"#rollout-\(number)\">\(HTMLText.escaped(timeline.fullName))</a></li>"
        }
        return "\n<nav><ul>\(links.joined())</ul></nav>"
    }

    private static func section(of timeline: SimulatedTimeline, number: Int) -> String {
        let facts = [
            timeline.strategy == .canary ? "canary" : "blue-green",
            timeline.replicas == 1 ? "1 replica" : "\(timeline.replicas) replicas",
            "at rest after \(TimelineWords.moment(timeline.duration))", timeline.outcome,
        ].map(HTMLText.escaped)
        return """
            <section id="rollout-\(number)">
            <h2>\(HTMLText.escaped(timeline.fullName))</h2>
            <p class="facts">\(facts.joined(separator: " <span class=\"dot\">&middot;</span> "))</p>
            \(list(timeline.notes, "notes"))\(list(broken(in: timeline), "broken"))<figure>
            \(TimelineChart(timeline).text)\
            <figcaption>Long waits are drawn shorter than they are; the times below the chart are exact.</figcaption>
            </figure>
            \(events(of: timeline))\(analyses(of: timeline))\(table(of: timeline))</section>

            """
    }

    private static func broken(in timeline: SimulatedTimeline) -> [String] {
        timeline.violations.map { "at \(TimelineWords.moment($0.seconds)): \($0.invariant): \($0.message)" }
    }

    private static func list(_ texts: [String], _ kind: String) -> String {
        guard !texts.isEmpty else { return "" }
        return "<ul class=\"\(kind)\">\(texts.map { "<li>\(HTMLText.escaped($0))</li>" }.joined())</ul>\n"
    }

    private static func events(of timeline: SimulatedTimeline) -> String {
        let events = timeline.entries.filter { $0.kind == .event }
        guard !events.isEmpty else { return "" }
        let items = events.map { event in
            "<li><time>\(TimelineWords.moment(event.seconds))</time>\(HTMLText.escaped(event.text))</li>\n"
        }
        return "<ol class=\"events\">\n\(items.joined())</ol>\n"
    }

    private static func analyses(of timeline: SimulatedTimeline) -> String {
        guard !timeline.analyses.isEmpty else { return "" }
        let rows = timeline.analyses.flatMap { analysis -> [String] in
            let first = cell(analysis.span) + cell(analysis.title, "text")
            let own = "<tr class=\"run \(analysis.phase?.rawValue ?? "")\">\(first)<td></td>"
                + cell(analysis.outcome, "message") + "</tr>\n"
            return [own] + analysis.metrics.map { metric in
                let conditions = metric.conditions.map { "\($0.word) \($0.text)" }.joined(separator: ", ")
                return "<tr><td></td>\(cell("metric " + metric.name, "text"))" + cell(metric.counts, "text")
                    + cell(conditions, "message") + "</tr>\n"
            }
        }
        return """
            <h3>Analyses</h3>
            <div class="scroll"><table class="analyses"><tbody>
            \(rows.joined())</tbody></table></div>
            <h3>Everything that happened</h3>

            """
    }

    private static func table(of timeline: SimulatedTimeline) -> String {
        let hasOld = timeline.has(.old)
        let hasWeights = timeline.entries.contains { $0.state.weight != nil }
        let hasSteps = timeline.stepCount > 0
        let hasEvents = timeline.entries.contains { $0.kind != .change }
        let rows = timeline.entries.map { entry -> String in
            let state = entry.state
            var cells = cell(TimelineWords.moment(entry.seconds))
            if hasEvents { cells += cell(entry.text, "text") }
            if hasSteps { cells += cell(timeline.shown(step: state), "text") }
            if hasWeights { cells += cell(state.weight.map { timeline.shown(weight: $0) } ?? "") }
            cells += cell(TimelineWords.pods(state.pods(.stable))) + cell(TimelineWords.pods(state.pods(.canary)))
            if hasOld { cells += cell(TimelineWords.pods(state.pods(.old))) }
            cells += cell(state.phase, "text") + cell(state.message, "message")
            let kind = [entry.kind == .event ? "event" : "", state.phase].filter { !$0.isEmpty }
            return "<tr class=\"\(HTMLText.escaped(kind.joined(separator: " ")))\">\(cells)</tr>\n"
        }
        return """
            <div class="scroll"><table>
            <thead><tr><th>time</th>\(hasEvents ? "<th class=\"text\">event</th>" : "")\
            \(hasSteps ? "<th class=\"text\">step</th>" : "")\(hasWeights ? "<th>weight</th>" : "")<th>stable</th>\
            <th>\(timeline.newVersionName)</th>\(hasOld ? "<th>old</th>" : "")<th class="text">phase</th>\
            <th class="text">message</th></tr></thead>
            <tbody>
            \(rows.joined())</tbody>
            </table></div>

            """
    }

    private static func cell(_ text: String, _ kind: String = "") -> String {
        "<td\(kind.isEmpty ? "" : " class=\"\(kind)\"")>\(HTMLText.escaped(text))</td>"
    }
}
