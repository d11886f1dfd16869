import Testing

@testable import ManifestKit

/// What one request says need not be said by two, and what a crash could part stays two.
@Suite struct PlanMergingTests {
    static let now = KubernetesTime(seconds: 1_767_225_600)
    static let key = RolloutMarks.scaleDownDeadline

    static func merged(_ actions: [Action]) -> [Action] { PlanMerging.merged(actions, from: RolloutStatus()) }

    static func status(_ reason: String, step: Int? = nil) -> RolloutStatus {
        var status = RolloutStatus()
        status.currentStepIndex = step
        status.set(.progressing, .yes, reason: reason, now: now, message: reason)
        return status
    }

    static let made = Action.createReplicaSet(ReplicaSet(
        name: "web-1", hash: "1", annotations: [:], minReadySeconds: 0, template: .null, object: .null))
    static let event = Action.emit(RolloutEvent(reason: RolloutReason.scaling, message: "Scaled"))
    static let switched = Action.pointService("web", hash: "1")

    @Test func aDeadlineGoesWithTheNextSize() {
        let actions = Self.merged([
            .annotateReplicaSet("web-2", [Self.key: nil]), .annotateReplicaSet("web-1", [Self.key: nil]),
            Self.event, .scaleReplicaSet("web-2", replicas: 3, annotations: ["size": "3"]),
        ])
        #expect(actions == [
            .annotateReplicaSet("web-1", [Self.key: nil]), Self.event,
            .scaleReplicaSet("web-2", replicas: 3, annotations: [Self.key: nil, "size": "3"]),
        ])
    }

    @Test(arguments: [
        switched, .updateStatus(status(RolloutReason.paused)),
        .scaleReplicaSet("web-2", replicas: 1, annotations: [:]), .deleteReplicaSet("web-2"),
    ])
    func whatComesInBetweenKeepsTwoChangesApart(_ other: Action) {
        let actions = [
            .annotateReplicaSet("web-1", [Self.key: "x"]), other,
            .scaleReplicaSet("web-1", replicas: 3, annotations: [:]),
        ]
        #expect(Self.merged(actions) == actions)
    }

    /// The other way round the size comes first, as it was meant.
    @Test func aDeadlineAfterASizeStaysBehindIt() {
        let actions: [Action] = [
            .scaleReplicaSet("web-1", replicas: 3, annotations: [:]), .annotateReplicaSet("web-1", [Self.key: "x"]),
        ]
        #expect(Self.merged(actions) == actions)
    }

    @Test func annotationsOfTheRolloutAreOnePatchBehindItsReplicaSet() {
        let marks = { (text: String) in Action.annotateRollout([text: "1"]) }
        #expect(Self.merged([marks("a"), Self.made, marks("b")]) == [Self.made, .annotateRollout(["a": "1", "b": "1"])])
        let apart = [marks("a"), Self.switched, marks("b")]
        #expect(Self.merged(apart) == apart)
        let collision = [marks("a"), .updateStatus(Self.status(RolloutReason.paused)), Self.made, marks("b")]
        #expect(Self.merged(collision) == collision)
    }

    /// The ReplicaSet is there to be seen; a status that says so is written only where the plan says no more.
    @Test(arguments: [RolloutReason.newReplicaSet, RolloutReason.foundReplicaSet])
    func aStatusThatOnlyAnnouncesAReplicaSetWaitsForTheNextOne(_ reason: String) {
        let announced = Action.updateStatus(Self.status(reason))
        let next = Action.updateStatus(Self.status(RolloutReason.replicaSetUpdated, step: 0))
        #expect(Self.merged([Self.made, announced, Self.switched, next]) == [Self.made, Self.switched, next])
        #expect(Self.merged([Self.made, announced, Self.switched]) == [Self.made, announced, Self.switched])
        #expect(Self.merged([next, Self.switched, announced]) == [next, Self.switched, announced])
    }

    @Test func aStatusThatSaysMoreIsWrittenBeforeWhatFollows() {
        let actions: [Action] = [
            .updateStatus(Self.status(RolloutReason.newReplicaSet, step: 0)), Self.switched,
            .updateStatus(Self.status(RolloutReason.replicaSetUpdated, step: 1)),
        ]
        #expect(Self.merged(actions) == actions)
        let aborted: [Action] = [
            .updateStatus(Self.status(RolloutReason.retry)), Self.switched,
            .updateStatus(Self.status(RolloutReason.replicaSetUpdated)),
        ]
        #expect(Self.merged(aborted) == aborted)
    }
}
