/// One self-contained page about an analysis: a chart for each metric with the lines that its conditions draw, and
/// every measurement.
public enum AnalysisPage {
    private static let width = 960.0
    private static let height = 160.0
    private static let top = 30.0
    private static let left = 60.0
    private static let right = 12.0

    /// The page.
    public static func text(of analysis: SimulatedAnalysis) -> String {
        let facts = [analysis.outcome, analysis.end.map { "after \(TimelineWords.moment($0))" } ?? "not ended"]
        let sections = analysis.metrics.map { section(of: $0, in: analysis) }.joined()
        let head = """
            <p class="facts \(analysis.phase?.rawValue ?? "")">\
            \(facts.map(HTMLText.escaped).joined(separator: " <span class=\"dot\">&middot;</span> "))</p>

            """
        return HTMLPage.text(
            title: "Analysis \(analysis.name)", styles: MetricPanel.styles + styles, main: head + sections)
    }

    private static let styles = """
        .facts.Successful, td.Successful { color: var(--good); }
        .facts.Failed, .facts.Error, td.Failed, td.Error { color: var(--bad); }
        .facts.Inconclusive, td.Inconclusive { color: var(--canary); }
        td.message { white-space: normal; overflow-wrap: anywhere; min-width: 16em; }
        p.conditions { margin: 0 0 8px; color: var(--faint); }

        """

    private static func section(of metric: SimulatedAnalysis.Metric, in analysis: SimulatedAnalysis) -> String {
        let conditions = metric.conditions.map { "\($0.word) <code>\(HTMLText.escaped($0.text))</code>" }
            .joined(separator: ", ")
        let rows = metric.samples.map { sample in
            "<tr><td>\(TimelineWords.moment(sample.seconds))</td>"
                + "<td class=\"text\">\(HTMLText.escaped(sample.value))</td>"
                + "<td class=\"text \(sample.phase.rawValue)\">\(sample.phase.rawValue)</td>"
                + "<td class=\"text message\">\(HTMLText.escaped(sample.message))</td></tr>\n"
        }.joined()
        return """
            <h3>\(HTMLText.escaped(metric.name)) <span class="count">\(metric.counts)</span></h3>
            \(conditions.isEmpty ? "" : "<p class=\"conditions\">\(conditions)</p>\n")\
            \(chart(of: metric, in: analysis))\
            <div class="scroll"><table>
            <thead><tr><th>time</th><th class="text">value</th><th class="text">phase</th>\
            <th class="text">message</th></tr></thead>
            <tbody>
            \(rows)</tbody></table></div>

            """
    }

    private static func chart(of metric: SimulatedAnalysis.Metric, in analysis: SimulatedAnalysis) -> String {
        guard metric.samples.contains(where: { MeasuredValue.charted($0.value) != nil }) else { return "" }
        let last = metric.samples.map(\.seconds).max() ?? 0
        let length = max(analysis.end ?? last, last, 1)
        // Not on the edges, where half of a point would be cut off.
        let (from, to) = (left + 8, width - right - 8)
        func place(_ seconds: Double) -> Double { from + (to - from) * min(max(seconds / length, 0), 1) }
        let panel = MetricPanel(metric, place: place) { "\(TimelineWords.moment($0.seconds)): \($0.text)" }
        var body = ""
        for line in panel.lines(top: top, height: height) {
            body += ChartElements.gridLine(line.y, label: line.text, left: left, right: width - right)
        }
        body += panel.text(top: top, height: height, left: left, right: width - right)
        for quarter in 0...4 {
            let seconds = length * Double(quarter) / 4
            body += "<text class=\"step\" x=\"\(ChartNumber.text(place(seconds)))\" "
            body += "y=\"\(ChartNumber.text(top + height + 18))\">\(TimelineWords.moment(seconds))</text>\n"
        }
        let size = "0 0 \(ChartNumber.text(width)) \(ChartNumber.text(top + height + 26))"
        let label = HTMLText.escaped("Measured values of \(metric.name) over time")
        return "<figure>\n<svg viewBox=\"\(size)\" role=\"img\" aria-label=\"\(label)\">\n\(body)</svg>\n</figure>\n"
    }
}
