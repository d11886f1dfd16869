/// `skywalking`: a query in GraphQL to Apache SkyWalking.
public struct SkyWalkingProvider: MetricProvider {
    public static let key = "skywalking"
    private let address: String
    private let query: String
    private let windowSeconds: Int64

    private static let standardInterval = "5m"

    public init(_ settings: JSONValue, of metric: AnalysisMetric) throws(AnalysisProblem) {
        address = settings.text("address") ?? ""
        query = settings.text("query") ?? ""
        let interval = settings.text("interval") ?? Self.standardInterval
        switch GoDuration.parse(interval) {
        case .success(let duration): windowSeconds = Int64(duration.seconds)
        case .failure(let malformation):
            throw AnalysisProblem("invalid interval string: \(GoText.quoted(interval)): \(malformation.reason)")
        }
    }

    public func begin(_ context: MeasurementContext) -> MeasurementMove {
        var request = HTTPQuery("POST", address + "/graphql")
        request.set("Content-Type", "application/json; charset=utf-8")
        request.set("Accept", "application/json; charset=utf-8")
        let end = context.now.instant.seconds
        request.body = JSONWriter.text([
            "query": .string(query),
            "variables": ["duration": [
                "start": .string(Self.minute(end - windowSeconds)), "end": .string(Self.minute(end)),
                "step": "MINUTE",
            ]],
        ])
        return asking(request, context)
    }

    /// A minute as SkyWalking has it, `2026-11-23 0930`.
    private static func minute(_ seconds: Int64) -> String {
        let text = KubernetesTime(seconds: seconds).description
        return text.prefix(10) + " " + text.dropFirst(11).prefix(5).filter { $0 != ":" }
    }
}

extension SkyWalkingProvider: AnswerReading {
    func measurement(
        from answer: MetricAnswer, _ context: MeasurementContext
    ) throws(AnalysisProblem) -> Measurement {
        let (status, body) = try answer.response()
        guard let json = try? JSONReader.value(body) else {
            throw AnalysisProblem(
                status == 200 ? "the answer of SkyWalking is no JSON"
                    : "graphql: server returned a non-200 status code: \(status)")
        }
        if let error = json["errors"]?.array?.first {
            throw AnalysisProblem("graphql: \(MetricAnswer.excerpt(error.text("message") ?? JSONWriter.text(error)))")
        }
        guard let data = json.present("data") else {
            throw AnalysisProblem(
                status == 200 ? "no results returned from SkyWalking query"
                    : "graphql: server returned a non-200 status code: \(status)")
        }
        return context.begun.judged(
            ExpressionValue(data), value: JSONWriter.text(data, sortsKeys: true), context)
    }
}
