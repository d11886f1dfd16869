import ManifestKit
import Testing

/// A measurement that is taken with answers written by hand.
struct ProviderExchange {
    /// What was asked, in order.
    var questions: [MetricQuestion] = []
    /// What came of it; nil where more was asked than there are answers.
    var measurement: Measurement?

    /// The requests among the questions.
    var requests: [HTTPQuery] {
        questions.compactMap { if case .http(let query) = $0 { query } else { nil } }
    }

    static func context(
        _ metric: JSONValue, environment: [String: String] = [:], status: JSONValue = [:]
    ) throws -> MeasurementContext {
        var metric = metric
        metric["name"] = "m"
        let run = try #require(AnalysisRun([
            "metadata": ["name": "run", "namespace": "shop", "uid": "u-1"], "status": status,
        ]))
        return MeasurementContext(
            run: run, metric: try AnalysisMetric(metric), ordinal: 1, now: .init(seconds: 1_700_000_000),
            environment: environment, controllerNamespace: "system")
    }

    /// Takes a measurement, or looks again at one that is under way.
    init(
        _ metric: JSONValue, environment: [String: String] = [:], status: JSONValue = [:],
        resuming known: Measurement? = nil, answers: [MetricAnswer]
    ) throws {
        let context = try Self.context(metric, environment: environment, status: status)
        let provider = try MetricProviders.provider(of: context.metric)
        var move = known.map { provider.resume($0, context) } ?? provider.begin(context)
        var answers = answers[...]
        while case .ask(let question, let then) = move {
            questions.append(question)
            guard let answer = answers.popFirst() else { return }
            move = then(answer)
        }
        if case .finish(let end) = move { measurement = end }
    }

    static func http(_ body: String, status: Int = 200) -> MetricAnswer {
        .http(status: status, headers: [], body: body)
    }

    static func secret(_ data: [String: String]) -> MetricAnswer {
        .object(["data": .strings(data.mapValues { Base64.encoded(Array($0.utf8)) })])
    }

    static func secretQuestion(_ name: String, in namespace: String = "system") -> MetricQuestion {
        .get(MetricQuestion.ClusterObject(kind: "Secret", namespace: namespace, name: name))
    }

    /// What a metric is refused with before anything is asked.
    static func problem(_ metric: JSONValue) -> String? {
        do {
            _ = try MetricProviders.provider(of: try context(metric).metric)
            return nil
        } catch let problem as AnalysisProblem {
            return problem.description
        } catch {
            return "\(error)"
        }
    }
}

/// An answer, a condition, and what has to come of them.
struct ProviderCase: Sendable, CustomTestStringConvertible {
    var answer: MetricAnswer
    var condition: String
    var phase: AnalysisPhase
    var value: String
    var message: String

    init(
        _ body: String, status: Int = 200, _ condition: String, _ phase: AnalysisPhase, _ value: String = "",
        _ message: String = ""
    ) {
        answer = ProviderExchange.http(body, status: status)
        self.condition = condition
        self.phase = phase
        self.value = value
        self.message = message
    }

    init(failure: String) {
        answer = .failure(failure)
        condition = "true"
        phase = .error
        value = ""
        message = failure
    }

    var testDescription: String { "\(condition) on \(answer)" }

    /// Takes the measurement and compares.
    func check(_ provider: JSONValue, before answers: [MetricAnswer] = [], at place: Testing.SourceLocation) throws {
        let exchange = try ProviderExchange(
            ["successCondition": .string(condition), "provider": provider], answers: answers + [answer])
        let measurement = try #require(exchange.measurement, sourceLocation: place)
        #expect(measurement.phase == phase, "\(measurement.message)", sourceLocation: place)
        #expect(measurement.value == value, sourceLocation: place)
        #expect(measurement.message == message, sourceLocation: place)
        #expect(measurement.finishedAt == KubernetesTime(seconds: 1_700_000_000), sourceLocation: place)
    }

    static func noData(_ condition: String) -> String {
        "could not evaluate successCondition \"\(condition)\": metric result is nil or empty: no data returned from "
            + "the metric provider"
    }
}
