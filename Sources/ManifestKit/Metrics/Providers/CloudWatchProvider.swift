/// `cloudWatch`: queries to Amazon CloudWatch, by `GetMetricData`.
public struct CloudWatchProvider: MetricProvider {
    public static let key = "cloudWatch"
    private let queries: [JSONValue]
    private let windowSeconds: Int64

    private static let action = "GraniteServiceVersion20100801.GetMetricData"
    private static let standardInterval = "5m"

    public init(_ settings: JSONValue, of metric: AnalysisMetric) throws(AnalysisProblem) {
        let interval = settings.text("interval") ?? Self.standardInterval
        switch GoDuration.parse(interval) {
        case .success(let duration): windowSeconds = Int64(duration.seconds)
        case .failure(let malformation):
            throw AnalysisProblem("invalid interval string: \(GoText.quoted(interval)): \(malformation.reason)")
        }
        queries = (settings["metricDataQueries"]?.array ?? []).map(Self.query)
    }

    public func begin(_ context: MeasurementContext) -> MeasurementMove {
        if let region = AWSEnvironment(context.environment).region { return asking(request(region, context), context) }
        return .ask(.region) { answer in
            guard case .region(let region) = answer else {
                return .finish(context.begun.failed(answer.failureText, context))
            }
            return asking(request(region, context), context)
        }
    }

    // MARK: The request

    private func request(_ region: String, _ context: MeasurementContext) -> HTTPQuery {
        let address = AWSEnvironment(context.environment).address(of: .cloudWatch, region: region)
        var request = HTTPQuery("POST", address)
        request.set("Content-Type", "application/x-amz-json-1.0")
        request.set("X-Amz-Target", Self.action)
        let end = context.now.instant.seconds
        request.body = JSONWriter.text([
            "StartTime": .integer(end - windowSeconds), "EndTime": .integer(end),
            "MetricDataQueries": .array(queries),
        ])
        request.authentication = .aws(
            service: AWSService.cloudWatch.hostName, region: region, profile: "", roleARN: "")
        return request
    }

    /// A query of a metric as the service takes it.
    private static func query(_ settings: JSONValue) -> JSONValue {
        var query = JSONObject()
        query["Id"] = .string(settings.text("id") ?? "")
        query["Expression"] = settings.present("expression")
        query["Label"] = settings.present("label")
        query["MetricStat"] = settings.present("metricStat").map(statistic)
        query["Period"] = settings.present("period").map(seconds)
        query["ReturnData"] = settings.present("returnData")
        return .object(query)
    }

    private static func statistic(_ settings: JSONValue) -> JSONValue {
        var metric = JSONObject()
        metric["Namespace"] = settings["metric"]?.present("namespace")
        metric["MetricName"] = .string(settings["metric"]?.text("metricName") ?? "")
        metric["Dimensions"] = settings["metric"]?["dimensions"]?.array.map { dimensions in
            .array(dimensions.map { dimension in
                [
                    "Name": .string(dimension.text("name") ?? ""),
                    "Value": .string(dimension.text("value") ?? ""),
                ]
            })
        }
        var statistic = JSONObject()
        statistic["Metric"] = .object(metric)
        statistic["Period"] = seconds(settings["period"] ?? .null)
        statistic["Stat"] = .string(settings.text("stat") ?? "")
        statistic["Unit"] = settings.text("unit").map { .string($0) }
        return .object(statistic)
    }

    /// A period, which may be written as text; a text that is no number counts as 0.
    private static func seconds(_ period: JSONValue) -> JSONValue {
        .int(period.integer ?? period.string.flatMap { Int($0) } ?? 0)
    }
}

// MARK: - The answer

extension CloudWatchProvider: AnswerReading {
    func measurement(
        from answer: MetricAnswer, _ context: MeasurementContext
    ) throws(AnalysisProblem) -> Measurement {
        let (status, body) = try answer.response()
        guard status == 200 else { throw Self.problem(status, body) }
        let json = try MetricAnswer.json(body, from: "CloudWatch")
        var begun = context.begun
        let messages = (json["Messages"]?.array ?? []).map { message in
            [message.text("Code"), message.text("Value")].compactMap { $0 }.joined(separator: ": ")
        }
        if !messages.isEmpty { begun.metadata["messages"] = "[" + messages.joined(separator: " ") + "]" }
        let results = json["MetricDataResults"]?.array ?? []
        var lists: [String] = []
        for result in results {
            let values = result["Values"]?.array ?? []
            guard values.allSatisfy({ $0.number != nil }) else {
                throw AnalysisProblem("the answer of CloudWatch has a value that is no number")
            }
            lists.append("[" + values.compactMap(\.number).map(GoNumber.general).joined(separator: " ") + "]")
        }
        begun.value = "[" + lists.joined(separator: " ") + "]"
        return begun.judged(
            .array(results.map(Self.result)), value: begun.value,
            type: .array(.any, .map(hasTextKeys: true, .unknown)), context)
    }

    /// What conditions see of a result: its fields by the names that the service's clients have.
    private static func result(_ json: JSONValue) -> ExpressionValue {
        func entry(_ key: String, _ value: ExpressionValue) -> ExpressionValue.Entry {
            ExpressionValue.Entry(key: .string(key), value: value)
        }
        let times = (json["Timestamps"]?.array ?? []).map { time -> ExpressionValue in
            let seconds = time.number.flatMap { Int64(exactly: $0.rounded(.down)) } ?? 0
            return .time(ExpressionValue.Instant(seconds: seconds))
        }
        let messages = (json["Messages"]?.array ?? []).map { message -> ExpressionValue in
            .map(["Code", "Value"].map { entry($0, message.text($0).map { .string($0) } ?? .null) })
        }
        return .map([
            entry("Id", json.text("Id").map { .string($0) } ?? .null),
            entry("Label", json.text("Label").map { .string($0) } ?? .null),
            entry("Messages", .array(messages)),
            entry("StatusCode", .string(json.text("StatusCode") ?? "")),
            entry("Timestamps", .array(times)),
            entry("Values", .array((json["Values"]?.array ?? []).map { .float($0.number ?? .nan) })),
        ])
    }

    private static func problem(_ status: Int, _ body: String) -> AnalysisProblem {
        let json = try? JSONReader.value(body)
        // `com.amazonaws.cloudwatch#ValidationError`, of which the last part is the name.
        guard let type = json?.text("__type")?.split(separator: "#").last else {
            return AnalysisProblem(
                "operation GetMetricData of CloudWatch: status \(status): \(MetricAnswer.excerpt(body))")
        }
        let message = json?.text("message") ?? json?.text("Message") ?? "status \(status)"
        return AnalysisProblem(
            "operation GetMetricData of CloudWatch: \(type): \(MetricAnswer.excerpt(message))")
    }
}
