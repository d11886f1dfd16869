/// `graphite`: a query to the render API of Graphite.
public struct GraphiteProvider: MetricProvider {
    public static let key = "graphite"
    private let request: HTTPQuery

    private static let timeoutSeconds = 10.0

    public init(_ settings: JSONValue, of metric: AnalysisMetric) throws(AnalysisProblem) {
        let address = settings.text("address") ?? ""
        guard case .success(let parsed) = WebAddress.parse(address), !parsed.scheme.isEmpty, !parsed.host.isEmpty
        else { throw AnalysisProblem("Graphite address \(address) is not a valid URL") }
        request = Self.request(address, settings.text("query") ?? "")
    }

    public func begin(_ context: MeasurementContext) -> MeasurementMove { asking(request, context) }

    // MARK: The request

    private static func request(_ address: String, _ query: String) -> HTTPQuery {
        let base = address.prefix { $0 != "?" && $0 != "#" }
        var parts = base.split(separator: "/", omittingEmptySubsequences: false)
        // The scheme, nothing, and the host.
        let front = parts.prefix(3).joined(separator: "/")
        parts.removeFirst(min(3, parts.count))
        var path: [Substring] = []
        for part in parts where !part.isEmpty && part != "." {
            if part == ".." { _ = path.popLast() } else { path.append(part) }
        }
        path.append("render")
        var request = HTTPQuery("GET", "\(front)/\(path.joined(separator: "/"))?\(parameters(query))")
        request.timeoutSeconds = timeoutSeconds
        return request
    }

    /// The parameters of a query without its blanks, sorted, with the format that is wanted.
    private static func parameters(_ query: String) -> String {
        let text = query.unicodeScalars.filter { !" \t\n\r\u{0C}".unicodeScalars.contains($0) }.prefix { $0 != "#" }
        var parameters: [(name: String, value: String)] = []
        for part in String(String.UnicodeScalarView(text)).split(separator: "&") where !part.contains(";") {
            let name = part.prefix { $0 != "=" }
            guard let key = unescaped(name), key != "format", let value = unescaped(part.dropFirst(name.count + 1))
            else { continue }
            parameters.append((key, value))
        }
        parameters.append(("format", "json"))
        let sorted = parameters.enumerated().sorted {
            ($0.element.name, $0.offset) < ($1.element.name, $1.offset)
        }
        return WebForm.encoded(sorted.map { ($0.element.name, $0.element.value) })
    }

    /// What an escaped part of a query stands for; nil where a `%` has no two digits behind it.
    private static func unescaped(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                let digits = String(decoding: rest.prefix(2), as: UTF8.self)
                guard digits.utf8.count == 2, digits.utf8.first != UInt8(ascii: "+"),
                    let value = UInt8(digits, radix: 16)
                else { return nil }
                bytes.append(value)
                rest = rest.dropFirst(2)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

// MARK: - The answer

extension GraphiteProvider: AnswerReading {
    func measurement(
        from answer: MetricAnswer, _ context: MeasurementContext
    ) throws(AnalysisProblem) -> Measurement {
        let (status, body) = try answer.response()
        guard status < 400 else { throw AnalysisProblem("error response: \(MetricAnswer.excerpt(body))") }
        guard let targets = try MetricAnswer.json(body, from: "Graphite").array else {
            throw AnalysisProblem("the answer of Graphite is no list of targets")
        }
        // Only the first target counts.
        let points = targets.first?["datapoints"]?.array ?? []
        guard !points.isEmpty else { throw AnalysisProblem("no values found") }
        var values: [Double] = []
        for point in points {
            guard let pair = point.array, pair.count == 2 else {
                throw AnalysisProblem("error unmarshaling data point: \(JSONWriter.text(point))")
            }
            if pair[0].isNull { continue }
            guard let value = pair[0].number ?? pair[0].string.flatMap({ ExpressionNumber.float($0) }) else {
                throw AnalysisProblem("error unmarshaling value: \(JSONWriter.text(pair[0]))")
            }
            values.append(value)
        }
        let text = "[" + values.map { GoNumber.fixed($0, places: 6) }.joined(separator: ",") + "]"
        var begun = context.begun
        begun.value = text
        return begun.judged(.array(values.map { .float($0) }), value: text, type: .array(.floats, .float), context)
    }
}
