/// A row a step, for people at a terminal.
public enum RenderingTable: RenderingView {
    public static let name = "table"
    public static let summary = "a row a step: weights, sizes, pods and time"

    public static func whole(_ parts: [RenderingPart], style: RenderingStyle) -> String {
        parts.map(\.text).joined(separator: "\n")
    }

    private static let titles = [
        "", "STEP", "SET", "GETS", "STABLE", "CANARY", "PODS", "LEAST", "AT", "LASTS", "ABORT",
    ]
    private static let leftAligned: Set<Int> = [1, 10]
    private static let stepColumn = 1

    public static func text(of rendering: RolloutRendering, number: Int, style: RenderingStyle) -> String {
        var titles = titles
        titles[5] = rendering.newVersionName.uppercased()
        let rows = zip(rendering.steps, rendering.beginnings).map { cells(of: $0, beginning: $1, in: rendering) }
        let used = titles.indices.filter { column in column == stepColumn || rows.contains { !$0[column].isEmpty } }
        var widths = titles.indices.map { column in ([titles] + rows).map { $0[column].count }.max() ?? 0 }
        let whole = used.map { widths[$0] }.reduce(0, +) + 2 * (used.count - 1)
        let least = 8
        if whole > style.width { widths[stepColumn] = max(least, widths[stepColumn] - (whole - style.width)) }
        var text = paint(heading(of: rendering), "1", style) + "\n"
        text += paint(line(titles, widths, used), "2", style) + "\n"
        for (row, step) in zip(rows, rendering.steps) {
            text += paint(line(row, widths, used), color(of: step, in: rendering), style) + "\n"
            for start in step.starts {
                let indent = String(repeating: " ", count: used.contains(0) ? widths[0] + 2 : 0)
                let summary = RenderingWords.shown(RenderedStep.summary(of: start))
                text += paint("\(indent)starts \(summary)", "36", style) + "\n"
            }
        }
        for note in rendering.notes { text += "note: \(RenderingWords.shown(note))\n" }
        return text
    }

    private static func heading(of rendering: RolloutRendering) -> String {
        let strategy = rendering.strategy == .canary ? "canary" : "blue-green"
        let replicas = rendering.replicas == 1 ? "1 replica" : "\(rendering.replicas) replicas"
        var text = "\(RenderingWords.shown(rendering.fullName)): \(strategy), \(replicas)"
        let stable = rendering.steps.first?.stable?.hash
        let canary = rendering.steps.lazy.compactMap(\.canary?.hash).first
        switch (stable, canary) {
        case (let stable?, let canary?) where stable != canary: text += ", \(stable) -> \(canary)"
        case (nil, let canary?): text += ", first deployment of \(canary)"
        case (let only?, _): text += ", \(only)"
        case (nil, nil): break
        }
        return text
    }

    private static func cells(
        of step: RenderedStep, beginning: (seconds: Int, isOpen: Bool), in rendering: RolloutRendering
    ) -> [String] {
        let lasts = step.index >= rendering.stepCount ? "" : RenderingWords.length(of: step)
        return [
            rendering.number(of: step),
            RenderingWords.shown(step.step),
            step.setWeight.map { weight($0, step) } ?? "",
            step.weight.map { weight($0, step) } ?? "",
            step.stable.map { String($0.replicas) } ?? "",
            step.canary.map { String($0.replicas) } ?? "",
            String(step.totalPods),
            String(step.leastAvailablePods),
            RenderingWords.beginning(beginning),
            lasts,
            step.abort.map(RenderingWords.abort) ?? "",
        ]
    }

    private static func weight(_ weight: Int, _ step: RenderedStep) -> String {
        step.maximumWeight == 100 ? "\(weight)%" : "\(weight)/\(step.maximumWeight)"
    }

    private static func line(_ cells: [String], _ widths: [Int], _ used: [Int]) -> String {
        var line = ""
        for column in used {
            if column != used.first { line += "  " }
            let cell = cut(cells[column], to: widths[column])
            let padding = String(repeating: " ", count: widths[column] - cell.count)
            line += leftAligned.contains(column) ? cell + padding : padding + cell
        }
        while line.hasSuffix(" ") { line.removeLast() }
        return line
    }

    private static func cut(_ text: String, to width: Int) -> String {
        text.count <= width ? text : text.prefix(max(0, width - 3)) + "..."
    }

    /// What waits stands out, and so does the end.
    private static func color(of step: RenderedStep, in rendering: RolloutRendering) -> String {
        if step.index >= rendering.stepCount { return "32" }
        return step.durationSeconds == nil ? "33" : "0"
    }

    private static func paint(_ text: String, _ code: String, _ style: RenderingStyle) -> String {
        style.isColored && code != "0" ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
