import ManifestKit
import Testing

/// Kayenta: the configuration's id, the comparison, its end and its score.
@Suite struct KayentaProviderTests {
    static let settings: JSONValue = ["kayenta": [
        "address": "http://kayenta:8090", "application": "guestbook", "canaryConfigName": "my config",
        "metricsAccountName": "prom account", "configurationAccountName": "intuit", "storageAccountName": "store",
        "threshold": ["pass": 90, "marginal": 75],
        "scopes": [[
            "name": "default",
            "controlScope": ["scope": "app=base", "region": "shop", "step": 60],
            "experimentScope": ["scope": "app=canary", "region": "shop", "step": 60],
        ]],
    ]]
    static let configurations = ProviderExchange.http(
        #"[{"id":"c-1","name":"other"},{"id":"c-2","name":"my config","applications":["guestbook"]}]"#)

    @Test func aComparisonIsBegun() throws {
        let exchange = try ProviderExchange(["interval": "5m", "provider": Self.settings], answers: [
            Self.configurations, ProviderExchange.http(#"{"canaryExecutionId":"e-1"}"#),
        ])
        var lookUp = HTTPQuery(
            "GET", "http://kayenta:8090/canaryConfig?application=guestbook&configurationAccountName=store")
        lookUp.timeoutSeconds = 15
        var job = HTTPQuery("POST", "http://kayenta:8090/canary/c-2?application=guestbook"
            + "&metricsAccountName=prom%20account&configurationAccountName=intuit&storageAccountName=store")
        job.headers = [.init(name: "Content-Type", value: "application/json")]
        job.timeoutSeconds = 15
        let times = #""start":"2023-11-14T22:08:20Z","end":"2023-11-14T22:13:20Z""#
        job.body = #"{"scopes":{"default":{"controlScope":{"scope":"app=base","location":"shop","step":60,\#(times)},"#
            + #""experimentScope":{"scope":"app=canary","location":"shop","step":60,\#(times)}}},"#
            + #""thresholds":{"pass":90,"marginal":75}}"#
        #expect(exchange.requests == [lookUp, job])
        #expect(exchange.measurement?.phase == .running)
        #expect(exchange.measurement?.metadata == ["canaryExecutionId": "e-1"])
        #expect(exchange.measurement?.resumeAt == KubernetesTime(seconds: 1_700_000_015))
        #expect(exchange.measurement?.finishedAt == nil)
    }

    @Test func scopesKeepTheirTimesAndLookBack() throws {
        var settings = Self.settings
        settings.set(["kayenta", "lookback"], to: true)
        let back = try ProviderExchange(
            ["provider": settings], status: ["startedAt": "2023-11-14T20:00:00Z"], answers: [Self.configurations])
        #expect(back.requests.last?.body?.contains(#""start":"2023-11-14T20:00:00Z""#) == true)
        var scope = try #require(Self.settings["kayenta"]?["scopes"]?[0])
        for name in ["controlScope", "experimentScope"] {
            scope.set([name, "start"], to: "2020-01-01T00:00:00Z")
            scope.set([name, "end"], to: "2020-01-02T00:00:00Z")
        }
        settings.set(["kayenta", "scopes"], to: .array([scope]))
        let fixed = try ProviderExchange(["provider": settings], answers: [Self.configurations])
        let times = #""start":"2020-01-01T00:00:00Z","end":"2020-01-02T00:00:00Z""#
        #expect(fixed.requests.last?.body?.contains(times) == true)
        scope.set(["controlScope", "start"], to: nil)
        settings.set(["kayenta", "scopes"], to: .array([scope]))
        let half = try ProviderExchange(["provider": settings], answers: [Self.configurations])
        #expect(half.requests.count == 1)
        #expect(half.measurement?.message
            == "controlScope.start and experimentScope.start must both be set or be empty")
    }

    static let failures: [([MetricAnswer], String)] = [
        ([ProviderExchange.http("[]")], "Canary config not found"),
        ([ProviderExchange.http("{}")], "the answer of Kayenta is no list of configurations"),
        ([ProviderExchange.http("no", status: 404)], "Invalid Response: HTTP 404"),
        ([.failure("connection refused")], "connection refused"),
        ([configurations, ProviderExchange.http("no", status: 500)], "Invalid Response: HTTP 500"),
        ([configurations, ProviderExchange.http("{}")], "Invalid canaryExecutionId"),
        ([configurations, .failure("connection refused")], "connection refused"),
    ]

    @Test(arguments: failures)
    func aComparisonThatCannotBeginIsAnError(_ answers: [MetricAnswer], _ message: String) throws {
        let exchange = try ProviderExchange(["interval": "5m", "provider": Self.settings], answers: answers)
        #expect(exchange.measurement?.phase == .error)
        #expect(exchange.measurement?.message == message)
    }

    @Test func withoutStartOrIntervalItIsAnError() throws {
        let exchange = try ProviderExchange(["provider": Self.settings], answers: [Self.configurations])
        #expect(exchange.measurement?.phase == .error)
        #expect(exchange.measurement?.message.hasPrefix("Invalid duration \"\": ") == true)
    }

    static func score(_ score: String) -> String {
        #"{"complete":true,"result":{"judgeResult":{"score":{"score":\#(score)}}}}"#
    }

    static func underWay() -> Measurement {
        var measurement = Measurement(.running, startedAt: KubernetesTime(seconds: 1_699_999_000))
        measurement.metadata = ["canaryExecutionId": "e-1"]
        return measurement
    }

    static let scores: [(String, AnalysisPhase, String, String)] = [
        (score("90"), .successful, "90", ""), (score("89.9"), .inconclusive, "89", ""),
        (score("75"), .inconclusive, "75", ""), (score("74.99"), .failed, "74", ""), (score("0"), .failed, "0", ""),
        (score(#""x""#), .error, "", "Missing Score"), (#"{"complete":true}"#, .error, "", "Missing Score"),
        ("{}", .error, "", "Missing Complete Status"),
    ]

    @Test(arguments: scores)
    func theScoreIsJudgedByThresholds(
        _ body: String, _ phase: AnalysisPhase, _ value: String, _ message: String
    ) throws {
        let exchange = try ProviderExchange(
            ["provider": Self.settings], resuming: Self.underWay(), answers: [ProviderExchange.http(body)])
        #expect(exchange.requests.map(\.url) == ["http://kayenta:8090/canary/e-1"])
        #expect(exchange.measurement?.phase == phase)
        #expect(exchange.measurement?.value == value)
        #expect(exchange.measurement?.message == message)
        #expect(exchange.measurement?.startedAt == KubernetesTime(seconds: 1_699_999_000))
        #expect(exchange.measurement?.finishedAt == KubernetesTime(seconds: 1_700_000_000))
    }

    @Test func oneThatGoesOnIsLookedAtAgain() throws {
        let exchange = try ProviderExchange(
            ["provider": Self.settings], resuming: Self.underWay(),
            answers: [ProviderExchange.http(#"{"complete":false}"#)])
        #expect(exchange.measurement?.phase == .running)
        #expect(exchange.measurement?.resumeAt == KubernetesTime(seconds: 1_700_000_015))
        #expect(exchange.measurement?.finishedAt == nil)
        for answer in [ProviderExchange.http("", status: 500), .failure("no"), ProviderExchange.http("<html>")] {
            let failed = try ProviderExchange(["provider": Self.settings], resuming: Self.underWay(), answers: [answer])
            #expect(failed.measurement?.phase == .error)
        }
        var lost = Self.underWay()
        lost.metadata = [:]
        let unknown = try ProviderExchange(["provider": Self.settings], resuming: lost, answers: [])
        #expect(unknown.requests.isEmpty)
        #expect(unknown.measurement?.phase == .error)
    }

    @Test func endingAsksNothing() throws {
        let context = try ProviderExchange.context(["provider": Self.settings])
        let provider = try MetricProviders.provider(of: context.metric)
        guard case .finish(let end) = provider.end(Self.underWay(), context) else {
            Issue.record("something was asked")
            return
        }
        #expect(end.phase == .inconclusive)
        #expect(end.finishedAt == context.time)
    }
}
