import ManifestKit
import Testing

@testable import RolloutRuntime

/// Counts of pods are written at most every so often, and all else at once.
@Suite struct CountHoldTests {
    static let name = ObjectName(namespace: "shop", name: "web")

    static let status = RolloutStatus([
        "phase": "Progressing", "currentStepIndex": 1, "replicas": 3,
        "conditions": [[
            "type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated", "message": "moves",
            "lastUpdateTime": "2026-01-01T00:00:05Z", "lastTransitionTime": "2026-01-01T00:00:05Z",
        ]],
    ])

    static func count(_ replicas: Int) -> Action {
        var status = status
        status.replicas = replicas
        status.readyReplicas = replicas
        status.message = "more replicas need to be updated"
        status.conditions[0].lastUpdateTime = KubernetesTime(seconds: 9)
        return .updateStatus(status)
    }

    /// What is done now, and until when a count is held back.
    static func held(_ hold: CountHold, _ actions: [Action], at now: Double) -> (done: Int, until: Double?) {
        var actions = actions
        let end = hold.holdBack(&actions, from: status, of: name, now: now)
        return (actions.count, end)
    }

    @Test func theFirstIsWrittenAtOnceAndTheNextWaits() {
        let hold = CountHold()
        #expect(Self.held(hold, [Self.count(4)], at: 100) == (1, nil))
        #expect(Self.held(hold, [Self.count(5)], at: 100.5) == (0, 101.2))
        #expect(Self.held(hold, [Self.count(6)], at: 101.1) == (0, 101.2))
        #expect(Self.held(hold, [Self.count(6)], at: 101.2) == (1, nil))
        #expect(Self.held(hold, [Self.count(7)], at: 101.3) == (0, 102.4))
        hold.forget(Self.name)
        #expect(Self.held(hold, [Self.count(7)], at: 101.4) == (1, nil))
    }

    @Test func whatComesBeforeACountIsDoneAndTheCountWaits() {
        let hold = CountHold()
        let scale = Action.scaleReplicaSet("web-a", replicas: 4, annotations: [:])
        #expect(Self.held(hold, [scale, Self.count(4)], at: 100) == (1, 101.2))
        #expect(Self.held(hold, [Self.count(4), scale], at: 100.1) == (2, nil))
        #expect(Self.held(hold, [], at: 100.2) == (0, nil))
    }

    @Test func aClockThatWasSetBackHoldsNothing() {
        let hold = CountHold()
        #expect(Self.held(hold, [Self.count(4)], at: 100) == (1, nil))
        #expect(Self.held(hold, [Self.count(5)], at: 40) == (1, nil))
    }

    /// What else may change in a status, none of which waits.
    static let news: [@Sendable (inout RolloutStatus) -> Void] = [
        { $0.phase = .healthy }, { $0.currentStepIndex = 2 }, { $0.isAborted = true }, { $0.stableHash = "b" },
        { $0.observedGeneration = "7" }, { $0.controllerPause = true }, { $0.selector = "app=web" },
        { $0.conditions[0].reason = RolloutReason.timedOut }, { $0.conditions[0].status = .no },
        { $0.conditions = [] }, { $0.runs.experiment = "one" }, { $0.activeSelector = "b" },
        { $0.weights = RolloutStatus(["canary": ["weights": ["canary": ["weight": 5], "stable": ["weight": 95]]]]).weights },
    ]

    @Test(arguments: news) func allElseIsWrittenAtOnce(_ change: @Sendable (inout RolloutStatus) -> Void) {
        let hold = CountHold()
        #expect(Self.held(hold, [Self.count(4)], at: 100) == (1, nil))
        var status = Self.status
        status.replicas = 4
        change(&status)
        #expect(Self.held(hold, [.updateStatus(status)], at: 100.1) == (1, nil))
    }
}
