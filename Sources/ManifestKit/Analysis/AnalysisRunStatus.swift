/// One look at a metric.
public struct Measurement: Hashable, Sendable {
    /// `phase`.
    public var phase: AnalysisPhase
    /// `message`: why it failed, for people.
    public var message = ""
    /// `startedAt`.
    public var startedAt: KubernetesTime?
    /// `finishedAt`.
    public var finishedAt: KubernetesTime?
    /// `value`: what was measured, as text.
    public var value = ""
    /// `metadata`: what the provider remembers of it, such as the name of a Job.
    public var metadata: [String: String] = [:]
    /// `resumeAt`: when to look again at one that is still under way.
    public var resumeAt: KubernetesTime?

    /// Makes a measurement.
    public init(_ phase: AnalysisPhase, startedAt: KubernetesTime?) {
        self.phase = phase
        self.startedAt = startedAt
    }
}

/// What has come of one metric so far.
public struct MetricResult: Hashable, Sendable {
    /// `name` of the metric.
    public var name: String
    /// `phase`.
    public var phase: AnalysisPhase
    /// `measurements`, the latest last; earlier ones are dropped.
    public var measurements: [Measurement] = []
    /// `message`.
    public var message = ""
    /// `count`: measurements that came out without an error.
    public var count = 0
    /// `successful`.
    public var successful = 0
    /// `failed`.
    public var failed = 0
    /// `inconclusive`.
    public var inconclusive = 0
    /// `error`.
    public var error = 0
    /// `consecutiveError`: errors since the last measurement without one.
    public var consecutiveError = 0
    /// `consecutiveSuccess`: successes since the last measurement that was none.
    public var consecutiveSuccess = 0
    /// `dryRun`: whether it does not count for the run.
    public var isDryRun = false
    /// `metadata`: what the provider says of the metric, such as the query with its arguments filled in.
    public var metadata: [String: String] = [:]

    /// Makes the result of a metric that nothing is known of yet.
    public init(name: String, phase: AnalysisPhase = .running) {
        self.name = name
        self.phase = phase
    }

    /// Counts a measurement that is completed.
    mutating func tally(_ phase: AnalysisPhase) {
        switch phase {
        case .successful:
            successful += 1
            consecutiveSuccess += 1
        case .failed: failed += 1
        case .inconclusive: inconclusive += 1
        case .error:
            error += 1
            consecutiveError += 1
        case .pending, .running: return
        }
        if phase != .error {
            count += 1
            consecutiveError = 0
        }
        if phase != .successful { consecutiveSuccess = 0 }
    }
}

/// How many metrics came out how.
public struct RunSummary: Hashable, Sendable {
    /// `count`: metrics in all.
    public var count = 0
    /// `successful`.
    public var successful = 0
    /// `failed`.
    public var failed = 0
    /// `inconclusive`.
    public var inconclusive = 0
    /// `error`.
    public var error = 0

    /// Counts a metric that is completed.
    mutating func tally(_ phase: AnalysisPhase?) {
        switch phase {
        case .error: error += 1
        case .failed: failed += 1
        case .inconclusive: inconclusive += 1
        default: successful += 1
        }
    }
}

/// `status` of an AnalysisRun.
public struct AnalysisRunStatus: Hashable, Sendable {
    /// `phase`; nil for a run that nobody has looked at.
    public var phase: AnalysisPhase?
    /// `message`.
    public var message = ""
    /// `metricResults`.
    public var results: [MetricResult] = []
    /// `startedAt`.
    public var startedAt: KubernetesTime?
    /// `runSummary`.
    public var summary = RunSummary()
    /// `dryRunSummary`, nil before the first look.
    public var dryRunSummary: RunSummary?
    /// `completedAt`.
    public var completedAt: KubernetesTime?

    /// The result of a metric, or nil where there is none yet.
    public func result(_ name: String) -> MetricResult? { results.first { $0.name == name } }

    /// Puts a result in the place of the metric's earlier one.
    mutating func set(_ result: MetricResult) {
        if let place = results.firstIndex(where: { $0.name == result.name }) {
            results[place] = result
        } else {
            results.append(result)
        }
    }
}
