import ManifestKit
import Testing

@testable import RolloutRuntime

@Suite struct ScenarioTests {
    static func read(_ text: String) -> (scenario: Scenario, faults: [ScenarioFault]) {
        Scenario.read(SourceFile(name: "scenario.yaml", text: text))
    }

    @Test func readsEverythingThatCanHappen() {
        let (scenario, faults) = Self.read("""
            until: 2h
            podDelay: 2s
            events:
            - at: 1h
              promote: {}
            - {at: 1m, promoteFull: }
            - {at: 2m, abort: true}
            - {at: 3m, retry: {}}
            - {at: 4m, pause: {}}
            - {at: 5m, resume: {}}
            - {at: 6m, setImage: {container: web, image: "web:2"}}
            - {at: 7m, scale: 12}
            - {at: 0s, pods: {version: canary, slow: 30s}}
            - {at: 8m, pods: {neverReady: {}}}
            - {at: 9m, pods: {version: stable, crash: {}}}
            - {at: 10m, pods: {version: all, crashAfter: 1m30s}}
            - {at: 10m, pods: {healthy: {}}}
            - {at: 11m, apiFaults: {conflicts: 0.25, for: 1m}}
            - {at: 12m, apiFaults: {errors: 1, for: 10s}}
            - {at: 13m, controllerCrash: {}}
            - {at: 14m, controllerCrash: {afterWrites: 3}}
            - {at: 15m, lostWatches: {}}
            - {at: 16m, undo: {}}
            - {at: 17m, restart: {}}
            - {at: 18m, patch: {kind: Rollout, patch: {spec: {strategy: {canary: {steps: [{setWeight: 5}]}}}}}}
            - {at: 19m, delete: {kind: Service, name: web}}
            - {at: 20m, delete: {kind: ReplicaSet, version: stable}}
            - {at: 21m, restore: {}}
            - {at: 22m, slowWatches: {by: 500ms, for: 1m}}
            - {at: 23m, apiFaults: {outages: 0.5, for: 1m}}
            """)
        #expect(faults.isEmpty)
        #expect(scenario.until == 7200 && scenario.podDelay == 2)
        let minutes: [Double] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 60]
        #expect(scenario.events.map { $0.at / 60 } == minutes)
        let actions: [ScenarioAction] = [
            .pods(.canary, .slow(30)), .promoteFull, .abort, .retry, .pause, .resume,
            .setImage(container: "web", image: "web:2"), .scale(12), .pods(.all, .neverReady), .pods(.stable, .crash),
            .pods(.all, .crashAfter(90)), .pods(.all, .healthy), .apiFaults(.conflicts, rate: 0.25, seconds: 60),
            .apiFaults(.errors, rate: 1, seconds: 10), .controllerCrash(afterWrites: 0),
            .controllerCrash(afterWrites: 3), .lostWatches, .undo, .restart,
            .patch(
                ScenarioAction.Target(.rollout),
                ["spec": ["strategy": ["canary": ["steps": [["setWeight": 5]]]]]]),
            .delete(ScenarioAction.Target(.service, "web")), .deleteReplicaSets(.stable), .restore,
            .slowWatches(by: 0.5, seconds: 60), .apiFaults(.outages, rate: 0.5, seconds: 60), .promote,
        ]
        #expect(scenario.events.map(\.action) == actions)
        #expect(Self.read(ScenarioText.text(of: scenario)).scenario == scenario)
    }

    @Test(arguments: [
        ("- a\n- b", 1, 1, "mapping"),
        ("event: []", 1, 1, "no setting"),
        ("until: soon", 1, 8, "length of time"),
        ("until: -5m", 1, 8, "length of time"),
        ("until: 90000h", 1, 8, "a year"),
        ("events: {at: 5m}", 1, 9, "is a list"),
        ("events:\n- promote", 2, 3, "an event is a mapping"),
        ("events:\n- promote: {}", 2, 3, "when"),
        ("events:\n- at: 5m", 2, 3, "what happens"),
        ("events:\n- at: 5m\n  promote: 3", 3, 12, "no settings"),
        ("events:\n- at: 5m\n  promotes: {}", 3, 3, "no event"),
        ("events:\n- at: 5m\n  promote: {}\n  abort: {}", 4, 3, "one event is one thing"),
        ("events:\n- at: 5m\n  scale: -1", 3, 10, "number of pods"),
        ("events:\n- at: 5m\n  scale: [1]", 3, 10, "number of pods"),
        ("events:\n- at: 5m\n  setImage: web", 3, 13, "is a mapping"),
        ("events:\n- at: 5m\n  setImage: {container: web}", 3, 13, "needs an image"),
        ("events:\n- at: 5m\n  setImage: {image: 5}", 3, 21, "name of an image"),
        ("events:\n- at: 5m\n  pods: {version: blue, crash: {}}", 3, 19, "no version"),
        ("events:\n- at: 5m\n  pods: {version: all}", 3, 9, "exactly one"),
        ("events:\n- at: 5m\n  pods: {crash: {}, slow: 3s}", 3, 21, "exactly one"),
        ("events:\n- at: 5m\n  pods: {slow: never}", 3, 16, "length of time"),
        ("events:\n- at: 5m\n  apiFaults: {errors: 2, for: 1m}", 3, 23, "share of requests"),
        ("events:\n- at: 5m\n  apiFaults: {errors: 0.5}", 3, 14, "length of time"),
        ("events:\n- at: 5m\n  apiFaults: {errors: 1, conflicts: 1, for: 1s}", 3, 14, "one of conflicts"),
        ("events:\n- at: 5m\n  controllerCrash: {afterWrites: x}", 3, 34, "number of writes"),
        ("events:\n- at: 5m\n  patch: {kind: Service, patch: {}}", 3, 10, "needs the name"),
        ("events:\n- at: 5m\n  patch: {kind: Pod, name: a, patch: {}}", 3, 17, "kind of an object"),
        ("events:\n- at: 5m\n  patch: {kind: Rollout}", 3, 10, "no mapping"),
        ("events:\n- at: 5m\n  delete: {kind: ReplicaSet, name: a}", 3, 36, "by version"),
        ("events:\n- at: 5m\n  delete: {kind: Service, name: a, version: all}", 3, 45, "only ReplicaSets"),
        ("events:\n- at: 5m\n  slowWatches: {by: 2s}", 3, 16, "a delay and a length"),
        ("events: []\n---\nevents: []", 3, 1, "one document"),
    ])
    func saysWhatIsWrongAndWhere(_ text: String, _ line: Int, _ column: Int, _ message: String) throws {
        let fault = try #require(Self.read(text).faults.first)
        #expect(fault.message.contains(message), "\(fault.message)")
        #expect(fault.span.start.line == line && fault.span.start.column == column, "\(fault)")
    }

    @Test func nothingIsAScenarioToo() {
        #expect(Self.read("").faults.isEmpty)
        #expect(Self.read("# nothing\n").scenario == Scenario())
    }

    @Test(arguments: 1...200) func randomScenariosSurviveTheirText(_ seed: Int) throws {
        let input = try SimulatorTests.input(SimulatorTests.strategies[seed % SimulatorTests.strategies.count])
        let scenario = Scenario.random(seed: UInt64(seed), for: input)
        let read = Self.read(ScenarioText.text(of: scenario))
        #expect(read.faults.isEmpty)
        #expect(read.scenario == scenario)
    }
}
