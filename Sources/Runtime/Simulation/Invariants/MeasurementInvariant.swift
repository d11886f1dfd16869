import ManifestKit

/// AnalysisRuns keep to their limits and their times.
public enum MeasurementInvariant: SimulationInvariant {
    public static let name = "measurement"
    public static let summary = """
        An AnalysisRun counts each measurement once and none beyond its limits, measures no sooner than its interval \
        says, keeps no more measurements than are wanted, and its end stays as it is.
        """

    public static func violation(by change: ObservedChange) -> String? {
        guard change.actor == .controller, case .object(let key) = change.kind, key.kind == .analysisRun,
            let before = change.before.analysisRuns[key.name], let after = change.after.analysisRuns[key.name],
            before.uid == after.uid
        else { return nil }
        if let phase = before.status.phase, phase.isCompleted, after.status.phase != phase {
            let now = after.status.phase?.rawValue ?? "without a phase"
            return "AnalysisRun \(key.name) was \(phase.rawValue) and is \(now)"
        }
        guard let metrics = try? after.resolvedMetrics(secret: { _ in "" }) else { return nil }
        for metric in metrics {
            guard let result = after.status.result(metric.name) else { continue }
            let former = before.status.result(metric.name)
            if let fault = surplus(metric, result, after) ?? untimely(metric, former, result, after) {
                return "metric \(metric.name) of AnalysisRun \(key.name) \(fault)"
            }
        }
        return nil
    }

    public static func violation(at rest: ObservedRest) -> String? {
        guard rest.isAtRest else { return nil }
        for run in rest.world.analysisRuns.values.sorted(by: { $0.name < $1.name })
        where run.isAskedToEnd && run.status.phase?.isCompleted != true {
            return "AnalysisRun \(run.name) was asked to end and has not"
        }
        return nil
    }

    /// More than was asked for.
    private static func surplus(_ metric: AnalysisMetric, _ result: MetricResult, _ run: AnalysisRun) -> String? {
        if let wanted = metric.wantedCount, result.count > wanted { return "counts \(result.count) of \(wanted)" }
        if metric.failureLimit >= 0, result.failed > metric.failureLimit + 1 {
            return "has \(result.failed) failures, and \(metric.failureLimit) are allowed"
        }
        if result.inconclusive > metric.inconclusiveLimit + 1 {
            return "has \(result.inconclusive) inconclusive measurements, and \(metric.inconclusiveLimit) are allowed"
        }
        if result.consecutiveError > metric.consecutiveErrorLimit + 1 {
            return "has \(result.consecutiveError) errors, and \(metric.consecutiveErrorLimit) are allowed"
        }
        if !run.hasRetention, result.measurements.count > AnalysisPlanner.keptMeasurements {
            return "keeps \(result.measurements.count) measurements"
        }
        return nil
    }

    /// A measurement that was taken too soon, or counted in some other way than once.
    private static func untimely(
        _ metric: AnalysisMetric, _ former: MetricResult?, _ result: MetricResult, _ run: AnalysisRun
    ) -> String? {
        let before = former.map { $0.count + $0.error } ?? 0
        let count = result.count + result.error
        let shown = result.measurements.count(where: \.phase.isCompleted)
        let grown = shown - (former?.measurements.count(where: \.phase.isCompleted) ?? 0)
        // Several may be written down at once; what is counted is shown, as long as the list is not full.
        let isFull = run.hasRetention || shown >= AnalysisPlanner.keptMeasurements
        guard count >= before, isFull || count - before <= max(0, grown) else {
            return "counted \(before) measurements, and then \(count)"
        }
        if let former, former.phase.isCompleted, count > before || former.phase != result.phase {
            return "was \(former.phase.rawValue) and goes on"
        }
        let recent = result.measurements.suffix(max(1, count - before) + 1)
        for (previous, next) in zip(recent, recent.dropFirst()) {
            guard let begin = next.startedAt else { continue }
            guard let end = previous.finishedAt else { return "began anew before it had ended" }
            let isRetry = previous.phase == .error || metric.interval == nil
            let seconds = isRetry ? AnalysisPlanner.errorRetrySeconds : Int(metric.interval?.seconds ?? 0)
            guard begin.seconds - end.seconds < Int64(seconds) else { continue }
            return "was measured after \(begin.seconds - end.seconds) of \(seconds) seconds"
        }
        return nil
    }
}

extension AnalysisRun {
    /// Whether it has rules of its own for how many measurements are kept.
    fileprivate var hasRetention: Bool { object["spec"]?["measurementRetention"]?.array?.isEmpty == false }
}
