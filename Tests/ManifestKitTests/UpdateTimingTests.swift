import Testing

@testable import ManifestKit

/// How long updates take, as the status tells it.
@Suite struct UpdateTimingTests {
    static let steps = "canary: {steps: [{setWeight: 50}, {pause: {}}, {setWeight: 75}, {pause: {duration: 30}}]}"

    /// A Rollout in the middle of an update, at the pause for a person.
    static func paused(_ strategy: String = steps) throws -> IdealWorld {
        var ideal = try PlannerTests.deployed(strategy)
        PlannerTests.setImage(&ideal, "example.com/web:2")
        try PlannerTests.settle(&ideal)
        try #require(ideal.world.rollout.status.phase == .paused)
        return ideal
    }

    /// Asks for the stable version again.
    static func takeBack(_ ideal: inout IdealWorld) throws {
        var rollout = ideal.world.rollout
        let stable = try #require(ideal.world.replicaSets.first { $0.hash == rollout.status.stableHash })
        rollout.spec.template = stable.template
        rollout.spec.template?.set(["metadata", "labels", RolloutMarks.podTemplateHash], to: nil)
        ideal.now = ideal.now.after(10)
        ideal.world.replaceManifest(with: rollout)
    }

    /// Lets the update go on after some seconds.
    static func promote(_ ideal: inout IdealWorld, after seconds: Int) throws {
        ideal.now = ideal.now.after(seconds)
        ideal.world.rollout.status.pauseConditions = []
        try PlannerTests.settle(&ideal)
    }

    func duration(_ ideal: IdealWorld) throws -> UpdateDuration {
        let duration = try #require(ideal.world.rollout.status.duration)
        // What is written is read back, and nothing more is to be done about it.
        #expect(RolloutStatus(ideal.world.rollout.status.json).duration == duration)
        #expect(RolloutPlanner().plan(ideal.world, now: ideal.now).actions.isEmpty)
        return duration
    }

    @Test func theFirstVersionIsAnUpdateToo() throws {
        let duration = try duration(try PlannerTests.deployed(Self.steps))
        #expect(duration.startedAt == PlannerTests.start && duration.finishedAt == PlannerTests.start)
        #expect(duration.outcome == .promoted && duration.pausedSeconds == nil)
        #expect(duration.json == [
            "rolloutStartedAt": "2026-01-01T00:00:00Z", "finishedAt": "2026-01-01T00:00:00Z",
            "completionStatus": "Promoted",
        ])
    }

    @Test func waitingForPeopleCountsApart() throws {
        var ideal = try Self.paused()
        let start = ideal.now
        let paused = try duration(ideal)
        #expect(paused.startedAt == start && paused.pausedAt == start && !paused.hasEnded && paused.outcome == nil)
        try Self.promote(&ideal, after: 300)
        let resumed = try duration(ideal)
        #expect(resumed.pausedAt == nil && resumed.pausedSeconds == 300 && !resumed.hasEnded)
        // The pause that ends by itself is no wait for people.
        try PlannerTests.settle(&ideal, until: nil)
        let done = try duration(ideal)
        #expect(done.startedAt == start && done.finishedAt == start.after(330) && done.outcome == .promoted)
        #expect(done.seconds?.total == 330 && done.seconds?.paused == 300)
    }

    @Test func anAbortEndsItAndARetryBeginsAnother() throws {
        var ideal = try Self.paused()
        let start = ideal.now
        ideal.now = ideal.now.after(20)
        ideal.world.rollout.status.isAborted = true
        try PlannerTests.settle(&ideal, until: nil)
        let aborted = try duration(ideal)
        #expect(aborted.outcome == .aborted && aborted.startedAt == start && aborted.finishedAt == start.after(20))
        #expect(aborted.seconds?.total == 20 && aborted.seconds?.paused == 20)
        ideal.now = ideal.now.after(40)
        let retry = ideal.now
        ideal.world.rollout.status.isAborted = false
        try PlannerTests.settle(&ideal)
        let retried = try duration(ideal)
        #expect(retried.startedAt == retry && !retried.hasEnded && retried.outcome == nil)
        try Self.promote(&ideal, after: 1)
        try PlannerTests.settle(&ideal, until: nil)
        #expect(try duration(ideal).outcome == .promoted)
    }

    @Test func afterAnAbortTheStableVersionIsNoUpdate() throws {
        var ideal = try Self.paused()
        ideal.world.rollout.status.isAborted = true
        try PlannerTests.settle(&ideal, until: nil)
        let aborted = try duration(ideal)
        try Self.takeBack(&ideal)
        try PlannerTests.settle(&ideal, until: nil)
        #expect(ideal.world.rollout.status.phase == .healthy)
        let after = try duration(ideal)
        #expect(after.outcome == .aborted && after.finishedAt == aborted.finishedAt)
    }

    @Test func whatTakesItsPlaceOrTakesItBack() throws {
        var ideal = try Self.paused()
        let first = try duration(ideal)
        PlannerTests.setImage(&ideal, "example.com/web:3")
        try PlannerTests.settle(&ideal)
        let second = try duration(ideal)
        #expect(second.startedAt == ideal.now && !second.hasEnded && second.startedAt != first.startedAt)
        let superseded = try #require(UpdateDuration.ended(from: first, to: second))
        #expect(superseded.outcome == .superseded && superseded.startedAt == first.startedAt)
        #expect(superseded.seconds?.total == 10 && superseded.seconds?.paused == 10)

        try Self.takeBack(&ideal)
        try PlannerTests.settle(&ideal, until: nil)
        let back = try duration(ideal)
        #expect(ideal.world.rollout.status.phase == .healthy)
        #expect(back.outcome == .fastRolledBack && back.startedAt == second.startedAt && back.hasEnded)
    }

    @Test func aPromotionInFullIsFast() throws {
        var ideal = try Self.paused()
        ideal.now = ideal.now.after(5)
        ideal.world.rollout.status.promotesFully = true
        try PlannerTests.settle(&ideal, until: nil)
        let duration = try duration(ideal)
        #expect(duration.outcome == .fastPromoted)
        #expect(duration.seconds?.total == 5 && duration.seconds?.paused == 5)
    }

    @Test(arguments: [(true, nil), (false, 60)] as [(Bool, Int?)])
    func aBlueGreenPauseWaitsForPeopleWhereItDoes(_ promotes: Bool, _ waited: Int?) throws {
        let settings = promotes ? "autoPromotionSeconds: 60" : "autoPromotionEnabled: false"
        var ideal = try Self.paused("blueGreen: {activeService: a, previewService: p, \(settings)}")
        #expect(try (duration(ideal).pausedAt != nil) == !promotes)
        if promotes {
            try PlannerTests.settle(&ideal, until: nil)
        } else {
            try Self.promote(&ideal, after: 60)
            try PlannerTests.settle(&ideal, until: nil)
        }
        let done = try duration(ideal)
        #expect(done.outcome == .promoted && done.seconds?.total == 60 && done.pausedSeconds == waited)
    }

    @Test func nothingIsMadeUpAboutWhatIsNotKnown() throws {
        var ideal = try Self.paused()
        // As an older controller left it.
        ideal.world.rollout.status.duration = nil
        #expect(RolloutPlanner().plan(ideal.world, now: ideal.now).actions.isEmpty)
        try Self.promote(&ideal, after: 1)
        try PlannerTests.settle(&ideal, until: nil)
        #expect(ideal.world.rollout.status.phase == .healthy && ideal.world.rollout.status.duration == nil)
        #expect(UpdateDuration(["finishedAt": "2026-01-01T00:00:00Z"]) == nil)
    }

    @Test func eachEndIsToldOnce() throws {
        let before = UpdateDuration(startedAt: PlannerTests.start)
        var after = before
        #expect(UpdateDuration.ended(from: nil, to: before) == nil && UpdateDuration.ended(from: before, to: nil) == nil)
        #expect(UpdateDuration.ended(from: before, to: before) == nil)
        after.end(.promoted, at: PlannerTests.start.after(9))
        #expect(UpdateDuration.ended(from: before, to: after) == after)
        #expect(UpdateDuration.ended(from: nil, to: after) == after)
        #expect(UpdateDuration.ended(from: after, to: after) == nil)
        let next = UpdateDuration(startedAt: PlannerTests.start.after(20))
        #expect(UpdateDuration.ended(from: after, to: next) == nil)
    }
}
