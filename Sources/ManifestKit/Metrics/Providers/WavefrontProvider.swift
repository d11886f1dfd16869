/// `wavefront`: a query to Wavefront (VMware Aria Operations for Applications).
public struct WavefrontProvider: MetricProvider {
    public static let key = "wavefront"
    private let address: String
    private let query: String

    /// The Secret with a token for each address.
    private static let secretName = "wavefront-api-tokens"

    public init(_ settings: JSONValue, of metric: AnalysisMetric) throws(AnalysisProblem) {
        address = settings.text("address") ?? ""
        query = settings.text("query") ?? ""
    }

    public func begin(_ context: MeasurementContext) -> MeasurementMove {
        ProviderSecret.using(Self.secretName, context) { secret throws(AnalysisProblem) in
            guard let token = secret[address], !address.isEmpty else { throw AnalysisProblem("API token not found") }
            return asking(request(token, context), context, hiding: [token])
        }
    }

    private func request(_ token: String, _ context: MeasurementContext) -> HTTPQuery {
        let moment = String(context.now.instant.seconds * 1000)
        // One moment is asked for, and the point next to it is wanted even where it lies outside of it.
        let parameters = [
            ("autoEvents", "false"), ("e", moment), ("g", "s"), ("i", "true"), ("includeObsoleteMetrics", "false"),
            ("listmode", "false"), ("p", "1"), ("q", query), ("s", moment), ("strict", "false"),
        ]
        var request = HTTPQuery("GET", "https://\(address)/api/v2/chart/api?\(WebForm.encoded(parameters))")
        request.set("Accept", "application/json")
        request.set("Authorization", "Bearer " + token)
        return request
    }
}

extension WavefrontProvider: AnswerReading {
    /// The point of a series that is next to the moment of the measurement.
    private struct Point {
        var value = 0.0
        var epoch: Int64 = 0
        /// Seconds from the moment to the point; a series without points has the least number there is.
        var drift = Int64.min

        init(_ series: JSONValue, at moment: Int64) throws(AnalysisProblem) {
            var nearest = Double.infinity
            for point in series["data"]?.array ?? [] {
                guard let epoch = point[0]?.number, let value = point[1]?.number else {
                    throw AnalysisProblem("the answer of Wavefront has a point that is no pair of numbers")
                }
                let distance = epoch - Double(moment)
                guard abs(distance) < abs(nearest) else { continue }
                nearest = distance
                self.value = value
                self.epoch = Int64(exactly: epoch.rounded(.towardZero)) ?? .min
                drift = Int64(exactly: distance.rounded(.towardZero)) ?? .min
            }
        }
    }

    func measurement(
        from answer: MetricAnswer, _ context: MeasurementContext
    ) throws(AnalysisProblem) -> Measurement {
        let (status, body) = try answer.response()
        guard (200..<300).contains(status) else {
            throw AnalysisProblem("Wavefront answered with status \(status): \(MetricAnswer.excerpt(body))")
        }
        let json = try MetricAnswer.json(body, from: "Wavefront")
        var begun = context.begun
        begun.metadata["warnings"] = json.text("warnings")
        var points: [Point] = []
        for series in json["timeseries"]?.array ?? [] {
            points.append(try Point(series, at: context.now.instant.seconds))
        }
        guard !points.isEmpty else { return begun.failed("No TimeSeries found in response from Wavefront", context) }
        func listed(_ texts: [String]) -> String {
            texts.count == 1 ? texts[0] : "[" + texts.joined(separator: ",") + "]"
        }
        let text = listed(points.map { GoNumber.fixed($0.value, places: 2) })
        var measurement = points.count == 1
            ? begun.judged(.float(points[0].value), value: text, context)
            : begun.judged(
                .array(points.map { .float($0.value) }), value: text, type: .array(.floats, .float), context)
        if measurement.phase != .error {
            measurement.metadata["timestamps"] = listed(points.map { String($0.epoch) })
            measurement.metadata["drift"] = listed(points.map { String($0.drift) })
        }
        return measurement
    }
}
