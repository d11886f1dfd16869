import ManifestKit

/// What a scenario says about a metric from a moment on: what its measurements come to, and how long they take.
public struct ScenarioMetric: Hashable, Sendable {
    /// Where the answers come from.
    public enum Answers: Hashable, Sendable {
        /// One a measurement, counted from the moment on in each run; the last one stays. Never empty.
        case listed([ScriptedAnswer])
        /// What was recorded at the time.
        case recorded(MetricSeries)
    }

    /// The name of the metric.
    public var name: String
    /// The template that it is in; nil for a metric of this name in any template.
    public var template: String?
    /// What its measurements come to.
    public var answers: Answers
    /// How long a measurement takes, in seconds.
    public var slowSeconds: Double

    /// Says what a metric comes to.
    public init(_ name: String, template: String? = nil, _ answers: Answers, slowSeconds: Double = 0) {
        self.name = name
        self.template = template
        self.answers = answers
        self.slowSeconds = slowSeconds
    }

    /// What it says, in a few words.
    var text: String {
        var text = switch answers {
        case .listed(let answers): answers.prefix(4).map(\.text).joined(separator: ", ")
            + (answers.count > 4 ? ", ..." : "")
        case .recorded(let series): "as in \(series.path)"
        }
        if slowSeconds > 0 { text += " after \(ScenarioText.duration(slowSeconds))" }
        return "metric \(name): \(text)"
    }
}

extension ScriptedAnswer {
    /// The answer in a few words.
    var text: String {
        switch self {
        case .value(let value): MeasuredValue.text(value)
        case .nothing: "nothing"
        case .error(let message): "error: \(message)"
        case .outcome(let phase): phase.rawValue
        }
    }
}

/// Values of a metric over time, as somebody has recorded them.
public struct MetricSeries: Hashable, Sendable {
    /// An answer and when it was given.
    public struct Point: Hashable, Sendable {
        /// Seconds from the beginning of the recording.
        public var seconds: Double
        /// The answer.
        public var answer: ScriptedAnswer
    }

    /// What was recorded.
    public enum Kind: Hashable, Sendable {
        /// Samples, each of which holds until the next; their time counts from the moment on from which they hold.
        case samples
        /// The measurements of an AnalysisRun; their time counts from the beginning of each run.
        case measurements
    }

    /// The file, as the scenario names it.
    public var path: String
    /// What was recorded.
    public var kind: Kind
    /// The points, the earliest first. Never empty.
    public var points: [Point]

    /// The answer at a moment, in seconds: the latest sample, or the nearest measurement, as two runs of the same
    /// interval drift apart.
    func answer(at seconds: Double) -> ScriptedAnswer {
        let next = points.firstIndex { $0.seconds > seconds } ?? points.count
        let before = max(0, next - 1)
        guard kind == .measurements, next < points.count, next > 0,
            points[next].seconds - seconds < seconds - points[before].seconds
        else { return points[before].answer }
        return points[next].answer
    }
}
