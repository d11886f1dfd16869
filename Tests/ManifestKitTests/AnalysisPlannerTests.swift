import ManifestKit
import Testing

/// AnalysisRuns, planned with measurements from a script.
@Suite struct AnalysisPlannerTests {
    /// Plays a run: each look at a metric takes the next verdict from the script, and time goes from plan to plan.
    struct Play {
        var run: AnalysisRun
        var now = KubernetesTime(seconds: 1_000_000)
        var script: [AnalysisPhase]
        var events: [String] = []
        var measuredAt: [Int64] = []
        private let planner = AnalysisPlanner()

        init(_ metric: JSONValue, extra: JSONValue = [:], script: [AnalysisPhase]) throws {
            var spec = extra
            spec["metrics"] = .array([metric])
            run = try #require(AnalysisRun([
                "metadata": ["name": "run", "namespace": "default", "uid": "u"], "spec": spec,
            ]))
            self.script = script
        }

        /// Goes on until the run is over, or so many seconds have passed.
        mutating func play(seconds: Int64 = 3_600) throws {
            let end = now.seconds + seconds
            while run.status.phase?.isCompleted != true, now.seconds < end {
                var taken: [String: [TakenMeasurement]] = [:]
                var plan = planner.plan(AnalysisWorld(run: run), now: now)
                try note(plan)
                for task in plan.tasks {
                    measuredAt.append(now.seconds)
                    let phase = script.isEmpty ? .successful : script.removeFirst()
                    var measurement = Measurement(phase, startedAt: now)
                    if phase == .error { measurement.message = "no answer" }
                    if phase == .running { measurement.resumeAt = KubernetesTime(seconds: now.seconds + 5) }
                    if phase.isCompleted { measurement.finishedAt = now }
                    taken[task.metric] = [TakenMeasurement(measurement, wasEnded: task.isEnd)]
                }
                if !taken.isEmpty {
                    plan = planner.plan(AnalysisWorld(run: run, taken: taken), now: now)
                    try note(plan)
                    let again = planner.plan(AnalysisWorld(run: run), now: now)
                    #expect(again.status == run.status, "a second plan changes nothing")
                }
                guard run.status.phase?.isCompleted != true else { return }
                now = try #require(plan.wakeAt, "a run that is not over says when to go on")
                #expect(now.seconds > measuredAt.last ?? 0)
            }
        }

        private mutating func note(_ plan: AnalysisPlan) throws {
            events += plan.events.map(\.reason)
            var object = run.object
            object["status"] = plan.status.json
            run = try #require(AnalysisRun(object))
            #expect(run.status == plan.status, "what is written is what is read")
        }
    }

    static func metric(_ fields: JSONValue = [:]) -> JSONValue {
        var metric: JSONValue = ["name": "m", "provider": ["web": ["url": "http://x/"]]]
        for (key, value) in fields.object?.fields ?? [] { metric[key] = value }
        return metric
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var metric: JSONValue
        var script: [AnalysisPhase]
        var phase: AnalysisPhase
        var message = ""
        var looks: Int
    }

    static let cases: [Case] = [
        Case(testDescription: "once, good", metric: [:], script: [.successful], phase: .successful, looks: 1),
        Case(
            testDescription: "once, bad", metric: [:], script: [.failed], phase: .failed,
            message: "Metric \"m\" assessed Failed due to failed (1) > failureLimit (0)", looks: 1),
        Case(
            testDescription: "inconclusive", metric: [:], script: [.inconclusive], phase: .inconclusive,
            message: "Metric \"m\" assessed Inconclusive due to inconclusive (1) > inconclusiveLimit (0)", looks: 1),
        Case(
            testDescription: "three of three", metric: ["count": 3, "interval": "10s"], script: [], phase: .successful,
            looks: 3),
        Case(
            testDescription: "a failure within the limit", metric: ["count": 3, "interval": "10s", "failureLimit": 1],
            script: [.successful, .failed, .successful], phase: .successful, looks: 3),
        Case(
            testDescription: "one failure too many", metric: ["count": 5, "interval": "10s", "failureLimit": 1],
            script: [.failed, .successful, .failed], phase: .failed,
            message: "Metric \"m\" assessed Failed due to failed (2) > failureLimit (1)", looks: 3),
        Case(
            testDescription: "five errors in a row", metric: ["count": 2, "interval": "1s"],
            script: Array(repeating: .error, count: 9), phase: .error,
            message: "Metric \"m\" assessed Error due to consecutiveErrors (5) > consecutiveErrorLimit (4): "
                + "\"Error Message: no answer\"", looks: 5),
        Case(
            testDescription: "errors that pass do not count", metric: ["count": "2", "interval": "1s"],
            script: [.error, .error, .successful, .error, .successful], phase: .successful, looks: 5),
        Case(
            testDescription: "successes in a row",
            metric: ["count": 6, "interval": "1s", "consecutiveSuccessLimit": 2, "failureLimit": -1],
            script: [.successful, .failed, .successful, .successful], phase: .successful, looks: 4),
        Case(
            testDescription: "too few successes in a row",
            metric: ["count": 3, "interval": "1s", "consecutiveSuccessLimit": 2, "failureLimit": -1],
            script: [.successful, .failed, .successful], phase: .failed, looks: 3),
        Case(
            testDescription: "neither successes nor failures enough",
            metric: ["count": 4, "interval": "1s", "consecutiveSuccessLimit": 2, "failureLimit": 2],
            script: [.successful, .failed, .successful, .failed], phase: .inconclusive, looks: 4),
        Case(
            testDescription: "a measurement that takes its time", metric: [:],
            script: [.running, .running, .successful], phase: .successful, looks: 3),
    ]

    @Test(arguments: cases) func endsAsItShould(_ example: Case) throws {
        var play = try Play(Self.metric(example.metric), script: example.script)
        try play.play()
        #expect(play.run.status.phase == example.phase)
        #expect(play.run.status.message == example.message)
        #expect(play.measuredAt.count == example.looks)
        #expect(play.events == ["Metric\(example.phase.rawValue)", "AnalysisRun\(example.phase.rawValue)"])
        #expect(play.run.status.completedAt == play.now)
    }

    @Test func keepsTheInterval() throws {
        var play = try Play(Self.metric(["interval": "10s", "initialDelay": "3s"]), script: [])
        try play.play(seconds: 60)
        #expect(play.measuredAt.map { $0 - 1_000_000 } == [3, 13, 23, 33, 43, 53])
    }

    @Test func keepsTheLatestMeasurements() throws {
        let retention: JSONValue = ["measurementRetention": [["metricName": "m.*", "limit": 3]]]
        for (extra, kept) in [([:], 10), (retention, 3)] as [(JSONValue, Int)] {
            var play = try Play(Self.metric(["interval": "10s", "count": 15]), extra: extra, script: [])
            try play.play()
            let result = try #require(play.run.status.results.first)
            #expect(result.measurements.count == kept)
            #expect(result.count == 15)
        }
    }

    @Test func aDryRunDoesNotCount() throws {
        var play = try Play(Self.metric(), extra: ["dryRun": [["metricName": ".*"]]], script: [.failed])
        try play.play()
        #expect(play.run.status.phase == .successful)
        #expect(play.run.status.results.first?.message == "Metric assessed Failed due to failed (1) > failureLimit (0)")
        #expect(play.run.status.dryRunSummary?.failed == 1)
    }

    @Test func endsWhenItIsAskedTo() throws {
        var play = try Play(Self.metric(["interval": "10s"]), script: [.running])
        _ = try? play.play(seconds: 3)
        var object = play.run.object
        object.set(["spec", "terminate"], to: true)
        play.run = try #require(AnalysisRun(object))
        play.script = [.inconclusive]
        try play.play()
        #expect(play.run.status.phase == .inconclusive)
        #expect(play.run.status.message.hasPrefix("Metric \"m\" assessed Inconclusive"))
        #expect(play.run.status.results.first?.measurements.last?.message == "Metric Terminated")
    }

    @Test(arguments: [
        (["name": "m"], "Analysis spec invalid: metrics[0]: no provider specified"),
        (["name": "m", "count": 2, "provider": ["web": [:]]],
            "Analysis spec invalid: metrics[0]: interval must be specified when count > 1"),
        (["name": "m", "provider": ["web": ["url": "{{args.host}}"]]],
            "Unable to resolve metric arguments: failed to resolve {{args.host}}"),
    ] as [(JSONValue, String)])
    func refusesWhatCannotRun(_ metric: JSONValue, _ message: String) throws {
        var play = try Play(metric, script: [])
        try play.play()
        #expect(play.run.status.phase == .error)
        #expect(play.run.status.message == message)
        #expect(play.measuredAt.isEmpty)
    }

    // MARK: What is not written down yet

    static func world(_ fields: JSONValue, _ script: [AnalysisPhase], now: KubernetesTime) throws -> AnalysisWorld {
        var play = try Play(metric(fields), script: [])
        let plan = AnalysisPlanner().plan(AnalysisWorld(run: play.run), now: now)
        play.run = play.run.with(plan.status)
        let taken = script.enumerated().map { number, phase in
            var measurement = Measurement(phase, startedAt: now)
            measurement.finishedAt = now
            return TakenMeasurement(measurement, ordinal: number + 1)
        }
        return AnalysisWorld(run: play.run, taken: ["m": taken])
    }

    @Test func measurementsInHandAreJudgedTogether() throws {
        let now = KubernetesTime(seconds: 1_000_000)
        let world = try Self.world(
            ["interval": "10s", "failureLimit": 1], [.failed, .successful, .successful], now: now)
        let plan = AnalysisPlanner().plan(world, now: now)
        #expect(plan.isRoutine(after: world.run.status))
        let result = try #require(plan.status.results.first)
        #expect((result.count, result.failed, result.successful, result.measurements.count) == (3, 1, 2, 3))
    }

    /// That a run has begun is no news that anything waits for; that it has ended is.
    @Test func aBeginningIsRoutine() throws {
        let now = KubernetesTime(seconds: 1_000_000)
        var play = try Play(Self.metric(["interval": "10s"]), script: [])
        let begun = AnalysisPlanner().plan(AnalysisWorld(run: play.run), now: now)
        #expect(play.run.status.phase == nil && begun.status.phase == .running)
        #expect(begun.isRoutine(after: play.run.status))
        play = try Play(["name": "m"], script: [])
        let refused = AnalysisPlanner().plan(AnalysisWorld(run: play.run), now: now)
        #expect(refused.status.phase == .error && !refused.isRoutine(after: play.run.status))
    }

    /// A limit that is reached in the middle ends the metric there.
    @Test func aLimitIsReachedByMeasurementsInHand() throws {
        let now = KubernetesTime(seconds: 1_000_000)
        let world = try Self.world(
            ["interval": "10s", "failureLimit": 1], [.failed, .failed, .successful, .successful], now: now)
        let plan = AnalysisPlanner().plan(world, now: now)
        #expect(plan.status.phase == .failed && !plan.isRoutine(after: world.run.status))
        #expect(plan.tasks.isEmpty)
        #expect(plan.status.results.first?.count == 2)
        let counted = try Self.world(["interval": "10s", "count": 2], [.successful, .successful, .failed], now: now)
        #expect(AnalysisPlanner().plan(counted, now: now).status.phase == .successful)
    }

    @Test func noMoreIsMeasuredThanCanBeKept() throws {
        let now = KubernetesTime(seconds: 1_000_000)
        let many = Array(repeating: AnalysisPhase.successful, count: AnalysisPlanner.mostUnwritten)
        for (script, isMeasured) in [(many, false), (Array(many.dropLast()), true)] {
            let world = try Self.world(["interval": "10s"], script, now: KubernetesTime(seconds: now.seconds - 60))
            #expect(AnalysisPlanner().plan(world, now: now).tasks.isEmpty != isMeasured)
        }
    }

    /// What is known to the fraction of a second counts, and not the whole seconds of the status.
    @Test(arguments: [
        // begun and ended so many seconds ago, and the seconds that are left
        (4.25, 4.25, 5.75), (10.2, 10.1, nil), (9.9999, 9.9, nil),
        // A server that answers slowly rests as long as it took to answer, at most an interval.
        (10, 4, 2), (12, 4, 4), (100, 4, 6),
    ] as [(Double, Double, Double?)])
    func keepsTheIntervalToTheFraction(_ sinceBegin: Double, _ sinceEnd: Double, _ left: Double?) throws {
        let now = KubernetesTime(seconds: 1_000_000)
        var world = try Self.world(["interval": "10s"], [.successful], now: KubernetesTime(seconds: 999_999))
        world.ages = ["m": MeasurementAge(ordinal: 1, sinceBegin: sinceBegin, sinceEnd: sinceEnd)]
        let plan = AnalysisPlanner().plan(world, now: now)
        #expect(plan.wakeIn.map { ($0 * 1e6).rounded() } == left.map { ($0 * 1e6).rounded() })
        #expect(plan.tasks.isEmpty == (left != nil))
        // What is known of another measurement says nothing of this one.
        world.ages = ["m": MeasurementAge(ordinal: 7, sinceBegin: sinceBegin, sinceEnd: sinceEnd)]
        #expect(AnalysisPlanner().plan(world, now: now).wakeAt == KubernetesTime(seconds: 1_000_009))
    }

    @Test func isDeletedWhenItsTimeIsOver() throws {
        var play = try Play(
            Self.metric(), extra: ["ttlStrategy": ["secondsAfterFailure": 60]], script: [.failed])
        try play.play()
        let planner = AnalysisPlanner()
        let early = planner.plan(AnalysisWorld(run: play.run), now: play.now)
        #expect(!early.deletesRun)
        let wakeAt = try #require(early.wakeAt)
        #expect(wakeAt.seconds - play.now.seconds == 61)
        #expect(planner.plan(AnalysisWorld(run: play.run), now: wakeAt).deletesRun)
    }
}

extension MeasurementTask {
    /// Whether it is to end a measurement before its time.
    var isEnd: Bool { if case .end = kind { true } else { false } }
}
