import ManifestKit
import Testing

/// Graphite, InfluxDB and SkyWalking.
@Suite struct ServerProviderTests {
    // MARK: Graphite

    static func graphite(_ address: String, _ query: String = "target=a.b&from=-5min") -> JSONValue {
        ["graphite": ["address": .string(address), "query": .string(query)]]
    }

    @Test(arguments: [
        ("http://graphite", "target=a.b&from=-5min", "http://graphite/render?format=json&from=-5min&target=a.b"),
        ("http://graphite:8080/base//x/?y=1", "target = sumSeries(\n a.*, b )&target=c",
            "http://graphite:8080/base/x/render?format=json&target=sumSeries%28a.%2A%2Cb%29&target=c"),
        ("https://g/a/../b", "target=a%20b&bad=%zz&format=png&c;d#e",
            "https://g/b/render?format=json&target=a+b"),
    ])
    func graphiteAsksByTheAddress(_ address: String, _ query: String, _ url: String) throws {
        let exchange = try ProviderExchange(["provider": Self.graphite(address, query)], answers: [])
        var expected = HTTPQuery("GET", url)
        expected.timeoutSeconds = 10
        #expect(exchange.requests == [expected])
    }

    @Test(arguments: ["", "graphite", "://x", "http://a b"])
    func graphiteNeedsAnAddress(_ address: String) {
        #expect(ProviderExchange.problem(["provider": Self.graphite(address)])
            == "Graphite address \(address) is not a valid URL")
    }

    @Test(arguments: [
        ProviderCase(#"[{"target":"a","datapoints":[[0.125,1],[null,2],["2",3]]},{"target":"b","datapoints":[[9,1]]}]"#,
            "all(result, # < 3)", .successful, "[0.125000,2.000000]"),
        ProviderCase(#"[{"target":"a","datapoints":[[1e7,1]]}]"#, "result[0] < 3", .failed, "[10000000.000000]"),
        ProviderCase(#"[{"target":"a","datapoints":[[null,1]]}]"#, "len(result) == 0", .successful, "[]"),
        ProviderCase(#"[{"target":"a","datapoints":[[null,1]]}]"#, "result[0] < 3", .error, "[]",
            ProviderCase.noData("result[0] < 3")),
        ProviderCase(#"[{"target":"a","datapoints":[]}]"#, "true", .error, "", "no values found"),
        ProviderCase("[]", "true", .error, "", "no values found"),
        ProviderCase(#"[{"datapoints":[[1]]}]"#, "true", .error, "", "error unmarshaling data point: [1]"),
        ProviderCase(#"[{"datapoints":[["x",1]]}]"#, "true", .error, "", #"error unmarshaling value: "x""#),
        ProviderCase("{}", "true", .error, "", "the answer of Graphite is no list of targets"),
        ProviderCase("broken", status: 500, "true", .error, "", "error response: broken"),
        ProviderCase(failure: "connection refused"),
    ])
    func graphiteAnswers(_ verdict: ProviderCase) throws {
        try verdict.check(Self.graphite("http://graphite"), at: #_sourceLocation)
    }

    // MARK: InfluxDB

    static let influx: JSONValue = ["influxdb": ["query": "from(bucket: \"b\")\n|> last()"]]
    static let profile = ProviderExchange.secret([
        "authToken": "secret-token", "address": "http://influx:8086", "org": "my org",
    ])

    @Test func influxAsksInFlux() throws {
        let exchange = try ProviderExchange(["provider": Self.influx], answers: [Self.profile])
        #expect(exchange.questions.first == ProviderExchange.secretQuestion("influxdb"))
        var expected = HTTPQuery("POST", "http://influx:8086/api/v2/query?org=my+org")
        expected.headers = [
            .init(name: "Authorization", value: "Token secret-token"),
            .init(name: "Content-Type", value: "application/json"), .init(name: "Accept", value: "application/csv"),
        ]
        expected.body = #"{"dialect":{"annotations":["datatype","group","default"],"delimiter":",","header":true},"#
            + #""query":"from(bucket: \"b\")\n|> last()","type":"flux"}"#
        #expect(exchange.requests == [expected])
        let incomplete = try ProviderExchange(
            ["provider": Self.influx], answers: [ProviderExchange.secret(["authToken": "a", "org": "b"])])
        #expect(incomplete.requests.isEmpty)
        #expect(incomplete.measurement?.message == "authToken, org, or address not found")
    }

    static func table(_ type: String, _ values: [String], standard: String = "") -> String {
        let rows = values.map { ",,0,2026-11-23T09:00:00Z,\($0),cpu\r\n" }.joined()
        return "#datatype,string,long,dateTime:RFC3339,\(type),string\r\n#group,false,false,false,false,true\r\n"
            + "#default,_result,,,\(standard),\r\n,result,table,_time,_value,_measurement\r\n\(rows)\r\n"
    }

    @Test(arguments: [
        ProviderCase(table("double", ["0.95", "1234567", "NaN"]), "result[0] > 0.9", .successful,
            "[0.95 1.234567e+06 NaN]"),
        ProviderCase(table("double", ["0.5"]) + table("long", ["3"]), "result[1] == 3 && len(result) == 2", .successful,
            "[0.5 3]"),
        ProviderCase(table("string", [#""a, ""b""""#]), #"result[0] == "a, \"b\"""#, .successful, #"[a, "b"]"#),
        ProviderCase(table("boolean", ["true", ""]), "result[0] && result[1] == nil", .successful, "[true <nil>]"),
        ProviderCase(table("unsignedLong", [""], standard: "7"), "result[0] < 5", .failed, "[7]"),
        ProviderCase(table("double", []), "true", .error, "", "no results returned from flux query"),
        ProviderCase("\r\n", "true", .error, "", "no results returned from flux query"),
        ProviderCase("#datatype,string,string\r\n#group,true,true\r\n#default,,\r\n,error,reference\r\n"
            + ",failed to read secret-token,897\r\n", "true", .error, "", "failed to read *****,897"),
        ProviderCase("error,reference\nout of memory,12\n", "true", .error, "", "out of memory,12"),
        ProviderCase(table("long", ["x"]), "true", .error, "",
            #"the answer of InfluxDB has "x" for a value of type long"#),
        ProviderCase(table("strange", ["x"]), "true", .error, "", "_value has unknown data type strange"),
        ProviderCase(table("double", ["1,2"]), "true", .error, "",
            "the answer of InfluxDB has a row of 7 fields under 6 names"),
        ProviderCase(table("string", [#""open"#]), "true", .error, "", "the answer of InfluxDB ends within quotes"),
        ProviderCase(#"{"code":"unauthorized","message":"unauthorized access"}"#, status: 401, "true", .error, "",
            "unauthorized: unauthorized access"),
        ProviderCase("<html>", status: 503, "true", .error, "", "Unexpected status code 503"),
        ProviderCase(failure: "connection refused"),
    ])
    func influxAnswers(_ verdict: ProviderCase) throws {
        try verdict.check(Self.influx, before: [Self.profile], at: #_sourceLocation)
    }

    // MARK: SkyWalking

    static let skyWalking: JSONValue = ["skywalking": [
        "address": "http://oap:12800", "interval": "10m", "query": "query q($duration: Duration!) { a }",
    ]]

    @Test func skyWalkingAsksByGraphQL() throws {
        let exchange = try ProviderExchange(["provider": Self.skyWalking], answers: [])
        var expected = HTTPQuery("POST", "http://oap:12800/graphql")
        expected.headers = [
            .init(name: "Content-Type", value: "application/json; charset=utf-8"),
            .init(name: "Accept", value: "application/json; charset=utf-8"),
        ]
        expected.body = #"{"query":"query q($duration: Duration!) { a }","variables":{"duration":{"#
            + #""start":"2023-11-14 2203","end":"2023-11-14 2213","step":"MINUTE"}}}"#
        #expect(exchange.requests == [expected])
        #expect(ProviderExchange.problem(["provider": ["skywalking": ["interval": "soon"]]])?
            .hasPrefix("invalid interval string: \"soon\": ") == true)
    }

    @Test(arguments: [
        ProviderCase(#"{"data":{"service_apdex":{"values":{"values":[{"value":9900},{"value":10000}]}}}}"#,
            "all(result.service_apdex.values.values, {asInt(.value) >= 9900})", .successful,
            #"{"service_apdex":{"values":{"values":[{"value":9900},{"value":10000}]}}}"#),
        ProviderCase(#"{"data":{"a":1}}"#, "result.a > 1", .failed, #"{"a":1}"#),
        ProviderCase(#"{"data":null}"#, "true", .error, "", "no results returned from SkyWalking query"),
        ProviderCase("{}", status: 500, "true", .error, "", "graphql: server returned a non-200 status code: 500"),
        ProviderCase(#"{"errors":[{"message":"unknown field"},{"message":"b"}]}"#, "true", .error, "",
            "graphql: unknown field"),
        ProviderCase("<html>", status: 502, "true", .error, "", "graphql: server returned a non-200 status code: 502"),
        ProviderCase("<html>", "true", .error, "", "the answer of SkyWalking is no JSON"),
        ProviderCase(failure: "connection refused"),
    ])
    func skyWalkingAnswers(_ verdict: ProviderCase) throws {
        try verdict.check(Self.skyWalking, at: #_sourceLocation)
    }
}
