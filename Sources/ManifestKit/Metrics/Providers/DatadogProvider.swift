/// `datadog`: a query to Datadog, by version 1 or 2 of its API.
public struct DatadogProvider: MetricProvider {
    public static let key = "datadog"
    private let settings: JSONValue
    private let version: DatadogAnswer.Version
    /// The query or queries by their names.
    private let queries: [String: String]
    private let windowSeconds: Int64
    private let timeoutSeconds: Double

    private static let secretName = "datadog"
    private static let defaultAddress = "https://api.datadoghq.com"

    public init(_ settings: JSONValue, of metric: AnalysisMetric) throws(AnalysisProblem) {
        self.settings = settings
        version = settings.text("apiVersion") == "v2" ? .second : .first
        try Self.check(settings, version)
        queries = settings.text("query").map { ["query": $0] } ?? settings["queries"]?.stringDictionary ?? [:]
        windowSeconds = Int64(try Self.duration(settings, "interval", or: "5m", called: "interval").seconds)
        let timeout = try Self.duration(settings, "requestTimeout", or: "10s", called: "request timeout")
        guard timeout.nanoseconds > 0 else {
            throw AnalysisProblem(
                "Request timeout must be a positive duration (e.g. 30s). Please review the Analysis Template.")
        }
        timeoutSeconds = timeout.seconds
        if settings["secretRef"]?.flag("namespaced") == true, settings["secretRef"]?.text("name") == nil {
            throw AnalysisProblem("secret name is required for namespaced credentials")
        }
    }

    private static func check(
        _ settings: JSONValue, _ version: DatadogAnswer.Version
    ) throws(AnalysisProblem) {
        let hasQuery = settings.text("query") != nil
        let count = settings["queries"]?.object?.count ?? 0
        let hasFormula = settings.text("formula") != nil
        if !hasQuery, count == 0 {
            throw AnalysisProblem("Must have either a query or queries. Please review the Analysis Template.")
        }
        if hasQuery, count > 0 {
            throw AnalysisProblem("Cannot have both a query and queries. Please review the Analysis Template.")
        }
        if version == .first, !hasQuery {
            throw AnalysisProblem(
                "Query is empty. API Version v1 only supports using the query parameter in your Analysis Template.")
        }
        if hasFormula, count == 0 {
            throw AnalysisProblem("Formula are only valid when queries are set. Please review the Analysis Template.")
        }
        if !hasFormula, count > 1 {
            throw AnalysisProblem("When multiple queries are provided you must include a formula.")
        }
        if version == .first, settings.text("aggregator") != nil {
            throw AnalysisProblem("Aggregator is not supported in v1. Please review the Analysis Template.")
        }
    }

    private static func duration(
        _ settings: JSONValue, _ key: String, or standard: String, called name: String
    ) throws(AnalysisProblem) -> GoDuration {
        switch GoDuration.parse(settings.text(key) ?? standard) {
        case .success(let duration): return duration
        case .failure(let malformation):
            throw AnalysisProblem("Could not parse the \(name): \(GoText.quoted(settings.text(key) ?? "")): "
                + "\(malformation.reason). Please review the Analysis Template.")
        }
    }

    // MARK: Credentials

    private struct Credentials: Sendable {
        var address: String
        var apiKey: String
        var applicationKey: String

        var secrets: [String] { [apiKey, applicationKey] }

        init?(address: String?, apiKey: String?, applicationKey: String?) {
            guard let apiKey, let applicationKey, !apiKey.isEmpty, !applicationKey.isEmpty else { return nil }
            self.address = address ?? ""
            self.apiKey = apiKey
            self.applicationKey = applicationKey
        }

        /// Those of the controller's environment, which count where all three variables are there.
        init?(_ environment: [String: String]) {
            guard let address = environment["DD_ADDRESS"] else { return nil }
            self.init(
                address: address, apiKey: environment["DD_API_KEY"], applicationKey: environment["DD_APP_KEY"])
        }
    }

    public func begin(_ context: MeasurementContext) -> MeasurementMove {
        let reference = settings["secretRef"]
        let name = reference?.text("name")
        if name == nil, let credentials = Credentials(context.environment) {
            return asking(request(credentials, context), context, hiding: credentials.secrets)
        }
        let isOwn = reference?.flag("namespaced") == true
        let namespace = isOwn ? context.run.namespace : context.controllerNamespace
        return ProviderSecret.find(name ?? Self.secretName, in: namespace) { found in
            guard case .success(let secret) = found, let credentials = Credentials(
                address: secret["address"], apiKey: secret["api-key"], applicationKey: secret["app-key"])
            else {
                var message = "failed to find the credentials for datadog metrics provider"
                if case .failure(.unreadable(let reason)) = found { message += ": \(reason)" }
                return .finish(context.begun.failed(message, context))
            }
            return asking(request(credentials, context), context, hiding: credentials.secrets)
        }
    }

    // MARK: The request

    private func request(_ credentials: Credentials, _ context: MeasurementContext) -> HTTPQuery {
        let base = credentials.address.isEmpty ? Self.defaultAddress : credentials.address
        let end = context.now.instant.seconds
        let start = end - windowSeconds
        var request: HTTPQuery
        switch version {
        case .first:
            let parameters = [
                ("from", String(start)), ("query", settings.text("query") ?? ""), ("to", String(end)),
            ]
            request = HTTPQuery("GET", "\(base)/api/v1/query?\(WebForm.encoded(parameters))")
        case .second:
            request = HTTPQuery("POST", base + "/api/v2/query/scalar")
            request.body = JSONWriter.text(body(start: start, end: end))
        }
        request.set("Content-Type", "application/json")
        request.set("DD-API-KEY", credentials.apiKey)
        request.set("DD-APPLICATION-KEY", credentials.applicationKey)
        request.timeoutSeconds = timeoutSeconds
        return request
    }

    private func body(start: Int64, end: Int64) -> JSONValue {
        let aggregator = settings.text("aggregator") ?? "last"
        let queries = queries.sorted { $0.key < $1.key }.map { name, query -> JSONValue in
            [
                "aggregator": .string(aggregator), "data_source": "metrics", "name": .string(name),
                "query": .string(query),
            ]
        }
        let formulas = settings.text("formula").map { formula -> [JSONValue] in [["formula": .string(formula)]] }
        // Version 2 counts in milliseconds.
        return ["data": [
            "attributes": [
                "from": .integer(start * 1000), "to": .integer(end * 1000), "queries": .array(queries),
                "formulas": .array(formulas ?? []),
            ],
            "type": "scalar_request",
        ]]
    }
}

// MARK: - The answer

extension DatadogProvider: AnswerReading {
    func measurement(
        from answer: MetricAnswer, _ context: MeasurementContext
    ) throws(AnalysisProblem) -> Measurement {
        let (status, body) = try answer.response()
        guard status == 200 else {
            let kind = status == 401 || status == 403
                ? "received authentication error response code" : "received non 2xx response code"
            throw AnalysisProblem("\(kind): \(status) \(MetricAnswer.excerpt(body))")
        }
        let json: JSONValue
        do throws(JSONReader.Failure) {
            json = try JSONReader.value(body)
        } catch {
            throw AnalysisProblem("Could not parse JSON body: \(error.message) at byte \(error.byte)")
        }
        return try DatadogAnswer(json, version).measurement(context)
    }
}
