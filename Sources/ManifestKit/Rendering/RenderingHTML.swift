/// One self-contained page: charts of weights and pods, the steps, and what changes in the objects from step to step.
public enum RenderingHTML: RenderingView {
    public static let name = "html"
    public static let summary = "one page with charts and the differences from step to step"

    public static func whole(_ parts: [RenderingPart], style: RenderingStyle) -> String {
        let title = parts.count == 1 ? "Update of \(parts[0].name)" : "\(parts.count) updates"
        let sections = parts.map(\.text).joined()
        return HTMLPage.text(title: title, navigation: navigation(parts.map(\.name)), main: sections)
    }

    private static func navigation(_ names: [String]) -> String {
        guard names.count > 1 else { return "" }
        let links = names.enumerated().map { number, name in
            "<li><a href=\"#rollout-\(number)\">\(HTMLText.escaped(name))</a></li>"
        }
        return "\n<nav><ul>\(links.joined())</ul></nav>"
    }

    public static func text(of rendering: RolloutRendering, number: Int, style: RenderingStyle) -> String {
        let notes = rendering.notes.map { "<li>\(HTMLText.escaped($0))</li>" }.joined()
        return """
            <section id="rollout-\(number)">
            <h2>\(HTMLText.escaped(rendering.fullName))</h2>
            <p class="facts">\(facts(of: rendering))</p>
            \(notes.isEmpty ? "" : "<ul class=\"notes\">\(notes)</ul>\n")<figure>
            \(RenderingChart(rendering).text)</figure>
            \(table(of: rendering))<h3>What changes at each step</h3>
            \(changes(in: rendering))</section>

            """
    }

    private static func facts(of rendering: RolloutRendering) -> String {
        var facts = [rendering.strategy == .canary ? "canary" : "blue-green"]
        facts.append(rendering.replicas == 1 ? "1 replica" : "\(rendering.replicas) replicas")
        let stable = rendering.steps.first?.stable?.name
        let canary = rendering.steps.lazy.compactMap(\.canary?.name).first { $0 != stable }
        if let stable { facts.append("from <code>\(HTMLText.escaped(stable))</code>") }
        if let canary { facts.append("to <code>\(HTMLText.escaped(canary))</code>") }
        return facts.joined(separator: " <span class=\"dot\">&middot;</span> ")
    }

    // MARK: Table

    private static func table(of rendering: RolloutRendering) -> String {
        let rows = zip(rendering.steps, rendering.beginnings).map { row(of: $0, beginning: $1, in: rendering) }
        let hasWeights = rendering.steps.contains { $0.weight != nil || $0.setWeight != nil }
        let weights = hasWeights ? "<th>set</th><th>gets</th>" : ""
        return """
            <div class="scroll"><table>
            <thead><tr><th></th><th class="text">step</th>\(weights)<th>stable</th>\
            <th>\(rendering.newVersionName)</th><th>pods</th>\
            <th title="available pods on the way here, at the least">least</th><th>begins</th><th>lasts</th>\
            <th class="text" title="pods after an abort at this step">after an abort</th></tr></thead>
            <tbody>
            \(rows.joined())</tbody>
            </table></div>

            """
    }

    private static func row(
        of step: RenderedStep, beginning: (seconds: Int, isOpen: Bool), in rendering: RolloutRendering
    ) -> String {
        let hasWeights = rendering.steps.contains { $0.weight != nil || $0.setWeight != nil }
        let isDone = step.index >= rendering.stepCount
        let kind = isDone ? "done" : step.durationSeconds == nil ? "waits" : ""
        let starts = step.starts.map { "<br><small>starts \(HTMLText.escaped(RenderedStep.summary(of: $0)))</small>" }
        var cells = "<td>\(rendering.number(of: step))</td><td class=\"text\">\(HTMLText.escaped(step.step))"
        cells += starts.joined() + "</td>"
        if hasWeights {
            let isMissed = step.setWeight != nil && step.weight != nil && step.setWeight != step.weight
            cells += cell(step.setWeight.map { weight($0, step) })
            cells += "<td\(isMissed ? " class=\"missed\"" : "")>\(step.weight.map { weight($0, step) } ?? "")</td>"
        }
        cells += cell(step.stable.map { String($0.replicas) }) + cell(step.canary.map { String($0.replicas) })
        cells += cell(String(step.totalPods))
        cells += cell(String(step.leastAvailablePods))
        cells += cell(RenderingWords.beginning(beginning)) + cell(isDone ? nil : RenderingWords.length(of: step))
        cells += "<td class=\"text\">\(step.abort.map { HTMLText.escaped(outcome(of: $0, in: rendering)) } ?? "")</td>"
        return "<tr\(kind.isEmpty ? "" : " class=\"\(kind)\"")>\(cells)</tr>\n"
    }

    /// What an abort leads to, in words.
    private static func outcome(of abort: RenderedStep.Abort, in rendering: RolloutRendering) -> String {
        var text = "\(abort.stableReplicas) stable"
        if abort.canaryReplicas > 0 {
            let stays = abort.canaryScaleDownDelaySeconds.map { " for \(RenderingWords.duration($0))" } ?? " stay"
            text += ", \(abort.canaryReplicas) \(rendering.newVersionName)\(stays)"
        }
        if let weight = abort.weight, weight != 0 { text += ", weight \(weight)" }
        return text
    }

    private static func cell(_ text: String?) -> String { "<td>\(HTMLText.escaped(text ?? ""))</td>" }

    private static func weight(_ weight: Int, _ step: RenderedStep) -> String {
        step.maximumWeight == 100 ? "\(weight)%" : "\(weight)/\(step.maximumWeight)"
    }

    // MARK: Changes

    private static func changes(in rendering: RolloutRendering) -> String {
        var texts: [String: String] = [:]
        var order: [String] = []
        return rendering.steps.enumerated().map { position, step in
            let before = texts
            let names = Dictionary(step.objects.map { ($0.objectIdentity, $0) }) { first, _ in first }
            texts = names.mapValues { YAMLEmitter.text($0) }
            let known = Set(order)
            order += step.objects.map(\.objectIdentity).filter { !known.contains($0) }
            let objects = order.compactMap { identity in
                object(identity, names[identity], from: before[identity], to: texts[identity], isFirst: position == 0)
            }
            return stepText(step, objects, in: rendering, texts, isFirst: position == 0)
        }.joined()
    }

    private static func stepText(
        _ step: RenderedStep, _ objects: [String], in rendering: RolloutRendering, _ texts: [String: String],
        isFirst: Bool
    ) -> String {
        let number = rendering.number(of: step)
        let count = objects.count == 1 ? "1 object" : "\(objects.count) objects"
        var what = isFirst ? count : objects.isEmpty ? "no change" : "\(count) changed"
        if !step.starts.isEmpty { what += ", \(step.starts.count) started" }
        var body = starts(of: step) + objects.joined()
        if let abort = step.abort {
            let changed = abort.objects.compactMap { value in
                object(value.objectIdentity, value, from: texts[value.objectIdentity], to: YAMLEmitter.text(value),
                    isFirst: false)
            }
            if !changed.isEmpty {
                body += """
                    <details class="abort"><summary>An abort here: \
                    \(HTMLText.escaped(outcome(of: abort, in: rendering)))</summary>
                    \(changed.joined())</details>

                    """
            }
        }
        let label = number.isEmpty ? "" : "<span class=\"number\">\(number)</span> "
        let summary = "\(label)\(HTMLText.escaped(step.step)) <span class=\"count\">\(what)</span>"
        guard !body.isEmpty else { return "<p class=\"step\">\(summary)</p>\n" }
        return "<details class=\"step\"><summary>\(summary)</summary>\n\(body)</details>\n"
    }

    /// What the step starts.
    private static func starts(of step: RenderedStep) -> String {
        step.starts.map { start in
            """
            <details class="object"><summary><b>starts</b> \
            \(HTMLText.escaped(RenderedStep.summary(of: start)))</summary>
            <pre>\(HTMLText.escaped(YAMLEmitter.text(start)))</pre></details>

            """
        }.joined()
    }

    /// An object with the lines that changed, or nil where none did.
    private static func object(
        _ identity: String, _ value: JSONValue?, from old: String?, to new: String?, isFirst: Bool
    ) -> String? {
        guard old != new else { return nil }
        let parts = identity.split(separator: "/", omittingEmptySubsequences: false)
        let kind = value?.objectKind ?? (parts.count > 1 ? String(parts[1]) : "")
        let name = value?.objectName ?? String(parts.last ?? "")
        let title = "<b>\(HTMLText.escaped(kind))</b> \(HTMLText.escaped(name))"
        if isFirst, let new {
            return """
                <details class="object"><summary>\(title)</summary>
                <pre>\(HTMLText.escaped(new))</pre></details>

                """
        }
        let diff = LineDiff(from: old ?? "", to: new ?? "")
        let word = old == nil ? "new" : new == nil ? "gone" : ""
        let state = word.isEmpty ? "" : " <span class=\"state\">\(word)</span>"
        return """
            <details class="object"><summary>\(title)\(state) <span class="plus">+\(diff.additions)</span> \
            <span class="minus">&minus;\(diff.removals)</span></summary>
            <pre class="diff">\(diff.lines.map(line).joined())</pre></details>

            """
    }

    private static func line(_ line: LineDiff.Line) -> String {
        let text = HTMLText.escaped(String(line.text))
        return switch line.change {
        case .same: "<span>  \(text)</span>\n"
        case .removed: "<del>- \(text)</del>\n"
        case .added: "<ins>+ \(text)</ins>\n"
        case .skipped(let count): "<i>  &hellip; \(count) unchanged \(count == 1 ? "line" : "lines")</i>\n"
        }
    }
}

/// Makes text harmless in a page.
enum HTMLText {
    /// The text with every character escaped that means something in HTML, in content and in attributes.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\u{00}"..."\u{08}", "\u{0B}", "\u{0C}", "\u{0E}"..."\u{1F}", "\u{7F}"..."\u{9F}":
                escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
