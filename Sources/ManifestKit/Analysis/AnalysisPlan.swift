/// All that a plan for an AnalysisRun is made from.
public struct AnalysisWorld: Sendable {
    /// The run.
    public var run: AnalysisRun
    /// Measurements that its status does not hold yet, by the names of their metrics, the earliest first.
    public var taken: [String: [TakenMeasurement]]
    /// The metrics that are being measured at this moment.
    public var underWay: Set<String>
    /// How long ago metrics were measured last, where it is known better than the status knows it.
    public var ages: [String: MeasurementAge]

    /// Takes a snapshot.
    public init(
        run: AnalysisRun, taken: [String: [TakenMeasurement]] = [:], underWay: Set<String> = [],
        ages: [String: MeasurementAge] = [:]
    ) {
        self.run = run
        self.taken = taken
        self.underWay = underWay
        self.ages = ages
    }
}

/// How long ago a measurement was taken, with the fraction of a second that a status does not have.
///
/// Counted from whole seconds, intervals would be off by up to one, and all runs would measure at the same moments.
public struct MeasurementAge: Hashable, Sendable {
    /// Which measurement of its metric it is, from 1.
    public var ordinal: Int
    /// The seconds since it began; for one that was gone on with later, since it ended.
    public var sinceBegin: Double
    /// The seconds since it ended.
    public var sinceEnd: Double

    /// Makes an age.
    public init(ordinal: Int, sinceBegin: Double, sinceEnd: Double) {
        self.ordinal = ordinal
        self.sinceBegin = sinceBegin
        self.sinceEnd = sinceEnd
    }

    /// The seconds until the next one is due, 0 or less where it is.
    ///
    /// An interval goes from beginning to beginning, however long the answer took; but a server gets at least as much
    /// rest as it took to answer, up to a whole interval, so that nobody asks a slow one without a pause.
    func secondsLeft(of interval: Double) -> Double {
        max(interval - sinceBegin, min(interval, sinceBegin - sinceEnd) - sinceEnd)
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
    /// What is to be measured now, whether the status is written or not.
    public var tasks: [MeasurementTask] = []
    /// The status to be written, where it is another one than the run has.
    public var status: AnalysisRunStatus
    /// When to plan again though nothing else happens.
    public var wakeAt: KubernetesTime?
    /// The seconds until a metric is due whose latest measurement is known to the fraction of a second.
    public var wakeIn: Double?
    /// Whether the run has outlived its time and is to be deleted.
    public var deletesRun = false
    /// What people are told.
    public var events: [RolloutEvent] = []
    /// How many measurements each metric keeps, for metrics from which some have just been dropped.
    public var kept: [String: Int] = [:]
    /// What the run waits for, for people who ask.
    public var reasons: [String] = []
}

extension AnalysisPlan {
    /// Whether nothing is new but that a run has begun, or measurements of one that goes on: such a status may be
    /// written down later, together with what is measured until then.
    public func isRoutine(after former: AnalysisRunStatus) -> Bool {
        let goesOn = former.phase ?? .running == .running && status.phase == .running
        guard goesOn, events.isEmpty, !deletesRun else { return false }
        return status.results.allSatisfy { result in
            // What is under way outside must be known to whoever goes on with the run.
            result.measurements.last?.phase.isCompleted != false
                && result.phase == former.result(result.name)?.phase ?? .running
        }
    }
}
