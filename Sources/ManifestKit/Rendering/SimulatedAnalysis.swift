/// An analysis in a simulated update: one AnalysisRun, with everything that it measured.
public struct SimulatedAnalysis: Hashable, Sendable {
    /// One measurement.
    public struct Sample: Hashable, Sendable {
        /// When it was there, in seconds from the beginning of the update.
        public var seconds: Double
        /// What came of it.
        public var phase: AnalysisPhase
        /// What was measured, as text; empty where there is nothing.
        public var value: String
        /// Why it failed, for people.
        public var message: String

        /// Makes a measurement.
        public init(seconds: Double, phase: AnalysisPhase, value: String, message: String) {
            self.seconds = seconds
            self.phase = phase
            self.value = value
            self.message = message
        }

        /// The measurement in a few words.
        public var text: String {
            let reason = message.isEmpty || message == value ? "" : " (\(message))"
            return (value.isEmpty ? "" : value + " ") + phase.rawValue + reason
        }
    }

    /// A metric and what was measured of it.
    public struct Metric: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// Its conditions, arguments filled in: `successCondition` and `failureCondition`.
        public var successCondition: String?
        /// See `successCondition`.
        public var failureCondition: String?
        /// Whether it does not count for the run.
        public var isDryRun = false
        /// How it stands at the end.
        public var phase: AnalysisPhase?
        /// Every measurement that came to an end.
        public var samples: [Sample] = []

        /// Makes a metric of which nothing is measured yet.
        public init(name: String, successCondition: String? = nil, failureCondition: String? = nil) {
            self.name = name
            self.successCondition = successCondition
            self.failureCondition = failureCondition
        }

        /// Its conditions, each with what it means where it holds.
        public var conditions: [(word: String, text: String)] {
            [("good if", successCondition), ("bad if", failureCondition)].compactMap { word, text in
                text.map { (word, $0) }
            }
        }

        /// How often it came out how: `8 Successful, 2 Failed`.
        public var counts: String {
            let counts = AnalysisPhase.allCases.map { phase in (phase, samples.count { $0.phase == phase }) }
            let texts = counts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0.rawValue)" }
            return (texts.isEmpty ? "not measured" : texts.joined(separator: ", ")) + (isDryRun ? ", dry run" : "")
        }
    }

    /// The name of the AnalysisRun.
    public var name: String
    /// What it is for, such as `Background` or `Step`; empty for one that belongs to an experiment.
    public var purpose: String
    /// When it began and ended, in seconds from the beginning of the update; nil for one that has not ended.
    public var start: Double
    /// See `start`.
    public var end: Double?
    /// How it stands at the end; nil for one that nobody has looked at.
    public var phase: AnalysisPhase?
    /// Why it ended so.
    public var message = ""
    /// Its metrics.
    public var metrics: [Metric] = []

    /// Makes an analysis that has just begun.
    public init(name: String, purpose: String, start: Double) {
        self.name = name
        self.purpose = purpose
        self.start = start
    }

    /// Makes an analysis that has just begun from its AnalysisRun; values of Secrets are left out of its conditions.
    public init(_ run: AnalysisRun, start: Double) {
        self.init(name: run.name, purpose: run.labels[RolloutMarks.rolloutType] ?? "", start: start)
        metrics = ((try? run.resolvedMetrics { _ in "" }) ?? []).map {
            Metric(name: $0.name, successCondition: $0.successCondition, failureCondition: $0.failureCondition)
        }
    }

    /// Takes how the run stands at a moment.
    public mutating func take(_ status: AnalysisRunStatus, at seconds: Double) {
        phase = status.phase
        message = status.message
        if status.phase?.isCompleted == true, end == nil { end = seconds }
        for position in metrics.indices {
            guard let result = status.result(metrics[position].name) else { continue }
            metrics[position].phase = result.phase
            metrics[position].isDryRun = result.isDryRun
        }
    }

    /// From when to when it went on: `5m1s to 12m11s`.
    var span: String { TimelineWords.moment(start) + (end.map { " to \(TimelineWords.moment($0))" } ?? "") }

    /// The run with what it is for.
    var title: String { purpose.isEmpty ? name : "\(purpose.lowercased()) \(name)" }

    /// What it is, in few words: `step analysis`, or the name of one that belongs to an experiment.
    public var kind: String { purpose.isEmpty ? "analysis \(name)" : "\(purpose.lowercased()) analysis" }

    /// How it stands, with the reason.
    var outcome: String {
        (phase?.rawValue ?? "not begun") + (message.isEmpty ? "" : ": \(message)")
    }
}
