import ManifestKit
import Testing

/// Datadog: requests, credentials and answers of both versions of its API.
@Suite struct DatadogProviderTests {
    static let credentials = ProviderExchange.secret(["api-key": "api-1234", "app-key": "app-5678"])
    static let first: JSONValue = ["datadog": ["apiVersion": "v1", "query": "avg:errors{env:a b}"]]
    static let second: JSONValue = ["datadog": ["apiVersion": "v2", "query": "avg:errors{*}"]]

    static func headers() -> [HTTPQuery.Header] {
        [
            .init(name: "Content-Type", value: "application/json"), .init(name: "DD-API-KEY", value: "api-1234"),
            .init(name: "DD-APPLICATION-KEY", value: "app-5678"),
        ]
    }

    @Test func versionOneAsksByTheAddress() throws {
        let exchange = try ProviderExchange(["provider": Self.first], answers: [Self.credentials])
        #expect(exchange.questions.first == ProviderExchange.secretQuestion("datadog"))
        var expected = HTTPQuery(
            "GET", "https://api.datadoghq.com/api/v1/query?from=1699999700&"
                + "query=avg%3Aerrors%7Benv%3Aa+b%7D&to=1700000000")
        expected.headers = Self.headers()
        expected.timeoutSeconds = 10
        #expect(exchange.requests == [expected])
    }

    @Test func versionTwoAsksByABody() throws {
        let exchange = try ProviderExchange(["provider": ["datadog": [
            "apiVersion": "v2", "queries": ["b": "sum:all{*}", "a": "sum:bad{*}"], "formula": "a / b",
            "aggregator": "sum", "interval": "1m", "requestTimeout": "30s",
        ]]], answers: [
            ProviderExchange.secret([
                "api-key": "api-1234", "app-key": "app-5678", "address": "https://api.datadoghq.eu",
            ]),
        ])
        var expected = HTTPQuery("POST", "https://api.datadoghq.eu/api/v2/query/scalar")
        expected.headers = Self.headers()
        expected.timeoutSeconds = 30
        expected.body = #"{"data":{"attributes":{"from":1699999940000,"to":1700000000000,"queries":["#
            + #"{"aggregator":"sum","data_source":"metrics","name":"a","query":"sum:bad{*}"},"#
            + #"{"aggregator":"sum","data_source":"metrics","name":"b","query":"sum:all{*}"}],"#
            + #""formulas":[{"formula":"a / b"}]},"type":"scalar_request"}}"#
        #expect(exchange.requests == [expected])
        let single = try ProviderExchange(["provider": Self.second], answers: [Self.credentials])
        #expect(single.requests.first?.body == #"{"data":{"attributes":{"from":1699999700000,"to":1700000000000,"#
            + #""queries":[{"aggregator":"last","data_source":"metrics","name":"query","query":"avg:errors{*}"}],"#
            + #""formulas":[]},"type":"scalar_request"}}"#)
    }

    @Test func credentialsComeFromTheEnvironmentFirst() throws {
        let environment = ["DD_API_KEY": "key-1", "DD_APP_KEY": "key-2", "DD_ADDRESS": "http://dd"]
        let exchange = try ProviderExchange(["provider": Self.first], environment: environment, answers: [])
        #expect(exchange.requests.first?.url.hasPrefix("http://dd/api/v1/query?") == true)
        // All three variables have to be there.
        let partly = try ProviderExchange(
            ["provider": Self.first], environment: ["DD_API_KEY": "key-1", "DD_APP_KEY": "key-2"], answers: [])
        #expect(partly.questions == [ProviderExchange.secretQuestion("datadog")])
        var named = Self.first
        named.set(["datadog", "secretRef", "name"], to: "mine")
        #expect(try ProviderExchange(["provider": named], environment: environment, answers: []).questions
            == [ProviderExchange.secretQuestion("mine")])
        named.set(["datadog", "secretRef", "namespaced"], to: true)
        #expect(try ProviderExchange(["provider": named], answers: []).questions
            == [ProviderExchange.secretQuestion("mine", in: "shop")])
    }

    static let absences: [(MetricAnswer, String)] = [
        (.missing, "failed to find the credentials for datadog metrics provider"),
        (.failure("forbidden"), "failed to find the credentials for datadog metrics provider: forbidden"),
        (ProviderExchange.secret(["api-key": "a"]), "failed to find the credentials for datadog metrics provider"),
    ]

    @Test(arguments: absences)
    func withoutCredentialsNothingIsAsked(_ answer: MetricAnswer, _ message: String) throws {
        let exchange = try ProviderExchange(["provider": Self.first], answers: [answer])
        #expect(exchange.requests.isEmpty)
        #expect(exchange.measurement?.phase == .error)
        #expect(exchange.measurement?.message == message)
    }

    @Test(arguments: [
        ProviderCase(#"{"status":"ok","series":[{"pointlist":[[1,0.5],[2,0.0003]]}]}"#, "result < 0.001", .successful,
            "0.0003"),
        ProviderCase(#"{"series":[{"pointlist":[[1,100000000]]}]}"#, "result < 5", .failed, "100000000"),
        ProviderCase(#"{"series":[]}"#, "result < 0.05", .error, "", ProviderCase.noData("result < 0.05")),
        ProviderCase(#"{"series":[]}"#, "default(result, 0) < 0.05", .successful, "[]"),
        ProviderCase(#"{"series":[{"pointlist":[]}]}"#, "isNil(result)", .successful, #"[{"Pointlist":[]}]"#),
        ProviderCase("{}", "default(result, 1) < 0.05", .failed, "null"),
        ProviderCase(#"{"series":[{"pointlist":[[1]]}]}"#, "true", .error, "", "Datapoint does not have 2 values"),
        ProviderCase(#"{"errors":["no api-1234"]}"#, status: 403, "true", .error, "",
            #"received authentication error response code: 403 {"errors":["no *****"]}"#),
        ProviderCase("busy", status: 429, "true", .error, "", "received non 2xx response code: 429 busy"),
        ProviderCase(failure: "no answer within 10 seconds"),
    ])
    func versionOneAnswers(_ verdict: ProviderCase) throws {
        try verdict.check(Self.first, before: [Self.credentials], at: #_sourceLocation)
    }

    @Test(arguments: [
        ProviderCase(#"{"data":{"attributes":{"columns":[{"name":"a","type":"number","values":[0.0006]}]}}}"#,
            "result < 0.001", .successful, "0.0006"),
        ProviderCase(#"{"data":{"attributes":{"columns":[{"values":[7]}]}}}"#, "result < 5", .failed, "7"),
        ProviderCase(#"{"data":{"attributes":{"columns":[{"type":"number","values":[null]}]}}}"#,
            "default(result, 0) < 5", .successful, "[]"),
        ProviderCase(#"{"data":{"attributes":{"columns":[]}}}"#, "result < 5", .error, "",
            ProviderCase.noData("result < 5")),
        ProviderCase(#"{"data":{"errors":"bad formula"}}"#, "true", .error, "",
            "There were errors in your query: bad formula"),
        ProviderCase(#"{"data":{"attributes":{"columns":[{"name":"a","type":"number","values":["x"]}]}}}"#, "true",
            .error, "", #"could not parse numeric value "\"x\"" in column "a""#),
        ProviderCase(#"{"data":{"attributes":{"columns":[{"type":"group","values":[[]]},"#
            + #"{"type":"number","values":[1]}]}}}"#, "true", .error, "", "could not parse group label at index 0"),
        ProviderCase("no", status: 401, "true", .error, "", "received authentication error response code: 401 no"),
    ])
    func versionTwoAnswers(_ verdict: ProviderCase) throws {
        try verdict.check(Self.second, before: [Self.credentials], at: #_sourceLocation)
    }

    @Test func groupsAreAListWithNames() throws {
        let body = #"{"data":{"attributes":{"columns":["#
            + #"{"name":"region","type":"group","values":[["eu"],["us"],["ap"]]},"#
            + #"{"name":"host","type":"group","values":[["a"],["b"],["c"]]},"#
            + #"{"name":"q","type":"number","values":[0.5,null,2]}]}}}"#
        let exchange = try ProviderExchange(
            ["successCondition": "max(result) == 2 && len(result) == 2", "provider": Self.second],
            answers: [Self.credentials, ProviderExchange.http(body)])
        #expect(exchange.measurement?.phase == .successful)
        #expect(exchange.measurement?.value == "[0.5,2]")
        #expect(exchange.measurement?.metadata
            == ["groups": #"[{"name":"eu,a","value":0.5},{"name":"ap,c","value":2}]"#])
    }

    @Test func ofManyGroupsTheEndsAreShown() throws {
        let values = (0..<150).map { String(($0 * 7) % 150) }
        let names = (0..<150).map { #"["h\#($0)"]"# }
        let body = #"{"data":{"attributes":{"columns":[{"type":"group","values":[\#(names.joined(separator: ","))]},"#
            + #"{"type":"number","values":[\#(values.joined(separator: ","))]}]}}}"#
        let exchange = try ProviderExchange(
            ["successCondition": "len(result) == 150", "provider": Self.second],
            answers: [Self.credentials, ProviderExchange.http(body)])
        let measurement = try #require(exchange.measurement)
        #expect(measurement.phase == .successful)
        #expect(measurement.metadata["groups_truncated"] == "true")
        let groups = try #require(try JSONReader.value(measurement.metadata["groups"] ?? "").array)
        #expect(groups.map { $0["value"]?.integer } == Array(0..<50) + Array(100..<150))
    }

    static let refused: [(JSONValue, String)] = [
        (["apiVersion": "v1"], "Must have either a query or queries. Please review the Analysis Template."),
        (["query": "a", "queries": ["a": "b"]],
            "Cannot have both a query and queries. Please review the Analysis Template."),
        (["queries": ["a": "b"]],
            "Query is empty. API Version v1 only supports using the query parameter in your Analysis Template."),
        (["apiVersion": "v2", "query": "a", "formula": "a"],
            "Formula are only valid when queries are set. Please review the Analysis Template."),
        (["apiVersion": "v2", "queries": ["a": "b", "c": "d"]],
            "When multiple queries are provided you must include a formula."),
        (["query": "a", "aggregator": "sum"],
            "Aggregator is not supported in v1. Please review the Analysis Template."),
        (["query": "a", "requestTimeout": "0s"],
            "Request timeout must be a positive duration (e.g. 30s). Please review the Analysis Template."),
        (["query": "a", "secretRef": ["namespaced": true]], "secret name is required for namespaced credentials"),
    ]

    @Test(arguments: refused)
    func settingsThatCannotWorkAreRefused(_ settings: JSONValue, _ message: String) {
        #expect(ProviderExchange.problem(["provider": ["datadog": settings]]) == message)
    }

    @Test func whatCannotBeReadIsNamed() throws {
        let problem = ProviderExchange.problem(["provider": ["datadog": ["query": "a", "interval": "5 minutes"]]])
        #expect(problem?.hasPrefix("Could not parse the interval: \"5 minutes\": ") == true)
        for provider in [Self.first, Self.second] {
            let exchange = try ProviderExchange(
                ["provider": provider], answers: [Self.credentials, ProviderExchange.http("<html>")])
            #expect(exchange.measurement?.phase == .error)
            #expect(exchange.measurement?.message.hasPrefix("Could not parse JSON body: ") == true)
        }
    }
}
