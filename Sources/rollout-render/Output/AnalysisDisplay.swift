import ManifestKit
import RolloutRuntime

/// Shows an analysis as it goes on: lines below each other, or on a terminal one picture that changes.
actor AnalysisDisplay {
    /// Where it shows it.
    enum Place: Sendable {
        case standardOutput
        /// Beside a report on standard output.
        case standardError
    }

    /// Whether a picture is drawn again and again.
    let isLive: Bool
    /// Everything that was measured.
    private(set) var analysis: SimulatedAnalysis
    private let isOnce: Bool
    private let isColored: Bool
    private let place: Place
    private var screen: LiveScreen?
    private var start: Double?
    private var nameWidth: Int
    /// How many measurements the picture shows.
    private static let shownSamples = 8

    init(_ run: AnalysisRun, isOnce: Bool, isColored: Bool, place: Place) {
        self.isOnce = isOnce
        self.isColored = isColored
        self.place = place
        isLive = !isOnce && place == .standardOutput && Terminal.canDraw
        screen = isLive ? LiveScreen(isColored: isColored) : nil
        analysis = SimulatedAnalysis(run, start: 0)
        nameWidth = analysis.metrics.map(\.name.count).max() ?? 0
    }

    /// Takes what has happened, and shows it.
    func show(_ news: AnalysisTrial.News, _ run: AnalysisRun, now: Double) throws {
        let start = self.start ?? now
        self.start = start
        analysis.take(run.status, at: now - start)
        if case .measured(let name, let measurement, let outcomes) = news,
            let position = analysis.metrics.firstIndex(where: { $0.name == name }) {
            let sample = SimulatedAnalysis.Sample(
                seconds: now - start, phase: measurement.phase, value: measurement.value, message: measurement.message)
            analysis.metrics[position].samples.append(sample)
            if !isLive { try write(lines(of: sample, name, measurement, outcomes)) }
        }
        if isLive { try screen?.draw(picture(now: now - start)) }
    }

    /// Gives the terminal back.
    func end() { screen?.end() }

    /// Says how it ended.
    func conclude() throws {
        guard !isLive else { return }
        try write([verdict])
    }

    private func write(_ lines: [StyledLine]) throws {
        let text = StyledText.text(lines, isColored: isColored)
        switch place {
        case .standardOutput: try StandardOutput.write(text)
        case .standardError: StandardError.write(text.hasSuffix("\n") ? String(text.dropLast()) : text)
        }
    }

    // MARK: Lines

    private var verdict: StyledLine {
        let time = analysis.end.map { " after \(Self.length($0))" } ?? ""
        var line = StyledLine(analysis.name, .bold)
        line.append(": ")
        line.append(analysis.phase?.rawValue ?? "not begun", Self.style(of: analysis.phase))
        line.append("\(time)\(analysis.message.isEmpty ? "" : ": \(analysis.message)")")
        return line
    }

    private func lines(
        of sample: SimulatedAnalysis.Sample, _ name: String, _ measurement: Measurement, _ outcomes: [ConditionOutcome]
    ) -> [StyledLine] {
        var line = StyledLine((measurement.finishedAt?.description).map { $0 + "  " } ?? "", .dim)
        line.append(name + String(repeating: " ", count: max(0, nameWidth - name.count)), .bold)
        line.append("  ")
        line.append(sample.phase.rawValue, Self.style(of: sample.phase))
        if !sample.value.isEmpty { line.append("  \(sample.value)") }
        if !sample.message.isEmpty { line.append("  \(sample.message)") }
        return [line] + outcomes.map { outcome in
            var line = StyledLine("    \(outcome.field): \(outcome.condition)  ", .dim)
            switch outcome.holds {
            case true?: line.append("holds", outcome.field == "successCondition" ? .good : .bad)
            case false?: line.append("does not hold", outcome.field == "successCondition" ? .bad : .good)
            case nil: line.append(outcome.problem.isEmpty ? "not worked out" : outcome.problem, .bad)
            }
            return line
        }
    }

    // MARK: The picture

    private func picture(now: Double) -> [StyledLine] {
        var lines = [analysis.phase?.isCompleted == true ? verdict : heading(now)]
        for metric in analysis.metrics {
            lines.append(StyledLine())
            var line = StyledLine(metric.name, .bold)
            line.append("  ")
            line.append(metric.phase?.rawValue ?? "Pending", Self.style(of: metric.phase))
            line.append("  \(metric.counts)", .dim)
            lines.append(line)
            lines += metric.conditions.map { StyledLine("  \($0.word) \($0.text)", .dim) }
            for sample in metric.samples.suffix(Self.shownSamples) {
                var line = StyledLine("  " + Self.padded(Self.length(now - sample.seconds) + " ago", 10), .dim)
                line.append("  ")
                line.append(Self.padded(sample.phase.rawValue, 12), Self.style(of: sample.phase))
                line.append("  \(sample.value)")
                if !sample.message.isEmpty { line.append("  \(sample.message)", .dim) }
                lines.append(line)
            }
        }
        if analysis.phase?.isCompleted != true {
            lines += [StyledLine(), StyledLine("Ctrl-C ends the analysis", .dim)]
        }
        return lines
    }

    private func heading(_ now: Double) -> StyledLine {
        var line = StyledLine(analysis.name, .bold)
        line.append(": ")
        line.append(analysis.phase?.rawValue ?? "Pending", .accent)
        line.append(" for \(Self.length(now))")
        return line
    }

    private static func length(_ seconds: Double) -> String {
        ScenarioText.duration(seconds < 10 && seconds > 0.05 ? (seconds * 10).rounded() / 10 : seconds.rounded())
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func style(of phase: AnalysisPhase?) -> TextStyle {
        switch phase {
        case .successful: .good
        case .failed, .error: .bad
        case .inconclusive: .caution
        case .pending, .running, nil: .accent
        }
    }
}
