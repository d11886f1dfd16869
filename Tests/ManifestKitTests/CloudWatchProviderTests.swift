import ManifestKit
import Testing

/// CloudWatch: `GetMetricData`.
@Suite struct CloudWatchProviderTests {
    static let settings: JSONValue = ["cloudWatch": [
        "interval": "30m",
        "metricDataQueries": [
            ["id": "rate", "expression": "errors / requests", "label": "Rate", "returnData": true, "period": "300"],
            [
                "id": "errors", "returnData": false,
                "metricStat": [
                    "metric": [
                        "namespace": "AWS/ApplicationELB", "metricName": "HTTPCode_Target_5XX_Count",
                        "dimensions": [["name": "LoadBalancer", "value": "app/a/1"]],
                    ],
                    "period": 300, "stat": "Sum", "unit": "None",
                ],
            ],
        ],
    ]]

    @Test func itAsksWithASignature() throws {
        let exchange = try ProviderExchange(
            ["provider": Self.settings], environment: ["AWS_REGION": "eu-central-1", "AWS_PROFILE": "team"],
            answers: [])
        var expected = HTTPQuery("POST", "https://monitoring.eu-central-1.amazonaws.com/")
        expected.headers = [
            .init(name: "Content-Type", value: "application/x-amz-json-1.0"),
            .init(name: "X-Amz-Target", value: "GraniteServiceVersion20100801.GetMetricData"),
        ]
        expected.body = #"{"StartTime":1699998200,"EndTime":1700000000,"MetricDataQueries":["#
            + #"{"Id":"rate","Expression":"errors / requests","Label":"Rate","Period":300,"ReturnData":true},"#
            + #"{"Id":"errors","MetricStat":{"Metric":{"Namespace":"AWS/ApplicationELB","#
            + #""MetricName":"HTTPCode_Target_5XX_Count","Dimensions":[{"Name":"LoadBalancer","Value":"app/a/1"}]},"#
            + #""Period":300,"Stat":"Sum","Unit":"None"},"ReturnData":false}]}"#
        expected.authentication = .aws(service: "monitoring", region: "eu-central-1", profile: "", roleARN: "")
        #expect(exchange.requests == [expected])
    }

    static let places: [([String: String], String)] = [
        (["AWS_DEFAULT_REGION": "cn-north-1"], "https://monitoring.cn-north-1.amazonaws.com.cn/"),
        (["AWS_REGION": "r", "AWS_ENDPOINT_URL": "http://localhost:4566"], "http://localhost:4566/"),
        (["AWS_REGION": "r", "AWS_ENDPOINT_URL": "http://a", "AWS_ENDPOINT_URL_CLOUDWATCH": "http://b/"], "http://b/"),
    ]

    @Test(arguments: places)
    func theEnvironmentSaysWhere(_ environment: [String: String], _ url: String) throws {
        let exchange = try ProviderExchange(["provider": Self.settings], environment: environment, answers: [])
        #expect(exchange.requests.first?.url == url)
    }

    @Test func withoutARegionSomebodyIsAskedForIt() throws {
        let exchange = try ProviderExchange(["provider": Self.settings], answers: [.region("eu-west-1")])
        #expect(exchange.questions.first == .region)
        #expect(exchange.requests.map(\.url) == ["https://monitoring.eu-west-1.amazonaws.com/"])
        let refused = try ProviderExchange(["provider": Self.settings], answers: [.failure("no region is known")])
        #expect(refused.measurement?.phase == .error && refused.requests.isEmpty)
        #expect(refused.measurement?.message == "no region is known")
        #expect(ProviderExchange.problem(["provider": ["cloudWatch": ["interval": "x"]]])?
            .hasPrefix("invalid interval string: \"x\": ") == true)
    }

    @Test(arguments: [
        ProviderCase(#"{"MetricDataResults":[{"Id":"rate","Label":"Rate","StatusCode":"Complete","#
            + #""Timestamps":[1.7E9,1.6999997E9],"Values":[0.1,1234567]}],"Messages":[]}"#,
            "result[0].Values[0] == 0.1 && result[0].Id == 'rate' && result[0].StatusCode == 'Complete'", .successful,
            "[[0.1 1.234567e+06]]"),
        ProviderCase(#"{"MetricDataResults":[{"Id":"a","Values":[1,2]},{"Id":"b","Values":[]}]}"#,
            "all(result[0].Values, # > 1)", .failed, "[[1 2] []]"),
        ProviderCase(#"{"MetricDataResults":[]}"#, "result[0].Values[0] < 1", .error, "[]",
            ProviderCase.noData("result[0].Values[0] < 1")),
        ProviderCase(#"{"MetricDataResults":[{"Values":["x"]}]}"#, "true", .error, "",
            "the answer of CloudWatch has a value that is no number"),
        ProviderCase(#"{"__type":"com.amazonaws.cloudwatch#ValidationError","message":"Id is wrong"}"#, status: 400,
            "true", .error, "", "operation GetMetricData of CloudWatch: ValidationError: Id is wrong"),
        ProviderCase("busy", status: 503, "true", .error, "",
            "operation GetMetricData of CloudWatch: status 503: busy"),
        ProviderCase(failure: "connection refused"),
    ])
    func answers(_ verdict: ProviderCase) throws {
        let exchange = try ProviderExchange(
            ["successCondition": .string(verdict.condition), "provider": Self.settings],
            environment: ["AWS_REGION": "r"], answers: [verdict.answer])
        #expect(exchange.measurement?.phase == verdict.phase)
        #expect(exchange.measurement?.value == verdict.value)
        #expect(exchange.measurement?.message == verdict.message)
    }

    @Test func messagesAreKept() throws {
        let body = #"{"MetricDataResults":[],"Messages":[{"Code":"MaxMetricsExceeded","Value":"too many"}]}"#
        let exchange = try ProviderExchange(
            ["provider": Self.settings], environment: ["AWS_REGION": "r"], answers: [ProviderExchange.http(body)])
        #expect(exchange.measurement?.phase == .successful)
        #expect(exchange.measurement?.metadata == ["messages": "[MaxMetricsExceeded: too many]"])
    }
}
