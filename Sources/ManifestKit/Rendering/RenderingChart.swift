/// A drawing of the weights and the pods over the steps, as an SVG element.
struct RenderingChart {
    private let rendering: RolloutRendering
    private let steps: [RenderedStep]
    private let hasWeights: Bool
    private let width = 960.0
    private let left = 52.0
    private let right = 12.0
    private let panelHeight = 132.0
    private let headHeight = 52.0
    private let axisHeight = 26.0

    init(_ rendering: RolloutRendering) {
        self.rendering = rendering
        steps = rendering.steps
        hasWeights = steps.contains { $0.weight != nil || $0.setWeight != nil }
    }

    /// The element.
    var text: String {
        guard !steps.isEmpty else { return "" }
        let panels = hasWeights ? 2.0 : 1.0
        let height = panels * (headHeight + panelHeight) + axisHeight
        var body = ""
        var top = headHeight
        if hasWeights {
            body += weights(top: top)
            top += panelHeight + headHeight
        }
        body += pods(top: top)
        body += axis(top: top + panelHeight)
        body += tips(height: height - axisHeight)
        let label = HTMLText.escaped("Weights and pods of \(rendering.fullName) over \(steps.count) steps")
        return """
            <svg viewBox="0 0 \(Self.number(width)) \(Self.number(height))" role="img" aria-label="\(label)">
            \(body)</svg>

            """
    }

    // MARK: Places

    private var bandWidth: Double { (width - left - right) / Double(steps.count) }
    private func bandStart(_ position: Int) -> Double { left + Double(position) * bandWidth }
    private func bandMiddle(_ position: Int) -> Double { bandStart(position) + bandWidth / 2 }

    /// How far apart labels stand where there is no room for all.
    private var labelStride: Int { max(1, Int((34 / bandWidth).rounded(.up))) }

    // MARK: Weights

    private func weights(top: Double) -> String {
        let bottom = top + panelHeight
        func height(_ weight: Int, _ step: RenderedStep) -> Double {
            let share = Double(weight) / Double(max(1, step.maximumWeight))
            return bottom - panelHeight * min(max(share, 0), 1)
        }
        var text = head(
            "Weight of the canary", top: top, legend: [("line-gets", "gets"), ("line-set", "set by the step")])
        for quarter in 0...4 {
            let y = bottom - panelHeight * Double(quarter) / 4
            text += gridLine(y, label: "\(quarter * 25)%")
        }
        let gets = steps.map { step in step.weight.map { height($0, step) } ?? bottom }
        let outline = stairs(gets)
        text += "<path class=\"area\" d=\"\(outline)V\(Self.number(bottom))H\(Self.number(left))Z\"/>\n"
        // A set weight holds until the next one, and ends with the update.
        let first = steps.firstIndex { $0.setWeight != nil }
        let end = steps.lastIndex { $0.index < rendering.stepCount }
        if let first, let end, first <= end {
            var held = 0
            let set = steps[first...end].map { step -> Double in
                held = step.setWeight ?? held
                return height(held, step)
            }
            text += "<path class=\"line-set\" d=\"\(stairs(set, from: first))\"/>\n"
        }
        text += "<path class=\"line-gets\" d=\"\(outline)\"/>\n"
        for (position, step) in steps.enumerated() where position % labelStride == 0 {
            guard let weight = step.weight else { continue }
            let shown = step.maximumWeight == 100 ? "\(weight)%" : String(weight)
            text += label(shown, x: bandMiddle(position), y: gets[position] - 6, kind: "value")
        }
        return text
    }

    /// A line that is flat over each step.
    private func stairs(_ heights: [Double], from first: Int = 0) -> String {
        var path = "M\(Self.number(bandStart(first))),\(Self.number(heights[0]))"
        for (position, height) in heights.enumerated() {
            if position > 0 { path += "V\(Self.number(height))" }
            path += "H\(Self.number(bandStart(first + position + 1)))"
        }
        return path
    }

    // MARK: Pods

    private func pods(top: Double) -> String {
        let bottom = top + panelHeight
        let totals = steps.map { max($0.totalPods, sizes($0).stable + sizes($0).canary) }
        let most = max(1, rendering.replicas, totals.max() ?? 1)
        let interval = Self.interval(upTo: most)
        let ceiling = Double((most + interval - 1) / interval * interval)
        func height(_ count: Int) -> Double { panelHeight * Double(count) / ceiling }
        var text = head("Pods", top: top, legend: [
            ("bar-stable", "stable"), ("bar-canary", rendering.newVersionName), ("least", "available at the least"),
            ("wanted", "spec.replicas"),
        ])
        for value in stride(from: 0, through: Int(ceiling), by: interval) {
            text += gridLine(bottom - height(value), label: String(value))
        }
        let barWidth = min(bandWidth * 0.62, 56)
        for (position, step) in steps.enumerated() {
            let x = bandMiddle(position) - barWidth / 2
            let (stable, canary) = sizes(step)
            text += bar("bar-stable", x, bottom - height(stable), barWidth, height(stable))
            text += bar("bar-canary", x, bottom - height(stable + canary), barWidth, height(canary))
            let least = Self.number(bottom - height(step.leastAvailablePods))
            let (from, to) = (Self.number(x - 4), Self.number(x + barWidth + 4))
            text += "<line class=\"least\" x1=\"\(from)\" x2=\"\(to)\" y1=\"\(least)\" y2=\"\(least)\"/>\n"
            if position % labelStride == 0 {
                let y = bottom - height(max(stable + canary, step.leastAvailablePods)) - 5
                text += label(String(stable + canary), x: bandMiddle(position), y: y, kind: "value")
            }
        }
        let wanted = Self.number(bottom - height(rendering.replicas))
        let end = Self.number(width - right)
        text += "<line class=\"wanted\" x1=\"\(Self.number(left))\" x2=\"\(end)\" y1=\"\(wanted)\" y2=\"\(wanted)\"/>\n"
        return text
    }

    /// The sizes of both versions; one where they are the same ReplicaSet.
    private func sizes(_ step: RenderedStep) -> (stable: Int, canary: Int) {
        let stable = step.stable?.replicas ?? 0
        guard let canary = step.canary, canary.name != step.stable?.name else { return (stable, 0) }
        return (stable, canary.replicas)
    }

    /// A round distance between lines, so that there are at most five.
    private static func interval(upTo most: Int) -> Int {
        var unit = 1
        while true {
            for factor in [1, 2, 5] where most <= unit * factor * 4 { return unit * factor }
            unit *= 10
        }
    }

    // MARK: Parts

    private func head(_ title: String, top: Double, legend: [(kind: String, text: String)]) -> String {
        let y = top - 26
        var text = "<text class=\"title\" x=\"\(Self.number(left))\" y=\"\(Self.number(y))\">\(title)</text>\n"
        var x = width - right
        for entry in legend.reversed() {
            x -= Double(entry.text.count) * 6.2 + 6
            text += "<text class=\"legend\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\">\(entry.text)</text>\n"
            x -= 22
            if entry.kind.hasPrefix("bar") {
                text += bar(entry.kind, x + 6, y - 9, 11, 11)
            } else {
                let (from, to, middle) = (Self.number(x), Self.number(x + 17), Self.number(y - 4))
                text += "<line class=\"\(entry.kind)\" x1=\"\(from)\" x2=\"\(to)\" "
                text += "y1=\"\(middle)\" y2=\"\(middle)\"/>\n"
            }
            x -= 10
        }
        return text
    }

    private func gridLine(_ y: Double, label text: String) -> String {
        ChartElements.gridLine(y, label: text, left: left, right: width - right)
    }

    private func axis(top: Double) -> String {
        var text = ""
        for (position, step) in steps.enumerated() where position % labelStride == 0 {
            let number = rendering.number(of: step)
            let room = max(4, Int(bandWidth * Double(labelStride) / 6.5))
            let shown = number.isEmpty ? String(step.step.prefix(room)) : number
            text += label(shown, x: bandMiddle(position), y: top + 17, kind: "step")
        }
        return text
    }

    /// Invisible areas that say what a step is when the pointer rests on them.
    private func tips(height: Double) -> String {
        steps.enumerated().map { position, step in
            let (stable, canary) = sizes(step)
            let weight = step.weight.map { ", weight \($0) of \(step.maximumWeight)" } ?? ""
            let tip = "\(rendering.title(of: step))\(weight), "
                + "\(stable) stable and \(canary) \(rendering.newVersionName) pods, "
                + "at least \(step.leastAvailablePods) available"
            let (x, wide) = (Self.number(bandStart(position)), Self.number(bandWidth))
            return "<rect class=\"tip\" x=\"\(x)\" y=\"0\" width=\"\(wide)\" height=\"\(Self.number(height))\">"
                + "<title>\(HTMLText.escaped(tip))</title></rect>\n"
        }.joined()
    }

    private func bar(_ kind: String, _ x: Double, _ y: Double, _ width: Double, _ height: Double) -> String {
        guard height > 0 else { return "" }
        return "<rect class=\"\(kind)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" "
            + "width=\"\(Self.number(width))\" height=\"\(Self.number(height))\"/>\n"
    }

    private func label(_ text: String, x: Double, y: Double, kind: String) -> String {
        "<text class=\"\(kind)\" x=\"\(Self.number(x))\" y=\"\(Self.number(y))\">\(HTMLText.escaped(text))</text>\n"
    }

    private static func number(_ value: Double) -> String { ChartNumber.text(value) }
}
