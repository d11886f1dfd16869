import ManifestKit

extension Simulation {
    /// Takes down what analyses have measured since the last time, and how they stand.
    func recordAnalyses() {
        let runs = observer.analysisRuns.sorted { left, right in
            (left.createdAt?.seconds ?? 0, left.name) < (right.createdAt?.seconds ?? 0, right.name)
        }
        for run in runs { record(run) }
    }

    private func record(_ run: AnalysisRun) {
        let place = timeline.analyses.lastIndex { $0.name == run.name } ?? begin(run)
        var analysis = timeline.analyses[place]
        let isNew = analysis.phase == nil && run.status.phase != nil
        if isNew { append("\(analysis.kind) begins") }
        let before = isNew ? .running : analysis.phase
        for result in run.status.results { record(result, in: &analysis) }
        analysis.take(run.status, at: clock.now - origin)
        timeline.analyses[place] = analysis
        guard before != analysis.phase, let phase = analysis.phase else { return }
        append("\(analysis.kind) \(phase.rawValue)")
    }

    private func begin(_ run: AnalysisRun) -> Int {
        timeline.analyses.append(SimulatedAnalysis(run, start: clock.now - origin))
        return timeline.analyses.count - 1
    }

    /// Takes down the measurements of a metric that are new; a row for those that are not as the one before.
    private func record(_ result: MetricResult, in analysis: inout SimulatedAnalysis) {
        guard let place = analysis.metrics.firstIndex(where: { $0.name == result.name }) else { return }
        let ended = result.measurements.filter(\.phase.isCompleted)
        let count = result.count + result.error - analysis.metrics[place].samples.count
        for measurement in ended.suffix(max(0, count)) {
            let sample = SimulatedAnalysis.Sample(
                seconds: clock.now - origin, phase: measurement.phase, value: measurement.value,
                message: measurement.message)
            let isAsBefore = analysis.metrics[place].samples.last?.phase == sample.phase
            analysis.metrics[place].samples.append(sample)
            // Measurements that are as they should be are many.
            if isAsBefore, sample.phase == .successful { continue }
            append("\(result.name): \(sample.text)")
        }
    }

    private func append(_ text: String) { record(.analysis, text) }
}
