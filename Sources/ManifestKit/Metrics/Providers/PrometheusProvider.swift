/// `prometheus`: a query to Prometheus, or to what speaks its HTTP API.
public struct PrometheusProvider: MetricProvider {
    public static let key = "prometheus"
    private let address: String
    private let query: String
    private let timeoutSeconds: Int
    private let settings: JSONValue
    private let authentication: HTTPQuery.Authentication

    /// Where the address comes from if the metric has none.
    static let addressVariable = "ARGO_ROLLOUTS_PROMETHEUS_ADDRESS"
    /// Bytes of a query from which it goes into the body and not into the address.
    private static let greatestAddress = 4096

    public init(_ settings: JSONValue, of metric: AnalysisMetric) throws(AnalysisProblem) {
        self.settings = settings
        address = settings.text("address") ?? ""
        query = settings.text("query") ?? ""
        timeoutSeconds = settings["timeout"]?.integer ?? 30
        if timeoutSeconds < 0 { throw AnalysisProblem("prometheus timeout should not be negative") }
        authentication = try MetricAuthentication.read(settings["authentication"], service: "aps")
    }

    public var metadata: [String: String] { query.isEmpty ? [:] : ["ResolvedPrometheusQuery": query] }

    public func begin(_ context: MeasurementContext) -> MeasurementMove {
        switch request(context) {
        case .failure(let problem): return .finish(context.begun.failed(problem.description, context))
        case .success(let request):
            return .ask(.http(request)) { answer in .finish(measurement(from: answer, context)) }
        }
    }

    // MARK: The request

    private func request(_ context: MeasurementContext) -> Result<HTTPQuery, AnalysisProblem> {
        let base = address.isEmpty ? context.environment[Self.addressVariable] ?? "" : address
        guard !base.isEmpty else { return .failure(AnalysisProblem("prometheus address is not configured")) }
        guard case .success(let parsed) = WebAddress.parse(base), !parsed.scheme.isEmpty, !parsed.host.isEmpty else {
            return .failure(AnalysisProblem("the prometheus address \(GoText.quoted(base)) is no URL"))
        }
        var parameters = [("query", query)]
        var path = "/api/v1/query"
        do throws(AnalysisProblem) {
            if let range = settings.present("rangeQuery") {
                path = "/api/v1/query_range"
                parameters += try Self.range(range, context)
            } else {
                parameters.append(("time", Self.text(of: context.now.instant)))
            }
        } catch {
            return .failure(error)
        }
        var trimmed = base
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        // As Prometheus' own client: a form, since queries can be long.
        var request = HTTPQuery("POST", trimmed + path)
        request.set("Content-Type", "application/x-www-form-urlencoded")
        request.body = WebForm.encoded(parameters)
        request.timeoutSeconds = Double(timeoutSeconds)
        request.isInsecure = settings.flag("insecure")
        for header in settings["headers"]?.array ?? [] {
            request.set(header.text("key") ?? "", header["value"]?.string ?? "")
        }
        request.authentication = authentication
        if case .aws = authentication, !base.contains("aps-workspaces") { request.authentication = .none }
        return .success(request)
    }

    private static func range(
        _ range: JSONValue, _ context: MeasurementContext
    ) throws(AnalysisProblem) -> [(String, String)] {
        var result: [(String, String)] = []
        for key in ["start", "end"] {
            let text = range.text(key) ?? ""
            do throws(ExpressionFailure) {
                guard case .time(let moment) = try Expression.time(text).value(result: .null, now: context.now).get()
                else { throw ExpressionFailure("it is no time", 0..<0) }
                result.append((key, Self.text(of: moment)))
            } catch {
                throw AnalysisProblem("failed to parse rangeQuery.\(key) as time: \(error.message)")
            }
        }
        guard let step = GoDuration(range.text("step") ?? "") else {
            throw AnalysisProblem("failed to parse rangeQuery.step as duration: \(range.text("step") ?? "")")
        }
        result.append(("step", String(step.seconds)))
        return result
    }

    /// Seconds with three digits behind the point.
    private static func text(of moment: ExpressionValue.Instant) -> String {
        let thousandths = String(moment.nanoseconds / 1_000_000)
        return "\(moment.seconds)." + String(repeating: "0", count: 3 - thousandths.utf8.count) + thousandths
    }

    // MARK: The answer

    private func measurement(from answer: MetricAnswer, _ context: MeasurementContext) -> Measurement {
        let begun = context.begun
        guard case .http(let status, _, let body) = answer else {
            return begun.failed(answer.failureText, context)
        }
        guard let json = try? JSONReader.value(body) else {
            let kind = status / 100 == 5 ? "server error" : "client error"
            return begun.failed(
                status / 100 == 2 ? "the answer of Prometheus is no JSON" : "\(kind): \(status)", context)
        }
        guard json.text("status") == "success" else {
            let reason = json.text("error") ?? "status \(status)"
            return begun.failed("\(json.text("errorType") ?? "error"): \(reason)", context)
        }
        var measurement = begun
        let warnings = json.texts("warnings")
        if !warnings.isEmpty {
            measurement.metadata["warnings"] = warnings.map { "\"\($0)\"" }.joined(separator: ", ")
        }
        return judge(json["data"] ?? .null, measurement, context)
    }

    private func judge(_ data: JSONValue, _ measurement: Measurement, _ context: MeasurementContext) -> Measurement {
        let result = data["result"]
        switch data.text("resultType") {
        case "scalar":
            let value = Self.sample(result)
            return measurement.judged(.float(value), value: Self.text(of: value), context)
        case "vector":
            return judge((result?.array ?? []).map { Self.sample($0["value"]) }, measurement, context)
        case "matrix":
            let series = (result?.array ?? []).flatMap { $0["values"]?.array ?? [] }
            return judge(series.map { Self.sample($0) }, measurement, context)
        default: return measurement.failed("Prometheus metric type not supported", context)
        }
    }

    private func judge(_ values: [Double], _ measurement: Measurement, _ context: MeasurementContext) -> Measurement {
        let text = "[" + values.map { Self.text(of: $0) }.joined(separator: ",") + "]"
        return measurement.judged(
            .array(values.map { .float($0) }), value: text, type: .array(.floats, .float), context)
    }

    /// The value of a pair of time and value.
    private static func sample(_ pair: JSONValue?) -> Double {
        let text = pair?[1]?.string ?? ""
        switch text {
        case "+Inf", "Inf": return .infinity
        case "-Inf": return -.infinity
        default: return Double(text) ?? .nan
        }
    }

    private static func text(of value: Double) -> String { ExpressionValue.float(value).text }
}
