import ManifestKit
import Testing

@testable import RolloutRuntime

/// Who leads, and since when nobody else can.
@Suite struct LeaseMachineTests {
    typealias Record = LeaseMachine.Record

    static func record(_ holder: String, version: Int, seconds: Int = 15, transitions: Int = 0) -> Record {
        Record(
            holder: holder, durationSeconds: seconds, acquireTime: "1999-01-01T00:00:00.000000Z",
            renewTime: "1999-01-01T00:00:00.000000Z", transitions: transitions, version: String(version))
    }

    /// A machine that leads since a moment, with the lease in a version.
    static func leader(since moment: Double, version: Int = 1) -> LeaseMachine {
        var machine = LeaseMachine(identity: "a")
        machine.wasRead(nil, now: moment)
        _ = machine.step(now: moment)
        machine.wasWritten(record("a", version: version), sentAt: moment, now: moment)
        return machine
    }

    @Test func makesTheLeaseWhereThereIsNone() {
        var machine = LeaseMachine(identity: "a")
        #expect(machine.step(now: 0) == .read)
        #expect(machine.leadsUntil == nil)
        machine.wasRead(nil, now: 0.1)
        #expect(machine.step(now: 0.1) == .create)
        machine.wasWritten(Self.record("a", version: 1), sentAt: 0.1, now: 0.4)
        #expect(machine.leadsUntil == 10.1, "from when it was sent, not from when it was answered")
        #expect(machine.step(now: 0.4) == .wait(until: 2.4))
        #expect(machine.step(now: 2.4) == .renew(Self.record("a", version: 1)), "without reading it again")
    }

    @Test func anotherOnesClockIsNotTrusted() {
        var machine = LeaseMachine(identity: "a")
        var now = 100.0
        machine.wasRead(Self.record("b", version: 1), now: now)
        // The times in the lease are of the last century, yet it is held for as long as it lasts since we saw it.
        while now < 115 {
            switch machine.step(now: now) {
            case .read: machine.wasRead(Self.record("b", version: 1), now: now)
            case .wait(let moment): now = max(moment, now + 0.001)
            case let step: Issue.record("\(step) at \(now)")
            }
        }
        machine.wasRead(Self.record("b", version: 1), now: now)
        #expect(machine.step(now: now) == .take(Self.record("b", version: 1)))
        let claim = machine.claim(on: Self.record("b", version: 1, transitions: 3), time: "now")
        #expect(claim.transitions == 4 && claim.acquireTime == "now" && claim.holder == "a")
    }

    @Test func aRenewalBeginsTheWaitAnew() {
        var machine = LeaseMachine(identity: "a")
        machine.wasRead(Self.record("b", version: 1), now: 0)
        machine.wasRead(Self.record("b", version: 2), now: 14)
        machine.wasRead(Self.record("b", version: 2), now: 28)
        guard case .wait = machine.step(now: 28.5) else {
            Issue.record("it was renewed 14.5 seconds ago")
            return
        }
        machine.wasRead(Self.record("b", version: 2), now: 30.1)
        #expect(machine.step(now: 30.1) == .take(Self.record("b", version: 2)))
    }

    @Test func theLongerOfTwoDurationsCounts() {
        var machine = LeaseMachine(identity: "a")
        machine.wasRead(Self.record("b", version: 1, seconds: 60), now: 0)
        machine.wasRead(Self.record("b", version: 1, seconds: 60), now: 30)
        guard case .wait = machine.step(now: 30.1) else {
            Issue.record("its holder believes that it lasts a minute")
            return
        }
    }

    @Test func whatIsFreeIsTakenAtOnce() {
        var machine = LeaseMachine(identity: "a")
        machine.wasRead(Self.record("", version: 4, seconds: 1, transitions: 2), now: 0)
        #expect(machine.step(now: 0) == .take(Self.record("", version: 4, seconds: 1, transitions: 2)))
    }

    @Test func givesUpAtTheDeadline() {
        var machine = Self.leader(since: 0)
        machine.failed(now: 3, jitter: 0)
        machine.failed(now: 9, jitter: 1)
        #expect(machine.step(now: 9.5) == .wait(until: 10))
        #expect(machine.step(now: 10) == .giveUp)
        #expect(machine.leadsUntil == nil)
        machine.wasWritten(Self.record("a", version: 9), sentAt: 9, now: 11)
        #expect(machine.step(now: 11) == .giveUp, "what was given up is not had back")
    }

    @Test func aRenewalThatWasAnsweredTooLateSaysNothing() {
        var machine = LeaseMachine(identity: "a")
        machine.wasRead(nil, now: 0)
        machine.wasWritten(Self.record("a", version: 1), sentAt: 0, now: 12)
        #expect(machine.leadsUntil == nil)
        #expect(machine.step(now: 12) == .read)
    }

    @Test func aConflictIsLookedIntoAtOnce() {
        var machine = Self.leader(since: 0)
        machine.failed(now: 2, jitter: 1, isConflict: true)
        #expect(machine.step(now: 2) == .read)
        machine.wasRead(Self.record("b", version: 5), now: 2.1)
        #expect(machine.step(now: 2.1) == .giveUp)
        #expect(machine.leadsUntil == nil)
    }

    @Test func aLeaseThatSomebodyDeletedIsLost() {
        var machine = Self.leader(since: 0)
        machine.failed(now: 2, jitter: 1, isConflict: true)
        machine.wasRead(nil, now: 2.1)
        #expect(machine.step(now: 2.1) == .giveUp)
    }

    @Test func whatAnAnswerThatWasLostHasDoneIsNoticed() {
        var machine = LeaseMachine(identity: "a")
        machine.wasRead(nil, now: 0)
        machine.failed(now: 5, jitter: 0)
        #expect(machine.step(now: 7) == .read)
        machine.wasRead(Self.record("a", version: 1), now: 7)
        #expect(machine.leadsUntil == nil, "nobody knows since when")
        #expect(machine.step(now: 7) == .take(Self.record("a", version: 1)))
    }

    @Test func leasesAreThoseOfClientGo() {
        let record = Self.record("a", version: 7, transitions: 2)
        let object: JSONValue = ["metadata": ["resourceVersion": "7"], "spec": record.spec]
        #expect(record.spec.object?.keys.sorted() == [
            "acquireTime", "holderIdentity", "leaseDurationSeconds", "leaseTransitions", "renewTime",
        ])
        #expect(Record(object) == record)
        #expect(Record(["metadata": [:], "spec": [:]]).holder.isEmpty)
    }

    /// Replicas with clocks of their own, a lease behind a network that delays, loses and refuses, and pauses of whole
    /// processes: no two ever write at the same moment, and somebody leads in the end.
    @Test(arguments: 0..<300) func noTwoEverWriteAtOnce(_ seed: Int) {
        var world = LeaseWorld(seed: UInt64(seed))
        world.run(until: 600)
        #expect(world.overlaps.isEmpty, "seed \(seed): \(world.overlaps)")
        world.faultRate = 0
        world.run(until: 700)
        #expect(world.leaders.count == 1, "seed \(seed): \(world.leaders) lead at the end")
        #expect(world.terms > 0)
    }
}

/// A lease, three replicas and the network between them, on one time line.
private struct LeaseWorld {
    /// A replica: its machine, and a steady clock that began whenever it was started.
    struct Replica {
        var machine: LeaseMachine
        var clockOffset: Double
        /// When it acts again, in true time.
        var wakeAt = 0.0
        /// The request that it waits for.
        var pending: Int?
        var wasLeading = false
    }

    /// A request of a replica, sent at a moment of its own clock.
    struct Request {
        var id: Int
        var replica: Int
        var sentAt: Double
    }

    /// Something that happens at a moment of true time.
    struct Event {
        enum What {
            /// A request reaches the lease, with what is to be written.
            case arrive(Request, LeaseMachine.Step, LeaseMachine.Record, answers: Bool)
            /// An answer reaches a replica.
            case answer(Request, Result<LeaseMachine.Record?, KubernetesFailure>, isRead: Bool)
        }

        var at: Double
        var what: What
    }

    var faultRate = 0.3
    var overlaps: [String] = []
    var terms = 0
    private var random: SplitMix
    private var replicas: [Replica] = []
    private var lives: [Int] = [0, 0, 0]
    private var lease: LeaseMachine.Record?
    private var version = 0
    private var events: [Event] = []
    private var lastRequest = 0
    private var now = 0.0

    init(seed: UInt64) {
        random = SplitMix(state: seed)
        for number in 0..<3 { replicas.append(replica(number)) }
    }

    private mutating func replica(_ number: Int) -> Replica {
        Replica(
            machine: LeaseMachine(identity: "replica-\(number)-\(lives[number])"),
            clockOffset: Double.random(in: -1e6...1e6, using: &random), wakeAt: now)
    }

    /// Those who would let a write through now.
    var leaders: [Int] {
        replicas.indices.filter { (replicas[$0].machine.leadsUntil ?? -.infinity) > now + replicas[$0].clockOffset }
    }

    mutating func run(until end: Double) {
        while now < end {
            let nextEvent = events.map(\.at).min() ?? .infinity
            let nextWake = replicas.filter { $0.pending == nil }.map(\.wakeAt).min() ?? .infinity
            now = min(max(now, min(nextEvent, nextWake)), end)
            if let place = events.firstIndex(where: { $0.at <= now }) {
                handle(events.remove(at: place))
            } else if let number = replicas.firstIndex(where: { $0.pending == nil && $0.wakeAt <= now }) {
                wake(number)
            }
            // The gate is asked at every moment at which anything happens, and nothing changes between those but time.
            if leaders.count > 1 { overlaps.append("\(leaders) at \(now)") }
        }
    }

    private mutating func wake(_ number: Int) {
        let local = now + replicas[number].clockOffset
        let leads = replicas[number].machine.leadsUntil != nil
        if leads, !replicas[number].wasLeading { terms += 1 }
        replicas[number].wasLeading = leads
        let step = replicas[number].machine.step(now: local)
        switch step {
        case .wait(let moment): replicas[number].wakeAt = moment - replicas[number].clockOffset + 0.001
        case .giveUp:
            // The process ends and is started anew, as another one.
            lives[number] += 1
            replicas[number] = replica(number)
            replicas[number].wakeAt = now + Double.random(in: 0.1...3, using: &random)
        case .read, .create, .take, .renew: send(number, step, sentAt: local)
        }
    }

    private mutating func send(_ number: Int, _ step: LeaseMachine.Step, sentAt: Double) {
        lastRequest += 1
        let request = Request(id: lastRequest, replica: number, sentAt: sentAt)
        replicas[number].pending = request.id
        var known: LeaseMachine.Record?
        if case .take(let record) = step { known = record }
        if case .renew(let record) = step { known = record }
        let claim = replicas[number].machine.claim(on: known, time: "\(now)")
        let isLost = Double.random(in: 0..<1, using: &random) < faultRate
        let answers = Double.random(in: 0..<1, using: &random) >= faultRate
        let delay = faultRate == 0 ? 0.01 : Double.random(in: 0...6, using: &random)
        if !isLost { events.append(Event(at: now + delay, what: .arrive(request, step, claim, answers: answers))) }
        // Nobody waits without end.
        let patience = KubernetesFailure(.timeout, "no answer")
        events.append(Event(at: now + 4.5, what: .answer(request, .failure(patience), isRead: true)))
    }

    private mutating func handle(_ event: Event) {
        switch event.what {
        case .arrive(let request, let step, let claim, let answers):
            let result = perform(step, claim)
            guard answers else { return }
            let delay = faultRate == 0 ? 0.01 : Double.random(in: 0...3, using: &random)
            events.append(Event(at: now + delay, what: .answer(request, result, isRead: step == .read)))
        case .answer(let request, let result, let isRead):
            let number = request.replica
            // An answer to a process that is no more, or behind the time that it waited, reaches nobody.
            guard replicas[number].pending == request.id else { return }
            replicas[number].pending = nil
            replicas[number].wakeAt = now
            let local = now + replicas[number].clockOffset
            switch result {
            case .success(let record) where isRead: replicas[number].machine.wasRead(record, now: local)
            case .success(let record?):
                replicas[number].machine.wasWritten(record, sentAt: request.sentAt, now: local)
            case .success(nil): break
            case .failure(let failure):
                replicas[number].machine.failed(
                    now: local, jitter: Double.random(in: 0...1, using: &random),
                    isConflict: failure.reason == .conflict || failure.reason == .notFound)
            }
        }
    }

    /// What the API server does.
    private mutating func perform(
        _ step: LeaseMachine.Step, _ claim: LeaseMachine.Record
    ) -> Result<LeaseMachine.Record?, KubernetesFailure> {
        let conflict = KubernetesFailure(.conflict, "it has been modified")
        switch step {
        case .read: return .success(lease)
        case .create:
            guard lease == nil else { return .failure(conflict) }
            return write(claim)
        case .take(let record), .renew(let record):
            guard let lease else { return .failure(KubernetesFailure(.notFound, "no lease")) }
            guard lease.version == record.version else { return .failure(conflict) }
            return write(claim)
        case .wait, .giveUp: return .success(lease)
        }
    }

    private mutating func write(_ claim: LeaseMachine.Record) -> Result<LeaseMachine.Record?, KubernetesFailure> {
        version += 1
        var claim = claim
        claim.version = String(version)
        lease = claim
        return .success(claim)
    }
}
