import ManifestKit
import Testing

/// The pure halves of metric providers: what they ask, and what they make of answers.
@Suite struct MetricProviderTests {
    static func context(_ fields: JSONValue, environment: [String: String] = [:]) throws -> MeasurementContext {
        var metric = fields
        metric["name"] = "m"
        let run = try #require(AnalysisRun(["metadata": ["name": "run", "namespace": "shop", "uid": "u-1"]]))
        return MeasurementContext(
            run: run, metric: try AnalysisMetric(metric), ordinal: 1, now: .init(seconds: 1_700_000_000, nanoseconds: 5_000_000),
            environment: environment)
    }

    /// Begins a measurement and gives the answers one by one.
    static func measure(
        _ fields: JSONValue, environment: [String: String] = [:], answers: [MetricAnswer]
    ) throws -> (questions: [MetricQuestion], measurement: Measurement?) {
        let context = try context(fields, environment: environment)
        var move = try MetricProviders.provider(of: context.metric).begin(context)
        var questions: [MetricQuestion] = []
        var answers = answers[...]
        while case .ask(let question, let then) = move {
            questions.append(question)
            guard let answer = answers.popFirst() else { return (questions, nil) }
            move = then(answer)
        }
        guard case .finish(let measurement) = move else { return (questions, nil) }
        return (questions, measurement)
    }

    static func http(_ body: String, status: Int = 200) -> MetricAnswer { .http(status: status, headers: [], body: body) }

    struct Verdict: Sendable {
        var body: String
        var condition: String
        var phase: AnalysisPhase
        var value: String
        var message = ""

        init(_ body: String, _ condition: String, _ phase: AnalysisPhase, _ value: String, _ message: String = "") {
            self.body = body
            self.condition = condition
            self.phase = phase
            self.value = value
            self.message = message
        }
    }

    @Test(arguments: [
        Verdict(#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"0.97"]}]}}"#,
            "result[0] >= 0.95", .successful, "[0.97]"),
        Verdict(#"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"0.9"]}]}}"#,
            "result[0] >= 0.95", .failed, "[0.9]"),
        Verdict(#"{"status":"success","data":{"resultType":"scalar","result":[1,"7"]}}"#, "result < 8", .successful, "7"),
        Verdict(#"{"status":"success","data":{"resultType":"vector","result":[]}}"#, "result[0] > 1", .error, "",
            "could not evaluate successCondition \"result[0] > 1\": metric result is nil or empty: no data returned "
                + "from the metric provider"),
        Verdict(#"{"status":"success","data":{"resultType":"vector","result":[]}}"#, "len(result) == 0", .successful, "[]"),
        Verdict(#"{"status":"success","data":{"resultType":"vector","result":[{"value":[1,"NaN"]}]}}"#,
            "isNaN(result[0])", .successful, "[NaN]"),
        Verdict(#"{"status":"success","data":{"resultType":"matrix","result":[{"values":[[1,"1"],[2,"3"]]}]}}"#,
            "all(result, # > 0)", .successful, "[1,3]"),
        Verdict(#"{"status":"error","errorType":"bad_data","error":"parse error"}"#, "true", .error, "",
            "bad_data: parse error"),
        Verdict("<html>gateway</html>", "true", .error, "", "the answer of Prometheus is no JSON"),
    ])
    func prometheusAnswers(_ verdict: Verdict) throws {
        let (_, measurement) = try Self.measure([
            "successCondition": .string(verdict.condition),
            "provider": ["prometheus": ["address": "http://prometheus:9090", "query": "up"]],
        ], answers: [Self.http(verdict.body)])
        #expect(measurement?.phase == verdict.phase)
        #expect(measurement?.value == verdict.value)
        #expect(measurement?.message == verdict.message)
        #expect(measurement?.finishedAt != nil)
    }

    @Test func prometheusAsksByForm() throws {
        let (questions, _) = try Self.measure([
            "provider": ["prometheus": [
                "query": "sum(rate(x{a=\"b\"}[5m]))", "headers": [["key": "X-Scope-OrgID", "value": "team"]],
            ]],
        ], environment: ["ARGO_ROLLOUTS_PROMETHEUS_ADDRESS": "http://prom:9090/base/"], answers: [])
        guard case .http(let query)? = questions.first else {
            Issue.record("no request")
            return
        }
        #expect(query.method == "POST")
        #expect(query.url == "http://prom:9090/base/api/v1/query")
        #expect(query.body == "query=sum%28rate%28x%7Ba%3D%22b%22%7D%5B5m%5D%29%29&time=1700000000.005")
        #expect(query.headers.contains(HTTPQuery.Header(name: "X-Scope-OrgID", value: "team")))
    }

    @Test func prometheusAsksForARange() throws {
        let (questions, _) = try Self.measure([
            "provider": ["prometheus": [
                "address": "http://prom:9090", "query": "up",
                "rangeQuery": ["start": "now() - duration(\"1h\")", "end": "now()", "step": "1m"],
            ]],
        ], answers: [])
        guard case .http(let query)? = questions.first else {
            Issue.record("no request")
            return
        }
        #expect(query.url.hasSuffix("/api/v1/query_range"))
        #expect(query.body == "query=up&start=1699996400.005&end=1700000000.005&step=60.0")
    }

    @Test func prometheusWithoutAnAddressIsAnError() throws {
        let (questions, measurement) = try Self.measure(
            ["provider": ["prometheus": ["query": "up"]]], answers: [])
        #expect(questions.isEmpty)
        #expect(measurement?.phase == .error)
        #expect(measurement?.message == "prometheus address is not configured")
    }

    @Test(arguments: [
        Verdict(#"{"data":{"ok":true,"rate":0.99}}"#, "result.ok && result.rate > 0.9", .successful,
            #"{"ok":true,"rate":0.99}"#),
        Verdict(#"{"data":{"ok":false}}"#, "result.ok", .failed, #"{"ok":false}"#),
        Verdict(#"{"other":1}"#, "result.ok", .error, "", "Could not find JSONPath in body: "),
        Verdict("fine", "result == 'fine'", .successful, "fine"),
    ])
    func webAnswers(_ verdict: Verdict) throws {
        let (_, measurement) = try Self.measure([
            "successCondition": .string(verdict.condition),
            "provider": ["web": ["url": "http://check/", "jsonPath": "{$.data}"]],
        ], answers: [Self.http(verdict.body)])
        #expect(measurement?.phase == verdict.phase)
        #expect(measurement?.value == verdict.value)
        #expect(measurement?.message.hasPrefix(verdict.message) == true)
    }

    @Test func webRefusesOtherStatuses() throws {
        let (_, measurement) = try Self.measure(
            ["provider": ["web": ["url": "http://check/"]]], answers: [Self.http("{}", status: 503)])
        #expect(measurement?.phase == .error)
        #expect(measurement?.message == "received non 2xx response code: 503")
    }

    @Test func aJobIsMadeOnce() throws {
        let job: JSONValue = ["job": ["spec": ["template": ["spec": ["containers": []]]]]]
        let (questions, measurement) = try Self.measure(["provider": job], answers: [.missing, .object([:])])
        guard case .create(let key, let object)? = questions.last else {
            Issue.record("no Job")
            return
        }
        #expect(key.name == "u-1.m.1")
        #expect(object["metadata"]?["labels"]?["analysisrun.argoproj.io/uid"] == "u-1")
        #expect(object["spec", "template", "metadata", "labels"]?["analysisrun.argoproj.io/uid"] == "u-1")
        #expect(measurement?.phase == .running)
        #expect(measurement?.metadata == ["job-name": "u-1.m.1", "job-namespace": "shop"])
        let owned: JSONValue = ["metadata": ["ownerReferences": [["controller": true, "uid": "u-1"]]]]
        #expect(try Self.measure(["provider": job], answers: [.object(owned)]).measurement?.phase == .running)
        #expect(try Self.measure(["provider": job], answers: [.missing, .existing(owned)]).measurement?.phase == .running)
        #expect(try Self.measure(["provider": job], answers: [.object([:])]).measurement?.phase == .error)
        #expect(try Self.measure(["provider": job], answers: [.missing, .existing([:])]).measurement?.phase == .error)
    }

    @Test(arguments: [
        ("Complete", AnalysisPhase.successful), ("Failed", .failed),
    ])
    func aJobsEndIsTheMeasurements(_ type: String, _ phase: AnalysisPhase) throws {
        let context = try Self.context(["provider": ["job": ["spec": [:]]]])
        let provider = try MetricProviders.provider(of: context.metric)
        var measurement = Measurement(.running, startedAt: context.time)
        measurement.metadata = ["job-name": "j", "job-namespace": "shop"]
        guard case .ask(_, let then) = provider.resume(measurement, context),
            case .finish(let end) = then(.object([
                "status": ["conditions": [["type": .string(type), "status": "True"]]],
            ]))
        else {
            Issue.record("no end")
            return
        }
        #expect(end.phase == phase)
        guard case .ask(_, let later) = provider.resume(measurement, context), case .ask(_, let pods) = later(.object([:])),
            case .finish(let waiting) = pods(.objects([]))
        else {
            Issue.record("no second look")
            return
        }
        #expect(waiting.phase == .running)
        #expect(waiting.resumeAt != nil)
        guard case .finish(let stuck) = pods(.objects([["metadata": ["name": "p"], "status": ["containerStatuses": [[
            "name": "c", "state": ["waiting": ["reason": "ImagePullBackOff", "message": "no such image"]],
        ]]]]])) else { return }
        #expect(stuck.phase == .inconclusive)
        #expect(stuck.message.contains("ImagePullBackOff"))
    }

    @Test func pluginsAreRefused() throws {
        #expect(throws: AnalysisProblem.self) {
            try MetricProviders.provider(of: AnalysisMetric([
                "name": "m", "provider": ["plugin": ["argoproj-labs/sample": [:]]],
            ]))
        }
    }
}
