/// A provider that takes a measurement from one answer of a server.
protocol AnswerReading: Sendable {
    /// The measurement that an answer stands for; an answer that stands for none is a problem.
    func measurement(from answer: MetricAnswer, _ context: MeasurementContext) throws(AnalysisProblem) -> Measurement
}

extension AnswerReading {
    /// Sends a request and ends with what the answer stands for; the secrets are shown nowhere.
    func asking(
        _ query: HTTPQuery, _ context: MeasurementContext, hiding secrets: [String] = []
    ) -> MeasurementMove {
        .ask(.http(query)) { answer in
            do throws(AnalysisProblem) {
                return .finish(try measurement(from: answer, context).hiding(secrets))
            } catch {
                return .finish(context.begun.failed(error.description, context).hiding(secrets))
            }
        }
    }
}

extension MetricAnswer {
    /// Bytes of an answer that a message shows.
    private static let shownBytes = 1_000

    /// Status and body of a server's answer; none is a problem.
    func response() throws(AnalysisProblem) -> (status: Int, body: String) {
        guard case .http(let status, _, let body) = self else { throw AnalysisProblem(failureText) }
        return (status, body)
    }

    /// The beginning of a body, for a message.
    static func excerpt(_ body: String) -> String {
        guard body.utf8.count > shownBytes else { return body }
        return String(decoding: Array(body.utf8.prefix(shownBytes)), as: UTF8.self) + "..."
    }

    /// A body as JSON; another one is a problem.
    static func json(_ body: String, from server: String) throws(AnalysisProblem) -> JSONValue {
        do throws(JSONReader.Failure) {
            return try JSONReader.value(body)
        } catch {
            throw AnalysisProblem("the answer of \(server) is no JSON: \(error.message) at byte \(error.byte)")
        }
    }
}

extension Measurement {
    /// Secrets below this many bytes would make holes in any text.
    private static let shortestSecret = 4

    /// The measurement with nothing in it of what is secret.
    func hiding(_ secrets: [String]) -> Measurement {
        hiding(SecretTexts(secrets.filter { $0.utf8.count >= Self.shortestSecret }))
    }

    fileprivate func hiding(_ secrets: SecretTexts) -> Measurement {
        var result = self
        result.message = secrets.hidden(in: message)
        result.value = secrets.hidden(in: value)
        result.metadata = metadata.mapValues(secrets.hidden)
        return result
    }
}

extension TakenMeasurement {
    /// What was measured with nothing in it of what is secret, however short it is.
    public func hiding(_ secrets: some Sequence<String>) -> TakenMeasurement {
        let secrets = SecretTexts(secrets)
        var result = self
        result.measurement = measurement.hiding(secrets)
        result.metadata = metadata.mapValues(secrets.hidden)
        return result
    }
}

/// Texts that nobody may see, found by their bytes: what stands behind one may make another character of its end.
private struct SecretTexts {
    /// The longest first: one may be a part of another.
    private let texts: [String]

    init(_ texts: some Sequence<String>) {
        self.texts = texts.filter { !$0.isEmpty }.sorted { $0.utf8.count > $1.utf8.count }
    }

    /// A text with stars in their places.
    func hidden(in text: String) -> String {
        texts.reduce(text) { ExpressionText.replace($1, with: "*****", in: $0, limit: -1) }
    }
}
