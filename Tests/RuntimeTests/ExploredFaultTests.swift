import ManifestKit
import Testing

@testable import RolloutRuntime

/// The shortest scripts of faults that explorations have found.
@Suite struct ExploredFaultTests {
    static func run(_ strategy: String, _ scenario: Scenario, seed: UInt64 = 1) async throws -> SimulatedTimeline {
        await Simulator.run(try ExplorationTests.input(strategy), scenario: scenario, seed: seed)
    }

    /// The canary's service led to the one pod of a newer version while the routes still gave it half of the traffic.
    @Test(arguments: ["canary-dynamic-stable", "canary-istio-subset", "canary-alb"])
    func aNewerVersionDoesNotTakeOverALargeShare(_ strategy: String) async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 60, .promote),
            Scenario.Event(at: 66, .setImage(container: nil, image: "example.com/app:3")),
        ], podDelay: 0.5)
        let timeline = try await Self.run(strategy, scenario, seed: 6)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
    }

    /// A template taken from a ReplicaSet has the rule that was put into it, and the rule was mended without end.
    @Test func anUndoneTemplateKeepsItsOldRule() async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 1124, .setImage(container: nil, image: "example.com/app:3")),
            Scenario.Event(at: 1218.2, .undo),
        ], podDelay: 0.5)
        for strategy in ["canary-anti-affinity", "blue-green-alone"] {
            let timeline = try await Self.run(strategy, scenario, seed: 6)
            #expect(timeline.violations.isEmpty, "\(strategy): \(timeline.violations)")
        }
    }

    /// What waits for somebody, and looks again every few seconds, is at rest.
    @Test func aRefusedRolloutIsAtRest() async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 30, .delete(ScenarioAction.Target(.service, "old"))),
        ])
        let timeline = try await Self.run("canary-nginx", scenario)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.message.hasPrefix("InvalidSpec") == true)
    }

    /// A canary with half of the traffic lost its pods before the stable version, which had shrunk, was back.
    @Test func lesserWeightsTakeNoPodsBeforeTheTrafficHasGone() async throws {
        let steps: JSONValue = [
            ["setWeight": 12], ["setWeight": 10], ["pause": [:]], ["setWeight": 50], ["pause": ["duration": "1m"]],
        ]
        let scenario = Scenario(events: [
            Scenario.Event(at: 625, .promote),
            Scenario.Event(at: 629.1, .patch(
                ScenarioAction.Target(.rollout), ["spec": ["strategy": ["canary": ["steps": steps]]]])),
        ])
        let timeline = try await Self.run("canary-dynamic-stable", scenario, seed: 167)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        // The way down goes on all the same: the share of the new steps is reached.
        #expect(timeline.entries.last?.state.weight == 10)
    }

    /// An update that ended while there were to be no pods left the stable service with the old version.
    @Test(arguments: ["canary-nginx", "canary-dynamic-stable", "canary-scale"])
    func anUpdateWithoutPodsMovesTheServices(_ strategy: String) async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 0, .promoteFull),
            Scenario.Event(at: 4.9, .undo),
            Scenario.Event(at: 1509.3, .scale(0)),
            Scenario.Event(at: 2589.5, .promote),
        ])
        let timeline = try await Self.run(strategy, scenario, seed: 181)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.phase == "Healthy")
    }

    /// A preview passed its check point when somebody looked at it by chance, though all was to stay as it was.
    @Test func aPausedPreviewPassesNoCheckPoint() async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 48, .pause), Scenario.Event(at: 96, .controllerCrash(afterWrites: 0)),
        ])
        let timeline = try await Self.run("blue-green-preview", scenario, seed: 134)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
    }

    /// A write for the size that a late watch told of last is no broken promise; a deleted version keeps none.
    @Test func whatNobodyCouldKnowIsNoFault() async throws {
        let late = Scenario(events: [
            Scenario.Event(at: 59, .slowWatches(by: 4.1, seconds: 66)),
            Scenario.Event(at: 67.4, .scale(2)), Scenario.Event(at: 70.4, .scale(8)),
        ], podDelay: 5)
        let deleted = Scenario(events: [Scenario.Event(at: 1.5, .deleteReplicaSets(.stable))])
        for (scenario, seed) in [(late, UInt64(270)), (deleted, 112)] {
            let timeline = try await Self.run("canary-scale", scenario, seed: seed)
            #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        }
    }

    /// A pod that a restart had evicted was counted on until its ReplicaSet had heard of it.
    @Test(arguments: [("canary-dynamic-stable", UInt64(288)), ("canary-ping-pong", 108)])
    func anEvictedPodGetsNoTraffic(_ strategy: String, _ seed: UInt64) async throws {
        let timeline = try await Self.run(
            strategy, Scenario(events: [Scenario.Event(at: 374.4, .restart)]), seed: seed)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.weight == 10, "the new pod has its share again")
    }

    /// Of two steps without a pause between them, the second with less weight, pods went before the traffic.
    @Test(arguments: ["canary-nginx", "canary-istio-subset", "canary-alb"])
    func aStepDownTakesTrafficFirst(_ strategy: String) async throws {
        let steps: JSONValue = [["setWeight": 77], ["setWeight": 10], ["pause": [:]]]
        let scenario = Scenario(events: [
            Scenario.Event(at: 0, .patch(
                ScenarioAction.Target(.rollout), ["spec": ["strategy": ["canary": ["steps": steps]]]])),
        ])
        let timeline = try await Self.run(strategy, scenario, seed: 78)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        let last = try #require(timeline.entries.last?.state)
        #expect(last.weight == 10 && last.stepIndex == 2)
    }

    /// A new version got the stable one's traffic and the canary's while it had a single pod.
    @Test func theOnlyVersionLeftTakesOverPieceByPiece() async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 23.6, .pods(.stable, .crash)),
            Scenario.Event(at: 759.6, .setImage(container: nil, image: "example.com/app:4")),
            Scenario.Event(at: 763.5, .deleteReplicaSets(.stable)),
        ], podDelay: 20)
        let timeline = try await Self.run("canary-nginx", scenario, seed: 191)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.phase == "Healthy")
    }

    /// The pods of a version with half of the traffic were taken away because they were not ready.
    @Test func badPodsWithTrafficStay() async throws {
        let image = Scenario.Event(at: 1522.4, .setImage(container: nil, image: "example.com/app:2"))
        let events = [
            Scenario.Event(at: 56.8, .promote), Scenario.Event(at: 59.9, .pods(.all, .crashAfter(30))), image,
        ]
        for more in [[], [Scenario.Event(at: 1526.4, .promote)]] {
            let timeline = try await Self.run("canary-nginx", Scenario(events: events + more), seed: 70)
            #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        }
    }

    /// The only pod of a canary with traffic went when a step that adds none let the size follow the weight again.
    @Test(arguments: ["canary-nginx", "canary-alb"])
    func aSizeThatFollowsTheWeightKeepsThePodsOfTheShare(_ strategy: String) async throws {
        let steps: JSONValue = [
            ["setCanaryScale": ["replicas": 1]], ["pause": [:]], ["setCanaryScale": ["matchTrafficWeight": true]],
            ["setWeight": 20], ["pause": ["duration": "10m"]],
        ]
        let scenario = Scenario(events: [
            Scenario.Event(at: 0, .patch(
                ScenarioAction.Target(.rollout), ["spec": ["strategy": ["canary": ["steps": steps]]]])),
            Scenario.Event(at: 56.8, .promote), Scenario.Event(at: 59.9, .pods(.all, .crashAfter(30))),
            Scenario.Event(at: 322.4, .setImage(container: nil, image: "example.com/app:2")),
            Scenario.Event(at: 326.4, .promote),
        ])
        let timeline = try await Self.run(strategy, scenario, seed: 70)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
    }

    /// An active service that had lost its hash was pointed at the new version, whatever that was still waiting for.
    @Test func anActiveServiceWithoutAHashLeadsWhereItLed() async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 29, .patch(
                ScenarioAction.Target(.service, "old"),
                ["spec": ["selector": [RolloutMarks.podTemplateHash: .null]]])),
        ])
        let timeline = try await Self.run("blue-green-manual", scenario)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        let last = try #require(timeline.entries.last?.state)
        #expect(last.phase == "Paused")
        #expect(last.versions.first { $0.role == .stable }?.share == 100)
    }

    /// With all pods there and a pause behind the switch, the status was written in turns without end.
    @Test func anUnclearAnalysisBehindTheSwitchIsAtRest() async throws {
        var rollout = try ExplorationTests.input("blue-green-auto").rollout
        let analysis: JSONValue = ["templates": [["templateName": "t"]]]
        rollout.set(["spec", "strategy", "blueGreen", "postPromotionAnalysis"], to: analysis)
        let template: JSONValue = [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate",
            "metadata": ["name": "t", "namespace": "shop"],
            "spec": ["metrics": [[
                "name": "m", "successCondition": "result[0] > 0.9", "failureCondition": "result[0] < 0.5",
                "provider": ["prometheus": ["address": "http://prometheus:9090", "query": "up"]],
            ]]],
        ]
        let scenario = Scenario(events: [], metrics: [ScenarioMetric("m", .listed([.value([.double(0.7)])]))])
        let input = SimulationInput(rollout: rollout, objects: ObjectIndex([rollout, template]))
        let timeline = await Simulator.run(input, scenario: scenario)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.message == "InconclusiveAnalysisRun")
    }

    /// While an inconclusive experiment paused the update, one inconclusive background run began after the other.
    @Test func anUnclearExperimentBeginsNoFurtherRuns() async throws {
        let scenario = Scenario(
            events: [],
            metrics: [
                ScenarioMetric("latency", .listed([.outcome(.inconclusive)])),
                ScenarioMetric("errors", .listed([.outcome(.successful), .outcome(.inconclusive)])),
            ])
        let timeline = try await Self.run("canary-analysis", scenario)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.phase == "Paused")
        #expect(timeline.analyses.count { $0.purpose.lowercased() == "background" } == 1)
    }

    /// Pods that had gone were counted on for as long as the news of their ReplicaSet was late.
    @Test func podsThatHaveGoneAreNotCounted() async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 5.1, .restart), Scenario.Event(at: 7.6, .slowWatches(by: 4.3, seconds: 100)),
        ])
        let timeline = try await Self.run("canary-many", scenario, seed: 105)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.phase == "Paused")
    }

    /// A ReplicaSet whose only pod was evicted counted it for longer, and the promotion gave it traffic.
    @Test func thePodThatARestartTookIsNotCounted() async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 81, .scale(1)), Scenario.Event(at: 236.3, .restart), Scenario.Event(at: 236.3, .promote),
        ], podDelay: 20)
        let timeline = try await Self.run("canary-apisix", scenario, seed: 50133)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.phase == "Healthy")
    }

    /// A restart evicted pods of a ReplicaSet that was shrinking, as if those that were about to go stayed.
    @Test func aRestartLeavesPodsOfAShrinkingReplicaSetAlone() async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 300, .setImage(container: nil, image: "example.com/app:3")),
            Scenario.Event(at: 305, .restart),
        ], podDelay: 5)
        let timeline = try await Self.run("canary-many", scenario)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
    }

    /// An active service that was made anew while there were no pods led nowhere, and the Rollout said so for ever.
    @Test func anActiveServiceIsRestoredWithoutPods() async throws {
        let service = ScenarioAction.Target(.service, "old")
        let scenario = Scenario(events: [
            Scenario.Event(at: 152.7, .abort), Scenario.Event(at: 655.6, .scale(0)),
            Scenario.Event(at: 692.2, .patch(
                service, ["spec": ["selector": [RolloutMarks.podTemplateHash: .null]]])),
        ], podDelay: 0.5)
        let timeline = try await Self.run("blue-green-manual", scenario)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
        #expect(timeline.entries.last?.state.message.hasPrefix("RolloutAborted") == true)
    }

    /// A stable service that lost its hash while the Rollout grew leads to the pods that there are.
    @Test func aStableServiceIsMendedWithThePodsThereAre() async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 0.4, .scale(8)),
            Scenario.Event(at: 0.4, .patch(
                ScenarioAction.Target(.service, "old"), ["spec": ["selector": [RolloutMarks.podTemplateHash: .null]]])),
        ], podDelay: 20)
        let timeline = try await Self.run("canary-nginx", scenario, seed: 142)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
    }

    /// After an abort behind the switch, and another size, the active service stayed with the aborted version.
    @Test func anAbortedSwitchGoesBackWhateverTheSizeIs() async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 41.3, .apiFaults(.conflicts, rate: 0.9, seconds: 57)),
            Scenario.Event(at: 91.6, .abort), Scenario.Event(at: 121.6, .scale(2)),
        ])
        let timeline = try await Self.run("blue-green-preview", scenario, seed: 62)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
    }

    /// Of ping and pong, the stable one led to pods of any version when it had been deleted and applied again.
    @Test(arguments: [("ping", 59.1), ("pong", 380.4)])
    func aStableServiceMadeAnewIsPointed(_ service: String, _ moment: Double) async throws {
        let scenario = Scenario(events: [
            Scenario.Event(at: 303.3, .promoteFull),
            Scenario.Event(at: moment, .delete(ScenarioAction.Target(.service, service))),
            Scenario.Event(at: moment + 48, .restore),
        ])
        let timeline = try await Self.run("canary-ping-pong", scenario, seed: 99)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
    }

    /// A promotion in full took every abort back that came behind it, by the deadline without end.
    @Test func anAbortEndsAPromotionInFull() async throws {
        let isBad = Scenario.Event(at: 0, .pods(.canary, .neverReady))
        let byDeadline = Scenario(events: [isBad, Scenario.Event(at: 100, .promoteFull)])
        let byPerson = Scenario(events: [
            isBad, Scenario.Event(at: 20, .promoteFull), Scenario.Event(at: 30, .abort),
        ])
        for (scenario, latest) in [(byDeadline, 400.0), (byPerson, 200)] {
            let timeline = try await Self.run("blue-green-alone", scenario, seed: 248)
            #expect(timeline.violations.isEmpty, "\(timeline.violations)")
            #expect(timeline.entries.last?.state.phase == "Degraded")
            #expect(timeline.duration < latest)
        }
    }

    /// ReplicaSets of Experiments are no versions of the Rollout.
    @Test func experimentsAreNoVersions() async throws {
        let rollout: JSONValue = [
            "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": ["name": "web", "namespace": "shop"],
            "spec": [
                "replicas": 3, "revisionHistoryLimit": 0, "selector": ["matchLabels": ["app": "web"]],
                "template": [
                    "metadata": ["labels": ["app": "web"]],
                    "spec": ["containers": [["name": "web", "image": "example.com/web:1"]]],
                ],
                "strategy": ["canary": ["steps": [
                    ["experiment": ["duration": "60s", "templates": [["name": "baseline", "specRef": "stable"]]]],
                ]]],
            ],
        ]
        let pause = Scenario(events: [Scenario.Event(at: 40, .pause), Scenario.Event(at: 600, .resume)])
        for scenario in [Scenario(), pause] {
            let timeline = await Simulator.run(SimulationInput(rollout: rollout), scenario: scenario)
            #expect(timeline.violations.isEmpty, "\(timeline.violations)")
            #expect(timeline.entries.last?.state.phase == "Healthy")
        }
    }

    /// What runs of ten thousand seeds found: an abort that left a weight that said nothing, shares that are worth less
    /// than a pod, a service that went back to pods that were not there, and the time of an update that began anew with
    /// every plan while it was paused.
    static let ofMany: [(UInt64, Scenario)] = [
        (2605, Scenario(events: [
            Scenario.Event(at: 2366.1, .pods(.stable, .neverReady)), Scenario.Event(at: 2368.9, .scale(7)),
            Scenario.Event(at: 2374.1, .abort),
        ], podDelay: 5)),
        (7068, Scenario(events: [
            Scenario.Event(at: 147, .setImage(container: nil, image: "example.com/app:3")),
            Scenario.Event(at: 214.3, .pods(.stable, .neverReady)), Scenario.Event(at: 313.3, .scale(1)),
            Scenario.Event(at: 387.3, .restart), Scenario.Event(at: 433.3, .promote), Scenario.Event(at: 481.7, .undo),
        ])),
        (8721, Scenario(events: [
            Scenario.Event(at: 5.6, .pods(.stable, .slow(60))), Scenario.Event(at: 10.9, .scale(0)),
            Scenario.Event(at: 16.2, .scale(1)), Scenario.Event(at: 22.6, .abort),
        ], podDelay: 0.5)),
        (4393, Scenario(events: [
            Scenario.Event(at: 244.6, .deleteReplicaSets(.all)), Scenario.Event(at: 252, .abort),
        ], podDelay: 20)),
        (7867, Scenario(events: [
            Scenario.Event(at: 845.7, .pause), Scenario.Event(at: 847, .scale(3)),
            Scenario.Event(at: 1305.1, .patch(
                ScenarioAction.Target(.rollout),
                ["spec": ["strategy": ["canary": ["steps": [["setWeight": 80]]]]]])),
            Scenario.Event(at: 2182, .slowWatches(by: 1.3, seconds: 19)),
        ])),
    ]

    @Test(arguments: ofMany) func tenThousandSeeds(_ seed: UInt64, _ scenario: Scenario) async throws {
        let timeline = try await Self.run("canary-nginx", scenario, seed: seed)
        #expect(timeline.violations.isEmpty, "\(timeline.violations)")
    }
}
