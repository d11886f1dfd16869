/// One plan for an AnalysisRun that is not completed, in the making.
struct AnalysisPass {
    private(set) var plan: AnalysisPlan
    private var status: AnalysisRunStatus {
        get { plan.status }
        set { plan.status = newValue }
    }
    private let run: AnalysisRun
    private let taken: [String: [TakenMeasurement]]
    private let underWay: Set<String>
    private let ages: [String: MeasurementAge]
    private let metrics: [AnalysisMetric]
    private let isDryRun: Set<String>
    private let retention: [String: JSONValue]
    private let now: KubernetesTime

    init(_ world: AnalysisWorld, now: KubernetesTime) throws(AnalysisProblem) {
        run = world.run
        taken = world.taken
        underWay = world.underWay
        ages = world.ages
        self.now = now
        metrics = try run.resolvedMetrics { _ in AnalysisPlanner.secretPlaceholder }
        let names = metrics.map(\.name)
        do throws(AnalysisProblem) {
            isDryRun = Set(try run.chosen(by: "dryRun", among: names).keys)
            retention = try run.chosen(by: "measurementRetention", among: names)
        } catch {
            throw AnalysisProblem("Analysis spec invalid: \(error)")
        }
        plan = AnalysisPlan(status: run.status)
    }

    /// Whether no new measurement is taken any more.
    private var isEnding: Bool { withStatus.isEnding }

    // MARK: What has been measured

    /// Takes what has been measured since the status was written, in the order in which it was measured.
    mutating func takeMeasurements() {
        for metric in metrics {
            for taken in taken[metric.name] ?? [] { take(taken, of: metric) }
        }
    }

    private mutating func take(_ taken: TakenMeasurement, of metric: AnalysisMetric) {
        var result = status.result(metric.name) ?? newResult(metric.name, taken)
        // A limit that is reached ends the metric there, though more may have been measured before it was written down.
        guard !metric.phase(of: result, isEnding: false).isCompleted,
            taken.ordinal.map({ $0 > result.count + result.error }) ?? true
        else { return }
        var measurement = taken.measurement
        if measurement.phase.isCompleted {
            measurement.finishedAt = measurement.finishedAt ?? now
            if taken.wasEnded, [.successful, .inconclusive].contains(measurement.phase) {
                measurement.message = "Metric Terminated"
            }
            result.tally(measurement.phase)
        }
        if let last = result.measurements.last, last.finishedAt == nil {
            result.measurements[result.measurements.count - 1] = measurement
        } else {
            result.measurements.append(measurement)
        }
        status.set(result)
    }

    private func newResult(_ name: String, _ taken: TakenMeasurement) -> MetricResult {
        var result = MetricResult(name: name)
        result.isDryRun = isDryRun.contains(name)
        result.metadata = taken.metadata
        return result
    }

    // MARK: What it comes to

    /// Works out how each metric and the whole run stand.
    mutating func assess() {
        if status.startedAt == nil { status.startedAt = now }
        let wasEnding = isEnding
        assess(isEnding: wasEnding)
        // A metric that has just come to a bad end ends the others.
        if !wasEnding, isEnding { assess(isEnding: true) }
    }

    /// Whether something of the run is still at work outside, such as a Job.
    private var hasMeasurementUnderWay: Bool {
        status.results.contains { $0.measurements.last?.phase.isCompleted == false && !$0.phase.isCompleted }
    }

    private mutating func assess(isEnding: Bool) {
        var worst: AnalysisPhase?
        var message = run.isAskedToEnd ? "Run Terminated" : ""
        var summary = RunSummary()
        var dryRunSummary = RunSummary()
        var isEverythingCompleted = true
        for metric in metrics {
            let isDry = isDryRun.contains(metric.name)
            if isDry { dryRunSummary.count += 1 } else { summary.count += 1 }
            guard let result = assess(metric, isEnding: isEnding), result.phase.isCompleted else {
                isEverythingCompleted = false
                continue
            }
            let (phase, reason) = metric.badEnd(result)
            if isDry {
                worst = worst ?? .successful
                dryRunSummary.tally(phase)
                guard !reason.isEmpty else { continue }
                var result = result
                result.message = "Metric assessed \(result.phase.rawValue) due to \(reason)"
                status.set(result)
            } else {
                summary.tally(phase)
                guard worst.map({ result.phase.isWorse(than: $0) }) ?? true else { continue }
                worst = result.phase
                guard !reason.isEmpty else { continue }
                message = "Metric \"\(metric.name)\" assessed \(result.phase.rawValue) due to \(reason)"
                if !result.message.isEmpty { message += ": \"Error Message: \(result.message)\"" }
            }
        }
        status.summary = summary
        status.dryRunSummary = dryRunSummary
        if isEnding, !hasMeasurementUnderWay {
            end(worst ?? .successful, message)
        } else if isEverythingCompleted, let worst {
            end(worst, message)
        } else if status.phase != .running {
            status.phase = .running
            status.message = ""
        }
    }

    /// Notes how a metric stands now; nil where nothing of it has been measured.
    private mutating func assess(_ metric: AnalysisMetric, isEnding: Bool) -> MetricResult? {
        guard var result = status.result(metric.name) else { return nil }
        let phase = metric.phase(of: result, isEnding: isEnding)
        guard result.phase != phase else { return result }
        if phase.isCompleted {
            plan.events.append(RolloutEvent(
                phase.isBad ? .warning : .normal, reason: "Metric" + phase.rawValue,
                message: "Metric '\(metric.name)' Completed. Result: \(phase.rawValue)"))
        }
        if let last = result.measurements.last { result.message = last.message }
        result.phase = phase
        status.set(result)
        return result
    }

    /// Ends the run, unless a metric has to be ended first.
    private mutating func end(_ phase: AnalysisPhase, _ message: String) {
        guard phase != status.phase else { return }
        status.phase = phase
        status.message = message
        guard phase.isCompleted else { return }
        plan.events.append(AnalysisPlanner.completion(phase))
        status.completedAt = status.completedAt ?? now
    }

    // MARK: What is kept

    /// Drops the oldest measurements of metrics that have many.
    mutating func dropMeasurements() {
        for var result in status.results {
            let limit = retention[result.name]?.count("limit").flatMap { $0 > 0 ? $0 : nil }
                ?? AnalysisPlanner.keptMeasurements
            guard result.measurements.count > limit else { continue }
            result.measurements.removeFirst(result.measurements.count - limit)
            plan.kept[result.name] = limit
            status.set(result)
        }
    }

    // MARK: What is next

    /// Works out what is to be measured now, and when to look again.
    mutating func schedule() {
        guard status.phase?.isCompleted != true else {
            if let expiry = withStatus.expiry { plan.wakeAt = expiry }
            return
        }
        let isEnding = isEnding
        for (position, metric) in metrics.enumerated() where !underWay.contains(metric.name) {
            let result = status.result(metric.name)
            guard result?.phase.isCompleted != true else { continue }
            let ordinal = (result?.count ?? 0) + (result?.error ?? 0) + 1
            if let last = result?.measurements.last, last.finishedAt == nil {
                goOn(with: last, metric, position, ordinal, isEnding: isEnding)
            } else if !isEnding {
                begin(metric, result, position, ordinal)
            }
        }
    }

    private var withStatus: AnalysisRun {
        var run = run
        run.status = status
        return run
    }

    private mutating func goOn(
        with last: Measurement, _ metric: AnalysisMetric, _ position: Int, _ ordinal: Int, isEnding: Bool
    ) {
        if !isEnding, let moment = last.resumeAt, moment > now {
            wake(at: moment)
            return
        }
        plan.tasks.append(MeasurementTask(
            metric: metric.name, position: position, ordinal: ordinal, kind: isEnding ? .end(last) : .resume(last)))
    }

    private mutating func begin(_ metric: AnalysisMetric, _ result: MetricResult?, _ position: Int, _ ordinal: Int) {
        guard taken[metric.name]?.count ?? 0 < AnalysisPlanner.mostUnwritten else {
            plan.reasons.append("metric \(metric.name) waits until what was measured is written down")
            return
        }
        var due = now
        if let result, let last = result.measurements.last {
            if let wanted = metric.wantedCount, result.count >= wanted { return }
            if let age = ages[metric.name], age.ordinal == ordinal - 1 {
                let seconds = metric.secondsLeft(after: last, age)
                // A clock may be early by less than anybody can see.
                guard seconds < 0.001 else {
                    plan.wakeIn = min(plan.wakeIn ?? .infinity, seconds)
                    plan.reasons.append("metric \(metric.name) is measured again at \(now.after(Int(seconds) + 1))")
                    return
                }
            } else {
                due = (last.finishedAt ?? now).after(metric.wholeSeconds(after: last))
            }
        } else if let delay = metric.initialDelay {
            due = (status.startedAt ?? now).after(delay.wholeSeconds)
        }
        guard due <= now else {
            plan.reasons.append("metric \(metric.name) is measured again at \(due)")
            wake(at: due)
            return
        }
        plan.tasks.append(MeasurementTask(metric: metric.name, position: position, ordinal: ordinal, kind: .begin))
    }

    private mutating func wake(at time: KubernetesTime) { plan.wakeAt = plan.wakeAt.map { min($0, time) } ?? time }
}

extension AnalysisMetric {
    /// Whether a measurement is followed by another try and not by the next of a series.
    private func isRetried(_ last: Measurement) -> Bool { last.phase == .error || interval == nil }

    /// The seconds between the end of a measurement and the next one, by what a status says.
    func wholeSeconds(after last: Measurement) -> Int {
        isRetried(last) ? AnalysisPlanner.errorRetrySeconds : max(1, interval?.wholeSeconds ?? 0)
    }

    /// The seconds until the next measurement is due.
    fileprivate func secondsLeft(after last: Measurement, _ age: MeasurementAge) -> Double {
        guard !isRetried(last) else { return Double(AnalysisPlanner.errorRetrySeconds) - age.sinceEnd }
        return age.secondsLeft(of: max(1, interval?.seconds ?? 0))
    }

    /// How the metric stands, given what has been measured.
    func phase(of result: MetricResult, isEnding: Bool) -> AnalysisPhase {
        if result.phase.isCompleted { return result.phase }
        guard let last = result.measurements.last else { return isEnding ? .successful : .pending }
        guard last.phase.isCompleted else { return .running }
        if let phase = badEnd(result).phase { return phase }
        let wantsSuccesses = consecutiveSuccessLimit > 0
        if wantsSuccesses, result.consecutiveSuccess >= consecutiveSuccessLimit { return .successful }
        if let wanted = wantedCount, result.count >= wanted {
            guard wantsSuccesses else { return .successful }
            // Neither the successes that were wanted nor more failures than are allowed.
            return failureLimit >= 0 ? .inconclusive : .failed
        }
        return isEnding ? .successful : .running
    }

    /// The bad end that a metric has come to, and why; nil where it has come to none.
    func badEnd(_ result: MetricResult) -> (phase: AnalysisPhase?, reason: String) {
        if result.consecutiveError > consecutiveErrorLimit {
            return (.error,
                "consecutiveErrors (\(result.consecutiveError)) > consecutiveErrorLimit (\(consecutiveErrorLimit))")
        }
        if result.inconclusive > inconclusiveLimit {
            return (.inconclusive,
                "inconclusive (\(result.inconclusive)) > inconclusiveLimit (\(inconclusiveLimit))")
        }
        if failureLimit >= 0, result.failed > failureLimit {
            return (.failed, "failed (\(result.failed)) > failureLimit (\(failureLimit))")
        }
        return (nil, "")
    }
}

extension GoDuration {
    /// The length in whole seconds, as many as cover it.
    public var wholeSeconds: Int {
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        return Int(quotient) + (remainder > 0 ? 1 : 0)
    }
}
