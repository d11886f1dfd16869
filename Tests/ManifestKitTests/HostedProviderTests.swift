import ManifestKit
import Testing

/// New Relic and Wavefront, whose credentials are in Secrets of the controller's namespace.
@Suite struct HostedProviderTests {
    // MARK: New Relic

    static let newRelic: JSONValue = ["newRelic": ["query": "SELECT count(*) FROM Transaction"]]
    static let account = ProviderExchange.secret(["personal-api-key": "NRAK-1", "account-id": "42"])

    @Test func newRelicAsksByGraphQL() throws {
        let exchange = try ProviderExchange(["provider": Self.newRelic], answers: [Self.account])
        #expect(exchange.questions.first == ProviderExchange.secretQuestion("newrelic"))
        var expected = HTTPQuery("POST", "https://api.newrelic.com/graphql")
        expected.headers = [
            .init(name: "Content-Type", value: "application/json"), .init(name: "Api-Key", value: "NRAK-1"),
        ]
        expected.timeoutSeconds = 65
        expected.body = #"{"query":"query($accountId: Int!, $query: Nrql!, $timeout: Seconds!) { actor { "#
            + #"account(id: $accountId) { nrql(query: $query, timeout: $timeout) { results } } } }","#
            + #""variables":{"accountId":42,"query":"SELECT count(*) FROM Transaction","timeout":5}}"#
        #expect(exchange.requests == [expected])
        let context = try ProviderExchange.context(["provider": Self.newRelic])
        let provider = try MetricProviders.provider(of: context.metric)
        #expect(provider.metadata == ["ResolvedNewRelicQuery": "SELECT count(*) FROM Transaction"])
    }

    static let regions: [([String: String], String)] = [
        (["region": "EU"], "https://api.eu.newrelic.com/graphql"),
        (["region": "staging"], "https://staging-api.newrelic.com/graphql"),
        (["base-url-nerdgraph": "http://proxy/graphql"], "http://proxy/graphql"),
    ]

    @Test(arguments: regions)
    func newRelicHasRegions(_ fields: [String: String], _ url: String) throws {
        let data = ["personal-api-key": "NRAK-1", "account-id": "42"].merging(fields) { $1 }
        let settings: JSONValue = ["newRelic": ["query": "q", "profile": "mine", "timeout": 10]]
        let exchange = try ProviderExchange(["provider": settings], answers: [ProviderExchange.secret(data)])
        #expect(exchange.questions.first == ProviderExchange.secretQuestion("mine"))
        #expect(exchange.requests.first?.url == url)
        #expect(exchange.requests.first?.body?.hasSuffix(#""timeout":10}}"#) == true)
    }

    static let absences: [(MetricAnswer, String)] = [
        (.missing, #"secrets "newrelic" not found in namespace "system""#),
        (.failure("forbidden"), #"secret "newrelic" cannot be read: forbidden"#),
        (ProviderExchange.secret(["account-id": "42"]), "account ID or personal API key not found"),
        (ProviderExchange.secret(["personal-api-key": "k", "account-id": "x"]),
            #"could not parse account ID: "x" is no whole number"#),
        (ProviderExchange.secret(["personal-api-key": "k", "account-id": "1", "region": "moon"]),
            "unknown region: moon"),
    ]

    @Test(arguments: absences)
    func newRelicNeedsCredentials(_ answer: MetricAnswer, _ message: String) throws {
        let exchange = try ProviderExchange(["provider": Self.newRelic], answers: [answer])
        #expect(exchange.requests.isEmpty)
        #expect(exchange.measurement?.phase == .error)
        #expect(exchange.measurement?.message == message)
    }

    @Test func noTimeoutIsLongerThanADay() throws {
        let newRelic: JSONValue = ["newRelic": ["query": "q", "timeout": .integer(.max)]]
        let hosted = try ProviderExchange(["provider": newRelic], answers: [Self.account])
        #expect(hosted.requests.map(\.timeoutSeconds) == [86_400])
        let prometheus: JSONValue = ["prometheus": ["address": "http://p", "query": "up", "timeout": .integer(.max)]]
        let own = try ProviderExchange(["provider": prometheus], answers: [])
        #expect(own.requests.map(\.timeoutSeconds) == [86_400])
    }

    @Test func newRelicRefusesNegativeTimeouts() {
        #expect(ProviderExchange.problem(["provider": ["newRelic": ["query": "q", "timeout": -1]]])
            == "timeout value needs to be a positive value")
    }

    static func nrql(_ results: String) -> String {
        #"{"data":{"actor":{"account":{"nrql":{"results":\#(results)}}}}}"#
    }

    @Test(arguments: [
        ProviderCase(nrql(#"[{"count":10,"average.duration":12.34}]"#),
            "result['average.duration'] < 13 && result.count == 10", .successful,
            #"{"average.duration":12.34,"count":10}"#),
        ProviderCase(nrql(#"[{"count":10},{"count":20}]"#), "all(result, #.count > 15)", .failed,
            #"[{"count":10},{"count":20}]"#),
        ProviderCase(nrql("[]"), "true", .error, "", "no results returned from NRQL query"),
        ProviderCase(nrql("[{}]"), "true", .error, "", "no results returned from NRQL query"),
        ProviderCase(#"{"errors":[{"message":"NRQL Syntax Error"},{"message":"and NRAK-1"}]}"#, "true",
            .error, "", "NRQL Syntax Error, and *****"),
        ProviderCase("denied", status: 403, "true", .error, "", "403 response returned: denied"),
        ProviderCase(failure: "connection refused"),
    ])
    func newRelicAnswers(_ verdict: ProviderCase) throws {
        try verdict.check(Self.newRelic, before: [Self.account], at: #_sourceLocation)
    }

    // MARK: Wavefront

    static let wavefront: JSONValue = ["wavefront": ["address": "example.wavefront.com", "query": "ts(a.b)"]]
    static let tokens = ProviderExchange.secret([
        "example.wavefront.com": "token-1", "other.wavefront.com": "token-2",
    ])

    @Test func wavefrontAsksForOneMoment() throws {
        let exchange = try ProviderExchange(["provider": Self.wavefront], answers: [Self.tokens])
        #expect(exchange.questions.first == ProviderExchange.secretQuestion("wavefront-api-tokens"))
        var expected = HTTPQuery(
            "GET", "https://example.wavefront.com/api/v2/chart/api?autoEvents=false&e=1700000000000&g=s&i=true"
                + "&includeObsoleteMetrics=false&listmode=false&p=1&q=ts%28a.b%29&s=1700000000000&strict=false")
        expected.headers = [
            .init(name: "Accept", value: "application/json"), .init(name: "Authorization", value: "Bearer token-1"),
        ]
        #expect(exchange.requests == [expected])
        var other = Self.wavefront
        other.set(["wavefront", "address"], to: "third.wavefront.com")
        let unknown = try ProviderExchange(["provider": other], answers: [Self.tokens])
        #expect(unknown.requests.isEmpty)
        #expect(unknown.measurement?.message == "API token not found")
    }

    @Test(arguments: [
        ProviderCase(#"{"timeseries":[{"data":[[1699999000,9],[1699999995,0.125],[1700000050,7]]}]}"#, "result < 0.2",
            .successful, "0.12"),
        ProviderCase(#"{"timeseries":[{"data":[[1700000000,2]]},{"data":[[1700000001,3]]}]}"#,
            "all(result, # > 2)", .failed, "[2.00,3.00]"),
        ProviderCase(#"{"timeseries":[{"data":[]}]}"#, "result == 0", .successful, "0.00"),
        ProviderCase(#"{"timeseries":[]}"#, "true", .error, "", "No TimeSeries found in response from Wavefront"),
        ProviderCase("{}", "true", .error, "", "No TimeSeries found in response from Wavefront"),
        ProviderCase(#"{"timeseries":[{"data":[["a","b"]]}]}"#, "true", .error, "",
            "the answer of Wavefront has a point that is no pair of numbers"),
        ProviderCase("token-1 is unknown", status: 401, "true", .error, "",
            "Wavefront answered with status 401: ***** is unknown"),
        ProviderCase(failure: "no answer within 30 seconds"),
    ])
    func wavefrontAnswers(_ verdict: ProviderCase) throws {
        try verdict.check(Self.wavefront, before: [Self.tokens], at: #_sourceLocation)
    }

    @Test func wavefrontTellsOfPointsAndWarnings() throws {
        let body = #"{"warnings":"slow","timeseries":[{"data":[[1699999995,1]]},{"data":[[1700000002.5,2]]}]}"#
        let exchange = try ProviderExchange(
            ["provider": Self.wavefront], answers: [Self.tokens, ProviderExchange.http(body)])
        #expect(exchange.measurement?.metadata == [
            "warnings": "slow", "timestamps": "[1699999995,1700000002]", "drift": "[-5,2]",
        ])
        let bad = try ProviderExchange(
            ["successCondition": "result.x.y", "provider": Self.wavefront],
            answers: [Self.tokens, ProviderExchange.http(body)])
        #expect(bad.measurement?.phase == .error)
        #expect(bad.measurement?.metadata == ["warnings": "slow"])
    }
}
