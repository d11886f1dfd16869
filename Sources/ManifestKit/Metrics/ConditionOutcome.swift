/// How one condition of a metric came out for one measurement.
public struct ConditionOutcome: Hashable, Sendable {
    /// `successCondition` or `failureCondition`.
    public var field: String
    /// The condition, arguments filled in.
    public var condition: String
    /// Whether it holds; nil where it cannot be worked out.
    public var holds: Bool?
    /// Why it cannot be worked out.
    public var problem = ""

    /// How each condition came out, given the answers that the provider got when it asked; the provider reads them
    /// once more for each condition alone, as it alone knows what result they stand for.
    public static func all(_ context: MeasurementContext, answers: [MetricAnswer]) -> [ConditionOutcome] {
        let metric = context.metric
        let conditions = [("successCondition", metric.successCondition), ("failureCondition", metric.failureCondition)]
        return conditions.compactMap { field, condition -> ConditionOutcome? in
            guard let condition else { return nil }
            var outcome = ConditionOutcome(field: field, condition: condition, holds: nil)
            guard let measurement = measurement(context, only: field, answers) else { return outcome }
            switch measurement.phase {
            case .successful: outcome.holds = field == "successCondition"
            case .failed: outcome.holds = field == "failureCondition"
            default: outcome.problem = measurement.message
            }
            return outcome
        }
    }

    private static func measurement(
        _ context: MeasurementContext, only field: String, _ answers: [MetricAnswer]
    ) -> Measurement? {
        var object = context.metric.object
        for other in ["successCondition", "failureCondition"] where other != field { object[other] = nil }
        guard let metric = try? AnalysisMetric(object), let provider = try? MetricProviders.provider(of: metric) else {
            return nil
        }
        var context = context
        context.metric = metric
        var move = provider.begin(context)
        var rest = answers[...]
        while true {
            switch move {
            case .finish(let measurement): return measurement.phase.isCompleted ? measurement : nil
            case .ask(_, let then):
                guard let answer = rest.popFirst() else { return nil }
                move = then(answer)
            }
        }
    }
}
