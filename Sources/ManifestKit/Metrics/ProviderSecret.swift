/// A Secret of the cluster with what a provider needs to ask its service.
struct ProviderSecret: Sendable {
    private let data: [String: String]

    /// Why there is none.
    enum Absence: Error, Sendable {
        /// There is no such Secret.
        case missing
        /// It could not be read.
        case unreadable(String)
    }

    private init(_ object: JSONValue) {
        var data: [String: String] = [:]
        for (key, value) in object["data"]?.object?.fields ?? [] {
            guard let text = value.string, let bytes = Base64.decoded(text) else { continue }
            data[key] = String(decoding: bytes, as: UTF8.self)
        }
        self.data = data
    }

    /// A value, or nil where there is none.
    subscript(key: String) -> String? { data[key] }

    /// A value unless it is absent or empty.
    func text(_ key: String) -> String? { data[key].flatMap { $0.isEmpty ? nil : $0 } }

    /// Fetches a Secret, and goes on with it or with why there is none.
    static func find(
        _ name: String, in namespace: String,
        then: @escaping @Sendable (Result<ProviderSecret, Absence>) -> MeasurementMove
    ) -> MeasurementMove {
        let key = MetricQuestion.ClusterObject(kind: "Secret", namespace: namespace, name: name)
        return .ask(.get(key)) { answer in
            switch answer {
            case .object(let object): then(.success(ProviderSecret(object)))
            case .missing: then(.failure(.missing))
            default: then(.failure(.unreadable(answer.failureText)))
            }
        }
    }

    /// Fetches a Secret of the controller's namespace; where there is none, the measurement is an error.
    static func using(
        _ name: String, _ context: MeasurementContext,
        then: @escaping @Sendable (ProviderSecret) throws(AnalysisProblem) -> MeasurementMove
    ) -> MeasurementMove {
        find(name, in: context.controllerNamespace) { found in
            switch found {
            case .success(let secret):
                do throws(AnalysisProblem) {
                    return try then(secret)
                } catch {
                    return .finish(context.begun.failed(error.description, context))
                }
            case .failure(.missing):
                let place = "namespace \(GoText.quoted(context.controllerNamespace))"
                return .finish(context.begun.failed("secrets \(GoText.quoted(name)) not found in \(place)", context))
            case .failure(.unreadable(let reason)):
                let text = "secret \(GoText.quoted(name)) cannot be read: \(reason)"
                return .finish(context.begun.failed(text, context))
            }
        }
    }
}
