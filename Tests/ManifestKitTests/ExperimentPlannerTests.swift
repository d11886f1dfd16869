import Testing

@testable import ManifestKit

/// Experiments, planned second by second with pods and analyses that do as they are told.
@Suite struct ExperimentPlannerTests {
    struct State: Equatable {
        var phase: String
        var pods: Int
        var message: String

        init(_ phase: String, _ pods: Int, _ message: String) {
            self.phase = phase
            self.pods = pods
            self.message = message
        }
    }

    struct Play {
        var experiment: JSONValue
        var objects: [ObjectKey: JSONValue] = [
            ObjectKey(.analysisTemplate, "t"): [
                "metadata": ["name": "t"],
                "spec": ["metrics": [["name": "m", "provider": ["web": ["url": "http://x"]]]]],
            ],
        ]
        /// From which second on pods are available.
        var readyAt: Int64 = 0
        /// What analyses come to, by their names, and in which second.
        var ends: [String: (phase: String, at: Int64)] = [:]
        private(set) var second: Int64 = 0
        private(set) var events: [String] = []

        init(_ spec: JSONValue, analyses: [JSONValue] = []) {
            var spec = spec
            let version: (String) -> JSONValue = { name in
                [
                    "name": .string(name), "replicas": 2, "selector": ["matchLabels": ["app": .string(name)]],
                    "template": ["metadata": ["labels": ["app": .string(name)]], "spec": ["containers": []]],
                ]
            }
            spec["templates"] = [version("baseline"), version("canary")]
            if !analyses.isEmpty { spec["analyses"] = .array(analyses) }
            experiment = ["metadata": ["name": "e", "namespace": "default", "uid": "u"], "spec": spec]
        }

        /// The phase, and how many pods are wanted in all.
        var state: State {
            let pods = objects.filter { $0.key.kind == .replicaSet }.values
                .reduce(0) { $0 + ($1["spec"]?.count("replicas") ?? 0) }
            let status = experiment["status"] ?? .null
            return State(status.text("phase") ?? "", pods, status.text("message") ?? "")
        }

        func run(_ name: String) -> JSONValue? { objects[ObjectKey(.analysisRun, "e-\(name)")] }

        private mutating func work() {
            for (key, object) in objects {
                var object = object
                if key.kind == .replicaSet {
                    let wanted = object["spec"]?.count("replicas") ?? 0
                    let available = second >= readyAt ? wanted : 0
                    object["status"] = [
                        "replicas": .int(wanted), "readyReplicas": .int(available),
                        "availableReplicas": .int(available),
                    ]
                } else if key.kind == .analysisRun {
                    let name = String(key.name.dropFirst(2))
                    if object["spec"]?.flag("terminate") == true {
                        object["status"] = ["phase": "Successful", "message": "Run Terminated"]
                    } else if let end = ends[name], second >= end.at {
                        object["status"] = ["phase": .string(end.phase), "message": "because"]
                    } else {
                        object["status"] = ["phase": "Running"]
                    }
                }
                objects[key] = object
            }
        }

        /// Goes on to a second.
        mutating func play(to end: Int64) throws {
            while second <= end {
                let parsed = try #require(Experiment(experiment))
                var world = ExperimentWorld(experiment: parsed, objects: objects)
                let plan = ExperimentPlanner().plan(world, now: KubernetesTime(seconds: 1_000_000 + second))
                for action in plan.actions { world.apply(action) }
                objects = world.objects
                experiment["status"] = plan.status.json
                events += plan.events.map(\.reason)
                work()
                second += 1
            }
        }
    }

    static func analysis(_ name: String, isRequired: Bool = false) -> JSONValue {
        ["name": .string(name), "templateName": "t", "requiredForCompletion": .boolean(isRequired)]
    }

    /// The time counts from when all versions have their pods, and the pods stay for a while after it.
    @Test(arguments: [(nil, 30), (5, 5), (0, 0)] as [(Int?, Int64)])
    func theTimeBeginsWhenAllIsThere(_ delay: Int?, _ seconds: Int64) throws {
        var spec: JSONValue = ["duration": "20s"]
        if let delay { spec["scaleDownDelaySeconds"] = .int(delay) }
        var play = Play(spec)
        play.readyAt = 10
        try play.play(to: 9)
        #expect(play.state == State("Pending", 4, ""))
        try play.play(to: 29)
        #expect(play.state == State("Running", 4, ""))
        try play.play(to: 33)
        #expect(play.state.phase == "Successful")
        #expect(play.state.pods == (seconds == 0 ? 0 : 4))
        try play.play(to: 34 + seconds)
        #expect(play.state.pods == 0)
    }

    @Test func versionsHaveToComeInTime() throws {
        var play = Play(["progressDeadlineSeconds": 20, "scaleDownDelaySeconds": 0])
        play.readyAt = 1_000
        try play.play(to: 19)
        #expect(play.state == State("Pending", 4, ""))
        try play.play(to: 25)
        #expect(play.state == State("Failed", 0, "Template 'baseline' exceeded its progressDeadlineSeconds (20)"))
        #expect(play.events.contains("TemplateFailed") && play.events.contains("ExperimentFailed"))
    }

    /// It ends as soon as what is required has succeeded, though it has no duration and others still measure.
    @Test func whatIsRequiredEndsIt() throws {
        var play = Play(
            ["scaleDownDelaySeconds": 0],
            analyses: [Self.analysis("must", isRequired: true), Self.analysis("may")])
        play.ends = ["must": ("Successful", 15)]
        try play.play(to: 14)
        #expect(play.state.phase == "Running")
        #expect(play.run("may")?["spec"]?.flag("terminate") == false)
        try play.play(to: 20)
        #expect(play.state.phase == "Successful" && play.state.pods == 0)
        #expect(play.run("may")?["spec"]?.flag("terminate") == true)
    }

    @Test(arguments: ["Failed", "Error", "Inconclusive"]) func whatFailsEndsItToo(_ phase: String) throws {
        var play = Play(
            ["duration": "1h", "scaleDownDelaySeconds": 0], analyses: [Self.analysis("a"), Self.analysis("b")])
        play.ends = ["a": (phase, 12)]
        try play.play(to: 20)
        #expect(play.state == State(phase, 0, "because"))
        #expect(play.run("b")?["spec"]?.flag("terminate") == true)
        #expect(play.events.contains("Experiment" + phase) && play.events.contains("AnalysisRun" + phase))
    }

    /// Nothing is measured before all versions have their pods.
    @Test func analysesWaitForPods() throws {
        var play = Play(["duration": "20s"], analyses: [Self.analysis("a")])
        play.readyAt = 10
        try play.play(to: 9)
        #expect(play.run("a") == nil)
        try play.play(to: 14)
        #expect(play.run("a") != nil)
    }

    @Test func whoAsksForItsEndGetsIt() throws {
        var play = Play(["scaleDownDelaySeconds": 0], analyses: [Self.analysis("a")])
        try play.play(to: 10)
        #expect(play.state.phase == "Running")
        play.experiment.set(["spec", "terminate"], to: true)
        try play.play(to: 16)
        #expect(play.state.phase == "Successful" && play.state.pods == 0)
        #expect(play.run("a")?["spec"]?.flag("terminate") == true)
    }
}

/// How many ended runs are kept.
@Suite struct RunHistoryTests {
    static func run(_ name: String, _ phase: String?, at second: Int64, hash: String = "abc") throws -> AnalysisRun {
        var object: JSONValue = [
            "metadata": [
                "name": .string(name), "creationTimestamp": .string(KubernetesTime(seconds: second).description),
                "labels": ["rollouts-pod-template-hash": .string(hash)],
            ],
        ]
        if let phase { object["status"] = ["phase": .string(phase)] }
        return try #require(AnalysisRun(object))
    }

    static func superfluous(_ analysis: JSONValue?, _ runs: [AnalysisRun]) throws -> [String] {
        var object: JSONValue = [
            "metadata": ["name": "web"],
            "spec": ["selector": [:], "template": ["spec": ["containers": []]], "strategy": ["canary": [:]]],
        ]
        if let analysis { object.set(["spec", "analysis"], to: analysis) }
        let replicaSet = try #require(ReplicaSet([
            "metadata": ["name": "web-abc", "labels": ["rollouts-pod-template-hash": "abc"]], "spec": ["replicas": 1],
        ]))
        let rollout = try #require(Rollout(object))
        return RunHistory(World(rollout: rollout, replicaSets: [replicaSet])).superfluous(runs).map(\.name)
    }

    @Test func theLatestStay() throws {
        var runs: [AnalysisRun] = []
        for number in 0..<7 { runs.append(try Self.run("good-\(number)", "Successful", at: Int64(number))) }
        for (number, phase) in ["Failed", "Error", "Inconclusive", "Failed"].enumerated() {
            runs.append(try Self.run("bad-\(number)", phase, at: Int64(number)))
        }
        runs.append(try Self.run("going", "Running", at: 0))
        runs.append(try Self.run("new", nil, at: 0))
        // Of a version whose ReplicaSet is gone nothing stays.
        runs.append(try Self.run("lost", "Successful", at: 100, hash: "gone"))
        #expect(try Self.superfluous(nil, runs) == ["good-0", "good-1", "lost"])
        let limits: JSONValue = ["successfulRunHistoryLimit": 6, "unsuccessfulRunHistoryLimit": 1]
        #expect(try Self.superfluous(limits, runs) == ["good-0", "bad-0", "bad-1", "bad-2", "lost"])
        let none: JSONValue = ["successfulRunHistoryLimit": 0, "unsuccessfulRunHistoryLimit": 0]
        #expect(try Self.superfluous(none, runs).count == 12)
    }
}
