/// `kayenta`: a comparison of baseline and canary by Kayenta, whose score is judged by thresholds.
public struct KayentaProvider: MetricProvider {
    public static let key = "kayenta"
    private let settings: JSONValue
    private let address: String

    /// What a measurement remembers of the comparison.
    private static let executionKey = "canaryExecutionId"
    /// Seconds between two looks at a comparison that goes on.
    private static let pollSeconds = 15
    private static let timeoutSeconds = 15.0

    public init(_ settings: JSONValue, of metric: AnalysisMetric) throws(AnalysisProblem) {
        self.settings = settings
        address = settings.text("address") ?? ""
    }

    // MARK: Beginning

    public func begin(_ context: MeasurementContext) -> MeasurementMove {
        // The accounts are mixed up here as Kayenta's other client does it, for the sake of settings that rely on it.
        let path = "/canaryConfig?application=\(text("application"))"
            + "&configurationAccountName=\(text("storageAccountName"))"
        return .ask(.http(Self.request("GET", address + path))) { answer in
            do throws(AnalysisProblem) {
                return .ask(.http(try job(try configuration(from: answer), context))) { answer in
                    Self.begun(answer, context)
                }
            } catch {
                return .finish(context.begun.failed(error.description, context))
            }
        }
    }

    private func configuration(from answer: MetricAnswer) throws(AnalysisProblem) -> String {
        let (status, body) = try answer.response()
        guard status == 200 else { throw AnalysisProblem("Invalid Response: HTTP \(status)") }
        let name = settings.text("canaryConfigName") ?? ""
        guard let configurations = try MetricAnswer.json(body, from: "Kayenta").array else {
            throw AnalysisProblem("the answer of Kayenta is no list of configurations")
        }
        guard let found = configurations.first(where: { $0["name"]?.string == name }), let id = found.text("id") else {
            throw AnalysisProblem("Canary config not found")
        }
        return id
    }

    private func job(_ configuration: String, _ context: MeasurementContext) throws(AnalysisProblem) -> HTTPQuery {
        var scopes = JSONObject()
        for scope in settings["scopes"]?.array ?? [] {
            scopes[scope.text("name") ?? ""] = try self.scope(scope, context)
        }
        let path = "/canary/\(Self.tidied(configuration))?application=\(text("application"))"
            + "&metricsAccountName=\(text("metricsAccountName"))"
            + "&configurationAccountName=\(text("configurationAccountName"))"
            + "&storageAccountName=\(text("storageAccountName"))"
        var request = Self.request("POST", address + path)
        request.set("Content-Type", "application/json")
        request.body = JSONWriter.text([
            "scopes": .object(JSONObject(distinct: scopes.sortedFields)),
            "thresholds": ["pass": .int(threshold("pass")), "marginal": .int(threshold("marginal"))],
        ])
        return request
    }

    /// What is compared, with the times that are not set.
    private func scope(_ scope: JSONValue, _ context: MeasurementContext) throws(AnalysisProblem) -> JSONValue {
        var control = scope["controlScope"] ?? .object(JSONObject())
        var experiment = scope["experimentScope"] ?? .object(JSONObject())
        for key in ["start", "end"] {
            switch (control.text(key), experiment.text(key)) {
            case (nil, nil):
                let time = key == "start" ? try start(context) : context.time
                control[key] = .string(time.description)
                experiment[key] = .string(time.description)
            case (_?, _?): break
            default:
                throw AnalysisProblem(
                    "controlScope.\(key) and experimentScope.\(key) must both be set or be empty")
            }
        }
        return ["controlScope": Self.detail(control), "experimentScope": Self.detail(experiment)]
    }

    private func start(_ context: MeasurementContext) throws(AnalysisProblem) -> KubernetesTime {
        if settings.flag("lookback") { return context.run.status.startedAt ?? context.time }
        guard let interval = context.metric.interval else {
            throw AnalysisProblem("Invalid duration \"\": the metric needs an interval where its scopes have no start")
        }
        return context.time.after(-Int(interval.seconds))
    }

    private static func detail(_ scope: JSONValue) -> JSONValue {
        [
            "scope": .string(scope.text("scope") ?? ""), "location": .string(scope.text("region") ?? ""),
            "step": .int(scope["step"]?.integer ?? 0), "start": scope["start"] ?? .null, "end": scope["end"] ?? .null,
        ]
    }

    private static func begun(_ answer: MetricAnswer, _ context: MeasurementContext) -> MeasurementMove {
        do throws(AnalysisProblem) {
            let (status, body) = try answer.response()
            guard status == 200 else { throw AnalysisProblem("Invalid Response: HTTP \(status)") }
            guard let id = try MetricAnswer.json(body, from: "Kayenta").text(executionKey) else {
                throw AnalysisProblem("Invalid canaryExecutionId")
            }
            var measurement = context.begun
            measurement.metadata = [executionKey: id]
            measurement.resumeAt = context.time.after(pollSeconds)
            return .finish(measurement)
        } catch {
            return .finish(context.begun.failed(error.description, context))
        }
    }

    // MARK: Going on

    public func resume(_ measurement: Measurement, _ context: MeasurementContext) -> MeasurementMove {
        guard let id = measurement.metadata[Self.executionKey], !id.isEmpty else {
            return .finish(measurement.failed("Invalid canaryExecutionId", context))
        }
        return .ask(.http(Self.request("GET", "\(address)/canary/\(Self.tidied(id))"))) { answer in
            do throws(AnalysisProblem) {
                return .finish(try judged(measurement, answer, context))
            } catch {
                return .finish(measurement.failed(error.description, context))
            }
        }
    }

    private func judged(
        _ measurement: Measurement, _ answer: MetricAnswer, _ context: MeasurementContext
    ) throws(AnalysisProblem) -> Measurement {
        var measurement = measurement
        let (status, body) = try answer.response()
        guard status == 200 else { throw AnalysisProblem("Invalid Response: HTTP \(status)") }
        let json = try MetricAnswer.json(body, from: "Kayenta")
        guard let isComplete = json["complete"]?.boolean else { throw AnalysisProblem("Missing Complete Status") }
        guard isComplete else {
            measurement.phase = .running
            measurement.resumeAt = context.time.after(Self.pollSeconds)
            return measurement
        }
        guard let number = json["result", "judgeResult", "score", "score"]?.number,
            let score = Int(exactly: number.rounded(.towardZero))
        else { throw AnalysisProblem("Missing Score") }
        measurement.value = String(score)
        measurement.phase = score >= threshold("pass")
            ? .successful : score >= threshold("marginal") ? .inconclusive : .failed
        measurement.finishedAt = context.time
        return measurement
    }

    /// Kayenta goes on by itself; nobody waits for it any more.
    public func end(_ measurement: Measurement, _ context: MeasurementContext) -> MeasurementMove {
        var measurement = measurement
        measurement.phase = .inconclusive
        measurement.finishedAt = context.time
        return .finish(measurement)
    }

    // MARK: Settings

    private func threshold(_ key: String) -> Int { settings["threshold"]?[key]?.integer ?? 0 }

    private func text(_ key: String) -> String { Self.tidied(settings.text(key) ?? "") }

    private static func request(_ method: String, _ address: String) -> HTTPQuery {
        var request = HTTPQuery(method, address)
        request.timeoutSeconds = timeoutSeconds
        return request
    }

    /// A text for an address; what is escaped already stays as it is.
    private static func tidied(_ text: String) -> String {
        let isPlain: (UInt8) -> Bool = { $0 > 0x20 && $0 < 0x7F && !"\"#<>".utf8.contains($0) }
        if text.utf8.allSatisfy(isPlain) { return text }
        return text.utf8.map { byte in
            if isPlain(byte) { return String(Unicode.Scalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.utf8.count == 1 ? "0" : "") + digits
        }.joined()
    }
}
