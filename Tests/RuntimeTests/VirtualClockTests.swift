import ManifestKit
import Testing

@testable import RolloutRuntime

@Suite struct VirtualClockTests {
    @Test func standsStillAndNeverGoesBack() {
        let clock = VirtualClock(start: 100)
        #expect(clock.now == 100)
        clock.advance(to: 160.5)
        #expect(clock.now == 160.5)
        #expect(clock.time == KubernetesTime(seconds: 160))
        clock.advance(to: 120)
        #expect(clock.now == 160.5)
    }

    @Test func wakesWhoeverWaitedLongEnough() async throws {
        let clock = VirtualClock(start: 0)
        let early = Task { try await clock.sleep(until: 10) }
        let late = Task { try await clock.sleep(until: 3600) }
        while clock.nextWakeUp != 10 { await Task.yield() }
        clock.advance(to: 10)
        try await early.value
        while clock.nextWakeUp != 3600 { await Task.yield() }
        clock.advance(to: 4000)
        try await late.value
        #expect(clock.nextWakeUp == nil)
    }

    @Test func doesNotWaitForWhatIsOver() async throws {
        let clock = VirtualClock(start: 50)
        try await clock.sleep(until: 50)
        try await clock.sleep(until: 7)
        #expect(clock.now == 50)
    }

    @Test func endsAWaitThatIsCancelled() async {
        let clock = VirtualClock(start: 0)
        let task = Task { try await clock.sleep(until: 10) }
        while clock.nextWakeUp == nil { await Task.yield() }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(clock.nextWakeUp == nil)
    }
}
