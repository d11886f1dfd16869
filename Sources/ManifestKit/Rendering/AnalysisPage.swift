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
        let title = "Analysis \(analysis.name)"
        let facts = [analysis.outcome, analysis.end.map { "after \(TimelineWords.moment($0))" } ?? "not ended"]
        let sections = analysis.metrics.map { section(of: $0, in: analysis) }.joined()
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(HTMLText.escaped(title))</title>
            <style>
            \(RenderingStyleSheet.text)\(MetricPanel.styles)\(styles)</style>
            </head>
            <body>
            <header><h1>\(HTMLText.escaped(title))</h1></header>
            <main>
            <p class="facts \(analysis.phase?.rawValue ?? "")">\
            \(facts.map(HTMLText.escaped).joined(separator: " <span class=\"dot\">&middot;</span> "))</p>
            \(sections)</main>
            </body>
            </html>

            """
    }

    private static let styles = """
        .facts.Successful, td.Successful { color: var(--good); }
        .facts.Failed, .facts.Error, td.Failed, td.Error { color: var(--bad); }
        .facts.Inconclusive, td.Inconclusive { color: var(--canary); }
        td.message { white-space: normal; overflow-wrap: anywhere; min-width: 16em; }
        p.conditions { margin: 0 0 8px; color: var(--faint); }

        """

    private static func section(of metric: SimulatedAnalysis.Metric, in analysis: SimulatedAnalysis) -> String {
        let conditions = [
            metric.successCondition.map { "good if <code>\(HTMLText.escaped($0))</code>" },
            metric.failureCondition.map { "bad if <code>\(HTMLText.escaped($0))</code>" },
        ].compactMap { $0 }.joined(separator: ", ")
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
        let panel = MetricPanel(
            metric.samples.map { sample in
                MetricPanel.Point(
                    x: place(sample.seconds), number: MeasuredValue.charted(sample.value), phase: sample.phase,
                    tip: "\(TimelineWords.moment(sample.seconds)): \(sample.text)")
            },
            thresholds: ConditionThreshold.all(
                successCondition: metric.successCondition, failureCondition: metric.failureCondition))
        var body = ""
        for line in panel.lines(top: top, height: height) {
            let y = ChartNumber.text(line.y)
            body += "<line class=\"grid\" x1=\"\(ChartNumber.text(left))\" x2=\"\(ChartNumber.text(width - right))\" "
            body += "y1=\"\(y)\" y2=\"\(y)\"/>\n<text class=\"tick\" x=\"\(ChartNumber.text(left - 8))\" "
            body += "y=\"\(ChartNumber.text(line.y + 4))\">\(line.text)</text>\n"
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
