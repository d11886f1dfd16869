/// What a metric's provider is said to answer where nobody is asked: in simulations, and from recordings.
public enum ScriptedAnswer: Hashable, Sendable {
    /// A result for the conditions to be worked out with.
    case value(JSONValue)
    /// A result without any data.
    case nothing
    /// An error, with its message.
    case error(String)
    /// An outcome, whatever the conditions say.
    case outcome(AnalysisPhase)
}

extension ScriptedAnswer {
    /// Reads what the status of a run says of a measurement; nil for one that is not completed.
    public init?(recorded measurement: Measurement) {
        switch measurement.phase {
        case .pending, .running: return nil
        case .error: self = .error(measurement.message)
        case .successful, .failed, .inconclusive:
            // Some providers keep no value, such as Jobs.
            self = measurement.value.isEmpty
                ? .outcome(measurement.phase) : .value(MeasuredValue.json(measurement.value))
        }
    }

    /// The measurement that comes of it, judged by the conditions of its metric as the controller judges what a server
    /// answers; what is wrong with the provider's settings shows as it does there.
    public func measurement(
        _ begun: Measurement?, _ context: MeasurementContext, of provider: any MetricProvider
    ) -> Measurement {
        if let refusal = provider.refusal(context) { return refusal }
        var measurement = begun ?? context.begun
        measurement.resumeAt = nil
        switch self {
        case .error(let message): return measurement.failed(message, context)
        case .outcome(let phase):
            measurement.phase = phase
            measurement.finishedAt = context.time
            return measurement
        case .nothing:
            guard type(of: provider).key == PrometheusProvider.key else {
                return measurement.judged(.null, value: "", context)
            }
            return measurement.judged(.array([]), value: "[]", type: .array(.floats, .float), context)
        case .value(let value):
            guard type(of: provider).key == PrometheusProvider.key else {
                return measurement.judged(ExpressionValue(value), value: MeasuredValue.text(value), context)
            }
            return Self.judged(samples: value, measurement, context)
        }
    }

    /// What Prometheus answers is a list of numbers as a rule, and a number for a few queries; a number alone stands
    /// for either, as the conditions want it.
    private static func judged(
        samples value: JSONValue, _ measurement: Measurement, _ context: MeasurementContext
    ) -> Measurement {
        func judged(_ samples: [JSONValue]) -> Measurement {
            let numbers = samples.map { MeasuredValue.number($0) ?? .nan }
            let text = "[" + numbers.map { ExpressionValue.float($0).text }.joined(separator: ",") + "]"
            return measurement.judged(
                .array(numbers.map { .float($0) }), value: text, type: .array(.floats, .float), context)
        }
        if let samples = value.array { return judged(samples) }
        guard let number = MeasuredValue.number(value) else {
            return measurement.judged(ExpressionValue(value), value: MeasuredValue.text(value), context)
        }
        let scalar = measurement.judged(.float(number), value: ExpressionValue.float(number).text, context)
        guard scalar.phase == .error else { return scalar }
        let vector = judged([value])
        return vector.phase == .error ? scalar : vector
    }
}

extension MetricProvider {
    /// The end of a measurement that cannot even begin, as the settings do not allow it; nil where it can.
    public func refusal(_ context: MeasurementContext) -> Measurement? {
        guard case .finish(let measurement) = begin(context), measurement.phase == .error else { return nil }
        return measurement
    }

    /// How long a server has for its answer, in seconds; nil where no server is asked first.
    public func patience(_ context: MeasurementContext) -> Double? {
        guard case .ask(.http(let query), _) = begin(context) else { return nil }
        return query.timeoutSeconds
    }
}

/// The texts that measurements carry as their values.
public enum MeasuredValue {
    /// The value that a text stands for: JSON, or numbers as Go writes them, such as `[NaN,+Inf]`; else the text.
    public static func json(_ text: String) -> JSONValue {
        if let value = try? JSONReader.value(text) { return value }
        if let number = number(of: text) { return .double(number) }
        guard text.hasPrefix("["), text.hasSuffix("]") else { return .string(text) }
        let parts = text.dropFirst().dropLast().split(separator: ",").map { number(of: trimmed($0)) }
        let numbers = parts.compactMap { $0 }
        return numbers.count == parts.count ? .array(numbers.map { .double($0) }) : .string(text)
    }

    /// The text of a value.
    public static func text(_ value: JSONValue) -> String {
        if let text = value.string { return text }
        return value.number.map { ExpressionValue.float($0).text } ?? JSONWriter.text(value, sortsKeys: true)
    }

    /// The number that a value stands for, texts such as `NaN` and `+Inf` among them; nil for any other.
    public static func number(_ value: JSONValue) -> Double? {
        value.number ?? value.string.flatMap { number(of: $0) }
    }

    /// The one number in a measurement's value that a chart can show: the number itself, or the first of a list.
    public static func charted(_ text: String) -> Double? {
        let value = json(text)
        let charted = number(value) ?? value[0].flatMap { number($0) }
        return charted.flatMap { $0.isFinite ? $0 : nil }
    }

    private static func number(of text: String) -> Double? {
        switch text {
        case "NaN": return .nan
        case "+Inf", "Inf": return .infinity
        case "-Inf": return -.infinity
        default:
            // Nothing that only Swift takes for a number, such as "infinity" or "0x1p3".
            let isPlain = text.utf8.allSatisfy { "0123456789.+-eE".utf8.contains($0) }
            return isPlain ? Double(text) : nil
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
