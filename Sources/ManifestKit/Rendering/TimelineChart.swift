/// A drawing of the share and the ready pods of each version over time, with every event, as an SVG element.
struct TimelineChart {
    private let timeline: SimulatedTimeline
    private let entries: [SimulatedTimeline.Entry]
    private let hasShares: Bool
    /// The versions in the order in which they came.
    private let versions: [SimulatedTimeline.Version]
    /// How many colours there are for versions.
    private static let colors = 5
    /// Where each entry stands, and the end.
    private let places: [Double]
    private let end: Double
    /// The metrics that are drawn; more would make the page too long.
    private let metrics: [(analysis: SimulatedAnalysis, metric: SimulatedAnalysis.Metric)]
    private static let mostMetrics = 6
    private static let width = 960.0
    private static let left = 52.0
    private static let right = 12.0
    private let panelHeight = 132.0
    private let headHeight = 62.0
    private let axisHeight = 26.0

    init(_ timeline: SimulatedTimeline) {
        self.timeline = timeline
        entries = timeline.entries
        hasShares = entries.contains { $0.state.versions.contains { $0.share != nil } }
        var known: [SimulatedTimeline.Version] = []
        for version in entries.flatMap(\.state.versions) where !known.contains(where: { $0.hash == version.hash }) {
            known.append(version)
        }
        versions = known.sorted { ($0.revision ?? 0, $0.hash) < ($1.revision ?? 0, $1.hash) }
        var lengths: [Double] = []
        for (entry, next) in zip(entries, entries.dropFirst()) {
            lengths.append(Self.length(next.seconds - entry.seconds))
        }
        let tail = Self.length(max(1, timeline.duration - (entries.last?.seconds ?? 0)))
        let whole = lengths.reduce(0, +) + tail
        let scale = (Self.width - Self.left - Self.right) / max(whole, 1)
        var places: [Double] = []
        var place = Self.left
        for position in entries.indices {
            places.append(place)
            place += (position < lengths.count ? lengths[position] : tail) * scale
        }
        self.places = places
        end = place
        metrics = Self.charted(timeline)
    }

    /// The metrics with the most to show, in the order in which they began.
    private static func charted(
        _ timeline: SimulatedTimeline
    ) -> [(analysis: SimulatedAnalysis, metric: SimulatedAnalysis.Metric)] {
        let all = timeline.analyses.flatMap { analysis in analysis.metrics.map { (analysis, $0) } }
            .filter { $0.1.samples.contains { MeasuredValue.charted($0.value) != nil } }
        let chosen = all.enumerated().sorted {
            ($1.element.1.samples.count, $0.offset) < ($0.element.1.samples.count, $1.offset)
        }.prefix(mostMetrics)
        return chosen.sorted { $0.offset < $1.offset }.map { ($0.element.0, $0.element.1) }
    }

    /// How long a wait is drawn: twice as long a wait takes a little more room, so that seconds show beside hours.
    private static func length(_ seconds: Double) -> Double {
        var rest = max(0, seconds) + 1
        var length = 0.0
        while rest >= 2 {
            rest /= 2
            length += 1
        }
        return length + rest - 1
    }

    /// The element.
    var text: String {
        guard !entries.isEmpty else { return "" }
        let panels = (hasShares ? 2 : 1) + metrics.count
        let height = Double(panels) * (headHeight + panelHeight) + axisHeight
        var body = ""
        var top = headHeight
        if hasShares {
            body += shares(top: top)
            top += panelHeight + headHeight
        }
        body += pods(top: top)
        var points = ""
        for (analysis, metric) in metrics {
            top += panelHeight + headHeight
            let (ground, drawn) = values(of: metric, analysis, top: top)
            body += ground
            points += drawn
        }
        body += axis(top: top + panelHeight) + events(height: height - axisHeight)
        // The points last, as they say what they are.
        body += tips(height: height - axisHeight) + points
        let label = HTMLText.escaped("Shares and ready pods of \(timeline.fullName) over time")
        return """
            <svg viewBox="0 0 \(Self.number(Self.width)) \(Self.number(height))" role="img" aria-label="\(label)">
            \(body)</svg>

            """
    }

    // MARK: Panels

    private func shares(top: Double) -> String {
        let bottom = top + panelHeight
        var text = head(title: "Share of the traffic", top: top, legend: legend)
        for quarter in 0...4 {
            text += gridLine(bottom - panelHeight * Double(quarter) / 4, label: "\(quarter * 25)%")
        }
        return text + lines { version in
            let share = Double(version?.share ?? 0) / Double(max(1, timeline.maximumWeight))
            return bottom - panelHeight * min(max(share, 0), 1)
        }
    }

    private func pods(top: Double) -> String {
        let bottom = top + panelHeight
        let most = max(1, timeline.replicas, entries.flatMap { $0.state.versions.map(\.ready) }.max() ?? 1)
        let interval = Self.interval(upTo: most)
        let ceiling = (most + interval - 1) / interval * interval
        func height(_ count: Int) -> Double { bottom - panelHeight * Double(count) / Double(ceiling) }
        let wanted = (kind: "wanted", text: "spec.replicas at the start")
        var text = head(title: "Ready pods", top: top, legend: hasShares ? [wanted] : legend + [wanted])
        for value in stride(from: 0, through: ceiling, by: interval) {
            text += gridLine(height(value), label: String(value))
        }
        let y = Self.number(height(timeline.replicas))
        text += "<line class=\"wanted\" x1=\"\(Self.number(Self.left))\" x2=\"\(Self.number(end))\" "
        text += "y1=\"\(y)\" y2=\"\(y)\"/>\n"
        return text + lines { height($0?.ready ?? 0) }
    }

    /// The measured values of a metric: what lies below everything, and what lies above.
    private func values(
        of metric: SimulatedAnalysis.Metric, _ analysis: SimulatedAnalysis, top: Double
    ) -> (ground: String, points: String) {
        let panel = MetricPanel(metric, place: place(of:)) {
            "\(TimelineWords.moment($0.seconds)) \(metric.name): \($0.text)"
        }
        var ground = head(title: HTMLText.escaped("\(metric.name) of \(analysis.title)"), top: top, legend: [])
        for line in panel.lines(top: top, height: panelHeight) { ground += gridLine(line.y, label: line.text) }
        return (ground, panel.text(top: top, height: panelHeight, left: Self.left, right: end))
    }

    /// Where a moment stands: between its neighbours, as far as it is from them.
    private func place(of seconds: Double) -> Double {
        let before = entries.lastIndex { $0.seconds <= seconds } ?? 0
        let after = before + 1
        let length = (after < entries.count ? entries[after].seconds : timeline.duration) - entries[before].seconds
        let share = length > 0 ? min(1, max(0, (seconds - entries[before].seconds) / length)) : 0
        return places[before] + ((after < places.count ? places[after] : end) - places[before]) * share
    }

    /// A line for each version, the first one on top.
    private func lines(_ height: (SimulatedTimeline.Version?) -> Double) -> String {
        versions.enumerated().reversed().map { number, version in
            let states = entries.map { entry in entry.state.versions.first { $0.hash == version.hash } }
            let first = states.firstIndex { $0 != nil } ?? 0
            let outline = stairs(states[first...].map(height), from: first)
            return "<path class=\"version-\(number % Self.colors)\" d=\"\(outline)\"/>\n"
        }.joined()
    }

    private var legend: [(kind: String, text: String)] {
        // More would not fit; the rest shows where the pointer rests on the chart.
        versions.prefix(6).enumerated().map { number, version in
            let revision = version.revision.map { "\($0): " } ?? ""
            return ("version-\(number % Self.colors)", revision + version.hash)
        }
    }

    /// A line that holds each height until the next entry.
    private func stairs(_ heights: [Double], from first: Int) -> String {
        var path = "M\(Self.number(places[first])),\(Self.number(heights.first ?? 0))"
        for position in heights.indices.dropFirst() where heights[position] != heights[position - 1] {
            path += "H\(Self.number(places[first + position]))V\(Self.number(heights[position]))"
        }
        return path + "H\(Self.number(end))"
    }

    // MARK: Events

    /// A line through both panels for each event, with its number in the list below the chart; events of the same
    /// moment share a line.
    private func events(height: Double) -> String {
        var text = ""
        var number = 0
        var lastFlag = -Double.infinity
        for (entry, x) in zip(entries, places) where entry.kind == .event {
            number += 1
            let at = Self.number(x)
            // Not through the titles of the panels.
            for top in stride(from: headHeight, to: height, by: headHeight + panelHeight) {
                let (from, to) = (Self.number(top - 6), Self.number(top + panelHeight))
                text += "<line class=\"event\" x1=\"\(at)\" x2=\"\(at)\" y1=\"\(from)\" y2=\"\(to)\"/>\n"
            }
            // Flags that would cover each other stand side by side.
            let flag = max(x, lastFlag + 17)
            lastFlag = flag
            let tip = HTMLText.escaped("\(TimelineWords.moment(entry.seconds)) \(entry.text)")
            text += "<g><title>\(tip)</title><circle class=\"flag\" cx=\"\(Self.number(flag))\" cy=\"12\" r=\"8\"/>"
            text += "<text class=\"flag-number\" x=\"\(Self.number(flag))\" y=\"15.5\">\(number)</text></g>\n"
        }
        return text
    }

    /// Invisible areas that say how things stand when the pointer rests on them.
    private func tips(height: Double) -> String {
        entries.indices.compactMap { position -> String? in
            let next = position + 1 < places.count ? places[position + 1] : end
            guard next > places[position] else { return nil }
            let entry = entries[position]
            let state = entry.state
            var parts = [TimelineWords.moment(entry.seconds), timeline.shown(step: state)]
            parts += state.versions.map { version in
                let role = version.role == .canary ? timeline.newVersionName : version.role.rawValue
                let share = version.share.map { ", share " + timeline.shown(weight: $0) } ?? ""
                let all = max(version.pods, version.wanted)
                return "\(version.hash) (\(role)) \(version.ready) of \(all) pods ready\(share)"
            }
            parts += [state.phase, state.message]
            let tip = HTMLText.escaped(parts.filter { !$0.isEmpty }.joined(separator: ", "))
            let (x, wide) = (Self.number(places[position]), Self.number(next - places[position]))
            return "<rect class=\"tip\" x=\"\(x)\" y=\"24\" width=\"\(wide)\" height=\"\(Self.number(height - 24))\">"
                + "<title>\(tip)</title></rect>\n"
        }.joined()
    }

    // MARK: Parts

    private func head(title: String, top: Double, legend: [(kind: String, text: String)]) -> String {
        let y = top - 18
        var text = "<text class=\"title\" x=\"\(Self.number(Self.left))\" y=\"\(Self.number(y))\">\(title)</text>\n"
        var x = Self.width - Self.right
        for entry in legend.reversed() {
            x -= Double(entry.text.count) * 6.2 + 6
            text += "<text class=\"legend\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\">\(entry.text)</text>\n"
            x -= 22
            let (from, to, middle) = (Self.number(x), Self.number(x + 17), Self.number(y - 4))
            text += "<line class=\"\(entry.kind)\" x1=\"\(from)\" x2=\"\(to)\" y1=\"\(middle)\" y2=\"\(middle)\"/>\n"
            x -= 10
        }
        return text
    }

    private func gridLine(_ y: Double, label text: String) -> String {
        ChartElements.gridLine(y, label: text, left: Self.left, right: Self.width - Self.right)
    }

    /// The times of entries, as many as there is room for.
    private func axis(top: Double) -> String {
        var text = ""
        var last = -Double.infinity
        for (entry, x) in zip(entries, places) {
            let shown = TimelineWords.moment(entry.seconds)
            let room = Double(shown.count) * 6.5 + 10
            guard x - last >= room, x + room / 2 <= Self.width else { continue }
            last = x
            text += "<text class=\"step\" x=\"\(Self.number(x))\" y=\"\(Self.number(top + 17))\">\(shown)</text>\n"
        }
        return text
    }

    /// A round distance between lines, so that there are at most five.
    private static func interval(upTo most: Int) -> Int {
        var unit = 1
        while true {
            for factor in [1, 2, 5] where most <= unit * factor * 4 { return unit * factor }
            unit *= 10
        }
    }

    private static func number(_ value: Double) -> String { ChartNumber.text(value) }
}
