/// All that a plan for an AnalysisRun is made from.
public struct AnalysisWorld: Sendable {
    /// The run.
    public var run: AnalysisRun
    /// Measurements that its status does not hold yet, by the names of their metrics.
    public var taken: [String: TakenMeasurement]
    /// The metrics that are being measured at this moment.
    public var underWay: Set<String>

    /// Takes a snapshot.
    public init(run: AnalysisRun, taken: [String: TakenMeasurement] = [:], underWay: Set<String> = []) {
        self.run = run
        self.taken = taken
        self.underWay = underWay
    }
}

/// A measurement that has been taken, or gone on with.
public struct TakenMeasurement: Hashable, Sendable {
    /// The measurement, completed or still under way.
    public var measurement: Measurement
    /// What the provider says of the metric.
    public var metadata: [String: String]
    /// Whether it was ended before its time.
    public var wasEnded: Bool
    /// Which measurement of its metric it is, from 1; nil where nobody says. One that the status counts already is not
    /// counted again: the answer to the write may have been lost.
    public var ordinal: Int?

    /// Makes a taken measurement.
    public init(
        _ measurement: Measurement, ordinal: Int? = nil, metadata: [String: String] = [:], wasEnded: Bool = false
    ) {
        self.measurement = measurement
        self.ordinal = ordinal
        self.metadata = metadata
        self.wasEnded = wasEnded
    }
}

/// Something to be measured now.
public struct MeasurementTask: Hashable, Sendable {
    /// What is to be done.
    public enum Kind: Hashable, Sendable {
        /// Take a new measurement.
        case begin
        /// Look again at one that is under way.
        case resume(Measurement)
        /// End one that is under way.
        case end(Measurement)
    }

    /// The name of the metric, arguments filled in.
    public var metric: String
    /// Its place in `spec.metrics`.
    public var position: Int
    /// How many measurements of it there will have been with this one.
    public var ordinal: Int
    /// What is to be done.
    public var kind: Kind
}

/// What is to be done for an AnalysisRun now.
public struct AnalysisPlan: Hashable, Sendable {
    /// What is to be measured now, once the status is written.
    public var tasks: [MeasurementTask] = []
    /// The status to be written, where it is another one than the run has.
    public var status: AnalysisRunStatus
    /// When to plan again though nothing else happens.
    public var wakeAt: KubernetesTime?
    /// Whether the run has outlived its time and is to be deleted.
    public var deletesRun = false
    /// What people are told.
    public var events: [RolloutEvent] = []
    /// How many measurements each metric keeps, for metrics from which some have just been dropped.
    public var kept: [String: Int] = [:]
    /// What the run waits for, for people who ask.
    public var reasons: [String] = []
}
