/// `newRelic`: a query in NRQL to New Relic, by its GraphQL API.
public struct NewRelicProvider: MetricProvider {
    public static let key = "newRelic"
    private let query: String
    private let profile: String
    private let timeoutSeconds: Int

    /// Seconds that New Relic works on a query where the metric says nothing.
    private static let standardTimeout = 5
    /// Seconds that the request may take besides.
    private static let requestSeconds = 60
    private static let document = "query($accountId: Int!, $query: Nrql!, $timeout: Seconds!) "
        + "{ actor { account(id: $accountId) { nrql(query: $query, timeout: $timeout) { results } } } }"

    public init(_ settings: JSONValue, of metric: AnalysisMetric) throws(AnalysisProblem) {
        query = settings.text("query") ?? ""
        profile = settings.text("profile") ?? "newrelic"
        timeoutSeconds = settings["timeout"]?.integer ?? Self.standardTimeout
        if timeoutSeconds < 0 { throw AnalysisProblem("timeout value needs to be a positive value") }
    }

    public var metadata: [String: String] { query.isEmpty ? [:] : ["ResolvedNewRelicQuery": query] }

    public func begin(_ context: MeasurementContext) -> MeasurementMove {
        ProviderSecret.using(profile, context) { secret throws(AnalysisProblem) in
            asking(try request(secret), context, hiding: [secret["personal-api-key"] ?? ""])
        }
    }

    private func request(_ secret: ProviderSecret) throws(AnalysisProblem) -> HTTPQuery {
        guard let apiKey = secret.text("personal-api-key"), let account = secret.text("account-id") else {
            throw AnalysisProblem("account ID or personal API key not found")
        }
        guard let number = Int64(account) else {
            throw AnalysisProblem("could not parse account ID: \(GoText.quoted(account)) is no whole number")
        }
        var request = HTTPQuery("POST", try Self.address(secret))
        request.set("Content-Type", "application/json")
        request.set("Api-Key", apiKey)
        request.body = JSONWriter.text([
            "query": .string(Self.document),
            "variables": ["accountId": .integer(number), "query": .string(query), "timeout": .int(timeoutSeconds)],
        ])
        request.timeoutSeconds = Double(Self.requestSeconds) + Double(timeoutSeconds)
        return request
    }

    private static func address(_ secret: ProviderSecret) throws(AnalysisProblem) -> String {
        let region = secret["region"] ?? "us"
        let standard = switch region.lowercased() {
        case "us": "https://api.newrelic.com/graphql"
        case "eu": "https://api.eu.newrelic.com/graphql"
        case "staging": "https://staging-api.newrelic.com/graphql"
        case "local": "http://localhost:3000/graphql"
        default: throw AnalysisProblem("unknown region: \(region)")
        }
        return secret.text("base-url-nerdgraph") ?? standard
    }
}

extension NewRelicProvider: AnswerReading {
    func measurement(
        from answer: MetricAnswer, _ context: MeasurementContext
    ) throws(AnalysisProblem) -> Measurement {
        let (status, body) = try answer.response()
        guard (200..<300).contains(status) else {
            throw AnalysisProblem("\(status) response returned: \(MetricAnswer.excerpt(body))")
        }
        let json = try MetricAnswer.json(body, from: "New Relic")
        if let errors = json["errors"]?.array, !errors.isEmpty {
            let messages = errors.map { $0.text("message") ?? JSONWriter.text($0) }.joined(separator: ", ")
            throw AnalysisProblem(MetricAnswer.excerpt(messages))
        }
        let results = json["data"]?["actor"]?["account"]?["nrql"]?["results"]?.array ?? []
        guard let first = results.first, results.count > 1 || first.object?.isEmpty == false else {
            throw AnalysisProblem("no results returned from NRQL query")
        }
        // A query without facets has one result, which conditions see without a list around it.
        let result = results.count == 1 ? first : .array(results)
        return context.begun.judged(
            ExpressionValue(result), value: JSONWriter.text(result, sortsKeys: true), context)
    }
}
