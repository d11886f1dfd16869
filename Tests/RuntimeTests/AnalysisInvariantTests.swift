import ManifestKit
import Testing

@testable import RolloutRuntime

/// The invariants of analyses fire on worlds made to break them, and on no other.
@Suite struct AnalysisInvariantTests {
    static let key = ObjectKey(.analysisRun, "run")

    static func run(_ status: JSONValue, name: String = "run", type: String = "Step") -> AnalysisRun? {
        AnalysisRun([
            "metadata": [
                "name": .string(name), "uid": "u",
                "labels": [
                    RolloutMarks.rolloutType: .string(type), RolloutMarks.stepIndex: "1",
                    RolloutMarks.podTemplateHash: "b",
                ],
                "ownerReferences": [["kind": "Rollout", "name": "web", "controller": true]],
            ],
            "spec": ["metrics": [[
                "name": "m", "interval": "10s", "count": 3, "provider": ["prometheus": ["query": "x"]],
            ]]],
            "status": status,
        ])
    }

    /// A canary whose second step is an analysis; its status names the run where one is there.
    static func world(step: Int = 1, stable: String = "a", _ run: AnalysisRun?) throws -> ObservedWorld {
        func manifest(_ hash: JSONValue) -> (inout JSONValue) -> Void {
            { manifest in
                manifest.set(["spec", "strategy", "canary", "steps"], to: [
                    ["setWeight": 20], ["analysis": ["templates": [["templateName": "t"]]]], ["pause": [:]],
                ])
                manifest.set(["status", "currentStepIndex"], to: .int(step))
                manifest.set(["status", "phase"], to: "Progressing")
                manifest.set(["status", "stableRS"], to: .string(stable))
                manifest.set(["status", "currentStepHash"], to: hash)
                if let run {
                    manifest.set(["status", "canary", "currentStepAnalysisRunStatus"], to: [
                        "name": .string(run.name), "status": "Running",
                    ])
                }
            }
        }
        let hash = try InvariantTests.world(manifest("")).rollout?.spec.strategy.canary?.stepHash
        var world = try InvariantTests.world(manifest(.string(hash ?? "")))
        if let run { world.analysisRuns[run.name] = run }
        return world
    }

    static func result(_ count: Int, _ measurements: [(start: Int64, end: Int64)], phase: String = "Running") -> JSONValue {
        [
            "phase": "Running", "metricResults": [[
                "name": "m", "phase": .string(phase), "count": .int(count), "successful": .int(count),
                "measurements": .array(measurements.map { measurement in
                    [
                        "phase": "Successful", "startedAt": .string(KubernetesTime(seconds: measurement.start).description),
                        "finishedAt": .string(KubernetesTime(seconds: measurement.end).description),
                    ]
                }),
            ]],
        ]
    }

    @Test(arguments: [("Successful", [] as [String]), ("Running", ["analysis"]), ("Failed", ["analysis"])])
    func aStepWaitsForItsRun(_ phase: String, _ broken: [String]) throws {
        let run = Self.run(["phase": .string(phase)])
        #expect(InvariantTests.broken(
            .rollout, from: try Self.world(run), to: try Self.world(step: 2, run)) == broken)
    }

    @Test func noVersionIsPromotedAgainstItsAnalysis() throws {
        let end = JSONValue.string(KubernetesTime(seconds: 900).description)
        let run = Self.run(["phase": "Failed", "completedAt": end])
        let broken = InvariantTests.broken(
            .rollout, from: try Self.world(step: 3, run), to: try Self.world(step: 3, stable: "b", run))
        #expect(broken.contains("analysis"))
        let good = Self.run(["phase": "Successful", "completedAt": end])
        #expect(!InvariantTests.broken(
            .rollout, from: try Self.world(step: 3, good), to: try Self.world(step: 3, stable: "b", good)
        ).contains("analysis"))
    }

    @Test func aBadEndAbortsAndOneRunIsEnough() throws {
        let world = try Self.world(Self.run(["phase": "Failed"]))
        #expect(InvariantTests.broken(at: ObservedRest(world: world, isAtRest: true)).contains("analysis"))
        let before = try Self.world(Self.run(["phase": "Running"]))
        var after = before
        after.analysisRuns["other"] = Self.run(["phase": ""], name: "other")
        #expect(InvariantTests.broken(.object(ObjectKey(.analysisRun, "other")), from: before, to: after) == ["analysis"])
        after.analysisRuns["other"] = Self.run(["phase": ""], name: "other", type: "Background")
        #expect(InvariantTests.broken(.object(ObjectKey(.analysisRun, "other")), from: before, to: after).isEmpty)
    }

    @Test(arguments: [
        (result(1, [(0, 1)]), result(2, [(0, 1), (11, 12)]), false),
        (result(1, [(0, 1)]), result(3, [(0, 1), (11, 12), (22, 23)]), false),
        // Too soon, counted twice, beyond its count, and behind its end.
        (result(1, [(0, 1)]), result(2, [(0, 1), (5, 6)]), true),
        (result(1, [(0, 1)]), result(3, [(0, 1), (11, 12)]), true),
        (result(1, [(0, 1)]), result(3, [(0, 1), (5, 6), (16, 17)]), true),
        (result(3, [(20, 21)]), result(4, [(20, 21), (31, 32)]), true),
        (result(1, [(0, 1)], phase: "Successful"), result(2, [(0, 1), (11, 12)]), true),
    ] as [(JSONValue, JSONValue, Bool)]) func measurements(_ old: JSONValue, _ new: JSONValue, _ isBroken: Bool) throws {
        let (before, after) = (try Self.world(Self.run(old)), try Self.world(Self.run(new)))
        #expect(InvariantTests.broken(.object(Self.key), from: before, to: after) == (isBroken ? ["measurement"] : []))
    }

    @Test func anEndIsAnEnd() throws {
        let before = try Self.world(Self.run(["phase": "Failed"]))
        let after = try Self.world(Self.run(["phase": "Running"]))
        #expect(InvariantTests.broken(.object(Self.key), from: before, to: after) == ["measurement"])
    }
}
