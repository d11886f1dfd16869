/// `web`: a request to any server that answers with JSON, or with text.
public struct WebProvider: MetricProvider {
    public static let key = "web"
    private let query: HTTPQuery
    private let path: JSONPath

    /// Seconds that a server has where the metric says nothing.
    private static let timeoutSeconds = 10

    public init(_ settings: JSONValue, of metric: AnalysisMetric) throws(AnalysisProblem) {
        let method = settings.text("method") ?? "GET"
        var query = HTTPQuery(method, settings.text("url") ?? "")
        let text = settings.text("body")
        let json = settings.present("jsonBody")
        if text != nil, json != nil {
            throw AnalysisProblem("use either Body or JSONBody; both cannot exists for WebMetric payload")
        }
        if text != nil || json != nil, method == "GET" {
            throw AnalysisProblem("Body/JSONBody can only be used with POST or PUT WebMetric Method types")
        }
        for header in settings["headers"]?.array ?? [] {
            query.set(header.text("key") ?? "", header["value"]?.string ?? "")
        }
        query.body = text
        if let json {
            query.body = JSONWriter.text(json)
            query.set("Content-Type", "application/json")
        }
        let seconds = settings["timeoutSeconds"]?.integer ?? 0
        query.timeoutSeconds = Double(seconds > 0 ? seconds : Self.timeoutSeconds)
        query.isInsecure = settings.flag("insecure")
        query.authentication = try MetricAuthentication.read(settings["authentication"], service: "execute-api")
        self.query = query
        do throws(JSONPath.Failure) {
            path = try JSONPath(settings.text("jsonPath") ?? "{$}")
        } catch {
            throw AnalysisProblem("the JSONPath cannot be read: \(error.message)")
        }
    }

    public func begin(_ context: MeasurementContext) -> MeasurementMove {
        .ask(.http(query)) { answer in .finish(measurement(from: answer, context)) }
    }

    private func measurement(from answer: MetricAnswer, _ context: MeasurementContext) -> Measurement {
        guard case .http(let status, _, let body) = answer else {
            return context.begun.failed(answer.failureText, context)
        }
        guard (200..<300).contains(status) else {
            return context.begun.failed("received non 2xx response code: \(status)", context)
        }
        guard let json = try? JSONReader.value(body) else {
            return context.begun.judged(.string(body), value: body, context)
        }
        switch path.firstValue(in: json) {
        case .failure(let failure):
            return context.begun.failed("Could not find JSONPath in body: \(failure.message)", context)
        case .success(let value):
            return context.begun.judged(
                ExpressionValue(value), value: JSONWriter.text(value, sortsKeys: true), context)
        }
    }
}
