import ManifestKit
import Testing

@testable import RolloutRuntime

/// Updates with analyses, played with what a scenario says about their metrics.
@Suite struct SimulatedAnalysisTests {
    static let templates = """
        - apiVersion: argoproj.io/v1alpha1
          kind: AnalysisTemplate
          metadata: {name: rate, namespace: shop}
          spec:
            args: [{name: token, valueFrom: {secretKeyRef: {name: tokens, key: api}}}]
            metrics:
            - name: rate
              interval: 1m
              successCondition: result[0] >= 0.95
              failureLimit: 1
              provider: {prometheus: {query: up}}
        - apiVersion: argoproj.io/v1alpha1
          kind: ClusterAnalysisTemplate
          metadata: {name: smoke}
          spec:
            metrics:
            - name: smoke
              provider: {job: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: a}]}}}}}
            - name: ping
              count: 3
              interval: 10s
              successCondition: result.code == 200
              provider: {web: {url: "http://example.com", jsonPath: "{$}"}}
        """

    static let background = """
        canary:
          analysis: {templates: [{templateName: rate}]}
          steps: [{setWeight: 20}, {pause: {duration: 10m}}, {setWeight: 60}, {pause: {duration: 10m}}]
        """
    static let step = """
        canary:
          steps: [{setWeight: 20}, {analysis: {templates: [{templateName: smoke, clusterScope: true}]}}, {setWeight: 60}]
        """
    static let blueGreen = """
        blueGreen:
          activeService: active
          previewService: preview
          postPromotionAnalysis: {templates: [{templateName: smoke, clusterScope: true}]}
        """

    static func play(_ strategy: String, _ scenario: String = "", files: Bool = true) async throws -> SimulatedTimeline {
        var input = try SimulatorTests.input(strategy)
        if files {
            let objects = try #require(YAMLParser.document(templates)?.root?.json.array)
            input.objects = ObjectIndex(objects)
        }
        let (read, faults) = ScenarioMetricTests.read(scenario)
        #expect(faults.isEmpty, "\(faults)")
        let timeline = await Simulator.run(input, scenario: read)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        return timeline
    }

    static func end(_ timeline: SimulatedTimeline) -> String {
        "\(timeline.entries.last?.state.phase ?? "") \(timeline.entries.last?.state.message ?? "")"
    }

    @Test func whatIsNotScriptedSucceedsAndIsSaid() async throws {
        let timeline = try await Self.play(Self.background)
        #expect(Self.end(timeline).hasPrefix("Healthy"))
        #expect(timeline.notes.contains { $0.contains("no values are given for metric rate") })
        #expect(timeline.analyses.first?.metrics.first?.samples.count ?? 0 >= 20)
        let jobs = try await Self.play(Self.step)
        #expect(Self.end(jobs).hasPrefix("Healthy"), "\(Self.end(jobs))")
        // Jobs run, so only the other one has no values.
        #expect(jobs.notes.filter { $0.contains("no values") }.count == 1)
    }

    @Test func aFailingMetricRollsBackWithinOneInterval() async throws {
        let timeline = try await Self.play(Self.background, """
            metrics: [{name: rate, value: [0.99]}, {name: rate, at: 12m, value: [0.5]}]
            """)
        #expect(Self.end(timeline).contains("failed (2) > failureLimit (1)"))
        let run = try #require(timeline.analyses.first)
        #expect(run.phase == .failed && run.purpose == "Background")
        let failures = run.metrics[0].samples.filter { $0.phase == .failed }
        #expect(failures.count == 2 && (720...840).contains(failures[0].seconds))
        let degraded = try #require(timeline.entries.first { $0.state.phase == "Degraded" })
        #expect(degraded.seconds - (failures.last?.seconds ?? 0) <= 1)
        #expect(timeline.entries.last?.state.weight == 0)
    }

    @Test(arguments: [
        ("value: 0.99", "Healthy"), ("value: 0.5", "Degraded"), ("value: [NaN]", "Degraded"),
        ("nothing: {}", "Degraded"), ("error: refused", "Degraded"), ("values: [0.5, 0.99]", "Healthy"),
        ("values: [0.99, 0.5, 0.5]", "Degraded"), ("value: 0.99, slow: 20s", "Healthy"),
        ("value: 0.99, slow: 45s", "Degraded"), ("outcome: Inconclusive", "Paused"), ("series: rates.csv", "Degraded"),
        ("series: run.json", "Degraded"), ("value: 0.5, template: other", "Healthy"),
        ("value: 0.5, template: rate", "Degraded"),
    ])
    func conditionsJudgeWhatTheScenarioSays(_ says: String, _ phase: String) async throws {
        let timeline = try await Self.play(Self.background, "metrics: [{name: rate, \(says)}]")
        #expect(Self.end(timeline).hasPrefix(phase), "\(Self.end(timeline))")
    }

    @Test func aSlowServerIsWaitedForAsLongAsTheProviderDoes() async throws {
        let timeline = try await Self.play(Self.background, "metrics: [{name: rate, value: 0.99, slow: 45s}]")
        #expect(timeline.analyses.first?.metrics.first?.samples.first?.message == "no answer within 30s")
        let quick = try await Self.play(Self.background, "metrics: [{name: rate, value: 0.99, slow: 20s}]")
        let first = try #require(quick.analyses.first?.metrics.first?.samples.first)
        let start = try #require(quick.analyses.first?.start)
        #expect((20...22).contains(first.seconds - start))
    }

    @Test func stepsAndPromotionsFailToo() async throws {
        let bad = "metrics: [{name: ping, values: [{code: 200}, {code: 500}]}]"
        let canary = try await Self.play(Self.step, bad)
        #expect(Self.end(canary).contains("Step-based analysis phase error/failed"), "\(Self.end(canary))")
        #expect(canary.analyses[0].metrics[1].samples.map(\.phase) == [.successful, .failed])
        let job = try await Self.play(Self.step, "metrics: [{name: smoke, outcome: Failed}]")
        #expect(Self.end(job).contains("Metric \"smoke\" assessed Failed"), "\(Self.end(job))")
        let switched = try await Self.play(Self.blueGreen, bad)
        #expect(Self.end(switched).contains("post-promotion analysis phase error/failed"), "\(Self.end(switched))")
        #expect(switched.entries.last?.state.versions.first { ($0.share ?? 0) > 0 }?.role == .stable)
    }

    @Test func typingErrorsAndMissingTemplatesAreNoted() async throws {
        let typo = try await Self.play(Self.background, "metrics: [{name: rates, value: 1}]")
        #expect(typo.notes.contains { $0.contains("metric rates, and nothing measures it") })
        let missing = try await Self.play(Self.background, "metrics: [{name: rate, outcome: Failed}]", files: false)
        #expect(missing.notes.contains { $0.hasPrefix("AnalysisTemplate rate is not among the files") })
        #expect(Self.end(missing).hasPrefix("Degraded"))
    }

    @Test func aPauseWithoutEndIsRestThoughMeasuringGoesOn() async throws {
        let strategy = Self.background.replacing("{pause: {duration: 10m}}, {setWeight: 60}", with: "{pause: {}}, {setWeight: 60}")
        let timeline = try await Self.play(strategy)
        #expect(Self.end(timeline).hasPrefix("Paused"))
        let long = Self.background.replacing("10m", with: "6h")
        #expect(Self.end(try await Self.play(long)).hasPrefix("Healthy"))
    }

    @Test func everyViewShowsIt() async throws {
        let timeline = try await Self.play(Self.background, "metrics: [{name: rate, values: [0.99, 0.5, {error: refused}, 0.4]}]")
        let table = TimelineTable.text(of: [timeline], style: RenderingStyle())
        #expect(table.contains("rate: [0.5] Failed") && table.contains("rate: Error (refused)"))
        #expect(table.contains("background analysis Failed") && table.contains("2 Failed, 1 Error"))
        let page = TimelineHTML.text(of: [timeline], style: RenderingStyle())
        #expect(page.components(separatedBy: "<circle class=\"point Failed\"").count == 3)
        #expect(page.contains("<path class=\"cross Error\"") && page.contains("<line class=\"threshold\""))
        #expect(page.contains("good if result[0] &gt;= 0.95"))
        let json = try JSONReader.value(TimelineJSON.text(of: [timeline], style: RenderingStyle()))
        let samples = json[0]?["analyses"]?[0]?["metrics"]?[0]?["measurements"]?.array
        #expect(samples?.compactMap { $0["value"]?.string } == ["[0.99]", "[0.5]", "", "[0.4]"])
    }
}
