/// Shows one Rollout: how it is and why, and below it the tree of what belongs to it.
public enum RolloutTreeView {
    /// The lines, each within the style's width.
    public static func lines(
        of overview: RolloutOverview, style: OverviewStyle, now: KubernetesTime
    ) -> [StyledLine] {
        var lines = RolloutHeader(overview: overview, style: style, now: now).lines
        let tree = OverviewTree(overview: overview, style: style, now: now)
        let rows = tree.lines
        if !rows.isEmpty { lines += [StyledLine()] + rows }
        let folded = tree.foldedRevisions
        if folded > 0 {
            let text = folded == 1 ? "1 older revision without pods" : "\(folded) older revisions without pods"
            lines.append(StyledLine("\(text) (--all shows it all)", .dim))
        }
        return style.width.map { width in lines.map { $0.cut(to: width) } } ?? lines
    }
}

/// The upper part: phase, reason, step, weight and versions.
private struct RolloutHeader {
    let overview: RolloutOverview
    let style: OverviewStyle
    let now: KubernetesTime

    private static let labelWidth = 9
    private static let barWidth = 20

    var lines: [StyledLine] {
        var lines = [title] + status
        // An aborted update is at no step: the index says where it would begin anew.
        if let step = overview.step, overview.waiting?.cause != .abort {
            lines += fact("Step", step.isDone ? "all \(step.count) are done" : text(of: step))
        }
        if let weight = overview.weight { lines.append(line(of: weight)) }
        lines += fact("Pods", pods)
        for version in versions { lines.append(line(of: version)) }
        return lines
    }

    private var title: StyledLine {
        var line = StyledLine(overview.fullName, .bold)
        var words = [overview.kind.word]
        if let revision = overview.revision { words.append("revision \(revision)") }
        let age = ElapsedTime.since(overview.createdAt, now: now)
        if !age.isEmpty { words.append("\(age) old") }
        line.append("  " + words.joined(separator: ", "), .dim)
        return line
    }

    private var status: [StyledLine] {
        let sign = OverviewSigns.of(overview.phase)
        var head = StyledLine("\(sign.sign) \(overview.phase.rawValue)", sign.style)
        guard let waiting = overview.waiting else { return [head] }
        head.append("  ")
        // On a narrow terminal the reason gets the whole width.
        let hangs = style.width.map { $0 - head.width >= 40 } ?? true
        let indent = hangs ? head.width : 2
        let parts = StyledText.wrapped(waiting.text(now: now), width: style.width.map { $0 - indent })
        var lines = hangs ? [] : [head]
        for (place, part) in parts.enumerated() {
            var line = hangs && place == 0 ? head : StyledLine(String(repeating: " ", count: indent))
            line.append(part, sign.style == .bad ? .bad : .plain)
            lines.append(line)
        }
        if let first = waiting.commands.first {
            let others = waiting.commands.dropFirst()
            let place = overview.namespace.isEmpty ? "" : " -n \(overview.namespace)"
            let alternatives = others.isEmpty ? "" : " (or \(others.joined(separator: ", ")))"
            lines += fact("Next", "rollout-render runtime \(first) \(overview.name)\(place)\(alternatives)")
        }
        return lines
    }

    private func label(_ name: String, _ style: TextStyle = .dim) -> StyledLine {
        StyledLine(name, style).padded(to: Self.labelWidth)
    }

    private func fact(_ name: String, _ text: String) -> [StyledLine] {
        let parts = StyledText.wrapped(text, width: style.width.map { $0 - Self.labelWidth })
        return parts.enumerated().map { place, part in
            var line = label(place == 0 ? name : "")
            line.append(part)
            return line
        }
    }

    private func text(of step: RolloutOverview.Step) -> String {
        "\(step.index + 1) of \(step.count): \(step.label)" + (step.next.isEmpty ? "" : ", then \(step.next)")
    }

    private func line(of weight: RolloutOverview.Weight) -> StyledLine {
        var line = label("Weight")
        let filled = max(0, min(Self.barWidth, weight.actual * Self.barWidth / max(1, weight.maximum)))
        if style.width.map({ $0 >= 60 }) ?? true {
            line.append(String(repeating: "█", count: filled), .caution)
            line.append(String(repeating: "░", count: Self.barWidth - filled) + " ", .good)
        }
        line.append(weight.actualText)
        line.append(weight.isRouted ? " of the traffic" : " of the pods")
        if weight.set != weight.actual { line.append(", \(weight.text(weight.set)) set", .caution) }
        if weight.isVerified == false { line.append(", not verified", .caution) }
        return line
    }

    private var pods: String {
        let pods = overview.replicas
        return "\(pods.desired) wanted: \(pods.ready) ready, \(pods.available) available, \(pods.updated) up to date, "
            + "\(pods.current) in all"
    }

    /// The versions that play a part or have pods.
    private var versions: [ReplicaSetOverview] {
        overview.replicaSets.filter { !$0.roles.isEmpty || $0.isScaledUp }
    }

    /// A version with the end of its image's name, where the tag is.
    private func line(of version: ReplicaSetOverview) -> StyledLine {
        let role = version.roles.first
        let name = role?.rawValue.capitalizedWord ?? "Old"
        var line = label(name, role.map { OverviewSigns.style(of: $0) } ?? .dim)
        let count = "  \(version.ready)/\(version.wanted) ready"
        let images = version.images.joined(separator: ", ")
        let room = style.width.map { $0 - line.width - count.count }
        line.append(room.map { CharacterWidth.end(of: images, within: max(8, $0)) } ?? images)
        line.append(count, version.ready < version.wanted ? .caution : .dim)
        return line
    }
}

extension String {
    /// The word with a great first letter.
    fileprivate var capitalizedWord: String { prefix(1).uppercased() + dropFirst() }
}
