import Testing

@testable import ManifestKit

/// Runs that are made to try templates, thresholds of conditions, and values as charts take them.
@Suite struct AnalysisTrialRunTests {
    static let template: JSONValue = [
        "kind": "AnalysisTemplate", "metadata": ["name": "web"],
        "spec": [
            "args": [["name": "service"], ["name": "window", "value": "5m"]],
            "dryRun": [["metricName": "errors"]],
            "metrics": [
                [
                    "name": "errors", "interval": "1m", "count": 5, "failureLimit": 2,
                    "successCondition": "result < 1", "provider": ["web": ["url": "http://{{args.service}}"]],
                ],
                ["name": "smoke", "provider": ["job": ["spec": [:]]]],
            ],
        ],
    ]

    static func trial(_ change: (inout AnalysisTrialRun) -> Void) throws -> AnalysisRun {
        var trial = AnalysisTrialRun(templates: [template])
        trial.arguments = ["service": "api"]
        trial.metrics = ["errors"]
        change(&trial)
        return try trial.run()
    }

    @Test func makesARunOfATemplate() throws {
        let run = try Self.trial { _ in }
        #expect(run.name == "web" && run.metrics.count == 1)
        let metric = try #require(try run.resolvedMetrics { _ in "" }.first)
        #expect(metric.count == 5 && metric.provider?.settings["url"] == "http://api")
        let once = try Self.trial { $0.isOnce = true }
        let single = try #require(try once.resolvedMetrics { _ in "" }.first)
        #expect(single.wantedCount == 1 && single.interval == nil && single.failureLimit == 0)
        #expect(single.successCondition == "result < 1" && single.consecutiveErrorLimit == 0)
    }

    @Test func saysWhatIsMissing() {
        func problem(_ change: (inout AnalysisTrialRun) -> Void) -> String? {
            do { _ = try Self.trial(change) } catch { return "\(error)" }
            return nil
        }
        #expect(problem { $0.arguments = [:] } == "no value for service: give one with --arg service=VALUE")
        #expect(problem { $0.arguments["x"] = "1" }?.contains("no template declares an argument x") == true)
        #expect(problem { $0.metrics = ["none"] } == "there is no metric none: there are errors, smoke")
        #expect(problem { $0.metrics = [] }?.contains("needs a cluster") == true)
        #expect(problem { $0.metrics = [] }?.hasSuffix("--metric errors") == true)
    }

    @Test(arguments: [
        ("result[0] >= 0.95", "", [0.95], []),
        ("len(result) > 0 && result[0] >= 0.99", "result[0] < 0.9", [0.99], [0.9]),
        ("all(result, # < 5)", "", [5], []), ("result.errors == -1", "", [-1], []),
        ("100 > asFloat(result)", "", [100], []), ("default(result, 0) < 0.05", "", [0.05], []),
        ("result[0] >= 0.95 or result[0] == 0", "", [0.95, 0], []), ("isNaN(result)", "result == 'no'", [], []),
        ("result >=", "", [], []),
    ])
    func thresholdsAreWhatTheResultIsComparedWith(
        _ success: String, _ failure: String, _ good: [Double], _ bad: [Double]
    ) {
        let found = ConditionThreshold.all(
            successCondition: success, failureCondition: failure.isEmpty ? nil : failure)
        #expect(found.filter { !$0.isFailure }.map(\.value) == good)
        #expect(found.filter(\.isFailure).map(\.value) == bad)
    }

    @Test func valuesOfMeasurementsAreRead() {
        #expect(MeasuredValue.json("[0.5,1]") == [.double(0.5), 1])
        #expect(MeasuredValue.json("[NaN, +Inf]").array?.count == 2)
        #expect(MeasuredValue.json("inf") == "inf" && MeasuredValue.json("0x10") == "0x10")
        #expect(MeasuredValue.charted("[NaN]") == nil && MeasuredValue.charted("[0.25,3]") == 0.25)
        #expect(MeasuredValue.charted("1e+06") == 1_000_000 && MeasuredValue.charted("{\"a\":1}") == nil)
    }

    @Test func aPageShowsEveryMeasurement() {
        var analysis = SimulatedAnalysis(name: "<web>", purpose: "", start: 0)
        var metric = SimulatedAnalysis.Metric(name: "errors", successCondition: "result < 1")
        metric.samples = [
            .init(seconds: 1, phase: .successful, value: "0.5", message: ""),
            .init(seconds: 9, phase: .failed, value: "3", message: ""),
            .init(seconds: 20, phase: .error, value: "", message: "no <answer>"),
        ]
        analysis.metrics = [metric]
        analysis.phase = .failed
        let page = AnalysisPage.text(of: analysis)
        #expect(page.contains("Analysis &lt;web&gt;") && page.contains("no &lt;answer&gt;"))
        #expect(page.contains("circle class=\"point Failed\"") && page.contains("path class=\"cross Error\""))
        #expect(page.contains("line class=\"threshold\"") && !page.contains("NaN"))
    }
}
