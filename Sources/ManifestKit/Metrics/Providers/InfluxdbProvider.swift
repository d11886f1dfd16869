/// `influxdb`: a query in Flux to InfluxDB.
public struct InfluxdbProvider: MetricProvider {
    public static let key = "influxdb"
    private let query: String
    private let profile: String

    public init(_ settings: JSONValue, of metric: AnalysisMetric) throws(AnalysisProblem) {
        query = settings.text("query") ?? ""
        profile = settings.text("profile") ?? "influxdb"
    }

    public func begin(_ context: MeasurementContext) -> MeasurementMove {
        ProviderSecret.using(profile, context) { secret throws(AnalysisProblem) in
            asking(try request(secret), context, hiding: [secret["authToken"] ?? ""])
        }
    }

    private func request(_ secret: ProviderSecret) throws(AnalysisProblem) -> HTTPQuery {
        guard let token = secret.text("authToken"), let address = secret.text("address"),
            let organization = secret.text("org")
        else { throw AnalysisProblem("authToken, org, or address not found") }
        let base = address.hasSuffix("/") ? address : address + "/"
        var request = HTTPQuery("POST", base + "api/v2/query?" + WebForm.encoded([("org", organization)]))
        request.set("Authorization", "Token " + token)
        request.set("Content-Type", "application/json")
        request.set("Accept", "application/csv")
        request.body = JSONWriter.text([
            "dialect": ["annotations": ["datatype", "group", "default"], "delimiter": ",", "header": true],
            "query": .string(query), "type": "flux",
        ])
        return request
    }
}

extension InfluxdbProvider: AnswerReading {
    func measurement(
        from answer: MetricAnswer, _ context: MeasurementContext
    ) throws(AnalysisProblem) -> Measurement {
        let (status, body) = try answer.response()
        guard (200..<300).contains(status) else { throw Self.problem(status, body) }
        let values = try FluxAnswer.values(body)
        guard !values.isEmpty else { throw AnalysisProblem("no results returned from flux query") }
        let text = "[" + values.map { Self.text(of: $0) }.joined(separator: " ") + "]"
        return context.begun.judged(.array(values), value: text, context)
    }

    private static func text(of value: ExpressionValue) -> String {
        if case .float(let number) = value { return GoNumber.general(number) }
        return value.text
    }

    private static func problem(_ status: Int, _ body: String) -> AnalysisProblem {
        guard let json = try? JSONReader.value(body), let message = json.text("message") ?? json.text("error") else {
            return AnalysisProblem("Unexpected status code \(status)")
        }
        let code = json.text("code").map { $0 + ": " } ?? ""
        return AnalysisProblem(code + MetricAnswer.excerpt(message))
    }
}
