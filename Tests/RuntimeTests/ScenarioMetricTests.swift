import ManifestKit
import Testing

@testable import RolloutRuntime

/// What scenarios say about metrics, and what comes of it.
@Suite struct ScenarioMetricTests {
    static let files = [
        "rates.csv": "time,value\n0,0.99\n5m,0.5\n",
        "stamps.csv": "1700000000,1\n1700000060,[2]\n# later\n1700000120,\n",
        "dates.csv": "2026-01-01T00:00:00Z,1\n2026-01-01 00:01:00Z,\"NaN\"\n",
        "run.json": """
            {"metadata": {"name": "a"}, "status": {"startedAt": "2026-01-01T00:00:00Z", "metricResults": [
              {"name": "rate", "phase": "Failed", "measurements": [
                {"phase": "Successful", "value": "[0.99]", "startedAt": "2026-01-01T00:00:01Z"},
                {"phase": "Error", "message": "refused", "startedAt": "2026-01-01T00:01:01Z"},
                {"phase": "Failed", "value": "[NaN]", "startedAt": "2026-01-01T00:02:02Z"},
                {"phase": "Running", "startedAt": "2026-01-01T00:03:02Z"}]}]}}
            """,
        "list.json": "{\"items\": [{\"kind\": \"Pod\"}]}",
        "back.csv": "1m,3\n30s,4\n", "words.csv": "soon,3\nlater,4\n", "one.csv": "3\n", "empty.csv": "time,value\n",
    ]

    static func read(_ text: String) -> (scenario: Scenario, faults: [ScenarioFault]) {
        Scenario.read(SourceFile(name: "scenario.yaml", text: text)) { path in
            guard let text = files[path] else { throw NoSuchFile(path: path) }
            return Array(text.utf8)
        }
    }

    @Test func readsEverythingThatMetricsComeTo() throws {
        let (scenario, faults) = Self.read("""
            metrics:
            - {name: rate, value: [0.99]}
            - {name: rate, template: web, values: [1, {error: no answer}, {nothing: {}}, {a: 1, b: 2}, {value: {error: x}}]}
            - {name: rate, at: 5m, error: refused, slow: 20s}
            - {name: rate, nothing: {}}
            - {name: rate, outcome: Inconclusive}
            - {name: rate, series: rates.csv}
            - {name: rate, series: run.json}
            events:
            - at: 1m
              metric: {name: errors, value: 3}
            """)
        #expect(faults.isEmpty, "\(faults)")
        #expect(scenario.events.map(\.at) == [60, 300])
        #expect(scenario.events.map(\.action.text) == ["metric errors: 3", "metric rate: error: refused after 20s"])
        #expect(scenario.metrics.count == 6)
        #expect(scenario.metrics[1] == ScenarioMetric("rate", template: "web", .listed([
            .value(1), .error("no answer"), .nothing, .value(["a": 1, "b": 2]), .value(["error": "x"]),
        ])))
        let again = Self.read(ScenarioText.text(of: scenario))
        #expect(again.faults.isEmpty, "\(again.faults)")
        #expect(again.scenario.events == scenario.events && again.scenario.metrics.count == 6)
        #expect(again.scenario.metrics[1] == scenario.metrics[1])
    }

    @Test(arguments: [
        ("metrics: {}", 1, 10, "is a list"),
        ("metrics:\n- value: 3", 2, 3, "has a name"),
        ("metrics:\n- {name: a}", 2, 3, "exactly one"),
        ("metrics:\n- {name: a, value: 1, error: b}", 2, 23, "exactly one"),
        ("metrics:\n- {name: a, values: 1}", 2, 21, "values is a list"),
        ("metrics:\n- {name: a, values: []}", 2, 21, "values is a list"),
        ("metrics:\n- {name: a, error: 3}", 2, 20, "message of an error"),
        ("metrics:\n- {name: a, outcome: Bad}", 2, 22, "no outcome"),
        ("metrics:\n- {name: a, outcome: Running}", 2, 22, "no outcome"),
        ("metrics:\n- {name: a, nothing: 3}", 2, 22, "nothing has no settings"),
        ("metrics:\n- {name: a, value: 1, slow: x}", 2, 29, "length of time"),
        ("metrics:\n- {name: a, value: 1, at: x}", 2, 27, "length of time"),
        ("metrics:\n- {name: a, valu: 1}", 2, 13, "no field of metrics"),
        ("metrics:\n- {name: a, series: none.csv}", 2, 21, "no file none.csv"),
        ("metrics:\n- {name: a, series: run.json}", 2, 21, "no measurements of metric a; it has some of rate"),
        ("metrics:\n- {name: a, series: list.json}", 2, 21, "no AnalysisRun"),
        ("metrics:\n- {name: a, series: back.csv}", 2, 21, "line 2: this time is before"),
        ("metrics:\n- {name: a, series: words.csv}", 2, 21, "line 1: \"soon\" is no time"),
        ("metrics:\n- {name: a, series: one.csv}", 2, 21, "line 1: a line is"),
        ("metrics:\n- {name: a, series: empty.csv}", 2, 21, "no line with"),
        ("events:\n- at: 1m\n  metric: {name: a, at: 3m, value: 3}", 3, 21, "no field of metric"),
    ])
    func saysWhatIsWrongAndWhere(_ text: String, _ line: Int, _ column: Int, _ message: String) throws {
        let fault = try #require(Self.read(text).faults.first)
        #expect(fault.message.contains(message), "\(fault.message)")
        #expect(fault.span.start.line == line && fault.span.start.column == column, "\(fault)")
    }

    static func series(_ path: String) throws -> MetricSeries {
        try MetricSeriesReader.series(Array(try #require(files[path]).utf8), path: path, metric: "rate")
    }

    @Test func samplesHoldUntilTheNext() throws {
        let rates = try Self.series("rates.csv")
        #expect([0, 299, 300, 9_000].map { rates.answer(at: $0) } == [
            .value(.double(0.99)), .value(.double(0.99)), .value(.double(0.5)), .value(.double(0.5)),
        ])
        let stamps = try Self.series("stamps.csv")
        #expect(stamps.points.map(\.seconds) == [0, 60, 120])
        #expect(stamps.points.map(\.answer) == [.value(1), .value([2]), .nothing])
        #expect(try Self.series("dates.csv").points.map(\.seconds) == [0, 60])
    }

    @Test func recordedMeasurementsAreTakenByTheNearestTime() throws {
        let run = try Self.series("run.json")
        #expect(run.points.map(\.seconds) == [1, 61, 122])
        #expect(run.answer(at: 0) == .value([.double(0.99)]) && run.answer(at: 60) == .error("refused"))
        #expect(run.answer(at: 119) != .error("refused"))
    }
}
